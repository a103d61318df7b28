/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/instrument.h"
#include "fixtures/printer_zpl/protocol.h"
#include "tests/fuzz/fuzz_link.h"

extern const PlDriver pl_driver_zpl_printer;

/* A printer that answers anything: only three whole strings without trouble in them are health. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	FuzzSource source = {data, size, FALSE};
	PlLink *link = fuzz_link (&source);
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	g_autoptr (PlInstrument) printer =
	    pl_driver_zpl_printer.open (PL_ROLE_PRINTER, link, clock, NULL, NULL);
	g_autoptr (GError) error = NULL, wrong = NULL;
	g_autofree char *raw = NULL;
	PlZplStatus status = {0};
	gboolean ok = printer->ops.printer->status (printer, &raw, &error);

	g_assert (ok == (error == NULL) && ok == (raw != NULL));
	if (pl_zpl_parse_status ((const char *)data, size, &status, &wrong))
		pl_zpl_trouble (&status);
	else
		g_assert (wrong != NULL);
	return 0;
}
