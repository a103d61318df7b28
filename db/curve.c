/* SPDX-License-Identifier: Apache-2.0 */
#include "db/curve.h"
#include "db/curve_growing.h"
#include "db/curve_log.h"
#include "db/span.h"
#include <math.h>

/* Samples in a span of a curve that grows, and how many commits one may wait for them: between them
 * they bound the memory of a curve (LIVE * 8 bytes a column), and the log (AGE rows). */
#define LIVE 1024
#define AGE 1024
/* Spans a commit beside twice what comes in: what is due at once is spread over the next ones. */
#define SPANS_MORE 4

/* -- curves that grow -------------------------------------------------------------------------- */

/* Even for consecutive ids: by the golden ratio each falls into the widest gap of those before. */
static gsize
spread (gint64 id, gsize over)
{
	return (gsize)((((guint64)id * 0x9e3779b97f4a7c15u) >> 32) * over >> 32);
}

/* Hundreds of curves that began together must not all be due together: the first span of each has
 * another length, the later ones are alike. */
PlGrowing *
pl_growing_new (const PlCurveRow *row, gint64 n_in_spans)
{
	PlGrowing *growing = g_new0 (PlGrowing, 1);

	growing->id = row->id;
	growing->first = n_in_spans;
	growing->n_values = g_strv_length (row->columns);
	growing->scales = g_memdup2 (row->scales, growing->n_values * sizeof (double));
	growing->tail = pl_integers_new (growing->n_values + 1);
	growing->due = LIVE / 2 + spread (row->id, LIVE);
	growing->due_age = AGE / 2 + (gint64)spread (row->id, AGE);
	return growing;
}

void
pl_growing_free (gpointer data)
{
	PlGrowing *growing = data;

	g_free (growing->scales);
	pl_integers_free (growing->tail);
	g_free (growing);
}

PlGrowing *
pl_curves_find (PlCurves *curves, gint64 curve)
{
	return g_hash_table_lookup (curves->growing, GSIZE_TO_POINTER ((gsize)curve));
}

void
pl_curves_keep (PlCurves *curves, PlGrowing *growing)
{
	g_hash_table_insert (curves->growing, GSIZE_TO_POINTER ((gsize)growing->id), growing);
}

/* -- what an earlier station has left ---------------------------------------------------------- */

typedef struct {
	PlCurves *curves;
	sqlite3 *sql;
	gint64 row; /* of the log */
} Recovery;

/* A sealed curve is not taken up: its samples are in spans, whatever the log still holds. */
static gboolean
take_up (Recovery *r, gint64 curve, PlGrowing **ret, GError **error)
{
	g_autoptr (PlCurveRow) row = NULL;
	gint64 end;

	*ret = pl_curves_find (r->curves, curve);
	if (*ret != NULL)
		return TRUE;
	row = pl_curve_row (r->sql, curve, error);
	if (row == NULL || !pl_span_end (r->sql, curve, &end, error))
		return FALSE;
	if (row->sealed != NULL)
		return TRUE;
	*ret = pl_growing_new (row, end);
	pl_curves_keep (r->curves, *ret);
	return TRUE;
}

/* By the numbers of the samples: those in spans, and those that are known, are not taken twice. */
static gboolean
recover_entry (const PlLogEntry *entry, gpointer data, GError **error)
{
	Recovery *r = data;
	g_autoptr (PlIntegers) samples = NULL;
	PlGrowing *growing;
	gint64 end;
	gsize known;

	if (!take_up (r, entry->curve, &growing, error))
		return FALSE;
	end = growing != NULL ? growing->first + (gint64)growing->tail->n : G_MAXINT64;
	if (growing == NULL || entry->first + (gint64)entry->n <= end)
		return TRUE;
	if (entry->first > end)
		return pl_span_damaged (entry->curve, "the log lacks samples", error);
	samples = pl_integers_new (growing->n_values + 1);
	if (!pl_log_entry_read (entry, samples, error))
		return FALSE;
	known = (gsize)(end - entry->first);
	pl_integers_append (growing->tail, samples, known, samples->n - known);
	growing->logged = growing->tail->n;
	if (growing->since == 0)
		growing->since = r->row;
	return TRUE;
}

