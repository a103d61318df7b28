/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/cycler_file.h"
#include "station/cycler_file/format.h"
#include <math.h>
#include <string.h>

/* From lines to records and steps. */

/* Headings stand within so many lines; a novel is not read to its end. */
#define HEAD_LINES 400

typedef struct {
	PlCyclerFile *file;
	PlLines *lines;
	PlColumns columns;
	/* what lines of cycles and steps have said; -1 = nothing yet */
	gint64 layer_cycle, layer_step;
	PlCyclerKind layer_kind;
	/* the step that is being read, and what its beginning was told by */
	PlCyclerStep *step;
	gint64 step_count;
	gint64 began_us; /* on the test's clock, where only the step's is told */
	PlCyclerRecord base; /* the counts when it began */
	double date; /* of the step's first record */
	PlCyclerRecord last; /* as it was read, counts included; line 0 = none */
	char *last_word;
} Reader;

/* One line of a record, in SI units. */
typedef struct {
	double q[PL_Q_N];
	PlCyclerKind kind; /* by its word */
	PlCyclerRecord record;
} Row;

void
pl_cycler_file_free (PlCyclerFile *file)
{
	if (file == NULL)
		return;
	g_free (file->name);
	g_free (file->sha256);
	g_free (file->began);
	g_array_unref (file->records);
	g_ptr_array_unref (file->steps);
	g_array_unref (file->turns);
	g_ptr_array_unref (file->defects);
	g_free (file);
}

static void
defect_free (gpointer data)
{
	g_free (((PlCyclerDefect *)data)->text);
	g_free (data);
}

static PlCyclerFile *
file_new (const char *name)
{
	PlCyclerFile *file = g_new0 (PlCyclerFile, 1);

	file->name = g_path_get_basename (name);
	file->records = g_array_new (FALSE, FALSE, sizeof (PlCyclerRecord));
	file->steps = g_ptr_array_new_with_free_func (pl_cycler_step_free);
	file->turns = g_array_new (FALSE, FALSE, sizeof (PlCyclerTurn));
	file->defects = g_ptr_array_new_with_free_func (defect_free);
	return file;
}

/* -- one line ---------------------------------------------------------------------------------- */

/* FALSE = it is a line of a cycle or a step, which the following records belong to. */
static gboolean
is_record (Reader *r, char **fields, guint n)
{
	if (!r->file->format->layered)
		return TRUE;
	if (n > 0 && *fields[0] != '\0') {
		r->layer_cycle = g_ascii_strtoll (fields[0], NULL, 10);
		return FALSE;
	}
	if (n > 1 && *fields[1] != '\0') {
		r->layer_step = g_ascii_strtoll (fields[1], NULL, 10);
		r->layer_kind =
		    n > 2 && *fields[2] != '\0' ? pl_cycler_kind_of_word (fields[2]) : -1;
		return FALSE;
	}
	return TRUE;
}

static void
read_values (Reader *r, char **fields, guint n, Row *row)
{
	guint line = pl_lines_number (r->lines);

	for (guint q = 0; q < PL_Q_N; q++)
		if (q != PL_Q_KIND && q != PL_Q_DATE &&
		    !pl_columns_value (&r->columns, fields, n, q, &row->q[q]))
			pl_cycler_defect (r->file, PL_DEFECT_NUMBER, line,
					  "column %d holds \"%.40s\", which is no number",
					  r->columns.column[q] + 1,
					  pl_columns_text (&r->columns, fields, n, q));
}

static double
first_of (double a, double b, double c)
{
	return !isnan (a) ? a : !isnan (b) ? b : c;
}

