/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/chroma_19050/protocol.h"
#include <math.h>

/* Any bytes in place of a reply of the hipot tester: a result whose numbers can be used, or an
 * error. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check (gboolean ok, GError **error)
{
	g_assert (ok == (*error == NULL));
	g_clear_error (error);
}

static gboolean
usable (double value)
{
	return isnan (value) || isfinite (value);
}

static void
as_readings (const char *line, GError **error)
{
	PlChromaNow now = {0};
	PlHipotPlan held = {0};
	double value = 0;
	gboolean over = FALSE, ok = pl_chroma_parse_value (line, &value, &over, error);
	guint step = 0;

	g_assert (!ok || (usable (value) && (!over || isnan (value))));
	check (ok, error);
	ok = pl_chroma_parse_fetch (line, &now, error);
	g_assert (!ok || (usable (now.level) && usable (now.value) && usable (now.test_s)));
	check (ok, error);
	ok = pl_chroma_parse_set (line, &step, &held, error);
	g_assert (!ok || (step <= 99 && isfinite (held.level) && isfinite (held.high) &&
			  isfinite (held.low)));
	check (ok, error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autofree char *line = g_strndup ((const char *)data, size);
	g_autoptr (GError) error = NULL;
	const PlChromaCode *code = NULL;
	PlHipotMode mode;
	gboolean truth;
	guint n = 0;

	as_readings (line, &error);
	check (pl_chroma_parse_code (line, &code, &error), &error);
	g_assert (code == NULL || code->word != NULL);
	check (pl_chroma_parse_mode (line, &mode, &error), &error);
	check (pl_chroma_parse_status (line, &truth, &error), &error);
	check (pl_chroma_parse_count (line, &n, &error), &error);
	g_assert (n <= 99);
	return 0;
}
