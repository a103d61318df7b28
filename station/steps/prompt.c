/* SPDX-License-Identifier: Apache-2.0 */
#include "station/preflight.h"
#include "station/sequencer.h"
#include <string.h>

/*
 * What only a person can do or see: confirm that it is done, say pass or fail with a reason, or
 * scan a code. Nothing runs beside it: hands at the pack and energy on it do not go together. A
 * prompt that has hands in the fixture stands in setup, before the door is locked; in main the door
 * must stay closed.
 */
/* In the order of PlAnswerKind. */
static const char *const kinds[] = {"confirm", "pass-fail", "scan", NULL};

/* No word is the parameter's default; a wrong one was refused by the table. */
static PlAnswerKind
kind_of (const char *word)
{
	for (guint i = 0; kinds[i] != NULL; i++)
		if (g_strcmp0 (word, kinds[i]) == 0)
			return (PlAnswerKind)i;
	return PL_ANSWER_CONFIRM;
}

/* -- the recipe's check ------------------------------------------------------------------------ */

static guint
count (GHashTable *params, const char *name)
{
	const char *text = g_hash_table_lookup (params, name);
	g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", "\n", -1);

	return g_strv_length (words);
}

/* A pattern that takes the empty code would be answered by a bare Enter. */
static char *
check_expects (GHashTable *params, const char **ret_param)
{
	const char *expects = g_hash_table_lookup (params, "expects");
	g_autoptr (GError) error = NULL;
	g_autoptr (GRegex) regex = expects != NULL ? g_regex_new (expects, 0, 0, &error) : NULL;

	*ret_param = "expects";
	if ((expects != NULL) == g_hash_table_contains (params, "expects_fact"))
		return g_strdup ("answer scan takes either expects or expects_fact");
	if (error != NULL)
		return g_strdup_printf ("expects is not a regular expression: %s", error->message);
	if (regex != NULL && g_regex_match (regex, "", 0, NULL))
		return g_strdup_printf ("expects \"%s\" also takes an empty code", expects);
	return NULL;
}

/* One for one, by their order: the screen shows the Chinese, the record keeps the recipe's own. */
static char *
check_reasons (GHashTable *params, const char **ret_param)
{
	*ret_param = "reasons";
	if (count (params, "reasons") == 0)
		return g_strdup ("answer pass-fail needs reasons: what a fail may be for");
	if (g_hash_table_contains (params, "reasons-zh_CN") &&
	    count (params, "reasons-zh_CN") != count (params, "reasons"))
		return g_strdup_printf ("%u reasons, but %u of reasons-zh_CN; give one for each",
					count (params, "reasons"), count (params, "reasons-zh_CN"));
	return NULL;
}

static char *
check (GHashTable *params, const char **ret_param)
{
	PlAnswerKind kind = kind_of (g_hash_table_lookup (params, "answer"));

	if (kind == PL_ANSWER_SCAN)
		return check_expects (params, ret_param);
	return kind == PL_ANSWER_PASS_FAIL ? check_reasons (params, ret_param) : NULL;
}

/* -- the step ---------------------------------------------------------------------------------- */

/* A code that an earlier step has found out, or the pack's own. */
static gboolean
find_code (PlStepContext *context, PlPrompt *prompt, GError **error)
{
	const char *fact = pl_step_text (context, "expects_fact");
	PlRun *run = pl_step_run (context);

	if (fact == NULL)
		return TRUE;
	prompt->code = g_str_equal (fact, "serial") ? pl_run_serial (run) : pl_run_fact (run, fact);
	if (prompt->code != NULL)
		return TRUE;
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
		     "the code that is to be scanned (%s) is not known: no step before this one "
		     "has found it",
		     fact);
	return FALSE;
}

/* A "no" is about the pack; the reason is in the recipe's own words, whatever the screen says. */
static gboolean
judge (PlStepContext *context, const PlPrompt *prompt, const PlAnswer *answer, GError **error)
{
	if (prompt->kind != PL_ANSWER_PASS_FAIL || g_str_equal (answer->answer, "pass"))
		return TRUE;
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_DEFECT, "seen at the station: %s",
		     answer->answer);
	return FALSE;
}

