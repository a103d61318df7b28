/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/format.h"
#include <string.h>

/* Signs are from the Dingbats that every terminal font has in text form, none of the emoji. */
static const struct {
	const char *verdict;
	PlTone tone;
	const char *sign;
} looks[] = {
    {"PASS", PL_TONE_GOOD, "✓"},	  {"FAIL", PL_TONE_BAD, "✗"},
    {"INCONCLUSIVE", PL_TONE_DOUBT, "?"}, {"ERROR", PL_TONE_DOUBT, "?"},
    {"ABORTED", PL_TONE_DOUBT, "■"},	  {"SKIPPED", PL_TONE_DIM, "-"},
    {"OPEN", PL_TONE_DOUBT, "…"},
};

PlTone
pl_verdict_tone (const char *verdict)
{
	for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
		if (g_strcmp0 (verdict, looks[i].verdict) == 0)
			return looks[i].tone;
	return PL_TONE_DIM;
}

const char *
pl_verdict_sign (const char *verdict)
{
	for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
		if (g_strcmp0 (verdict, looks[i].verdict) == 0)
			return looks[i].sign;
	return " ";
}

/* Values end at one column and verdicts begin at one: a long name takes the value's blanks, a long
 * word for a value the limit's. */
char *
pl_measurement_line (const char *name, const char *value, const char *limit, const char *verdict)
{
	gboolean wide = pl_term_width () >= 94;
	guint edge = wide ? 56 : 49, taken = pl_text_width (value);
	PlTone tone = verdict != NULL ? PL_TONE_PLAIN : PL_TONE_DIM;
	g_autoptr (GString) line = g_string_new ("         ");

	pl_text_add (line, tone, 0, name);
	pl_text_fill (line, taken < edge ? edge - taken : 0);
	pl_text_add (line, tone, 0, value);
	g_string_append (line, "   ");
	pl_text_add (line, PL_TONE_DIM, 0, limit != NULL ? limit : "");
	if (verdict != NULL) {
		g_autofree char *mark =
		    g_strdup_printf ("%s %s", pl_verdict_sign (verdict),
				     g_str_equal (verdict, "INCONCLUSIVE") ? "unsure" : verdict);

		pl_text_fill (line, wide ? 84 : 72);
		pl_text_add (line, pl_verdict_tone (verdict), 0, mark);
	}
	g_string_truncate (line, strlen (g_strchomp (line->str)));
	return g_string_free (g_steal_pointer (&line), FALSE);
}

/* A UUIDv7 begins with 48 bits of milliseconds: no station begins two runs in one. */
char *
pl_short_id (const char *uuid)
{
	return g_strndup (uuid, strlen ("01a20fe8-0168"));
}
