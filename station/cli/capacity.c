/* SPDX-License-Identifier: Apache-2.0 */
#include "station/canonical.h"
#include "station/cli/command.h"
#include "station/cli/format.h"
#include "station/cycler_file/cycler_file.h"
#include <math.h>
#include <stdio.h>

/* Two numbers of each step, side by side: what flowed by the records, and what the cycler counted.
 */

static double rated_ah, limit_percent = PL_CYCLER_LIMIT_PERCENT;
static gboolean json;

/* -- text -------------------------------------------------------------------------------------- */

static char *
number (const char *format, double value)
{
	char text[32];

	if (!isfinite (value))
		return g_strdup ("-");
	return g_strdup (g_ascii_formatd (text, sizeof text, format, value));
}

static void
print_step (PlTable *table, guint i, const PlCyclerStep *step)
{
	double ours_ah = pl_charge_ah (&step->charge), ours_wh = pl_charge_wh (&step->charge);
	const char *verdict = step->doubt == NULL ? "PASS" : "INCONCLUSIVE";
	g_autofree char *no = g_strdup_printf ("%u", i + 1);
	g_autofree char *records = g_strdup_printf ("%u", step->n);
	g_autofree char *lasted = pl_duration_text (pl_charge_seconds (&step->charge));
	g_autofree char *our_ah = number ("%.7g", ours_ah);
	g_autofree char *own_ah = number ("%.7g", step->charge.own_ah);
	g_autofree char *ah = number ("%+.4f", step->ah.percent);
	g_autofree char *our_wh = number ("%.7g", ours_wh);
	g_autofree char *own_wh = number ("%.7g", step->charge.own_wh);
	g_autofree char *wh = number ("%+.4f", step->wh.percent);
	g_autofree char *mark = g_strdup_printf ("%s %s", pl_verdict_sign (verdict),
						 step->doubt == NULL ? "PASS" : "unsure");

	pl_table_row (table, pl_verdict_tone (verdict), no, pl_cycler_kind_word (step->kind),
		      records, lasted, our_ah, own_ah, ah, our_wh, own_wh, wh, mark, NULL);
	if (step->doubt != NULL)
		pl_table_note (table, step->doubt);
}

static void
print_turns (const PlCyclerFile *file)
{
	for (guint i = 0; i < file->turns->len; i++) {
		const PlCyclerTurn *turn = &g_array_index (file->turns, PlCyclerTurn, i);

		printf ("in %.6g Ah, out %.6g Ah: coulombic efficiency %.3f %%, energy efficiency "
			"%.2f %%%s\n",
			turn->charge_ah, turn->discharge_ah,
			100 * turn->discharge_ah / turn->charge_ah,
			100 * turn->discharge_wh / turn->charge_wh,
			turn->charge_doubted || turn->discharge_doubted
			    ? " (of steps that are not sure)"
			    : "");
	}
}

static void
print_defects (const PlCyclerFile *file)
{
	for (guint i = 0; i < file->defects->len; i++) {
		const PlCyclerDefect *defect = g_ptr_array_index (file->defects, i);

		printf ("%s:%u: %s", file->name, defect->line, defect->text);
		if (defect->more > 0)
			printf (" (and %u more of this kind)", defect->more);
		putchar ('\n');
	}
}

static void
print_text (const PlCyclerFile *file)
{
	static const char *const headers[] = {">",	 "step",    ">records", ">time",
					      ">our Ah", ">its Ah", ">%",	">our Wh",
					      ">its Wh", ">%",	    "",		NULL};
	g_autoptr (PlTable) table = pl_table_new (headers);

	printf ("%s: %s, %u records in %u steps\n", file->name,
		pl_cycler_format_title (file->format), file->records->len, file->steps->len);
	for (guint i = 0; i < file->steps->len; i++)
		print_step (table, i, g_ptr_array_index (file->steps, i));
	pl_table_print (table);
	print_turns (file);
	print_defects (file);
}

/* -- JSON -------------------------------------------------------------------------------------- */

static void
print_step_json (PlCanonical *out, const PlCyclerStep *step)
{
	pl_canonical_begin_object (out);
	pl_canonical_member_decimal (out, "ah", pl_charge_ah (&step->charge));
	pl_canonical_member_decimal (out, "ah_counted", step->charge.own_ah);
	pl_canonical_member_decimal (out, "ah_difference_percent", step->ah.percent);
	pl_canonical_member_integer (out, "cycle", step->cycle);
	pl_canonical_member (out, "doubt", step->doubt);
	pl_canonical_member (out, "kind", pl_cycler_kind_word (step->kind));
	pl_canonical_member_integer (out, "line", step->line);
	pl_canonical_member_integer (out, "records", step->n);
	pl_canonical_member_decimal (out, "seconds", pl_charge_seconds (&step->charge));
	pl_canonical_member (out, "verdict", step->doubt == NULL ? "PASS" : "INCONCLUSIVE");
	pl_canonical_member_decimal (out, "wh", pl_charge_wh (&step->charge));
	pl_canonical_member_decimal (out, "wh_counted", step->charge.own_wh);
	pl_canonical_member_decimal (out, "wh_difference_percent", step->wh.percent);
	pl_canonical_end_object (out);
}