/* Counts of a step are told apart by their way, or are of whichever way it flows. */
static void
fill_record (Reader *r, const Row *row, PlCyclerRecord *record)
{
	const double *q = row->q;

	*record = (PlCyclerRecord){.line = pl_lines_number (r->lines),
				   .step_us = -1,
				   .volts = q[PL_Q_VOLTS],
				   .amps = q[PL_Q_AMPS],
				   .degc = q[PL_Q_DEGC]};
	record->charge_ah = first_of (q[PL_Q_STEP_CHARGE_AH], q[PL_Q_CHARGE_AH], q[PL_Q_STEP_AH]);
	record->discharge_ah =
	    first_of (q[PL_Q_STEP_DISCHARGE_AH], q[PL_Q_DISCHARGE_AH], q[PL_Q_STEP_AH]);
	record->charge_wh = first_of (q[PL_Q_STEP_CHARGE_WH], q[PL_Q_CHARGE_WH], q[PL_Q_STEP_WH]);
	record->discharge_wh =
	    first_of (q[PL_Q_STEP_DISCHARGE_WH], q[PL_Q_DISCHARGE_WH], q[PL_Q_STEP_WH]);
	if (fabs (q[PL_Q_STEP_TIME]) < 1e12)
		record->step_us = llround (q[PL_Q_STEP_TIME] * 1e6);
	if (r->file->format->unsigned_current && row->kind != PL_CYCLER_UNKNOWN)
		record->amps = pl_cycler_kind_is_discharge (row->kind) ? -fabs (record->amps)
								       : fabs (record->amps);
}

/* -- where steps part -------------------------------------------------------------------------- */

static gint64
whole (double value)
{
	return fabs (value) < 1e15 ? llround (value) : -1;
}

static int
direction_of (PlCyclerKind kind)
{
	return kind == PL_CYCLER_UNKNOWN	    ? -1
	       : pl_cycler_kind_is_charge (kind)    ? 1
	       : pl_cycler_kind_is_discharge (kind) ? 2
						    : 0;
}

/* Without any number of a step, its current tells: in, out or none. */
static int
flow_of (double amps)
{
	return amps > 0 ? 1 : amps < 0 ? 2 : 0;
}

static gboolean
has_numbers (const Reader *r)
{
	return r->file->format->layered || r->columns.column[PL_Q_STEP] >= 0 ||
	       r->columns.column[PL_Q_STEP_COUNT] >= 0;
}

/* A step's own clock that was set back by no more than what has gone by since: the same number of
 * the program once more. */
static gboolean
is_again (const Reader *r, const PlCyclerRecord *record)
{
	return record->step_us >= 0 && record->step_us < r->last.step_us &&
	       r->columns.column[PL_Q_TEST_TIME] >= 0 && record->t_us > r->last.t_us &&
	       record->step_us <= record->t_us - r->last.t_us + G_USEC_PER_SEC;
}

static gboolean
begins_step (const Reader *r, const Row *row, gint64 cycle, gint64 number)
{
	const PlCyclerRecord *record = &row->record;

	if (r->step == NULL)
		return TRUE;
	if (!has_numbers (r) && row->kind == PL_CYCLER_UNKNOWN)
		return flow_of (record->amps) != flow_of (r->last.amps);
	return cycle != r->step->cycle || number != r->step->number ||
	       whole (row->q[PL_Q_STEP_COUNT]) != r->step_count ||
	       direction_of (row->kind) != direction_of (r->step->kind) || is_again (r, record);
}

/* -- what a line is held against --------------------------------------------------------------- */

static void
check_time (Reader *r, const PlCyclerRecord *record, gboolean begins)
{
	if (r->last.line == 0)
		return;
	if (record->t_us < r->last.t_us)
		pl_cycler_defect (r->file, PL_DEFECT_TIME, record->line,
				  "the time goes back from %.6g s to %.6g s", r->last.t_us / 1e6,
				  record->t_us / 1e6);
	if (!begins && record->step_us >= 0 && record->step_us < r->last.step_us)
		pl_cycler_defect (r->file, PL_DEFECT_STEP_TIME, record->line,
				  "the step's time goes back from %.6g s to %.6g s",
				  r->last.step_us / 1e6, record->step_us / 1e6);
}

static void
check_counters (Reader *r, const Row *row, gint64 cycle)
{
	double counter = row->q[PL_Q_CYCLE], count = row->q[PL_Q_STEP_COUNT];
	guint line = row->record.line;

	if (!isnan (counter) && (counter < 0 || fabs (counter - round (counter)) > 1e-9))
		pl_cycler_defect (r->file, PL_DEFECT_CYCLE, line,
				  "the cycle counter is %.10g, which counts nothing", counter);
	else if (r->step != NULL && cycle < r->step->cycle)
		pl_cycler_defect (r->file, PL_DEFECT_CYCLE, line,
				  "the cycle counter goes back from %d to %d", (int)r->step->cycle,
				  (int)cycle);
	if (r->step != NULL && whole (count) < r->step_count)
		pl_cycler_defect (r->file, PL_DEFECT_STEP_COUNT, line,
				  "the step counter goes back from %d to %d", (int)r->step_count,
				  (int)whole (count));
}

