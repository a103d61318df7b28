/* SPDX-License-Identifier: Apache-2.0 */
#include "station/canonical.h"
#include "station/cli/command.h"
#include "station/cli/format.h"
#include "station/cli/query.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What is remembered of a serial, whatever kind of thing it is: a cell and a pack may even share
 * one. */

#define MARK_WIDTH 16 /* "? INCONCLUSIVE" and two blanks */

static char *run_id;
static gboolean json, all;

/* -- for people -------------------------------------------------------------------------------- */

static void
print_heading (const char *text)
{
	g_autoptr (GString) line = g_string_new ("\n");

	pl_text_add (line, PL_TONE_STRONG, 0, text);
	puts (line->str);
}

static const char *
or_dash (const char *text)
{
	return text != NULL && *text != '\0' ? text : "-";
}

/* Where it came from and what it is in: for a cell that is the whole story. */
static void
print_unit (const PlUnitStory *story)
{
	g_autofree char *title = g_strdup_printf ("%s %s", story->unit->kind, story->unit->serial);

	print_heading (title);
	if (story->unit->vendor != NULL || story->unit->lot != NULL || story->unit->grade != NULL)
		printf ("  vendor %s, lot %s, grade %s\n", or_dash (story->unit->vendor),
			or_dash (story->unit->lot), or_dash (story->unit->grade));
	if (story->holder != NULL)
		printf ("  built into %s at position %d\n", story->holder,
			(int)story->unit->position);
}

static void
print_parts (const PlUnitStory *story)
{
	static const char *const headers[] = {"  ",    ">pos",	 "kind", "serial",
					      "grade", "vendor", "lot",	 NULL};
	g_autoptr (PlTable) table = pl_table_new (headers);

	if (story->children->len == 0)
		return;
	print_heading ("Parts");
	for (guint i = 0; i < story->children->len; i++) {
		const PlUnitRow *part = g_ptr_array_index (story->children, i);
		g_autofree char *position = g_strdup_printf ("%d", (int)part->position);

		pl_table_row (table, PL_TONE_PLAIN, "", position, part->kind, part->serial,
			      or_dash (part->grade), or_dash (part->vendor), or_dash (part->lot),
			      NULL);
	}
	pl_table_print (table);
}

static void
print_runs (const PlUnitStory *story)
{
	static const char *const headers[] = {"  ",   "begun (UTC)", "verdict", "grade",
					      "kind", "recipe",	     "run",	NULL};
	g_autoptr (PlTable) table = pl_table_new (headers);

	if (story->runs->len == 0)
		return;
	print_heading ("Runs, newest first");
	for (guint i = 0; i < story->runs->len; i++) {
		const PlRunRow *run = g_ptr_array_index (story->runs, i);
		/* a run that goes on now, or one that was interrupted and is not recovered yet */
		const char *word = run->verdict != NULL ? run->verdict : "OPEN";
		g_autofree char *begun = pl_utc_text (run->started);
		g_autofree char *verdict = g_strdup_printf ("%s %s", pl_verdict_sign (word), word);
		g_autofree char *recipe =
		    g_strdup_printf ("%s v%d", run->recipe, (int)run->recipe_version);
		g_autofree char *id = pl_short_id (run->uuid);

		pl_table_row (table, pl_verdict_tone (word), "", begun, verdict,
			      or_dash (run->grade), run->kind, recipe, id, NULL);
	}
	pl_table_print (table);
}

/* The same lines as while the run was under way (format.c), so that eyes find their way. */
static void
print_step (const PlStepRow *step)
{
	g_autoptr (GString) line = g_string_new ("  ");
	g_autofree char *mark =
	    g_strdup_printf ("%s %s", pl_verdict_sign (step->verdict), step->verdict);
	g_autofree char *duration = pl_duration_text (step->duration_s);

	pl_text_add (line, pl_verdict_tone (step->verdict), MARK_WIDTH, mark);
	pl_text_add (line, PL_TONE_STRONG, 0, step->title);
	if (step->attempt > 1)
		g_string_append_printf (line, " (attempt %d)", (int)step->attempt);
	pl_text_fill (line, pl_term_width () - pl_text_width (duration) - 1);
	pl_text_add (line, PL_TONE_DIM, 0, duration);
	puts (line->str);
	if (step->message != NULL) {
		g_autofree char *why = pl_text_wrap (step->message, pl_term_width () - 10, 9);

		printf ("         %s\n", why);
	}
	for (guint i = 0; i < step->measurements->len; i++) {
		const PlMeasurementRow *m = g_ptr_array_index (step->measurements, i);
		g_autofree char *value = pl_row_value_text (m);
		g_autofree char *limit = pl_row_limit_text (m);
		g_autofree char *text = pl_measurement_line (m->name, value, limit, m->verdict);

		if (all || m->verdict != NULL)
			puts (text);
	}
}

