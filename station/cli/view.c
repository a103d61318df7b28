/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/view.h"
#include "station/cli/command.h"
#include "station/cli/format.h"
#include <math.h>
#include <string.h>

/* -- steps ------------------------------------------------------------------------------------- */

/* Of the step in the recipe; the result's own number also counts attempts. */
static guint
number_of (PlRun *run, const PlRecipeStep *step)
{
	guint at = 0;

	g_ptr_array_find (pl_run_recipe (run)->steps, step, &at);
	return at + 1;
}

/* Title left, phase right: setup and teardown judge the station, main judges the pack. */
static void
say_header (PlView *view, const PlRunEvent *event, gboolean again)
{
	const PlStepResult *step = event->step;
	g_autoptr (GString) line = g_string_new (NULL);
	const char *phase = pl_phase_name (step->step->phase);

	g_string_append_printf (line, "%2u/%u  ", number_of (event->run, step->step),
				pl_run_recipe (event->run)->steps->len);
	pl_text_add (line, PL_TONE_STRONG, 0, step->step->title);
	if (step->attempt > 1)
		g_string_append_printf (line, "  (attempt %u)", step->attempt);
	if (again)
		g_string_append (line, "  (continued)");
	pl_text_fill (line, pl_term_width () - strlen (phase) - 1);
	pl_text_add (line, PL_TONE_DIM, 0, phase);
	pl_printer_say (view->printer, g_string_free (g_steal_pointer (&line), FALSE));
	view->last = step;
}

/* Lines of steps side by side do not lose whose they are. */
static void
ensure_header (PlView *view, const PlRunEvent *event)
{
	if (event->step != NULL && event->step != view->last)
		say_header (view, event,
			    event->kind != PL_EVENT_STEP_STARTED &&
				event->step->verdict != PL_VERDICT_SKIPPED);
}

/* Values without a limit are evidence, not news: they are in the record, and here with --all. */
static void
say_measured (PlView *view, const PlRunEvent *event)
{
	const PlMeasurement *m = event->measurement;
	g_autofree char *value =
	    m->text ? g_strdup (m->words) : pl_quantity_text (m->value, m->unit);
	g_autofree char *limit = m->limit != NULL ? pl_limit_text (m->limit, m->unit) : NULL;

	if (m->limit == NULL && !view->all)
		return;
	ensure_header (view, event);
	pl_printer_say (view->printer, pl_measurement_line (
					   m->name, value != NULL ? value : "(nothing)", limit,
					   m->limit != NULL ? pl_verdict_name (m->verdict) : NULL));
}

static void
say_note (PlView *view, const PlRunEvent *event)
{
	g_autofree char *text = pl_text_wrap (event->text, pl_term_width () - 12, 11);
	g_autoptr (GString) line = g_string_new ("         ");

	ensure_header (view, event);
	pl_text_add (line, PL_TONE_DIM, 0, "· ");
	pl_text_add (line, PL_TONE_DIM, 0, text);
	pl_printer_say (view->printer, g_string_free (g_steal_pointer (&line), FALSE));
}

/* Verdict and reason below the values that led to it. */
static void
say_ended (PlView *view, const PlRunEvent *event)
{
	const PlStepResult *step = event->step;
	const char *verdict = pl_verdict_name (step->verdict);
	g_autofree char *mark = g_strdup_printf ("%s %s", pl_verdict_sign (verdict), verdict);
	g_autofree char *duration = pl_duration_text (step->duration_s);
	g_autofree char *percent = g_strdup_printf ("%.0f %%", event->progress * 100);
	g_autoptr (GString) line = g_string_new ("       ");

	ensure_header (view, event);
	pl_text_add (line, pl_verdict_tone (verdict), 0, mark);
	g_string_append (line, "  ");
	if (step->verdict != PL_VERDICT_SKIPPED)
		pl_text_add (line, PL_TONE_DIM, 0, duration);
	pl_text_fill (line, pl_term_width () - strlen (percent) - 1);
	pl_text_add (line, PL_TONE_DIM, 0, percent);
	if (step->message != NULL) {
		g_autofree char *why = pl_text_wrap (step->message, pl_term_width () - 10, 9);

		g_string_append (line, "\n         ");
		g_string_append (line, why);
	}
	pl_printer_say (view->printer, g_string_free (g_steal_pointer (&line), FALSE));
}

