/* SPDX-License-Identifier: Apache-2.0 */
#include "station/people.h"
#include "station/run.h"

/* A run that waits for a person: what is asked, which answers are taken, and what ends the wait. */

/* Wall time. A person who thinks is not to hold up a stepped line, nor to be raced by it. */
#define LOOK_MS 50
#define SCANNER_RETRY_US (2 * G_USEC_PER_SEC)

void
pl_answer_free (PlAnswer *answer)
{
	if (answer == NULL)
		return;
	g_free (answer->answer);
	g_free (answer->who);
	g_free (answer->entry);
	g_free (answer);
}

/* -- answering (any thread) -------------------------------------------------------------------- */

/* \A and \z, since $ would also take a line break behind the code. */
static gboolean
matches (const char *expects, const char *code)
{
	g_autofree char *whole = g_strdup_printf ("\\A(?:%s)\\z", expects);

	return g_utf8_validate (code, -1, NULL) && g_regex_match_simple (whole, code, 0, 0);
}

/* The code is shown escaped: what a scanner reads may hold anything. */
static gboolean
check_code (const PlPrompt *prompt, const char *code, GError **error)
{
	g_autofree char *shown = g_strescape (code, NULL);

	if (prompt->code != NULL ? g_str_equal (code, prompt->code)
				 : matches (prompt->expects, code))
		return TRUE;
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_ANSWER,
		     "the code \"%s\" is not the one that is asked for (%s); scan the right one",
		     shown, prompt->code != NULL ? prompt->code : prompt->expects);
	return FALSE;
}

static gboolean
check_answer (const PlPrompt *prompt, const char *answer, GError **error)
{
	if (prompt == NULL) {
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_ANSWER,
			     "the answer came when nothing was asked, and is not taken");
		return FALSE;
	}
	if (prompt->kind == PL_ANSWER_SCAN)
		return check_code (prompt, answer, error);
	if (prompt->kind == PL_ANSWER_CONFIRM || g_str_equal (answer, "pass") ||
	    g_strv_contains (prompt->reasons, answer))
		return TRUE;
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_ANSWER,
		     "\"%s\" is neither pass nor one of the recipe's reasons", answer);
	return FALSE;
}

static PlAnswer *
answer_new (const char *answer, const char *who, const char *entry)
{
	PlAnswer *self = g_new0 (PlAnswer, 1);

	self->answer = g_strdup (answer);
	self->who = g_strdup (who);
	self->entry = g_strdup (entry);
	return self;
}

/* The first one counts: who is second finds nothing asked. A refusal is told by the run, too. */
gboolean
pl_run_answer (PlRun *run, const char *answer, const char *who, const char *entry, GError **error)
{
	g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&run->mutex);
	GError *wrong = NULL;

	if (check_answer (run->answer == NULL ? run->prompt : NULL, answer, &wrong)) {
		run->answer = answer_new (answer, who, entry);
		g_cond_signal (&run->answered);
		return TRUE;
	}
	g_free (run->refusal);
	run->refusal = g_strdup (wrong->message);
	g_cond_signal (&run->answered);
	g_propagate_error (error, wrong);
	return FALSE;
}

/* The first reason stays; where nothing is asked it says nothing. */
void
pl_run_cannot_answer (PlRun *run, const char *why)
{
	g_mutex_lock (&run->mutex);
	if (run->prompt != NULL && run->unanswerable == NULL)
		run->unanswerable = g_strdup (why);
	g_cond_signal (&run->answered);
	g_mutex_unlock (&run->mutex);
}

gboolean
pl_run_wants_code (PlRun *run)
{
	gboolean wants;

	g_mutex_lock (&run->mutex);
	wants = run->prompt != NULL && run->prompt->kind == PL_ANSWER_SCAN && run->answer == NULL;
	g_mutex_unlock (&run->mutex);
	return wants;
}

/* -- the bench's scanner (the run's thread from here) ------------------------------------------ */

typedef struct {
	PlStepContext *context;
	const PlPrompt *prompt;
	gint64 began_us, scanner_retry_us; /* monotonic */
} Asking;

/* The code may still come another way: a broken scanner ends no step. */
static void
scanner_is_gone (Asking *asking, const GError *error)
{
	if (asking->scanner_retry_us == 0)
		pl_step_event (asking->context, "prompt", "the scanner does not work: %s",
			       error->message);
	asking->scanner_retry_us = g_get_monotonic_time () + SCANNER_RETRY_US;
}

/* After a failure the wire is opened anew, which a plain borrow would not do. */
static PlInstrument *
borrow_scanner (Asking *asking, GError **error)
{
	if (asking->scanner_retry_us == 0)
		return pl_step_borrow (asking->context, PL_ROLE_SCANNER, error);
	return pl_step_reopen (asking->context, PL_ROLE_SCANNER, error);
}

/* One look; NULL = nothing, or nothing that could be used. */
static char *
look (Asking *asking)
{
	PlBench *bench = asking->context->run->station->bench;
	g_autoptr (GError) error = NULL;
	PlInstrument *scanner;
	char *code = NULL;

	if (asking->prompt->kind != PL_ANSWER_SCAN ||
	    pl_bench_entry (bench, PL_ROLE_SCANNER) == NULL ||
	    g_get_monotonic_time () < asking->scanner_retry_us)
		return NULL;
	scanner = borrow_scanner (asking, &error);
	if (scanner != NULL)
		code = scanner->ops.scanner->scan (scanner, 0, &error);
	if (code != NULL || g_error_matches (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT))
		asking->scanner_retry_us = 0;
	else if (g_error_matches (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL))
		pl_step_event (asking->context, "prompt", "%s", error->message);
	else
		scanner_is_gone (asking, error);
	return code;
}