static void
print_run (const PlRunRow *run)
{
	const char *word = run->verdict != NULL ? run->verdict : "OPEN";
	g_autofree char *begun = pl_utc_text (run->started);
	g_autofree char *title = g_strdup_printf ("Run %s, %s UTC", run->uuid, begun);
	g_autoptr (GString) line = g_string_new ("  ");
	g_autofree char *mark = g_strdup_printf ("%s %s", pl_verdict_sign (word), word);
	g_autofree char *what = g_strdup_printf (
	    "recipe %s v%d (%.12s), station %s, bench %s, %s", run->recipe,
	    (int)run->recipe_version, run->recipe_hash, run->station, run->bench, run->kind);
	g_autofree char *wrapped =
	    pl_text_wrap (what, pl_term_width () - MARK_WIDTH - 3, MARK_WIDTH + 2);

	print_heading (title);
	pl_text_add (line, pl_verdict_tone (word), MARK_WIDTH, mark);
	g_string_append (line, wrapped);
	puts (line->str);
	if (run->cause != NULL) {
		g_autofree char *cause =
		    pl_text_wrap (run->cause, pl_term_width () - MARK_WIDTH - 3, MARK_WIDTH + 2);

		printf ("  %-*s%s\n", MARK_WIDTH, "cause", cause);
	}
	for (guint i = 0; i < run->steps->len; i++)
		print_step (g_ptr_array_index (run->steps, i));
}

static void
print_notes (GPtrArray *notes)
{
	if (notes->len > 0)
		print_heading ("Notes");
	for (guint i = 0; i < notes->len; i++) {
		const PlNoteRow *note = g_ptr_array_index (notes, i);
		g_autofree char *when = pl_utc_text (note->utc);
		g_autofree char *text = pl_text_wrap (note->text, pl_term_width () - 5, 4);

		printf ("  %s UTC, %s\n    %s\n", when, or_dash (note->who), text);
	}
}

/* -- for programs: keys in the order of canonical JSON ----------------------------------------- */

/* Decimals as strings, as in the record: no reader's floating point changes them. */
static void
write_step (PlCanonical *out, const PlStepRow *step)
{
	pl_canonical_begin_object (out);
	pl_canonical_member_integer (out, "attempt", step->attempt);
	pl_canonical_member_decimal (out, "duration_s", step->duration_s);
	pl_canonical_member (out, "id", step->name);
	pl_canonical_key (out, "measurements");
	pl_canonical_begin_array (out);
	for (guint i = 0; i < step->measurements->len; i++) {
		const PlMeasurementRow *m = g_ptr_array_index (step->measurements, i);

		pl_canonical_begin_object (out);
		pl_canonical_member (out, "equals", m->equals);
		pl_canonical_member_decimal (out, "high", m->high);
		pl_canonical_member_decimal (out, "low", m->low);
		pl_canonical_member (out, "name", m->name);
		pl_canonical_member (out, "text", m->words);
		pl_canonical_member (out, "unit", m->unit);
		pl_canonical_member_decimal (out, "value", m->value);
		pl_canonical_member (out, "verdict", m->verdict);
		pl_canonical_end_object (out);
	}
	pl_canonical_end_array (out);
	pl_canonical_member (out, "message", step->message);
	pl_canonical_member (out, "title", step->title);
	pl_canonical_member (out, "verdict", step->verdict);
	pl_canonical_end_object (out);
}

/* `whole` has the steps of this run; NULL or another run: none. */
static void
write_run (PlCanonical *out, const PlRunRow *run, const PlRunRow *whole)
{
	pl_canonical_begin_object (out);
	pl_canonical_member (out, "cause", run->cause);
	pl_canonical_member (out, "ended", run->ended);
	pl_canonical_member (out, "grade", run->grade);
	pl_canonical_member (out, "kind", run->kind);
	pl_canonical_member (out, "recipe", run->recipe);
	pl_canonical_member_integer (out, "recipeVersion", run->recipe_version);
	pl_canonical_member (out, "run", run->uuid);
	pl_canonical_member (out, "started", run->started);
	if (whole != NULL && whole->id == run->id) {
		pl_canonical_key (out, "steps");
		pl_canonical_begin_array (out);
		for (guint i = 0; i < whole->steps->len; i++)
			write_step (out, g_ptr_array_index (whole->steps, i));
		pl_canonical_end_array (out);
	}
	pl_canonical_member (out, "verdict", run->verdict);
	pl_canonical_end_object (out);
}

