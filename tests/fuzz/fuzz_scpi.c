/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/link/scpi.h"
#include "tests/fuzz/fuzz_link.h"
#include <math.h>

/* An instrument answers a question for a number with any bytes: a finite number or an error comes
 * of it. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	FuzzSource source = {data, size, FALSE};
	g_autoptr (PlLink) link = fuzz_link (&source);
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	g_autoptr (GError) error = NULL;
	PlScpi scpi = {.link = link, .clock = clock, .eol = "\n", .timeout_ms = 1000};
	double value = NAN;
	gboolean ok = pl_scpi_ask_double (&scpi, &value, &error, "MEAS?");

	g_assert (ok == (error == NULL));
	g_assert (!ok || isfinite (value));
	return 0;
}