static double *
count_of (PlCyclerRecord *record, guint which)
{
	double *const counts[] = {&record->charge_ah, &record->discharge_ah, &record->charge_wh,
				  &record->discharge_wh};

	return counts[which];
}

static const char *const count_names[] = {"charged Ah", "discharged Ah", "charged Wh",
					  "discharged Wh"};

static void
check_counts (Reader *r, PlCyclerRecord *record, gboolean begins)
{
	for (guint i = 0; i < 4; i++) {
		double now = *count_of (record, i), before = *count_of (&r->last, i);

		if (r->last.line == 0 || !(now < before))
			continue;
		if (!begins)
			pl_cycler_defect (r->file, PL_DEFECT_COUNT_FELL, record->line,
					  "the count of %s falls from %.6g to %.6g within a step",
					  count_names[i], before, now);
		else if (r->file->format->count == PL_COUNT_TEST &&
			 r->columns.column[PL_Q_STEP_CHARGE_AH + i] < 0)
			pl_cycler_defect (r->file, PL_DEFECT_COUNT_RESET, record->line,
					  "the count of %s begins anew (%.6g to %.6g), which %s "
					  "does not allow",
					  count_names[i], before, now, r->file->format->title);
	}
}

static void
check_sign (Reader *r, const Row *row)
{
	double amps = row->record.amps;
	int direction = direction_of (row->kind);

	if ((direction == 1 && amps < 0) || (direction == 2 && amps > 0))
		pl_cycler_defect (r->file, PL_DEFECT_SIGN, row->record.line,
				  "a current of %.6g A in a step of %s", amps,
				  direction == 1 ? "charge" : "discharge");
}

/* The date is kept by another clock than the times: if the two run apart, one of them is wrong. */
static void
check_date (Reader *r, const PlCyclerRecord *record, char **fields, guint n, gboolean begins)
{
	const char *text = pl_columns_text (&r->columns, fields, n, PL_Q_DATE);
	double date = text != NULL ? pl_date_seconds (text) : NAN, by_date, by_time;

	if (begins) {
		r->date = date;
		return;
	}
	by_date = date - r->date;
	by_time =
	    (record->t_us - g_array_index (r->file->records, PlCyclerRecord, r->step->first).t_us) /
	    1e6;
	if (fabs (by_date - by_time) > 5 + 1e-3 * by_time)
		pl_cycler_defect (r->file, PL_DEFECT_DATE, record->line,
				  "since the step began %.6g s have gone by its time and %.6g s by "
				  "its date",
				  by_time, by_date);
}

/* -- steps ------------------------------------------------------------------------------------- */

static void
close_step (Reader *r)
{
	if (r->step == NULL)
		return;
	r->step->n = r->file->records->len - r->step->first;
	r->step = NULL;
}

/* Counts of a step begin at none; others at what they were, unless they have begun anew. */
static void
set_base (Reader *r, PlCyclerRecord *record)
{
	r->base = (PlCyclerRecord){0};
	for (guint i = 0; i < 4; i++) {
		double before = *count_of (&r->last, i), now = *count_of (record, i);
		gboolean of_step = r->file->format->count == PL_COUNT_STEP ||
				   r->columns.column[PL_Q_STEP_CHARGE_AH + i] >= 0;

		if (!of_step && r->last.line > 0 && before <= now)
			*count_of (&r->base, i) = before;
	}
}

static void
open_step (Reader *r, Row *row, gint64 cycle, gint64 number)
{
	close_step (r);
	r->step = g_new0 (PlCyclerStep, 1);
	r->step->first = r->file->records->len;
	r->step->line = row->record.line;
	r->step->cycle = cycle;
	r->step->number = number;
	r->step_count = whole (row->q[PL_Q_STEP_COUNT]);
	r->step->kind = row->kind;
	r->began_us = r->last.t_us;
	set_base (r, &row->record);
	g_ptr_array_add (r->file->steps, r->step);
}