static void
write_part (PlCanonical *out, const PlUnitRow *part)
{
	pl_canonical_begin_object (out);
	pl_canonical_member (out, "grade", part->grade);
	pl_canonical_member (out, "kind", part->kind);
	pl_canonical_member (out, "lot", part->lot);
	pl_canonical_member_integer (out, "position", part->position);
	pl_canonical_member (out, "serial", part->serial);
	pl_canonical_member (out, "vendor", part->vendor);
	pl_canonical_end_object (out);
}

/* The names are those of the signed record, so that one reader serves both. */
static void
write_story (PlCanonical *out, const PlUnitStory *story, const PlRunRow *whole)
{
	pl_canonical_begin_object (out);
	pl_canonical_member (out, "builtInto", story->holder);
	pl_canonical_member (out, "grade", story->unit->grade);
	pl_canonical_member (out, "kind", story->unit->kind);
	pl_canonical_member (out, "lot", story->unit->lot);
	pl_canonical_key (out, "parts");
	pl_canonical_begin_array (out);
	for (guint i = 0; i < story->children->len; i++)
		write_part (out, g_ptr_array_index (story->children, i));
	pl_canonical_end_array (out);
	pl_canonical_key (out, "runs");
	pl_canonical_begin_array (out);
	for (guint i = 0; i < story->runs->len; i++)
		write_run (out, g_ptr_array_index (story->runs, i), whole);
	pl_canonical_end_array (out);
	pl_canonical_member (out, "serial", story->unit->serial);
	pl_canonical_member (out, "vendor", story->unit->vendor);
	pl_canonical_end_object (out);
}

static void
print_json (GPtrArray *stories, const PlRunRow *whole)
{
	g_autoptr (PlCanonical) out = pl_canonical_new ();
	g_autofree char *text = NULL;

	pl_canonical_begin_array (out);
	for (guint i = 0; i < stories->len; i++)
		write_story (out, g_ptr_array_index (stories, i), whole);
	pl_canonical_end_array (out);
	text = pl_canonical_text (out);
	puts (text);
}

/* -- the command ------------------------------------------------------------------------------- */

/* Cells and boards have no runs; for them there is nothing more to load. */
static gboolean
was_tested (GPtrArray *stories)
{
	for (guint i = 0; i < stories->len; i++)
		if (((PlUnitStory *)g_ptr_array_index (stories, i))->runs->len > 0)
			return TRUE;
	return FALSE;
}

static PlExit
run_show (char **args)
{
	PlExit exit = PL_EXIT_USAGE;
	g_autoptr (PlDb) db = pl_open_memory (&exit);
	g_autoptr (GPtrArray) stories = NULL, notes = NULL;
	g_autoptr (PlRunRow) run = NULL;
	g_autoptr (GError) error = NULL;

	if (db == NULL)
		return exit;
	if ((stories = pl_query_stories (db, args[0], &error)) == NULL)
		return pl_say_error (error);
	/* a run that was asked for by name must exist; the newest is only shown where there is one
	 */
	if ((run_id != NULL || was_tested (stories)) &&
	    (run = pl_query_run (db, args[0], run_id, &error)) == NULL)
		return pl_say_error (error);
	if (json) {
		print_json (stories, run);
		return PL_EXIT_PASS;
	}
	for (guint i = 0; i < stories->len; i++) {
		print_unit (g_ptr_array_index (stories, i));
		print_parts (g_ptr_array_index (stories, i));
		print_runs (g_ptr_array_index (stories, i));
	}
	if (run == NULL)
		return PL_EXIT_PASS;
	if ((notes = pl_query_notes (db, run->id, &error)) == NULL)
		return pl_say_error (error);
	print_run (run);
	print_notes (notes);
	return PL_EXIT_PASS;
}

static const GOptionEntry options[] = {
    {"run", 0, 0, G_OPTION_ARG_FILENAME, &run_id,
     "steps of this run, by the beginning of its id (default: the newest)", "ID"},
    {"all", 'a', 0, G_OPTION_ARG_NONE, &all, "also values that were recorded and not judged", NULL},
    {"json", 0, 0, G_OPTION_ARG_NONE, &json, "one line of JSON instead of text", NULL},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_show;
const PlCommand pl_command_show = {
    .name = "show",
    .arguments = "SERIAL",
    .min = 1,
    .max = 1,
    .summary = "show parts, runs and results of a pack, cell or board",
    .about = "Shows what the station remembers of a serial: what it is built from or into, every\n"
	     "run, and the steps of the newest run with values, limits and verdicts. Works\n"
	     "beside a running station.",
    .example = "  packline show PL32-000123\n  packline show PL32-000123 --json | jq "
	       "'.[0].runs[0].verdict'",
    .options = options,
    .run = run_show,
};
