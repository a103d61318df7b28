/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/gwinstek_gpt/protocol.h"
#include <math.h>
#include <string.h>

/* Any bytes in place of a line of the hipot tester: a result whose numbers can be used, or an
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
	return isnan (value) || (isfinite (value) && value >= 0);
}

static void
as_settings (const char *line, PlHipotMode mode, PlGptItem item, GError **error)
{
	PlGptSettings settings = {0};
	double value = 0;
	gboolean ok = pl_gpt_parse_show (line, &settings, error);

	for (guint i = 0; ok && i < PL_GPT_ITEMS; i++)
		g_assert (usable (settings.item[i]));
	check (ok, error);
	ok = pl_gpt_parse_item (mode, item, line, &value, error);
	g_assert (!ok || (isfinite (value) && value >= 0));
	check (ok, error);
	check (pl_gpt_parse_mode (line, &mode, error), error);
}

static void
as_words (const char *line, GError **error)
{
	PlIdentity identity = {0};
	gboolean truth;

	check (pl_gpt_parse_idn (line, &identity, error), error);
	check (pl_gpt_parse_test (line, &truth, error), error);
	check (pl_gpt_parse_error (line, &truth, error), error);
	check (pl_gpt_parse_words (line, "OFF", &truth, error), error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autofree char *line = NULL;
	g_autoptr (GError) error = NULL;
	PlGptMeas meas = {0};
	gboolean ok;

	if (size == 0)
		return 0;
	line = g_strndup ((const char *)data + 1, size - 1);
	ok = pl_gpt_parse_meas (line, &meas, &error);
	g_assert (!ok || (usable (meas.level) && usable (meas.value) && usable (meas.elapsed_s)));
	check (ok, &error);
	as_settings (line, data[0] % PL_GPT_MODES, data[0] / PL_GPT_MODES % PL_GPT_ITEMS, &error);
	as_words (line, &error);
	return 0;
}
