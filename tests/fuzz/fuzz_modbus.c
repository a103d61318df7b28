/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/link/modbus.h"
#include "tests/fuzz/fuzz_link.h"

/* The slave answers with any bytes: first byte of the input picks framing and function, the rest is
 * what comes. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	FuzzSource source = {data + 1, size - 1, FALSE};
	g_autoptr (PlLink) link = NULL;
	g_autoptr (PlModbus) modbus = NULL;
	g_autoptr (GError) error = NULL;
	guint16 words[PL_MODBUS_READ_REGISTERS_MAX];
	guint8 bits[PL_MODBUS_READ_BITS_MAX];
	gboolean ok;

	if (size == 0)
		return 0;
	link = fuzz_link (&source);
	modbus = pl_modbus_new (link, (data[0] & 1) != 0 ? PL_MODBUS_TCP : PL_MODBUS_RTU, 1);
	switch (data[0] >> 1 & 3) {
	case 0:
		ok = pl_modbus_read_registers (modbus, PL_MODBUS_INPUT, 0, 1 + data[0] % 125, words,
					       &error);
		break;
	case 1:
		ok =
		    pl_modbus_read_bits (modbus, PL_MODBUS_COILS, 0, 1 + data[0] * 7, bits, &error);
		break;
	case 2:
		ok = pl_modbus_write_register (modbus, 7, 1, TRUE, &error);
		break;
	default:
		memset (words, 0, sizeof words);
		ok = pl_modbus_write_registers (modbus, 7, 3, words, FALSE, &error);
	}
	g_assert (ok == (error == NULL));
	return 0;
}