/* Where only the step's time is told, the test's is the sum of them. */
static gboolean
place_in_time (Reader *r, Row *row, gboolean begins)
{
	double test_s = row->q[PL_Q_TEST_TIME];

	if (!isnan (test_s) && fabs (test_s) < 1e12)
		row->record.t_us = llround (test_s * 1e6);
	else if (r->columns.column[PL_Q_TEST_TIME] < 0 && row->record.step_us >= 0)
		row->record.t_us = (begins ? r->last.t_us : r->began_us) + row->record.step_us;
	else
		return FALSE;
	return TRUE;
}

static void
keep (Reader *r, PlCyclerRecord record)
{
	r->last = record;
	for (guint i = 0; i < 4; i++)
		*count_of (&record, i) -= *count_of (&r->base, i);
	g_array_append_val (r->file->records, record);
}

static void
take_record (Reader *r, char **fields, guint n)
{
	const char *word = pl_columns_text (&r->columns, fields, n, PL_Q_KIND);
	const char *date = pl_columns_text (&r->columns, fields, n, PL_Q_DATE);
	gint64 cycle, number;
	gboolean begins;
	Row row;

	read_values (r, fields, n, &row);
	row.kind = word != NULL ? pl_cycler_kind_of_word (word) : r->layer_kind;
	fill_record (r, &row, &row.record);
	cycle = r->file->format->layered ? r->layer_cycle : whole (row.q[PL_Q_CYCLE]);
	number = r->file->format->layered ? r->layer_step : whole (row.q[PL_Q_STEP]);
	if (!place_in_time (r, &row, FALSE)) {
		pl_cycler_defect (r->file, PL_DEFECT_FIELDS, row.record.line,
				  "a record without a time is left out");
		return;
	}
	begins = begins_step (r, &row, cycle, number);
	place_in_time (r, &row, begins);
	check_time (r, &row.record, begins);
	check_counters (r, &row, cycle);
	check_counts (r, &row.record, begins);
	check_sign (r, &row);
	if (begins)
		open_step (r, &row, cycle, number);
	check_date (r, &row.record, fields, n, begins);
	if (r->file->began == NULL && date != NULL)
		r->file->began = g_strdup (date);
	keep (r, row.record);
}

/* -- the whole file ---------------------------------------------------------------------------- */

/* A line that was cut off or run together is not guessed at; its time is missing in its step. */
static void
take_line (Reader *r, char *line)
{
	char *fields[PL_FIELDS_MAX];
	guint n;

	if (*line == '\0')
		return;
	n = pl_fields_split (line, r->columns.delimiter, fields);
	if (!is_record (r, fields, MIN (n, PL_FIELDS_MAX)))
		return;
	/* a delimiter at the line's end is no field */
	if (n + 1 < r->columns.n_columns || n > r->columns.n_columns + 1)
		pl_cycler_defect (r->file, PL_DEFECT_FIELDS, pl_lines_number (r->lines),
				  "%u fields instead of %u: the line is left out", n,
				  r->columns.n_columns);
	else
		take_record (r, fields, MIN (n, PL_FIELDS_MAX));
}

static gboolean
find_headings (Reader *r, GError **error)
{
	char *line = NULL;
	g_autoptr (GError) wrong = NULL;

	while (pl_lines_number (r->lines) < HEAD_LINES &&
	       (line = pl_lines_next (r->lines, &wrong)) != NULL)
		for (const PlCyclerFormat *const *f = pl_cycler_formats (); *f != NULL; f++) {
			if (pl_columns_match (*f, line, &r->columns, &wrong)) {
				r->file->format = *f;
				return TRUE;
			}
			if (wrong != NULL) {
				g_prefix_error (&wrong, "line %u: ", pl_lines_number (r->lines));
				g_propagate_error (error, g_steal_pointer (&wrong));
				return FALSE;
			}
		}
	if (wrong != NULL)
		g_propagate_error (error, g_steal_pointer (&wrong));
	else
		g_set_error (error, PL_CYCLER_FILE_ERROR, PL_CYCLER_FILE_ERROR_FORMAT,
			     "it is no cycler file that is known here: no line has the headings of "
			     "Neware, PEC, Maccor, Arbin or BDF");
	return FALSE;
}

