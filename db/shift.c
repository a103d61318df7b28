/* SPDX-License-Identifier: Apache-2.0 */
#include "db/shift.h"
#include <string.h>

/* Golden and engineering runs are no output of the line. On a simulated bench every run is
 * "simulated", and is counted so that a station for training shows numbers. */
#define COUNTED "kind IN ('production', 'simulated') AND verdict IS NOT NULL"

/* first: of these, packs never judged before. ERROR and ABORTED judge nothing, so they are in none
 * of the two first-pass counts. */
static void
add (PlRunTally *tally, const char *verdict, guint n, guint first)
{
	const struct {
		const char *verdict;
		guint *count;
	} counts[] = {{"PASS", &tally->passed},
		      {"FAIL", &tally->failed},
		      {"ERROR", &tally->errors},
		      {"ABORTED", &tally->aborted}};

	for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
		if (g_str_equal (verdict, counts[i].verdict))
			*counts[i].count = n;
	tally->judged_first += first;
	if (g_str_equal (verdict, "PASS"))
		tally->passed_first = first;
}

/* By the index of beginnings: a shift is a small end of a million runs, whatever share of them
 * passed. */
gboolean
pl_run_tally (sqlite3 *sql, const char *bench, const char *since, PlRunTally *ret, GError **error)
{
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT verdict, count (*), sum (verdict IN ('PASS', 'FAIL') AND NOT EXISTS "
	    "(SELECT 1 FROM run AS e WHERE e.unit = r.unit AND e.id < r.id AND e.verdict IN "
	    "('PASS', 'FAIL'))) FROM run AS r INDEXED BY run_started "
	    "WHERE started >= ? AND bench = ? AND " COUNTED " GROUP BY verdict",
	    "ss", since, bench);
	int more = -1;

	memset (ret, 0, sizeof *ret);
	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1)
		add (ret, (const char *)sqlite3_column_text (found, 0),
		     (guint)sqlite3_column_int (found, 1), (guint)sqlite3_column_int (found, 2));
	return more == 0;
}

void
pl_run_end_free (gpointer data)
{
	PlRunEnd *end = data;

	g_free (end->verdict);
	g_free (end->started);
	g_free (end->ended);
	g_free (end);
}

/* By id and not by time: a clock that was set back changes no order. */
GPtrArray *
pl_run_ends (sqlite3 *sql, const char *bench, guint most, GError **error)
{
	g_autoptr (GPtrArray) ends = g_ptr_array_new_with_free_func (pl_run_end_free);
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT verdict, started, ended FROM run WHERE bench = ? AND " COUNTED
		    " ORDER BY id DESC LIMIT ?",
		    "si", bench, (gint64)most);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlRunEnd *end = g_new0 (PlRunEnd, 1);

		end->verdict = g_strdup ((const char *)sqlite3_column_text (found, 0));
		end->started = g_strdup ((const char *)sqlite3_column_text (found, 1));
		end->ended = g_strdup ((const char *)sqlite3_column_text (found, 2));
		g_ptr_array_add (ends, end);
	}
	return more == 0 ? g_steal_pointer (&ends) : NULL;
}
