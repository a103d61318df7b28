/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/query.h"
#include "db/journal.h"
#include "db/label.h"
#include <string.h>

/*
 * Questions to the station's memory that need several of db's functions, each asked in one
 * snapshot: a run that ends between two of them would otherwise be shown half.
 */

typedef struct {
	const char *serial, *id;
	gboolean recorded; /* only runs with a record */
	PlRunRow *run;
	char *text;
	gint64 row;
	GPtrArray *stories; /* or notes */
} Question;

/* -- one run ----------------------------------------------------------------------------------- */

/* A run that is still open, or was interrupted before records were kept of such runs, has none. */
static gboolean
has_record (sqlite3 *sql, gint64 run)
{
	g_autofree char *body = pl_record_get (sql, run, NULL);

	return body != NULL;
}

/* Three different mistakes, three different ways out. */
static gboolean
not_found (const Question *q, guint n, GError **error)
{
	if (q->id != NULL)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
			     "%s has no run whose id begins with %s: packline show %s lists its %u "
			     "runs",
			     q->serial, q->id, q->serial, n);
	else if (n > 0)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
			     "none of the %u runs of %s has a record: a run that was interrupted "
			     "has none; run it again",
			     n, q->serial);
	else
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND, "%s was never tested here",
			     q->serial);
	return FALSE;
}

/* Runs come newest first, so the first that fits is the one that is meant. */
static gboolean
choose_run (sqlite3 *sql, Question *q, gint64 *ret, GError **error)
{
	g_autoptr (GPtrArray) runs = NULL;
	gint64 unit;

	if (!pl_unit_find (sql, "pack", q->serial, &unit, error) ||
	    (runs = pl_run_rows_of_unit (sql, unit, error)) == NULL)
		return FALSE;
	for (guint i = 0; i < runs->len; i++) {
		const PlRunRow *run = g_ptr_array_index (runs, i);

		if (q->id != NULL ? g_str_has_prefix (run->uuid, q->id)
				  : !q->recorded || has_record (sql, run->id)) {
			*ret = run->id;
			return TRUE;
		}
	}
	return not_found (q, runs->len, error);
}

static gboolean
load_run (sqlite3 *sql, gpointer data, GError **error)
{
	Question *q = data;
	gint64 id;

	return choose_run (sql, q, &id, error) &&
	       (q->run = pl_run_row_load (sql, id, error)) != NULL;
}

PlRunRow *
pl_query_run (PlDb *db, const char *serial, const char *id, GError **error)
{
	Question q = {.serial = serial, .id = id};

	return pl_db_read (db, load_run, &q, error) ? q.run : NULL;
}

static gboolean
load_record (sqlite3 *sql, gpointer data, GError **error)
{
	Question *q = data;
	gint64 id;

	return choose_run (sql, q, &id, error) &&
	       (q->text = pl_record_get (sql, id, error)) != NULL;
}

char *
pl_query_record (PlDb *db, const char *serial, const char *id, GError **error)
{
	Question q = {.serial = serial, .id = id, .recorded = TRUE};

	return pl_db_read (db, load_record, &q, error) ? q.text : NULL;
}

static gboolean
load_label (sqlite3 *sql, gpointer data, GError **error)
{
	Question *q = data;
	gint64 unit;

	return pl_unit_find (sql, "pack", q->serial, &unit, error) &&
	       (q->text = pl_label_last (sql, unit, 0, error)) != NULL;
}

char *
pl_query_label (PlDb *db, const char *serial, GError **error)
{
	Question q = {.serial = serial};

	return pl_db_read (db, load_label, &q, error) ? q.text : NULL;
}

static gboolean
load_notes (sqlite3 *sql, gpointer data, GError **error)
{
	Question *q = data;

	return (q->stories = pl_note_rows (sql, q->row, error)) != NULL;
}

GPtrArray *
pl_query_notes (PlDb *db, gint64 run, GError **error)
{
	Question q = {.row = run};

	return pl_db_read (db, load_notes, &q, error) ? q.stories : NULL;
}

/* -- a unit's story ---------------------------------------------------------------------------- */

void
pl_unit_story_free (gpointer data)
{
	PlUnitStory *story = data;

	pl_unit_row_free (story->unit);
	g_free (story->holder);
	g_clear_pointer (&story->children, g_ptr_array_unref);
	g_clear_pointer (&story->runs, g_ptr_array_unref);
	g_free (story);
}

static gboolean
tell (sqlite3 *sql, PlUnitStory *story, GError **error)
{
	g_autoptr (GError) wrong = NULL;

	story->holder = pl_unit_holder (sql, story->unit->id, &wrong);
	if (wrong != NULL) {
		g_propagate_error (error, g_steal_pointer (&wrong));
		return FALSE;
	}
	story->children = pl_unit_children (sql, story->unit->id, error);
	if (story->children == NULL)
		return FALSE;
	story->runs = pl_run_rows_of_unit (sql, story->unit->id, error);
	return story->runs != NULL;
}

static gboolean
load_stories (sqlite3 *sql, gpointer data, GError **error)
{
	Question *q = data;
	g_autoptr (GPtrArray) units = pl_unit_rows_of_serial (sql, q->serial, error);

	if (units == NULL)
		return FALSE;
	while (units->len > 0) {
		PlUnitStory *story = g_new0 (PlUnitStory, 1);

		story->unit = g_ptr_array_steal_index (units, 0);
		g_ptr_array_add (q->stories, story);
		if (!tell (sql, story, error))
			return FALSE;
	}
	if (q->stories->len > 0)
		return TRUE;
	g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
		     "no pack, module, cell or BMS board with serial \"%s\" is known here",
		     q->serial);
	return FALSE;
}

GPtrArray *
pl_query_stories (PlDb *db, const char *serial, GError **error)
{
	g_autoptr (GPtrArray) stories = g_ptr_array_new_with_free_func (pl_unit_story_free);
	Question q = {.serial = serial, .stories = stories};

	return pl_db_read (db, load_stories, &q, error) ? g_steal_pointer (&stories) : NULL;
}