/* Who answered is kept as an event: a name stays in the plant, the record may leave it. */
static void
keep (PlStepContext *context, const PlPrompt *prompt, const PlAnswer *answer)
{
	const char *said = prompt->kind == PL_ANSWER_CONFIRM ? "confirmed" : answer->answer;

	pl_step_measure_text (context, prompt->kind == PL_ANSWER_SCAN ? "code" : "answer", said,
			      NULL, NULL);
	pl_step_measure_text (context, "entry", answer->entry, NULL, NULL);
	pl_step_measure (context, "waited_s", answer->waited_s, NULL, NULL);
	pl_step_event (context, "prompt", "answered by %s (%s) after %.1f s: %s",
		       answer->who != NULL ? answer->who : "nobody who is known", answer->entry,
		       answer->waited_s, said);
}

/* Kept before it is judged: a "no" is an answer, too. */
static gboolean
run_prompt (PlStepContext *context, GError **error)
{
	g_autofree char *picture = pl_recipe_picture (pl_run_recipe (pl_step_run (context)),
						      pl_step_text (context, "picture"));
	g_auto (GStrv) reasons = pl_step_list (context, "reasons");
	PlPrompt prompt = {.kind = kind_of (pl_step_text (context, "answer")),
			   .sentence = pl_step_text (context, "sentence"),
			   .picture = picture,
			   .reasons = (const char *const *)reasons,
			   .expects = pl_step_text (context, "expects"),
			   .timeout_s = pl_step_number (context, "timeout_s")};
	g_autoptr (PlAnswer) answer = NULL;

	if (!find_code (context, &prompt, error))
		return FALSE;
	pl_step_progress (context, 0, "waiting for a person");
	answer = pl_step_ask (context, &prompt, error);
	if (answer == NULL)
		return FALSE;
	keep (context, &prompt, answer);
	return judge (context, &prompt, answer, error);
}

static const PlParam params[] = {
    {"sentence", PL_PARAM_TEXT, TRUE, 0, 0, NULL, NULL,
     "what to do or to look at, in one sentence"},
    {"sentence-zh_CN", PL_PARAM_TEXT, FALSE, 0, 0, NULL, NULL, "the same in Chinese"},
    {"answer", PL_PARAM_TEXT, FALSE, 0, 0, "confirm", kinds,
     "one button, pass or fail with a reason, or a code"},
    {"picture", PL_PARAM_TEXT, FALSE, 0, 0, NULL, NULL,
     "a file beside the recipe or in data/pictures"},
    {"reasons", PL_PARAM_TEXT_LIST, FALSE, 0, 0, NULL, NULL, "what a fail may be for"},
    {"reasons-zh_CN", PL_PARAM_TEXT_LIST, FALSE, 0, 0, NULL, NULL,
     "the same in Chinese, in the same order"},
    {"expects", PL_PARAM_TEXT, FALSE, 0, 0, NULL, NULL, "regular expression of the whole code"},
    {"expects_fact", PL_PARAM_TEXT, FALSE, 0, 0, NULL, NULL,
     "the code is this fact of the run, or serial: the pack's own"},
    {"timeout_s", PL_PARAM_NUMBER, FALSE, 0, 86400, "0", NULL,
     "nobody answers for so long: INCONCLUSIVE; 0 = no end"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"answer", "", FALSE, TRUE, 0, 0, "confirmed, pass, or the reason of a fail"},
    {"code", "", FALSE, TRUE, 0, 0, "what was scanned or typed"},
    {"entry", "", FALSE, TRUE, 0, 0, "how it came: pressed, scanned or typed"},
    {"waited_s", "s", FALSE, FALSE, 0, 1e9, "until the answer, in wall time"},
    {NULL},
};

const PlStepType pl_step_prompt = {
    .name = "prompt",
    .title = "By hand",
    .params = params,
    .measures = measures,
    .alone = TRUE,
    /* about two steps' time, whatever a person takes */
    .weight = 2,
    .run = run_prompt,
    .check = check,
};
