/* SPDX-License-Identifier: Apache-2.0 */
#include "station/canonical.h"
#include "station/cli/command.h"
#include "station/cli/format.h"
#include "station/history.h"
#include <stdio.h>

/* The list that the window's History shows, for a terminal. */

static int count = 20;
static gboolean json;
static PlHistoryQuestion question;

static const char *
or_dash (const char *text)
{
	return text != NULL && *text != '\0' ? text : "-";
}

/* One object a line: a program can stop reading after any of them. */
static void
print_run_json (const PlHistoryRow *run)
{
	g_autoptr (PlCanonical) out = pl_canonical_new ();
	g_autofree char *text = NULL;

	pl_canonical_begin_object (out);
	pl_canonical_member (out, "cause", run->cause);
	pl_canonical_member (out, "ended", run->ended);
	pl_canonical_member (out, "grade", run->grade);
	pl_canonical_member (out, "kind", run->kind);
	pl_canonical_member (out, "recipe", run->recipe);
	pl_canonical_member (out, "run", run->uuid);
	pl_canonical_member (out, "serial", run->serial);
	pl_canonical_member (out, "started", run->started);
	pl_canonical_member (out, "verdict", run->verdict);
	pl_canonical_end_object (out);
	text = pl_canonical_text (out);
	puts (text);
}

static void
print_runs (GPtrArray *rows)
{
	static const char *const headers[] = {"begun (UTC)", "verdict", "pack", "grade",
					      "kind",	     "recipe",	NULL};
	g_autoptr (PlTable) table = pl_table_new (headers);

	for (guint i = 0; i < rows->len; i++) {
		const PlHistoryRow *run = g_ptr_array_index (rows, i);
		/* open: it goes on now, or was interrupted and is not recovered yet */
		const char *word = run->verdict != NULL ? run->verdict : "OPEN";
		g_autofree char *begun = pl_utc_text (run->started);
		g_autofree char *mark = g_strdup_printf ("%s %s", pl_verdict_sign (word), word);

		pl_table_row (table, pl_verdict_tone (word), begun, mark, run->serial,
			      or_dash (run->grade), run->kind, run->recipe, NULL);
		if (run->cause != NULL)
			pl_table_note (table, run->cause);
	}
	pl_table_print (table);
}

/* NULL after having said why. */
static GPtrArray *
ask (PlExit *ret_exit)
{
	g_autoptr (PlDb) db = pl_open_memory (ret_exit);
	g_autoptr (PlHistoryAnswer) answer = NULL;
	g_autoptr (GPtrArray) rows = NULL;
	g_autoptr (GError) error = NULL;

	if (db == NULL)
		return NULL;
	answer = pl_station_ask (db, &question, NULL, &error);
	if (answer != NULL)
		rows = pl_station_history_rows (db, answer, 0, (guint)count, &error);
	if (rows == NULL)
		*ret_exit = pl_say_error (error);
	return g_steal_pointer (&rows);
}

/* Nothing found and nothing there are two things to say. */
static gboolean
is_narrow (void)
{
	return question.serial != NULL || question.verdict != NULL || question.kind != NULL ||
	       question.recipe != NULL || question.from != NULL || question.to != NULL;
}

static PlExit
run_runs (char **args)
{
	PlExit exit = PL_EXIT_PASS;
	g_autoptr (GPtrArray) rows = NULL;

	if (count < 1)
		return pl_say_usage ("--count %d: at least one", count);
	if ((rows = ask (&exit)) == NULL)
		return exit;
	if (!json && rows->len == 0)
		puts (is_narrow () ? "no run fits what is asked" : "no run is recorded yet");
	else if (!json)
		print_runs (rows);
	for (guint i = 0; json && i < rows->len; i++)
		print_run_json (g_ptr_array_index (rows, i));
	return PL_EXIT_PASS;
}

static const GOptionEntry options[] = {
    {"serial", 's', 0, G_OPTION_ARG_FILENAME, &question.serial,
     "of packs whose serial begins so, or that have or had such a part", "SERIAL"},
    {"verdict", 0, 0, G_OPTION_ARG_FILENAME, &question.verdict,
     "PASS, FAIL, ERROR, ABORTED, or OPEN for what has not ended", "WORD"},
    {"kind", 'k', 0, G_OPTION_ARG_FILENAME, &question.kind,
     "production, engineering, golden or simulated", "KIND"},
    {"recipe", 'r', 0, G_OPTION_ARG_FILENAME, &question.recipe, "of this recipe", "NAME"},
    {"from", 0, 0, G_OPTION_ARG_FILENAME, &question.from, "begun on that day or later", "DAY"},
    {"to", 0, 0, G_OPTION_ARG_FILENAME, &question.to, "begun on that day or earlier", "DAY"},
    {"count", 'n', 0, G_OPTION_ARG_INT, &count, "at most N (default: 20)", "N"},
    {"json", 0, 0, G_OPTION_ARG_NONE, &json, "one object a line instead of a table", NULL},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_runs;
const PlCommand pl_command_runs = {
    .name = "runs",
    .arguments = "",
    .summary = "list runs of this station, newest first",
    .about =
	"Runs of every kind with verdict, grade and cause, all of them or those that fit what\n"
	"is asked. Works beside a running station.",
    .example =
	"  packline runs --count 5\n  packline runs --serial PL32-0001 --verdict FAIL --from "
	"2026-11-01",
    .options = options,
    .run = run_runs,
};
