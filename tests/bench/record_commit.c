/* SPDX-License-Identifier: Apache-2.0 */
#include "db/run.h"
#include "db/sample.h"
#include "db/unit.h"
#include "tests/bench/mark.h"
#include <math.h>

/*
 * One complete pack record in one commit: 32 cells linked, 10 steps with 15 measurements and a
 * curve each. The peer is bare SQLite: the very same rows, read back from what the subject wrote,
 * inserted by prepared statements in one transaction into a database with the same schema, WAL and
 * synchronous=FULL.
 */
#define STEPS 10
#define MEASUREMENTS 15
#define LINKS 32
#define SAMPLES 600
#define OWN(text) ((char *)(text)) /* rows have writable strings; these are only read */

typedef struct {
	PlDb *db;
	sqlite3 *bare;
	guint round;
	GPtrArray *rows; /* Row, of the last round */
	PlSampleCurve *curves[STEPS]; /* made before: measuring them is not part of keeping them */
} Self;

/* One row of the subject's as it stands in its table. */
typedef struct {
	guint table;
	guint n;
	sqlite3_value **values;
} Row;

/* What a record adds, in an order that foreign keys take; ? = lowest id to copy. */
static const struct {
	const char *select, *insert;
} tables[] = {
    {"SELECT * FROM unit WHERE id > ?", "INSERT INTO unit VALUES (?,?,?,?,?,?,?,?,?)"},
    {"SELECT * FROM link WHERE id > ?", "INSERT INTO link VALUES (?,?,?,?,?,?,?,?)"},
    {"SELECT * FROM run WHERE id > ?", "INSERT INTO run VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    {"SELECT * FROM step WHERE id > ?", "INSERT INTO step VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    {"SELECT * FROM measurement WHERE step > ?",
     "INSERT INTO measurement VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    {"SELECT * FROM chunk WHERE id > ?", "INSERT INTO chunk VALUES (?,?,?,?,?,?,?,?)"},
};
static const char *const highest[] = {"unit", "link", "run", "step", "step", "chunk"};

static void
row_free (gpointer data)
{
	Row *row = data;

	for (guint i = 0; i < row->n; i++)
		sqlite3_value_free (row->values[i]);
	g_free (row->values);
	g_free (row);
}

/* Three quantities of a pack at one sample a second, each with the noise of its meter. */
static PlSampleCurve *
make_curve (guint n)
{
	static char *columns[] = {OWN ("pack_v"), OWN ("current_a"), OWN ("temperature_degc"),
				  NULL};
	static double scales[] = {1e-6, 1e-6, 1e-3};
	PlSampleCurve *curve = g_new0 (PlSampleCurve, 1);

	curve->curve = OWN ("cycle");
	curve->columns = columns;
	curve->scales = scales;
	curve->t_us = g_array_new (FALSE, FALSE, sizeof (gint64));
	curve->values = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
	for (gint64 i = 0, t = 0; i < SAMPLES; i++, t += G_USEC_PER_SEC)
		g_array_append_val (curve->t_us, t);
	for (guint c = 0; c < 3; c++) {
		GArray *values = g_array_sized_new (FALSE, FALSE, sizeof (double), SAMPLES);

		for (guint i = 0; i < SAMPLES; i++) {
			double value = 100.0 / (c + 1) + sin (i * 0.01 + n) * 0.1;

			g_array_append_val (values, value);
		}
		g_ptr_array_add (curve->values, values);
	}
	return curve;
}

static void
curve_free (PlSampleCurve *curve)
{
	g_array_unref (curve->t_us);
	g_ptr_array_unref (curve->values);
	g_free (curve);
}

/* -- the subject ------------------------------------------------------------------------------- */

static gboolean
add_links (sqlite3 *sql, guint round, gint64 *ret_pack, GError **error)
{
	g_autofree char *pack = g_strdup_printf ("PACK-%u", round);

	if (!pl_unit_register (sql, "pack", pack, "plain", NULL, NULL, NULL, ret_pack, error))
		return FALSE;
	for (guint i = 1; i <= LINKS; i++) {
		g_autofree char *cell = g_strdup_printf ("CELL-%06u-%02u", round, i);
		gint64 id;

		if (!pl_unit_register (sql, "cell", cell, "plain", "vendor", "lot", "A", &id,
				       error) ||
		    !pl_unit_link (sql, id, *ret_pack, i, "assembled", "line", error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
add_step (sqlite3 *sql, gint64 run, guint n, const PlSampleCurve *curve, GError **error)
{
	static PlMeasurementRow rows[MEASUREMENTS];
	static char names[MEASUREMENTS][32];
	g_autoptr (GPtrArray) measurements = g_ptr_array_new ();
	g_autofree char *name = g_strdup_printf ("step-%u", n);
	PlStepRow step = {.seq = n + 1,
			  .attempt = 1,
			  .name = name,
			  .title = OWN ("A step"),
			  .phase = OWN ("main"),
			  .label = OWN ("routine"),
			  .started = OWN ("2026-01-01T00:00:00.000Z"),
			  .ended = OWN ("2026-01-01T00:00:10.000Z"),
			  .verdict = OWN ("PASS"),
			  .duration_s = 10,
			  .measurements = measurements};
	gint64 id;

	for (guint i = 0; i < MEASUREMENTS; i++) {
		g_snprintf (names[i], sizeof names[i], "quantity_v_%u", i);
		rows[i] = (PlMeasurementRow){.name = names[i],
					     .unit = OWN ("V"),
					     .comparator = OWN ("GELE"),
					     .source = OWN ("plant default"),
					     .verdict = OWN ("PASS"),
					     .raw = OWN ("+3.30124560E+00"),
					     .value = 3.3 + i * 0.001,
					     .low = 3,
					     .high = 3.4};
		g_ptr_array_add (measurements, &rows[i]);
	}
	return pl_run_row_add_step (sql, run, &step, &id, error) &&
	       pl_sample_add (sql, id, curve, error);
}

static gboolean
write_record (sqlite3 *sql, gpointer data, GError **error)
{
	Self *self = data;
	g_autofree char *uuid = pl_uuid7 ();
	PlRunRow run = {.uuid = uuid,
			.kind = OWN ("engineering"),
			.recipe = OWN ("bench"),
			.recipe_hash = OWN ("00"),
			.station = OWN ("bench"),
			.bench = OWN ("bench"),
			.software = OWN ("bench"),
			.entry = OWN ("typed"),
			.started = OWN ("2026-01-01T00:00:00.000Z"),
			.recipe_version = 1};
	gint64 id;

	if (!add_links (sql, self->round, &run.unit, error) ||
	    !pl_run_row_begin (sql, &run, "recipe", NULL, &id, error))
		return FALSE;
	for (guint i = 0; i < STEPS; i++)
		if (!add_step (sql, id, i, self->curves[i], error))
			return FALSE;
	return pl_run_row_end (sql, id, "PASS", NULL, "A", error);
}

/* -- the peer ---------------------------------------------------------------------------------- */

static gint64
highest_id (sqlite3 *sql, const char *table)
{
	g_autofree char *text = g_strdup_printf ("SELECT ifnull (max (id), 0) FROM %s", table);
	g_autoptr (sqlite3_stmt) statement = pl_sql (sql, NULL, text, "");

	return sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
}

/* Only what the peer does not have yet: its own highest ids tell. */
static gboolean
read_rows (sqlite3 *sql, gpointer data, GError **error)
{
	Self *self = data;

	g_ptr_array_set_size (self->rows, 0);
	for (guint t = 0; t < G_N_ELEMENTS (tables); t++) {
		g_autoptr (sqlite3_stmt) statement =
		    pl_sql (sql, error, tables[t].select, "i", highest_id (self->bare, highest[t]));

		while (statement != NULL && sqlite3_step (statement) == SQLITE_ROW) {
			Row *row = g_new0 (Row, 1);

			row->table = t;
			row->n = (guint)sqlite3_column_count (statement);
			row->values = g_new0 (sqlite3_value *, row->n);
			for (guint i = 0; i < row->n; i++)
				row->values[i] =
				    sqlite3_value_dup (sqlite3_column_value (statement, (int)i));
			g_ptr_array_add (self->rows, row);
		}
		if (statement == NULL)
			return FALSE;
	}
	return TRUE;
}

static gboolean
insert_rows (Self *self, GError **error)
{
	sqlite3_stmt *statements[G_N_ELEMENTS (tables)] = {NULL};
	int rc = sqlite3_exec (self->bare, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	for (guint t = 0; t < G_N_ELEMENTS (tables) && rc == SQLITE_OK; t++)
		rc = sqlite3_prepare_v2 (self->bare, tables[t].insert, -1, &statements[t], NULL);
	for (guint i = 0; i < self->rows->len && rc == SQLITE_OK; i++) {
		const Row *row = g_ptr_array_index (self->rows, i);

		for (guint c = 0; c < row->n; c++)
			sqlite3_bind_value (statements[row->table], (int)c + 1, row->values[c]);
		rc = sqlite3_step (statements[row->table]) == SQLITE_DONE
			 ? sqlite3_reset (statements[row->table])
			 : SQLITE_ERROR;
	}
	for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
		sqlite3_finalize (statements[t]);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec (self->bare, "COMMIT", NULL, NULL, NULL);
	return rc == SQLITE_OK || pl_sql_fail (self->bare, error, "the bare transaction");
}

/* -- the mark ---------------------------------------------------------------------------------- */

static gboolean
round_once (gpointer data, PlRound *ret, GError **error)
{
	Self *self = data;
	gint64 began = g_get_monotonic_time ();

	self->round++;
	if (!pl_db_write (self->db, write_record, self, error))
		return FALSE;
	ret->subject = pl_mark_since (began) * 1e3;
	if (!pl_db_read (self->db, read_rows, self, error))
		return FALSE;
	began = g_get_monotonic_time ();
	if (!insert_rows (self, error))
		return FALSE;
	ret->peer = pl_mark_since (began) * 1e3;
	return TRUE;
}

static void
finish (gpointer data)
{
	Self *self = data;

	g_ptr_array_unref (self->rows);
	for (guint i = 0; i < STEPS; i++)
		curve_free (self->curves[i]);
	pl_db_close (self->db);
	sqlite3_close (self->bare);
	g_free (self);
}

/* The peer's schema comes from a database that Packline made and closed. */
static gpointer
prepare (const char *directory, GError **error)
{
	g_autofree char *ours = g_build_filename (directory, "subject.sqlite", NULL);
	g_autofree char *theirs = g_build_filename (directory, "peer.sqlite", NULL);
	Self *self = g_new0 (Self, 1);
	PlDb *made = pl_db_open (theirs, PL_DB_READ_WRITE, error);

	self->rows = g_ptr_array_new_with_free_func (row_free);
	for (guint i = 0; i < STEPS; i++)
		self->curves[i] = make_curve (i);
	pl_db_close (made);
	if (made != NULL && (self->db = pl_db_open (ours, PL_DB_READ_WRITE, error)) != NULL &&
	    sqlite3_open (theirs, &self->bare) == SQLITE_OK &&
	    sqlite3_exec (
		self->bare,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		"INSERT INTO recipe VALUES ('00', 'bench', 1, 'recipe')",
		NULL, NULL, NULL) == SQLITE_OK)
		return self;
	finish (self);
	return NULL;
}

const PlMark pl_mark_record_commit = {
    .name = "record-commit",
    .unit = OWN ("ms"),
    .title = OWN (
	"one pack record (150 measurements, 32 links, 10 curves), committed with synchronous=FULL"),
    .peer = "bare SQLite transaction of the same rows",
    .bar = 0.8,
    .at_least = TRUE,
    .ratio = TRUE,
    .rounds = 41,
    .prepare = prepare,
    .round = round_once,
    .finish = finish,
};