static gboolean
recover (sqlite3 *sql, gpointer data, GError **error)
{
	Recovery r = {data, sql, 0};
	g_autoptr (sqlite3_stmt) rows =
	    pl_sql (sql, error, "SELECT id, data FROM slog ORDER BY id", "");
	int more = -1;

	while (rows != NULL && (more = pl_sql_step (sql, rows, error)) == 1) {
		r.row = sqlite3_column_int64 (rows, 0);
		if (r.curves->log_first == 0)
			r.curves->log_first = r.row;
		r.curves->log_next = r.row + 1;
		if (!pl_log_walk (sqlite3_column_blob (rows, 1),
				  (gsize)sqlite3_column_bytes (rows, 1), recover_entry, &r,
				  error)) {
			pl_span_as_corrupt ("samples that stand in no span yet", error);
			return FALSE;
		}
	}
	return more == 0;
}

/* Takes the locks with it. */
static void
free_curves (PlCurves *curves)
{
	g_hash_table_unref (curves->growing);
	g_mutex_clear (&curves->mutex);
	g_mutex_clear (&curves->committing);
	g_free (curves);
}

PlCurves *
pl_curves_open (PlDb *db, GError **error)
{
	PlCurves *curves = g_new0 (PlCurves, 1);

	curves->db = db;
	curves->growing = g_hash_table_new_full (NULL, NULL, NULL, pl_growing_free);
	g_mutex_init (&curves->mutex);
	g_mutex_init (&curves->committing);
	/* 0 is "none" in `since` */
	curves->log_next = 1;
	if (pl_db_read (db, recover, curves, error))
		return curves;
	free_curves (curves);
	return NULL;
}

void
pl_curves_close (PlCurves *curves)
{
	g_autoptr (GError) error = NULL;

	if (curves == NULL)
		return;
	if (!pl_curves_commit (curves, &error))
		g_warning ("the last samples are not kept: %s", error->message);
	free_curves (curves);
}

/* -- beginning --------------------------------------------------------------------------------- */

typedef struct {
	gint64 run, step_seq;
	const char *name;
	char *columns, *scales;
	PlCurveRow *row;
	gint64 n_in_spans;
} Beginning;

static char *
scales_text (const double *scales, guint n)
{
	g_autoptr (GString) text = g_string_new (NULL);
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	for (guint i = 0; i < n; i++)
		g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
					g_ascii_dtostr (number, sizeof number, scales[i]));
	return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
find_curve (sqlite3 *sql, const Beginning *b, gint64 *ret, GError **error)
{
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT id, columns = ? AND scales = ?, sealed IS NOT NULL FROM curve WHERE run = ? "
	    "AND step_seq = ? AND name = ?",
	    "ssiis", b->columns, b->scales, b->run, b->step_seq, b->name);
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;

	if (more != 1)
		return FALSE;
	*ret = sqlite3_column_int64 (found, 0);
	if (sqlite3_column_int (found, 1) == 1 && sqlite3_column_int (found, 2) == 0)
		return TRUE;
	g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT,
		     sqlite3_column_int (found, 1) != 1
			 ? "curve %s of step %" G_GINT64_FORMAT
			   " has other columns already: one name, one set of columns"
			 : "curve %s of step %" G_GINT64_FORMAT
			   " is sealed: the step that measured it has ended",
		     b->name, b->step_seq);
	return FALSE;
}

static gboolean
begin (sqlite3 *sql, gpointer data, GError **error)
{
	Beginning *b = data;
	gint64 id;

	if (!pl_sql_run (sql,
			 pl_sql (sql, error,
				 "INSERT INTO curve (run, step_seq, name, columns, scales) VALUES "
				 "(?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
				 "iisss", b->run, b->step_seq, b->name, b->columns, b->scales),
			 error) ||
	    !find_curve (sql, b, &id, error))
		return FALSE;
	b->row = pl_curve_row (sql, id, error);
	return b->row != NULL && pl_span_end (sql, id, &b->n_in_spans, error);
}

gboolean
pl_curves_begin (PlCurves *curves, gint64 run, gint64 step_seq, const char *name,
		 const char *const *columns, const double *scales, gint64 *ret_curve,
		 GError **error)
{
	g_autofree char *names = g_strjoinv (" ", (char **)columns);
	g_autofree char *names_with_time = g_strconcat ("t_us ", names, NULL);
	g_autofree char *numbers = scales_text (scales, g_strv_length ((char **)columns));
	Beginning b = {run, step_seq, name, names_with_time, numbers, NULL, 0};
	gboolean ok;

	/* no commit meanwhile: what stands in spans must stay true until the curve is known */
	g_mutex_lock (&curves->committing);
	ok = pl_db_write (curves->db, begin, &b, error);
	if (ok) {
		*ret_curve = b.row->id;
		g_mutex_lock (&curves->mutex);
		if (pl_curves_find (curves, b.row->id) == NULL)
			pl_curves_keep (curves, pl_growing_new (b.row, b.n_in_spans));
		g_mutex_unlock (&curves->mutex);
	}
	g_mutex_unlock (&curves->committing);
	g_clear_pointer (&b.row, pl_curve_row_free);
	return ok;
}

