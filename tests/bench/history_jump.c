/* SPDX-License-Identifier: Apache-2.0 */
#include "db/migrate.h"
#include "tests/bench/mark.h"
#include "tests/station/many_runs.h"
#include "ui/run_list_model.h"
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>

/*
 * A million runs in the list of History: 500 jumps to a place by chance, each timed from asking for
 * the screen's rows until the last of them is filled, on a main loop that does nothing else. The
 * figure is the 95th of a hundred. The peer is the same page by LIMIT and OFFSET. The file is made
 * once and kept in the build folder.
 */
#define RUNS 1000000
#define JUMPS 500
#define PEER_JUMPS 20
#define SCREEN 40 /* rows that a list of 1080 pixels shows */

typedef struct {
	PlDb *db;
	PlRunListModel *model;
	GRand *random;
} Self;

/* Beside it and renamed: a mark that was broken off leaves no half database for the next to
 * measure. Its name has the schema's number, so that an older one is made anew. */
static gboolean
make (const char *file, GError **error)
{
	g_autofree char *half = g_strconcat (file, ".part", NULL);
	g_autoptr (PlDb) db = NULL;

	g_unlink (half);
	db = pl_db_open (half, PL_DB_READ_WRITE, error);
	if (db == NULL || !many_runs_fill (db, RUNS, error))
		return FALSE;
	g_clear_pointer (&db, pl_db_close);
	return g_rename (half, file) == 0;
}

static gpointer
prepare (const char *directory, GError **error)
{
	g_autofree char *file =
	    g_strdup_printf ("%s/history-%d.sqlite", PL_BENCH_FILES, pl_db_newest_schema ());
	PlHistoryQuestion all = {0};
	g_autoptr (PlHistoryAnswer) answer = NULL;
	Self *self;
	gint64 began;

	if (!g_file_test (file, G_FILE_TEST_EXISTS) && !make (file, error))
		return NULL;
	self = g_new0 (Self, 1);
	self->db = pl_db_open (file, PL_DB_READ_ONLY, error);
	if (self->db == NULL)
		return NULL;
	began = g_get_monotonic_time ();
	answer = pl_station_ask (self->db, &all, NULL, error);
	if (answer == NULL)
		return NULL;
	g_printerr ("history-jump: %u runs asked in %.0f ms\n", pl_history_length (answer),
		    pl_mark_since (began) * 1e3);
	/* the same places each time, so that two figures compare */
	self->random = g_rand_new_with_seed (7);
	self->model = pl_run_list_model_new (self->db);
	pl_run_list_model_set (self->model, answer);
	return self;
}

/* One screen, from the first question for a row to the last row that is filled. */
static double
jump (Self *self)
{
	guint at = (guint)g_rand_int_range (self->random, 0, RUNS - SCREEN);
	gint64 began = g_get_monotonic_time ();

	for (guint i = 0; i < SCREEN; i++) {
		g_autoptr (PlRunItem) item =
		    g_list_model_get_item (G_LIST_MODEL (self->model), at + i);

		while (pl_run_item_row (item) == NULL)
			g_main_context_iteration (NULL, TRUE);
	}
	return pl_mark_since (began) * 1e3;
}

static gboolean
by_offset (sqlite3 *sql, gpointer data, GError **error)
{
	g_autoptr (sqlite3_stmt) rows = pl_sql (
	    sql, error,
	    "SELECT run.id, uuid, unit.serial, started, verdict, recipe.name FROM (SELECT * "
	    "FROM run ORDER BY id DESC LIMIT 128 OFFSET ?) AS run JOIN unit ON unit.id = "
	    "run.unit JOIN recipe ON recipe.hash = run.recipe_hash",
	    "i", *(const gint64 *)data);
	int more = -1;

	while (rows != NULL && (more = pl_sql_step (sql, rows, error)) == 1)
		;
	return more == 0;
}

static int
compare (const void *a, const void *b)
{
	return *(const double *)a > *(const double *)b ? 1 : -1;
}

/* 95 and not the mean: a person notices the slow ones. */
static double
percentile (double *values, guint n, double of)
{
	qsort (values, n, sizeof *values, compare);
	return values[(guint)(of * (n - 1))];
}

static gboolean
measure (gpointer data, PlRound *ret, GError **error)
{
	Self *self = data;
	double jumps[JUMPS], offsets[PEER_JUMPS];

	for (guint i = 0; i < JUMPS; i++)
		jumps[i] = jump (self);
	for (guint i = 0; i < PEER_JUMPS; i++) {
		gint64 at = g_rand_int_range (self->random, 0, RUNS - 128);
		gint64 began = g_get_monotonic_time ();

		if (!pl_db_read (self->db, by_offset, &at, error))
			return FALSE;
		offsets[i] = pl_mark_since (began) * 1e3;
	}
	ret->subject = percentile (jumps, JUMPS, 0.95);
	ret->peer = percentile (offsets, PEER_JUMPS, 0.95);
	g_printerr ("history-jump: half of the jumps take %.2f ms at most\n",
		    percentile (jumps, JUMPS, 0.5));
	return TRUE;
}

static void
finish (gpointer data)
{
	Self *self = data;

	g_object_unref (self->model);
	pl_db_close (self->db);
	g_rand_free (self->random);
	g_free (self);
}

const PlMark pl_mark_history_jump = {
    .name = "history-jump",
    .unit = "ms",
    .title =
	"a jump to any place of a million runs, until its screen is filled; 95 of 100 take less",
    .peer = "limit-offset",
    .bar = 17,
    .rounds = 3,
    .prepare = prepare,
    .round = measure,
    .finish = finish,
};
