/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/mark.h"
#include <json-glib/json-glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* `packline bench [NAME]`: one line a mark, NAME value unit, bar, peer, ok|short. */
extern const PlMark pl_mark_step_overhead, pl_mark_record_commit, pl_mark_an3155_line_rate,
    pl_mark_chart_paint, pl_mark_history_jump, pl_mark_slot_grid, pl_mark_ui_start, pl_mark_ui_scan;

static const PlMark *const marks[] = {
    &pl_mark_step_overhead, &pl_mark_record_commit, &pl_mark_an3155_line_rate,
    &pl_mark_chart_paint,   &pl_mark_history_jump,  &pl_mark_slot_grid,
    &pl_mark_ui_start,	    &pl_mark_ui_scan,	    NULL,
};

typedef struct {
	const PlMark *mark;
	double value, subject, peer;
	gboolean ok;
	char *skipped; /* why */
} Result;

static int
compare (const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median (double *values, guint n)
{
	qsort (values, n, sizeof *values, compare);
	return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* One round first that does not count: caches, files and threads come to life in it. */
static gboolean
measure (const PlMark *mark, gpointer self, Result *result, GError **error)
{
	g_autofree double *subjects = g_new (double, mark->rounds),
			  *peers = g_new (double, mark->rounds),
			  *values = g_new (double, mark->rounds);
	PlRound round = {NAN, NAN};

	if (!mark->round (self, &round, error))
		return FALSE;
	for (guint i = 0; i < mark->rounds; i++) {
		if (!mark->round (self, &round, error))
			return FALSE;
		subjects[i] = round.subject;
		peers[i] = round.peer;
		values[i] = mark->ratio ? round.peer / round.subject : round.subject;
	}
	result->subject = median (subjects, mark->rounds);
	result->peer = median (peers, mark->rounds);
	result->value = median (values, mark->rounds);
	result->ok = mark->at_least ? result->value >= mark->bar : result->value <= mark->bar;
	return TRUE;
}

static Result
run_mark (const PlMark *mark, const char *directory)
{
	Result result = {mark, NAN, NAN, NAN, FALSE, NULL};
	g_autoptr (GError) error = NULL;
	gpointer self = mark->prepare (directory, &error);

	if (self == NULL || !measure (mark, self, &result, &error))
		result.skipped =
		    g_strdup (error != NULL ? error->message : "it cannot be prepared");
	if (self != NULL)
		mark->finish (self);
	return result;
}

static void
print_line (const Result *r)
{
	const PlMark *m = r->mark;

	if (r->skipped != NULL) {
		g_print ("%s skipped: %s\n", m->name, r->skipped);
		return;
	}
	g_print ("%s %.3g %s, bar %s %g, ", m->name, r->value, m->ratio ? "x" : m->unit,
		 m->at_least ? ">=" : "<=", m->bar);
	if (m->peer != NULL)
		g_print ("peer %s %.4g %s against %.4g, ", m->peer, r->peer, m->unit, r->subject);
	g_print ("%s\n", r->ok ? "ok" : "short");
}

static void
add_number (JsonBuilder *json, const char *name, double value)
{
	json_builder_set_member_name (json, name);
	if (isfinite (value))
		json_builder_add_double_value (json, value);
	else
		json_builder_add_null_value (json);
}

static void
add_text (JsonBuilder *json, const char *name, const char *value)
{
	json_builder_set_member_name (json, name);
	if (value != NULL)
		json_builder_add_string_value (json, value);
	else
		json_builder_add_null_value (json);
}

static void
add_json (JsonBuilder *json, const Result *r)
{
	json_builder_begin_object (json);
	add_text (json, "name", r->mark->name);
	add_text (json, "title", r->mark->title);
	add_text (json, "unit", r->mark->unit);
	add_text (json, "peer", r->mark->peer);
	add_number (json, "value", r->value);
	add_number (json, "bar", r->mark->bar);
	add_number (json, "subject", r->subject);
	add_number (json, "peerValue", r->peer);
	add_text (json, "skipped", r->skipped);
	json_builder_set_member_name (json, "ok");
	json_builder_add_boolean_value (json, r->ok);
	json_builder_end_object (json);
}

static void
print_json (JsonBuilder *builder)
{
	g_autoptr (JsonGenerator) generator = json_generator_new ();
	g_autoptr (JsonNode) root = json_builder_get_root (builder);
	g_autofree char *text = NULL;

	json_generator_set_root (generator, root);
	json_generator_set_pretty (generator, TRUE);
	text = json_generator_to_data (generator, NULL);
	g_print ("%s\n", text);
}

static gboolean
is_wanted (const PlMark *mark, char **names)
{
	return names == NULL || names[0] == NULL ||
	       g_strv_contains ((const char *const *)names, mark->name);
}

static int
run_all (char **names, gboolean as_json, const char *directory)
{
	g_autoptr (JsonBuilder) json = json_builder_new ();
	int code = EXIT_SUCCESS;

	json_builder_begin_array (json);
	for (guint i = 0; marks[i] != NULL; i++) {
		g_autofree char *own = g_build_filename (directory, marks[i]->name, NULL);
		Result result;

		if (!is_wanted (marks[i], names))
			continue;
		g_mkdir_with_parents (own, 0700);
		result = run_mark (marks[i], own);
		if (as_json)
			add_json (json, &result);
		else
			print_line (&result);
		if (result.skipped == NULL && !result.ok)
			code = EXIT_FAILURE;
		g_free (result.skipped);
	}
	json_builder_end_array (json);
	if (as_json)
		print_json (json);
	return code;
}

static gboolean
known (char **names)
{
	for (guint n = 0; names != NULL && names[n] != NULL; n++) {
		gboolean found = FALSE;

		for (guint i = 0; marks[i] != NULL; i++)
			found |= g_str_equal (marks[i]->name, names[n]);
		if (!found) {
			g_printerr ("packline bench: no mark is called %s; there are:", names[n]);
			for (guint i = 0; marks[i] != NULL; i++)
				g_printerr (" %s", marks[i]->name);
			g_printerr ("\n");
			return FALSE;
		}
	}
	return TRUE;
}

int
main (int argc, char **argv)
{
	gboolean as_json = FALSE;
	g_auto (GStrv) names = NULL;
	const GOptionEntry entries[] = {
	    {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print the figures as JSON", NULL},
	    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, NULL, "[NAME...]"},
	    {NULL}};
	g_autoptr (GOptionContext) options = g_option_context_new (NULL);
	g_autoptr (GError) error = NULL;
	g_autofree char *directory = NULL;
	g_autofree char *remove = NULL;
	int code;

	g_option_context_set_summary (options,
				      "Measures Packline against its peers, in turn, in one run.\n"
				      "Exits 1 if a figure is short of its bar.");
	g_option_context_add_main_entries (options, entries, NULL);
	if (!g_option_context_parse (options, &argc, &argv, &error)) {
		g_printerr ("packline bench: %s\n", error->message);
		return 3;
	}
	if (!known (names))
		return 3;
	directory = g_dir_make_tmp ("packline-bench-XXXXXX", &error);
	if (directory == NULL) {
		g_printerr ("packline bench: %s\n", error->message);
		return 3;
	}
	code = run_all (names, as_json, directory);
	remove = g_strdup_printf ("rm -rf '%s'", directory);
	return system (remove) == 0 ? code : EXIT_FAILURE;
}