/* Who comes or goes must not end up in what the run says. */
static char *
look_past_badges (Asking *asking)
{
	char *code;

	while ((code = look (asking)) != NULL &&
	       pl_station_is_badge (asking->context->run->station, code))
		pl_secret_free (code);
	return code;
}

/* What lay in the scanner's line before the question was asked is no answer to it. */
static void
drop_codes (Asking *asking)
{
	char *code;

	while ((code = look_past_badges (asking)) != NULL) {
		pl_step_event (asking->context, "prompt", "%s was scanned too early", code);
		g_free (code);
	}
}

/* Who is logged in answers for what the bench's scanner reads: it stands beside them. */
static void
take_code (Asking *asking)
{
	PlRun *run = asking->context->run;
	g_autofree char *code = look_past_badges (asking);
	g_autofree char *who = code != NULL ? pl_station_operator (run->station) : NULL;

	if (code != NULL)
		pl_run_answer (run, code, who, "scanned", NULL);
}

/* -- asking ------------------------------------------------------------------------------------ */

/* Under the observer's mutex, as all events of a run: observers hear one at a time. */
static void
emit (Asking *asking, const PlPrompt *prompt)
{
	PlRun *run = asking->context->run;
	PlRunEvent event = {.kind = PL_EVENT_PROMPT,
			    .run = run,
			    .step = asking->context->result,
			    .progress = pl_run_progress (run, asking->context),
			    .prompt = prompt};

	if (run->observer == NULL)
		return;
	g_mutex_lock (&run->observer_mutex);
	run->observer (run->observer_data, &event);
	g_mutex_unlock (&run->observer_mutex);
}

/* Answer and refusal of the one before go in the same moment: neither may meet the next question.
 */
static void
set_prompt (Asking *asking, const PlPrompt *prompt)
{
	PlRun *run = asking->context->run;

	g_mutex_lock (&run->mutex);
	run->prompt = prompt;
	g_clear_pointer (&run->answer, pl_answer_free);
	g_clear_pointer (&run->refusal, g_free);
	g_clear_pointer (&run->unanswerable, g_free);
	g_mutex_unlock (&run->mutex);
}

static double
waited_s (const Asking *asking)
{
	return (double)(g_get_monotonic_time () - asking->began_us) / G_USEC_PER_SEC;
}

/* One slice of patience. NULL without error = ask on. */
static PlAnswer *
wait_slice (Asking *asking, GError **error)
{
	PlRun *run = asking->context->run;
	gint64 until = g_get_monotonic_time () + LOOK_MS * G_TIME_SPAN_MILLISECOND;
	g_autofree char *refusal = NULL;
	PlAnswer *answer;

	g_mutex_lock (&run->mutex);
	while (run->answer == NULL && run->unanswerable == NULL && run->refusal == NULL &&
	       g_cond_wait_until (&run->answered, &run->mutex, until))
		;
	refusal = g_steal_pointer (&run->refusal);
	answer = g_steal_pointer (&run->answer);
	if (answer == NULL && run->unanswerable != NULL)
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "nobody could be asked: %s", run->unanswerable);
	g_mutex_unlock (&run->mutex);
	if (refusal != NULL)
		pl_step_event (asking->context, "prompt", "%s", refusal);
	return answer;
}

static gboolean
is_in_time (const Asking *asking, GError **error)
{
	double limit = asking->prompt->timeout_s;

	if (!(limit > 0) || waited_s (asking) < limit)
		return TRUE;
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
		     "nobody answered within %g s; run the pack again when somebody is there",
		     limit);
	return FALSE;
}

/* Stop and safety chain are looked at before each slice. */
static PlAnswer *
wait_answer (Asking *asking, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	PlAnswer *answer = NULL;

	while (answer == NULL && wrong == NULL) {
		if (!pl_step_poll (asking->context, &wrong) || !is_in_time (asking, &wrong))
			break;
		take_code (asking);
		answer = wait_slice (asking, &wrong);
	}
	if (wrong != NULL)
		g_propagate_error (error, g_steal_pointer (&wrong));
	return answer;
}

/* The prompt is taken away before its end is told: who hears that nothing is asked must find it so.
 * Joining the clock again is asked for even after a failure; only the first error is told. */
PlAnswer *
pl_step_ask (PlStepContext *context, const PlPrompt *prompt, GError **error)
{
	Asking asking = {context, prompt, g_get_monotonic_time (), 0};
	g_autoptr (PlAnswer) answer = NULL;

	/* as between two packs: a stepped line keeps real time meanwhile */
	pl_clock_leave (context->run->clock);
	drop_codes (&asking);
	set_prompt (&asking, prompt);
	emit (&asking, prompt);
	answer = wait_answer (&asking, error);
	set_prompt (&asking, NULL);
	emit (&asking, NULL);
	if (answer != NULL)
		answer->waited_s = waited_s (&asking);
	if (!pl_clock_join (context->run->clock, answer != NULL ? error : NULL))
		return NULL;
	return g_steal_pointer (&answer);
}