static double
least_of (const Reader *r, PlQuantity first, PlQuantity last)
{
	double least = NAN;

	for (PlQuantity q = first; q <= last; q++)
		least = fmin (least, pl_columns_least (&r->columns, q));
	return least;
}

static void
note_places (Reader *r)
{
	PlCyclerFile *file = r->file;

	file->least_v = pl_columns_least (&r->columns, PL_Q_VOLTS);
	file->least_a = pl_columns_least (&r->columns, PL_Q_AMPS);
	file->least_ah = fmin (least_of (r, PL_Q_CHARGE_AH, PL_Q_DISCHARGE_AH),
			       fmin (least_of (r, PL_Q_STEP_CHARGE_AH, PL_Q_STEP_DISCHARGE_AH),
				     pl_columns_least (&r->columns, PL_Q_STEP_AH)));
	file->least_wh = fmin (least_of (r, PL_Q_CHARGE_WH, PL_Q_DISCHARGE_WH),
			       fmin (least_of (r, PL_Q_STEP_CHARGE_WH, PL_Q_STEP_DISCHARGE_WH),
				     pl_columns_least (&r->columns, PL_Q_STEP_WH)));
}

static gboolean
read_all (Reader *r, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	char *line;

	if (!find_headings (r, error))
		return FALSE;
	while ((line = pl_lines_next (r->lines, &wrong)) != NULL)
		take_line (r, line);
	close_step (r);
	note_places (r);
	if (wrong != NULL) {
		g_propagate_error (error, g_steal_pointer (&wrong));
		return FALSE;
	}
	if (r->file->records->len > 0) {
		pl_cycler_steps_integrate (r->file);
		return TRUE;
	}
	g_set_error (error, PL_CYCLER_FILE_ERROR, PL_CYCLER_FILE_ERROR_FORMAT,
		     "it has the headings of %s and no record", r->file->format->title);
	return FALSE;
}

static PlCyclerFile *
load (PlLines *lines, const char *name, GError **error)
{
	g_autoptr (PlCyclerFile) file = file_new (name);
	Reader r = {.file = file,
		    .lines = lines,
		    .layer_cycle = -1,
		    .layer_step = -1,
		    .layer_kind = PL_CYCLER_UNKNOWN,
		    .date = NAN};

	return read_all (&r, error) ? g_steal_pointer (&file) : NULL;
}

/* By a pass of its own, since what is digested is the file as it lies there, packed or not. */
static char *
digest_of (const char *name, GError **error)
{
	g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
	g_autoptr (GFile) file = g_file_new_for_path (name);
	g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
	g_autofree guint8 *part = g_malloc (64 * 1024);
	gssize n = stream != NULL ? 1 : -1;

	while (n > 0) {
		n = g_input_stream_read (G_INPUT_STREAM (stream), part, 64 * 1024, NULL, error);
		if (n > 0)
			g_checksum_update (sum, part, n);
	}
	return n < 0 ? NULL : g_strdup (g_checksum_get_string (sum));
}

PlCyclerFile *
pl_cycler_file_load (const char *name, GError **error)
{
	g_autoptr (PlLines) lines = pl_lines_of_file (name, error);
	PlCyclerFile *file;

	if (lines == NULL)
		return NULL;
	file = load (lines, name, error);
	if (file == NULL)
		g_prefix_error (error, "%s: ", name);
	else if ((file->sha256 = digest_of (name, error)) == NULL)
		g_clear_pointer (&file, pl_cycler_file_free);
	return file;
}

PlCyclerFile *
pl_cycler_file_parse (GBytes *bytes, const char *name, GError **error)
{
	g_autoptr (PlLines) lines = pl_lines_of_bytes (bytes, error);
	PlCyclerFile *file = lines != NULL ? load (lines, name, error) : NULL;

	if (file == NULL)
		g_prefix_error (error, "%s: ", name);
	else
		file->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
	return file;
}