/* -- growing ----------------------------------------------------------------------------------- */

/* To the nearest whole number. Adding 1.5 * 2^52 leaves no bits behind the point, without
 * a call for each sample; it holds below 2^51. */
static inline gint64
scaled (double value, double scale)
{
	const double shift = 6755399441055744.0;
	double quotient = value / scale;

	if (G_LIKELY (fabs (quotient) < 0x1p51))
		return (gint64)((quotient + shift) - shift);
	/* NaN comes here, too; 9e18 is just below 2^63 */
	return fabs (quotient) < 9e18 ? (gint64)llround (quotient) : PL_INTEGER_NONE;
}

void
pl_curves_append (PlCurves *curves, gint64 curve, gint64 t_us, const double *values)
{
	PlGrowing *growing;
	PlIntegers *tail;
	gboolean taken;

	g_mutex_lock (&curves->mutex);
	growing = pl_curves_find (curves, curve);
	taken = growing != NULL && !growing->sealing;
	if (taken) {
		tail = growing->tail;
		if (tail->n == tail->room)
			pl_integers_reserve (tail, 1);
		tail->columns[0][tail->n] = t_us;
		for (guint i = 0; i < growing->n_values; i++)
			tail->columns[i + 1][tail->n] = scaled (values[i], growing->scales[i]);
		tail->n++;
	}
	g_mutex_unlock (&curves->mutex);
	if (!taken)
		g_warning ("a sample for curve %" G_GINT64_FORMAT ", which does not grow any more",
			   curve);
}

gint64
pl_curves_count (PlCurves *curves, gint64 curve)
{
	const PlGrowing *growing;
	gint64 n;

	g_mutex_lock (&curves->mutex);
	growing = pl_curves_find (curves, curve);
	n = growing != NULL ? growing->first + (gint64)growing->tail->n : 0;
	g_mutex_unlock (&curves->mutex);
	return n;
}

/* -- a commit ---------------------------------------------------------------------------------- */

typedef struct {
	PlGrowing *growing;
	PlSpan *span;
} Move;

typedef struct {
	PlCurves *curves;
	GBytes *log; /* NULL = nothing for it */
	GArray *moves; /* Move */
	gint64 trim; /* rows of the log before it are in spans */
} Commit;

static void
move_clear (gpointer move)
{
	pl_span_free (((Move *)move)->span);
}

static int
by_age (gconstpointer a, gconstpointer b)
{
	const PlGrowing *x = *(PlGrowing *const *)a, *y = *(PlGrowing *const *)b;
	/* what is in no row of the log yet, since 0, can wait longest */
	guint64 x_since = (guint64)x->since - 1, y_since = (guint64)y->since - 1;

	return (x_since > y_since) - (x_since < y_since);
}

/* Which tails move into spans with this commit, the oldest first, and never so many that it takes
 * much longer than the last one. */
static GPtrArray *
choose (PlCurves *curves)
{
	GPtrArray *due = g_ptr_array_new ();
	GHashTableIter iter;
	gpointer value;
	gsize fresh = 0;
	guint most;

	g_hash_table_iter_init (&iter, curves->growing);
	while (g_hash_table_iter_next (&iter, NULL, &value)) {
		PlGrowing *growing = value;

		growing->plan_span = 0;
		growing->plan_logged = growing->tail->n;
		fresh += growing->tail->n - growing->logged;
		if (growing->sealing || growing->tail->n == 0)
			continue;
		if (growing->tail->n >= growing->due ||
		    (growing->since > 0 && curves->log_next - growing->since >= growing->due_age))
			g_ptr_array_add (due, growing);
	}
	g_ptr_array_sort (due, by_age);
	most = SPANS_MORE + (guint)(2 * fresh / LIVE);
	if (due->len > most)
		g_ptr_array_set_size (due, (int)most);
	return due;
}

