/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/link/scpi.h"
#include <math.h>
#include <string.h>

/* An instrument answers a question for a number with any bytes: a finite number or an error comes
 * of it. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct {
	const guint8 *data;
	gsize left;
} Source;

static gssize
source_read (gpointer self, guint8 *buf, gsize len, gint64 deadline, GError **error)
{
	Source *source = self;
	gsize n = MIN (len, source->left);

	if (n == 0 || deadline == 0) {
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
	return TRUE;
}

static void
source_free (gpointer self)
{
}

static const PlLinkVtable vtable = {
    .kind = "fuzz",
    .read = source_read,
    .write = source_write,
    .free = source_free,
};

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	Source source = {data, size};
	g_autoptr (PlLink) link = pl_link_new (&vtable, &source, "fuzz");
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	g_autoptr (GError) error = NULL;
	PlScpi scpi = {.link = link, .clock = clock, .eol = "\n", .timeout_ms = 1000};
	double value = NAN;
	gboolean ok = pl_scpi_ask_double (&scpi, &value, &error, "MEAS?");

	g_assert (ok == (error == NULL));
	g_assert (!ok || isfinite (value));
	return 0;
}
