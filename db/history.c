/* SPDX-License-Identifier: Apache-2.0 */
#include "db/history.h"

/* Bits of one block: its rank is kept, so that a place is found by halving over the blocks and then
 * by counting at most these. */
#define WORDS 64 /* 4096 rows */
#define BLOCK (WORDS * 64)
/* Rows between two looks at whether anybody still waits. */
#define CANCEL_LOOK 8192

struct _PlHistoryAnswer {
	PlHistoryQuestion *question;
	GArray *bits; /* guint64: bit n of word w is run 64 w + n */
	GArray *ranks; /* guint: members in all blocks before this one */
	guint n;
	gint64 newest; /* the greatest run id there was, whether it fits or not */
};

void
pl_history_question_free (PlHistoryQuestion *q)
{
	if (q == NULL)
		return;
	g_free (q->serial);
	g_free (q->verdict);
	g_free (q->kind);
	g_free (q->recipe);
	g_free (q->from);
	g_free (q->to);
	g_free (q);
}

PlHistoryQuestion *
pl_history_question_copy (const PlHistoryQuestion *q)
{
	PlHistoryQuestion *copy = g_new0 (PlHistoryQuestion, 1);

	copy->serial = g_strdup (q->serial);
	copy->exact = q->exact;
	copy->verdict = g_strdup (q->verdict);
	copy->kind = g_strdup (q->kind);
	copy->recipe = g_strdup (q->recipe);
	copy->from = g_strdup (q->from);
	copy->to = g_strdup (q->to);
	return copy;
}

void
pl_history_row_free (gpointer data)
{
	PlHistoryRow *row = data;

	if (row == NULL)
		return;
	g_free (row->uuid);
	g_free (row->serial);
	g_free (row->started);
	g_free (row->kind);
	g_free (row->recipe);
	g_free (row->station);
	g_free (row->ended);
	g_free (row->verdict);
	g_free (row->grade);
	g_free (row->operator_name);
	g_free (row->cause);
	g_free (row);
}

static void
clear (gpointer data)
{
	PlHistoryAnswer *answer = data;

	pl_history_question_free (answer->question);
	g_array_unref (answer->bits);
	g_array_unref (answer->ranks);
}

PlHistoryAnswer *
pl_history_answer_ref (PlHistoryAnswer *answer)
{
	return g_atomic_rc_box_acquire (answer);
}

void
pl_history_answer_unref (PlHistoryAnswer *answer)
{
	if (answer != NULL)
		g_atomic_rc_box_release_full (answer, clear);
}

/* -- the question as SQL ----------------------------------------------------------------------- */

/*
 * Units with such a serial, and whatever they are or ever were built into. A serial is compared as
 * bytes: % and _ are characters like others. Links that have ended are few and have no index by
 * child, so they are put aside once and not looked through for every part.
 */
#define UNITS                                                                                      \
	"WITH RECURSIVE past (child, parent) AS MATERIALIZED"                                      \
	" (SELECT child, parent FROM link WHERE t_to IS NOT NULL),"                                \
	" found (id) AS (SELECT id FROM unit WHERE serial >= ? AND serial <= ?"                    \
	" UNION SELECT link.parent FROM found JOIN link ON link.child = found.id"                  \
	" AND link.t_to IS NULL"                                                                   \
	" UNION SELECT past.parent FROM found JOIN past ON past.child = found.id) "

typedef struct {
	GString *text;
	GPtrArray
	    *values; /* texts of its parameters, borrowed; NULL = the run after which it looks */
	char *end; /* of the serials that begin so */
} Query;

static void
query_free (Query *query)
{
	g_string_free (query->text, TRUE);
	g_ptr_array_unref (query->values);
	g_free (query->end);
	g_free (query);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Query, query_free)

/* condition has one ?, for value; NULL = it was not asked for. */
static void
narrow (Query *query, const char *condition, const char *value)
{
	if (value == NULL)
		return;
	g_string_append (query->text, condition);
	g_ptr_array_add (query->values, (gpointer)value);
}

/* The greatest character that there is: no serial that begins so is behind it. */
static void
narrow_to_serial (Query *query, const PlHistoryQuestion *q)
{
	if (q->serial == NULL)
		return;
	query->end =
	    q->exact ? g_strdup (q->serial) : g_strconcat (q->serial, "\xf4\x8f\xbf\xbf", NULL);
	g_string_append (query->text, UNITS);
	g_ptr_array_add (query->values, q->serial);
	g_ptr_array_add (query->values, query->end);
}

