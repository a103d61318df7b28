/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/instrument.h"
#include "tests/fuzz/fuzz_link.h"

extern const PlDriver pl_driver_serial_scanner;

/* A scanner that sends anything: codes come of it that are printable ASCII and GS, of bearable
 * length, or errors. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	FuzzSource source = {data, size, TRUE};
	g_autoptr (PlClock) clock = pl_clock_new_scaled (1e6);
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
	g_autoptr (PlInstrument) scanner = NULL;

	if (size > 0 && (data[0] & 1) != 0)
		g_hash_table_insert (settings, (gpointer) "framed", (gpointer) "true");
	scanner = pl_driver_serial_scanner.open (PL_ROLE_SCANNER, fuzz_link (&source), clock,
						 settings, NULL);
	for (guint n = 0; n <= size && source.left > 0; n++) {
		g_autoptr (GError) error = NULL;
		g_autofree char *code = scanner->ops.scanner->scan (scanner, 0, &error);

		g_assert ((code == NULL) == (error != NULL));
		if (code == NULL)
			continue;
		g_assert (strlen (code) >= 1 && strlen (code) <= 256);
		for (const char *at = code; *at != '\0'; at++)
			g_assert (g_ascii_isprint (*at) || *at == 0x1d);
	}
	return 0;
}