/* The steps' own words on what they do; samples come far too often to be told one by one. */
static void
show_progress (PlView *view, const PlRunEvent *event)
{
	g_autofree char *doing = NULL;

	if (event->kind != PL_EVENT_STEP_STARTED && event->kind != PL_EVENT_PROGRESS)
		return;
	doing = g_strdup_printf ("%u/%u %s", number_of (event->run, event->step->step),
				 pl_run_recipe (event->run)->steps->len, event->step->step->title);
	pl_printer_progress (view->printer, doing, event->text, event->progress);
}

static void
observe_text (PlView *view, const PlRunEvent *event)
{
	switch (event->kind) {
	case PL_EVENT_STEP_STARTED:
		say_header (view, event, FALSE);
		break;
	case PL_EVENT_MEASURED:
		say_measured (view, event);
		break;
	case PL_EVENT_NOTE:
		say_note (view, event);
		break;
	case PL_EVENT_STEP_ENDED:
		say_ended (view, event);
		break;
	default:
		break;
	}
}

void
pl_view_observe (gpointer data, const PlRunEvent *event)
{
	PlView *view = data;

	g_mutex_lock (&view->mutex);
	if (view->kind == PL_VIEW_JSON) {
		char *line = pl_view_json_event (event);

		if (line != NULL)
			pl_printer_say (view->printer, line);
	} else {
		if (view->kind == PL_VIEW_TEXT)
			observe_text (view, event);
		if (event->kind != PL_EVENT_RUN_ENDED)
			show_progress (view, event);
		else
			pl_printer_progress (view->printer, NULL, NULL, 1);
	}
	g_mutex_unlock (&view->mutex);
}

/* -- the end ----------------------------------------------------------------------------------- */

/* A frame of its own for each verdict: it is told apart without colour and from afar. */
static const struct {
	PlRunVerdict verdict;
	const char *word, *meaning;
	const char
	    *frame[6]; /* corners: top left, right, bottom left, right; horizontal, vertical */
	const char *next;
} banners[] = {
    {PL_RUN_PASS,
     "✓  PASS",
     "the pack is good",
     {"╭", "╮", "╰", "╯", "─", "│"},
     "scan the next pack"},
    {PL_RUN_FAIL,
     "✗  FAIL",
     "the pack is bad",
     {"┏", "┓", "┗", "┛", "━", "┃"},
     "set the pack aside with this cause; after rework run it again"},
    {PL_RUN_ERROR,
     "?  ERROR",
     "the station could not judge",
     {"╔", "╗", "╚", "╝", "═", "║"},
     "nothing is said about the pack: clear the cause (call the technician), then retest"},
    {PL_RUN_ABORTED,
     "■  ABORTED",
     "a person stopped it",
     {"┌", "┐", "└", "┘", "┄", "┆"},
     "nothing is said about the pack: run it again from the start"},
};

static void
add_frame_line (GString *out, PlTone tone, const char *left, const char *fill, const char *right)
{
	g_autoptr (GString) line = g_string_new (left);

	for (guint i = 2; i < pl_term_width (); i++)
		g_string_append (line, fill);
	g_string_append (line, right);
	pl_text_add (out, tone, 0, line->str);
	g_string_append_c (out, '\n');
}