static void
plan_spans (Commit *commit)
{
	g_autoptr (GPtrArray) due = choose (commit->curves);

	for (guint i = 0; i < due->len; i++) {
		PlGrowing *growing = g_ptr_array_index (due, i);
		Move move = {growing, NULL};

		/* more than that only after commits that have failed for long */
		growing->plan_span = MIN (growing->tail->n, 4 * LIVE);
		move.span = pl_span_make (growing->tail, 0, growing->plan_span, growing->first);
		g_array_append_val (commit->moves, move);
	}
}

/* What moves into a span with this commit need not be logged before. */
static void
plan_log (Commit *commit)
{
	PlCurves *curves = commit->curves;
	PlLogWriter *log = pl_log_writer_new ();
	GHashTableIter iter;
	gpointer value;

	commit->trim = curves->log_next;
	g_hash_table_iter_init (&iter, curves->growing);
	while (g_hash_table_iter_next (&iter, NULL, &value)) {
		const PlGrowing *growing = value;
		gsize from = MAX (growing->logged, growing->plan_span);

		if (growing->since > 0 && growing->plan_span < growing->logged)
			commit->trim = MIN (commit->trim, growing->since);
		if (growing->plan_logged > from)
			pl_log_write (log, growing->id, growing->first + (gint64)from,
				      growing->tail, from, growing->plan_logged - from);
	}
	commit->log = pl_log_writer_finish (log);
}

static gboolean
write_commit (sqlite3 *sql, gpointer data, GError **error)
{
	const Commit *commit = data;

	if (commit->log != NULL &&
	    !pl_sql_run (sql,
			 pl_sql (sql, error, "INSERT INTO slog (id, data) VALUES (?, ?)", "ib",
				 commit->curves->log_next, commit->log),
			 error))
		return FALSE;
	for (guint i = 0; i < commit->moves->len; i++) {
		const Move *move = &g_array_index (commit->moves, Move, i);

		if (!pl_span_insert (sql, move->growing->id, move->span, error))
			return FALSE;
	}
	return commit->curves->log_first == 0 || commit->trim <= commit->curves->log_first ||
	       pl_sql_run (sql,
			   pl_sql (sql, error, "DELETE FROM slog WHERE id < ?", "i", commit->trim),
			   error);
}

/* Only after the disk has it. */
static void
settle (Commit *commit)
{
	PlCurves *curves = commit->curves;
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init (&iter, curves->growing);
	while (g_hash_table_iter_next (&iter, NULL, &value)) {
		PlGrowing *growing = value;
		gsize moved = growing->plan_span;

		/* the older rows hold nothing of it any more that is in no span */
		if (moved >= growing->logged)
			growing->since = 0;
		if (growing->since == 0 && growing->plan_logged > moved)
			growing->since = curves->log_next;
		growing->logged = growing->plan_logged - moved;
		if (moved > 0) {
			pl_integers_drop (growing->tail, moved);
			growing->first += (gint64)moved;
			growing->due = LIVE;
			growing->due_age = AGE;
		}
	}
	/* 0 as long as there never was a row */
	if (curves->log_first > 0 || commit->log != NULL)
		curves->log_first = MAX (curves->log_first, commit->trim);
	curves->log_next += commit->log != NULL;
}

static gboolean
has_work (const Commit *commit)
{
	const PlCurves *curves = commit->curves;

	return commit->log != NULL || commit->moves->len > 0 ||
	       (curves->log_first > 0 && commit->trim > curves->log_first);
}

static gboolean
commit_all (Commit *commit, GError **error)
{
	gboolean ok;

	g_mutex_lock (&commit->curves->mutex);
	plan_spans (commit);
	plan_log (commit);
	g_mutex_unlock (&commit->curves->mutex);
	ok = !has_work (commit) || pl_db_write (commit->curves->db, write_commit, commit, error);
	if (ok) {
		g_mutex_lock (&commit->curves->mutex);
		settle (commit);
		g_mutex_unlock (&commit->curves->mutex);
	}
	return ok;
}

gboolean
pl_curves_commit (PlCurves *curves, GError **error)
{
	Commit commit = {curves, NULL, g_array_new (FALSE, FALSE, sizeof (Move)), 0};
	gboolean ok;

	g_array_set_clear_func (commit.moves, move_clear);
	g_mutex_lock (&curves->committing);
	ok = commit_all (&commit, error);
	g_mutex_unlock (&curves->committing);
	g_clear_pointer (&commit.log, g_bytes_unref);
	g_array_unref (commit.moves);
	return ok;
}
