/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/link/modbus.h"
#include <string.h>

/* The slave answers with any bytes: first byte of the input picks framing and function, the rest is
 * what comes. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct {
	const guint8 *data;
	gsize left;
	gboolean asked; /* nothing comes before the question */
} Source;

static gssize
source_read (gpointer self, guint8 *buf, gsize len, gint64 deadline, GError **error)
{
	Source *source = self;
	gsize n = MIN (len, source->left);

	if (n == 0 || !source->asked || deadline == 0) {
		g_set_error (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "no more");
		return -1;
	}
	memcpy (buf, source->data, n);
	source->data += n;
	source->left -= n;
	return n;
}

static gboolean
source_write (gpointer self, const guint8 *data, gsize len, gint64 deadline, GError **error)
{
	((Source *)self)->asked = TRUE;
	return TRUE;
}

static void
source_sleep (gpointer self, gint64 microseconds)
{
}

static void
source_free (gpointer self)
{
}

static const PlLinkVtable vtable = {
    .kind = "fuzz",
    .read = source_read,
    .write = source_write,
    .sleep = source_sleep,
    .free = source_free,
};

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	Source source = {data + 1, size - 1, FALSE};
	g_autoptr (PlLink) link = NULL;
	g_autoptr (PlModbus) modbus = NULL;
	g_autoptr (GError) error = NULL;
	guint16 words[PL_MODBUS_READ_REGISTERS_MAX];
	guint8 bits[PL_MODBUS_READ_BITS_MAX];
	gboolean ok;

	if (size == 0)
		return 0;
	link = pl_link_new (&vtable, &source, "fuzz");
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