/* Conditions that nobody asks for are left out, so that SQLite finds an index for the rest. */
static Query *
query_new (const PlHistoryQuestion *q, const char *select)
{
	Query *query = g_new0 (Query, 1);
	gboolean open = g_strcmp0 (q->verdict, "OPEN") == 0;

	query->text = g_string_new (NULL);
	query->values = g_ptr_array_new ();
	narrow_to_serial (query, q);
	g_string_append_printf (query->text, "SELECT %s FROM run WHERE run.id > ?", select);
	g_ptr_array_add (query->values, NULL);
	if (q->serial != NULL)
		g_string_append (query->text, " AND run.unit IN (SELECT id FROM found)");
	if (open)
		g_string_append (query->text, " AND verdict IS NULL");
	narrow (query, " AND verdict = ?", open ? NULL : q->verdict);
	narrow (query, " AND kind = ?", q->kind);
	narrow (query, " AND recipe_hash IN (SELECT hash FROM recipe WHERE name = ?)", q->recipe);
	narrow (query, " AND started >= ?", q->from);
	narrow (query, " AND started < ?", q->to);
	return query;
}

/* All its parameters but one are texts. */
static sqlite3_stmt *
prepare (sqlite3 *sql, const Query *query, gint64 after, GError **error)
{
	sqlite3_stmt *statement = pl_sql (sql, error, query->text->str, "");

	for (guint i = 0; statement != NULL && i < query->values->len; i++) {
		const char *value = g_ptr_array_index (query->values, i);

		if (value == NULL)
			sqlite3_bind_int64 (statement, (int)i + 1, after);
		else
			sqlite3_bind_text (statement, (int)i + 1, value, -1, SQLITE_TRANSIENT);
	}
	return statement;
}

/* -- the answer -------------------------------------------------------------------------------- */

static void
add (PlHistoryAnswer *answer, gint64 run)
{
	guint word = (guint)(run / 64);

	if (word >= answer->bits->len)
		g_array_set_size (answer->bits, word + 1);
	g_array_index (answer->bits, guint64, word) |= G_GUINT64_CONSTANT (1) << (run % 64);
}

/* After the last bit only: ranks of a set that still grows would have to be counted again for each.
 */
static void
rank (PlHistoryAnswer *answer)
{
	for (guint word = 0; word < answer->bits->len; word++) {
		if (word % WORDS == 0)
			g_array_append_val (answer->ranks, answer->n);
		answer->n +=
		    (guint)__builtin_popcountll (g_array_index (answer->bits, guint64, word));
	}
}

/* max (id) of an empty table is NULL, which reads as 0: every later run is newer. */
static gboolean
find_newest (sqlite3 *sql, gint64 *ret, GError **error)
{
	g_autoptr (sqlite3_stmt) found = pl_sql (sql, error, "SELECT max (id) FROM run", "");

	if (found == NULL || pl_sql_step (sql, found, error) != 1)
		return FALSE;
	*ret = sqlite3_column_int64 (found, 0);
	return TRUE;
}

/* In whatever order the runs come: a bit has its place. */
static gboolean
fill (sqlite3 *sql, PlHistoryAnswer *answer, GCancellable *cancellable, GError **error)
{
	g_autoptr (Query) query = query_new (answer->question, "run.id");
	g_autoptr (sqlite3_stmt) found = prepare (sql, query, 0, error);
	int more = -1;

	for (guint i = 0; found != NULL && (more = pl_sql_step (sql, found, error)) == 1; i++) {
		add (answer, sqlite3_column_int64 (found, 0));
		if (i % CANCEL_LOOK == 0 &&
		    g_cancellable_set_error_if_cancelled (cancellable, error))
			return FALSE;
	}
	return more == 0;
}

/* The newest run first, then the set, both in one snapshot: a run that begins in between is in
 * neither, and is counted by pl_history_newer. */