static void
print_turn_json (PlCanonical *out, const PlCyclerTurn *turn)
{
	pl_canonical_begin_object (out);
	pl_canonical_member_decimal (out, "charge_ah", turn->charge_ah);
	pl_canonical_member_decimal (out, "coulombic_efficiency_percent",
				     100 * turn->discharge_ah / turn->charge_ah);
	pl_canonical_member_decimal (out, "discharge_ah", turn->discharge_ah);
	pl_canonical_key (out, "doubted");
	pl_canonical_bool (out, turn->charge_doubted || turn->discharge_doubted);
	pl_canonical_member_decimal (out, "energy_efficiency_percent",
				     100 * turn->discharge_wh / turn->charge_wh);
	pl_canonical_end_object (out);
}

static void
print_json (const PlCyclerFile *file)
{
	g_autoptr (PlCanonical) out = pl_canonical_new ();
	g_autofree char *text = NULL;

	pl_canonical_begin_object (out);
	pl_canonical_key (out, "defects");
	pl_canonical_begin_array (out);
	for (guint i = 0; i < file->defects->len; i++) {
		const PlCyclerDefect *defect = g_ptr_array_index (file->defects, i);

		pl_canonical_begin_object (out);
		pl_canonical_member_integer (out, "line", defect->line);
		pl_canonical_member_integer (out, "more", defect->more);
		pl_canonical_member (out, "text", defect->text);
		pl_canonical_end_object (out);
	}
	pl_canonical_end_array (out);
	pl_canonical_member (out, "file", file->name);
	pl_canonical_member (out, "format", pl_cycler_format_name (file->format));
	pl_canonical_member (out, "sha256", file->sha256);
	pl_canonical_key (out, "steps");
	pl_canonical_begin_array (out);
	for (guint i = 0; i < file->steps->len; i++)
		print_step_json (out, g_ptr_array_index (file->steps, i));
	pl_canonical_end_array (out);
	pl_canonical_key (out, "turns");
	pl_canonical_begin_array (out);
	for (guint i = 0; i < file->turns->len; i++)
		print_turn_json (out, &g_array_index (file->turns, PlCyclerTurn, i));
	pl_canonical_end_array (out);
	pl_canonical_end_object (out);
	text = pl_canonical_text (out);
	puts (text);
}

/* -- command ----------------------------------------------------------------------------------- */

static gboolean
is_sure (const PlCyclerFile *file)
{
	gboolean sure = file->defects->len == 0;

	for (guint i = 0; i < file->steps->len; i++)
		sure &= ((PlCyclerStep *)g_ptr_array_index (file->steps, i))->doubt == NULL;
	return sure;
}

static PlExit
run_capacity (char **args)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlCyclerFile) file = NULL;

	if (rated_ah < 0 || limit_percent <= 0)
		return pl_say_usage ("--rated and --limit are above 0");
	file = pl_cycler_file_load (args[0], &error);
	if (file == NULL)
		return pl_say_error (error);
	pl_cycler_file_judge (file, limit_percent, rated_ah > 0 ? rated_ah : NAN);
	if (json)
		print_json (file);
	else
		print_text (file);
	return is_sure (file) ? PL_EXIT_PASS : PL_EXIT_UNJUDGED;
}

static const GOptionEntry options[] = {
    {"rated", 0, 0, G_OPTION_ARG_DOUBLE, &rated_ah,
     "rated capacity: what is more than 1.2 times it is named", "AH"},
    {"limit", 0, 0, G_OPTION_ARG_DOUBLE, &limit_percent,
     "how far the two numbers may be apart (default: 0.05 %)", "PERCENT"},
    {"json", 0, 0, G_OPTION_ARG_NONE, &json, "one JSON object instead of a table", NULL},
    {NULL},
};

extern const PlCommand pl_command_capacity;
const PlCommand pl_command_capacity = {
    .name = "capacity",
    .arguments = "FILE",
    .min = 1,
    .max = 1,
    .summary = "Ah and Wh of a cycler's file, ours beside the cycler's own",
    .about =
	"Reads a file of a Neware, Arbin, PEC or Maccor cycler or one in the Battery Data Format,\n"
	"packed by gzip or not, and prints of each step what flowed by its records and what the\n"
	"cycler has counted. Where the two are further apart than the limit the step is unsure:\n"
	"nobody knows which is right. Defects of the file are named with their line.\n"
	"\n"
	"The exit code is 0 if every step is sure and the file has no defect, otherwise 2.",
    .example = "  packline capacity tests/data/cellpy/pec.csv.gz --rated 44",
    .options = options,
    .run = run_capacity,
};