static void
add_banner (GString *out, PlRun *run, const PlViewEnd *end, guint at)
{
	const char *const *frame = banners[at].frame;
	PlTone tone = pl_verdict_tone (pl_run_verdict_name (pl_run_verdict (run)));
	g_autofree char *duration = pl_duration_text (end->seconds);
	g_autoptr (GString) inside = g_string_new ("  ");
	guint width = pl_term_width () - 2;

	pl_text_add (inside, tone, 12, banners[at].word);
	g_string_append_printf (inside, "  %s", pl_run_serial (run));
	if (pl_run_grade (run) != NULL)
		g_string_append_printf (inside, "   grade %s", pl_run_grade (run));
	g_string_append_printf (inside, "   %s", banners[at].meaning);
	pl_text_fill (inside, width - pl_text_width (duration) - 2);
	g_string_append_printf (inside, "%s  ", duration);
	g_string_append_c (out, '\n');
	add_frame_line (out, tone, frame[0], frame[4], frame[1]);
	pl_text_add (out, tone, 0, frame[5]);
	g_string_append (out, inside->str);
	pl_text_add (out, tone, 0, frame[5]);
	g_string_append_c (out, '\n');
	add_frame_line (out, tone, frame[2], frame[4], frame[3]);
}

/* One fact of the end, a name in the left column; a path stays whole, since people copy it. */
static void
add_whole (GString *out, const char *name, const char *text)
{
	if (text == NULL)
		return;
	g_string_append (out, "  ");
	pl_text_add (out, PL_TONE_DIM, 11, name);
	g_string_append_printf (out, "%s\n", text);
}

/* Words are wrapped beside their name. */
static void
add_line (GString *out, const char *name, const char *text)
{
	g_autofree char *wrapped =
	    text != NULL ? pl_text_wrap (text, pl_term_width () - 14, 13) : NULL;

	add_whole (out, name, wrapped);
}

/* First of all, and told apart from the pack's verdict: this is about the people around. */
static void
add_danger (GString *out, const char *danger)
{
	g_autofree char *wrapped =
	    danger != NULL ? pl_text_wrap (danger, pl_term_width () - 14, 13) : NULL;

	if (wrapped == NULL)
		return;
	g_string_append (out, "  ");
	pl_text_add (out, PL_TONE_BAD, 11, "DANGER");
	pl_text_add (out, PL_TONE_STRONG, 0, wrapped);
	g_string_append_c (out, '\n');
}

static void
add_files (GString *out, PlRun *run, const PlViewEnd *end)
{
	g_autofree char *home = pl_home_words ();
	g_autofree char *show = g_strdup_printf ("packline show %s%s", pl_run_serial (run), home);

	add_whole (out, "record", end->record);
	add_whole (out, "label", end->label);
	add_whole (out, "database", end->database);
	add_whole (out, "details", show);
}

static char *
end_text (PlRun *run, const PlViewEnd *end)
{
	g_autoptr (GString) out = g_string_new (NULL);
	guint at = 0;

	while (at + 1 < G_N_ELEMENTS (banners) && banners[at].verdict != pl_run_verdict (run))
		at++;
	add_banner (out, run, end, at);
	add_danger (out, end->danger);
	if (pl_run_verdict (run) != PL_RUN_PASS)
		add_line (out, "cause", pl_run_cause (run));
	/* on a real bench both clocks are one, and saying it twice would only puzzle */
	if (fabs (end->process_seconds - end->seconds) > 1) {
		g_autofree char *process = pl_duration_text (end->process_seconds);

		add_line (out, "process", process);
	}
	add_files (out, run, end);
	add_line (out, "next",
		  end->label != NULL ? "stick the label on the pack, scan the next one"
				     : banners[at].next);
	g_string_truncate (out, out->len - 1);
	return g_string_free (g_steal_pointer (&out), FALSE);
}

void
pl_view_end (PlView *view, PlRun *run, const PlViewEnd *end)
{
	pl_printer_progress (view->printer, NULL, NULL, 1);
	pl_printer_say (view->printer, view->kind == PL_VIEW_JSON ? pl_view_json_end (run, end)
								  : end_text (run, end));
}
