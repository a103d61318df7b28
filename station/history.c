/* SPDX-License-Identifier: Apache-2.0 */
#include "station/history.h"
#include "station/station.h"

typedef struct {
	const PlHistoryQuestion *question;
	GCancellable *cancellable;
	const PlHistoryAnswer *about;
	guint from, n;
	PlHistoryAnswer *answer;
	GPtrArray *rows;
} Work;

/* Midnight there, as UTC text; NULL with an error. */
static char *
midnight_of (const char *day, int days_on, GError **error)
{
	g_autofree char *text = g_strconcat (day, "T00:00:00", NULL);
	g_autoptr (GTimeZone) here = g_time_zone_new_local ();
	g_autoptr (GDateTime) begins = g_date_time_new_from_iso8601 (text, here);
	g_autoptr (GDateTime) then = begins != NULL ? g_date_time_add_days (begins, days_on) : NULL;
	g_autoptr (GDateTime) utc = then != NULL ? g_date_time_to_utc (then) : NULL;

	if (utc != NULL)
		return g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S");
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG,
		     "\"%s\" is no day of the calendar: write it as 2026-11-25", day);
	return NULL;
}

/* Texts of one form compare as the moments that they stand for. */
static gboolean
set_days (PlHistoryQuestion *question, GError **error)
{
	g_autofree char *from = question->from, *to = question->to;

	question->from = question->to = NULL;
	if (from != NULL && (question->from = midnight_of (from, 0, error)) == NULL)
		return FALSE;
	return to == NULL || (question->to = midnight_of (to, 1, error)) != NULL;
}

static gboolean
ask (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	w->answer = pl_history_ask (sql, w->question, w->cancellable, error);
	return w->answer != NULL;
}

/* A copy of the question: it becomes the answer's own, with UTC in the place of days. */
PlHistoryAnswer *
pl_station_ask (PlDb *db, const PlHistoryQuestion *question, GCancellable *cancellable,
		GError **error)
{
	g_autoptr (PlHistoryQuestion) asked = pl_history_question_copy (question);
	Work w = {.question = asked, .cancellable = cancellable};

	return set_days (asked, error) && pl_db_read (db, ask, &w, error) ? w.answer : NULL;
}

static gboolean
load_rows (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	w->rows = pl_history_rows (sql, w->about, w->from, w->n, error);
	return w->rows != NULL;
}

GPtrArray *
pl_station_history_rows (PlDb *db, const PlHistoryAnswer *answer, guint from, guint n,
			 GError **error)
{
	Work w = {.about = answer, .from = from, .n = n};

	return pl_db_read (db, load_rows, &w, error) ? w.rows : NULL;
}

static gboolean
count_newer (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	return pl_history_newer (sql, w->about, &w->n, error);
}

gboolean
pl_station_newer (PlDb *db, const PlHistoryAnswer *answer, guint *ret_n, GError **error)
{
	Work w = {.about = answer};

	if (!pl_db_read (db, count_newer, &w, error))
		return FALSE;
	*ret_n = w.n;
	return TRUE;
}

static gboolean
load_recipes (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	w->rows = pl_history_recipes (sql, error);
	return w->rows != NULL;
}

GPtrArray *
pl_station_recipes (PlDb *db, GError **error)
{
	Work w = {0};

	return pl_db_read (db, load_recipes, &w, error) ? w.rows : NULL;
}
