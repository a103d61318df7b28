/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/verdict_look.h"
#include "ui/language.h"

/* INCONCLUSIVE is a step's: its run is an ERROR, and has the same colours. */
static const PlVerdictLook looks[] = {
    {"PASS", "✔", N_ ("PASS"), "pass"},
    {"FAIL", "✘", N_ ("FAIL"), "fail"},
    {"ERROR", "?", N_ ("ERROR"), "error"},
    {"ABORTED", "■", N_ ("ABORTED"), "aborted"},
    {"INCONCLUSIVE", "?", N_ ("UNSURE"), "error"},
    {"SKIPPED", "–", N_ ("skipped"), "skipped"},
};
static const PlVerdictLook open_look = {NULL, "▶", N_ ("not ended"), "open"};
static const PlVerdictLook unknown = {NULL, "?", N_ ("unknown"), "error"};

static const struct {
	const char *kind, *word;
} kinds[] = {
    {"production", N_ ("production")},
    {"engineering", N_ ("engineering")},
    {"golden", N_ ("golden pack")},
    {"simulated", N_ ("simulated")},
};

const PlVerdictLook *
pl_verdict_look (const char *verdict)
{
	if (verdict == NULL)
		return &open_look;
	for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
		if (g_str_equal (looks[i].verdict, verdict))
			return &looks[i];
	return &unknown;
}

char *
pl_verdict_text (const char *verdict)
{
	const PlVerdictLook *look = pl_verdict_look (verdict);

	return g_strdup_printf ("%s %s", look->glyph, _ (look->word));
}

char *
pl_step_title_text (const PlStepRow *step)
{
	g_autofree char *title = pl_sentence (step->title);
	g_autofree char *attempt = g_strdup_printf (_ ("attempt %d"), (int)step->attempt);

	return step->attempt > 1 ? g_strdup_printf ("%s (%s)", title, attempt)
				 : g_steal_pointer (&title);
}

const char *
pl_kind_word (const char *kind)
{
	for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
		if (g_str_equal (kinds[i].kind, kind))
			return _ (kinds[i].word);
	/* a newer version's kind, in a database that it has written to */
	return kind;
}