PlHistoryAnswer *
pl_history_ask (sqlite3 *sql, const PlHistoryQuestion *question, GCancellable *cancellable,
		GError **error)
{
	g_autoptr (PlHistoryAnswer) answer = g_atomic_rc_box_new0 (PlHistoryAnswer);

	answer->question = pl_history_question_copy (question);
	answer->bits = g_array_new (FALSE, TRUE, sizeof (guint64));
	answer->ranks = g_array_new (FALSE, FALSE, sizeof (guint));
	if (!find_newest (sql, &answer->newest, error) || !fill (sql, answer, cancellable, error))
		return NULL;
	rank (answer);
	return g_steal_pointer (&answer);
}

guint
pl_history_length (const PlHistoryAnswer *answer)
{
	return answer->n;
}

/* The last block with no more than `before` members in front of it. */
static guint
find_block (const PlHistoryAnswer *answer, guint before)
{
	guint low = 0, high = answer->ranks->len;

	while (high - low > 1) {
		guint middle = low + (high - low) / 2;

		if (g_array_index (answer->ranks, guint, middle) <= before)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Places count from the newest, bits from the oldest: `before` is how many members lie in front of
 * the one that is asked for. */
gint64
pl_history_run (const PlHistoryAnswer *answer, guint at)
{
	guint before, block, left;
	guint64 bits;

	if (at >= answer->n)
		return 0;
	before = answer->n - 1 - at;
	block = find_block (answer, before);
	left = before - g_array_index (answer->ranks, guint, block);
	for (guint word = block * WORDS;; word++) {
		guint n;

		bits = g_array_index (answer->bits, guint64, word);
		n = (guint)__builtin_popcountll (bits);
		if (left >= n) {
			left -= n;
			continue;
		}
		for (; left > 0; left--)
			bits &= bits - 1; /* takes the lowest member away */
		return (gint64)word * 64 + __builtin_ctzll (bits);
	}
}

/* -- rows -------------------------------------------------------------------------------------- */

static PlHistoryRow *
row_of (sqlite3_stmt *found)
{
	PlHistoryRow *row = g_new0 (PlHistoryRow, 1);
	char **texts[] = {&row->uuid,	&row->serial,	     &row->started, &row->kind,
			  &row->recipe, &row->station,	     &row->ended,   &row->verdict,
			  &row->grade,	&row->operator_name, &row->cause};

	row->id = sqlite3_column_int64 (found, 0);
	row->recipe_version = sqlite3_column_int64 (found, 1);
	for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
		*texts[i] = g_strdup ((const char *)sqlite3_column_text (found, (int)i + 2));
	return row;
}

/* By its key, run for run: neighbours in a narrow answer may be a million rows apart. */
static gboolean
add_row (sqlite3 *sql, gint64 run, GPtrArray *rows, GError **error)
{
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT run.id, recipe.version, uuid, unit.serial, started, run.kind, recipe.name, "
	    "station, ended, verdict, run.grade, operator.name, cause FROM run"
	    " JOIN unit ON unit.id = run.unit JOIN recipe ON recipe.hash = run.recipe_hash"
	    " LEFT JOIN operator ON operator.id = run.operator WHERE run.id = ?",
	    "i", run);
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;

	if (more == 1)
		g_ptr_array_add (rows, row_of (found));
	return more >= 0;
}

/* One for each place: runs are never deleted, so every member of the answer has its row. */
GPtrArray *
pl_history_rows (sqlite3 *sql, const PlHistoryAnswer *answer, guint from, guint n, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_history_row_free);

	for (guint at = from; at < answer->n && at - from < n; at++)
		if (!add_row (sql, pl_history_run (answer, at), rows, error))
			return NULL;
	return g_steal_pointer (&rows);
}

/* Looks at what came after the newest only, so it may be asked after every run. */
gboolean
pl_history_newer (sqlite3 *sql, const PlHistoryAnswer *answer, guint *ret_n, GError **error)
{
	g_autoptr (Query) query = query_new (answer->question, "count (*)");
	g_autoptr (sqlite3_stmt) found = prepare (sql, query, answer->newest, error);

	if (found == NULL || pl_sql_step (sql, found, error) != 1)
		return FALSE;
	*ret_n = (guint)sqlite3_column_int64 (found, 0);
	return TRUE;
}

GPtrArray *
pl_history_recipes (sqlite3 *sql, GError **error)
{
	g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error, "SELECT DISTINCT name FROM recipe ORDER BY name", "");
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1)
		g_ptr_array_add (names, g_strdup ((const char *)sqlite3_column_text (found, 0)));
	return more == 0 ? g_steal_pointer (&names) : NULL;
}
