/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/grown.h"
#include <string.h>

typedef struct {
	PlDb *db;
	PlCurves *curves;
} Room;

static void
open_room (Room *room, const char *folder)
{
	g_autoptr (GError) error = NULL;

	room->db = open_in (folder);
	ck_assert_ok (pl_db_write (room->db, grown_insert_run, NULL, &error), error);
	room->curves = pl_curves_open (room->db, &error);
	ck_assert_ok (room->curves != NULL, error);
}

static void
close_room (Room *room)
{
	pl_curves_close (room->curves);
	pl_db_close (room->db);
}

static gboolean
count_work (sqlite3 *sql, gpointer data, GError **error)
{
	gpointer *both = data;
	g_autoptr (sqlite3_stmt) found = pl_sql (sql, error, both[0], "");

	if (found == NULL || pl_sql_step (sql, found, error) != 1)
		return FALSE;
	*(gint64 *)both[1] = sqlite3_column_int64 (found, 0);
	return TRUE;
}

static gint64
count (PlDb *db, const char *query)
{
	gint64 n = -1;
	gpointer both[] = {(gpointer)query, &n};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_read (db, count_work, both, &error), error);
	return n;
}

static gboolean
script_work (sqlite3 *sql, gpointer text, GError **error)
{
	return sqlite3_exec (sql, text, NULL, NULL, NULL) == SQLITE_OK ||
	       pl_sql_fail (sql, error, text);
}

static void
seal (Room *room, gint64 curve)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_curves_seal (room->curves, curve, &error), error);
}

/* -- what was appended is what is read ----------------------------------------------------------
 */

START_TEST (samples_come_back_exactly_from_the_log_and_from_spans)
{
	g_autofree char *folder = test_folder ();
	Room room;
	gint64 a, b;

	open_room (&room, folder);
	a = grown_begin (room.curves, "a");
	b = grown_begin (room.curves, "b");
	for (guint commit = 1; commit <= 600; commit++) {
		grown_append (room.curves, a, 7);
		grown_append (room.curves, b, commit % 3);
		grown_commit (room.curves);
		if (commit % 97 == 0) {
			grown_assert_whole (room.db, a, 7 * commit);
			ck_assert_int_eq (pl_curves_count (room.curves, a), 7 * commit);
		}
	}
	ck_assert_int_gt (count (room.db, "SELECT count(*) FROM span"), 2);
	grown_assert_whole (room.db, b, 600);
	seal (&room, a);
	grown_assert_whole (room.db, a, 4200);
	grown_assert_whole (room.db, b, 600);
	close_room (&room);
}
END_TEST

START_TEST (a_value_that_is_not_to_be_had_reads_back_as_none)
{
	g_autofree char *folder = test_folder ();
	const double values[][3] = {{3.3, NAN, 25}, {INFINITY, 1e300, -INFINITY}, {NAN, NAN, NAN}};
	Room room;
	PlSampleCurve *got;
	gint64 curve;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "a");
	for (guint i = 0; i < 3; i++)
		pl_curves_append (room.curves, curve, i, values[i]);
	grown_commit (room.curves);
	for (guint round = 0; round < 2; round++) {
		got = grown_read (room.db, curve, G_MININT64, G_MAXINT64);
		ck_assert_int_eq (got->t_us->len, 3);
		for (guint c = 0; c < 3; c++)
			for (guint i = 0; i < 3; i++) {
				double value = g_array_index (
				    (GArray *)g_ptr_array_index (got->values, c), double, i);

				ck_assert (isfinite (values[i][c]) && values[i][c] < 1e299
					       ? !(value < values[i][c]) && !(value > values[i][c])
					       : isnan (value));
			}
		pl_sample_curve_free (got);
		seal (&room, curve);
	}
	close_room (&room);
}
END_TEST

START_TEST (times_that_jump_back_are_kept_as_they_came)
{
	g_autofree char *folder = test_folder ();
	static const gint64 t_us[] = {5000000, 6000000, 1000, G_MAXINT64, G_MININT64, -5, 7000000};
	const double values[] = {1, 2, 3};
	Room room;
	PlSampleCurve *got;
	gint64 curve;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "a");
	for (guint i = 0; i < G_N_ELEMENTS (t_us); i++)
		pl_curves_append (room.curves, curve, t_us[i], values);
	grown_commit (room.curves);
	for (guint round = 0; round < 2; round++) {
		got = grown_read (room.db, curve, G_MININT64, G_MAXINT64);
		ck_assert_int_eq (got->t_us->len, G_N_ELEMENTS (t_us));
		for (guint i = 0; i < G_N_ELEMENTS (t_us); i++)
			ck_assert_int_eq (g_array_index (got->t_us, gint64, i), t_us[i]);
		pl_sample_curve_free (got);
		got = grown_read (room.db, curve, 0, 6500000);
		ck_assert_int_eq (got->t_us->len, 3);
		pl_sample_curve_free (got);
		seal (&room, curve);
	}
	close_room (&room);
}
END_TEST

START_TEST (a_range_of_time_has_all_of_its_samples_and_no_others)
{
	g_autofree char *folder = test_folder ();
	Room room;
	gint64 curve;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "a");
	for (guint commit = 0; commit < 40; commit++) {
		grown_append (room.curves, curve, 100);
		grown_commit (room.curves);
	}
	for (guint round = 0; round < 2; round++) {
		/* a sample's time is its number by 100 ms and up to 4 ms */
		for (gint64 first = 0; first < 4000; first += 777) {
			PlSampleCurve *got = grown_read (room.db, curve, first * 100000,
							 (first + 222) * 100000 + 4001);

			grown_assert_samples (got, curve, first, MIN (223, 4000 - first));
			pl_sample_curve_free (got);
		}
		seal (&room, curve);
	}
	close_room (&room);
}
END_TEST

START_TEST (a_curve_without_samples_is_read_sealed_and_read_again)
{
	g_autofree char *folder = test_folder ();
	Room room;
	gint64 curve;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "a");
	grown_commit (room.curves);
	grown_assert_whole (room.db, curve, 0);
	seal (&room, curve);
	grown_assert_whole (room.db, curve, 0);
	close_room (&room);
}
END_TEST

/* -- from one station to the next -------------------------------------------------------------- */

START_TEST (a_station_that_starts_again_goes_on_where_the_log_ends)
{
	g_autofree char *folder = test_folder ();
	Room room;
	gint64 curve, other;

	for (guint round = 0; round < 5; round++) {
		open_room (&room, folder);
		curve = grown_begin (room.curves, "a");
		ck_assert_int_eq (pl_curves_count (room.curves, curve), 700 * round);
		other = grown_begin (room.curves, "b");
		for (guint commit = 0; commit < 70; commit++) {
			grown_append (room.curves, curve, 10);
			grown_append (room.curves, other, commit == 0);
			grown_commit (room.curves);
		}
		grown_assert_whole (room.db, curve, 700 * (round + 1));
		close_room (&room);
	}
	open_room (&room, folder);
	grown_assert_whole (room.db, curve, 3500);
	grown_assert_whole (room.db, other, 5);
	close_room (&room);
}
END_TEST

START_TEST (a_curve_of_an_earlier_station_is_sealed_without_beginning_it_again)
{
	g_autofree char *folder = test_folder ();
	Room room;
	gint64 curve;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "a");
	grown_append (room.curves, curve, 50);
	close_room (&room);
	open_room (&room, folder);
	seal (&room, curve);
	seal (&room, curve);
	grown_assert_whole (room.db, curve, 50);
	close_room (&room);
}
END_TEST

START_TEST (one_name_in_a_step_is_one_curve_with_one_set_of_columns)
{
	g_autofree char *folder = test_folder ();
	const double finer[] = {1e-5, 1e-3, 0.1};
	g_autoptr (GError) error = NULL;
	Room room;
	gint64 curve, again = 0;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "a");
	ck_assert_int_eq (grown_begin (room.curves, "a"), curve);
	ck_assert_int_ne (grown_begin (room.curves, "b"), curve);
	ck_assert (!pl_curves_begin (room.curves, 1, 1, "a", grown_columns, finer, &again, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT);
	g_clear_error (&error);
	ck_assert (
	    !pl_curves_begin (room.curves, 77, 1, "a", grown_columns, finer, &again, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT);
	close_room (&room);
}
END_TEST

/* -- sealing ----------------------------------------------------------------------------------- */

START_TEST (a_sealed_curve_never_changes_again)
{
	g_autofree char *folder = test_folder ();
	static const char *const changes[] = {
	    "UPDATE span SET n = n",
	    "DELETE FROM span",
	    "INSERT INTO span SELECT id + 1000000, t0, t1, n, codec, sums, "
	    "pyramid, data FROM span LIMIT 1",
	    "UPDATE curve SET sealed = NULL",
	    "UPDATE curve SET name = 'other'",
	    "DELETE FROM curve"};
	g_autoptr (GError) error = NULL;
	Room room;
	gint64 curve, again;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "a");
	grown_append (room.curves, curve, 5000);
	grown_commit (room.curves);
	seal (&room, curve);
	for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
		ck_assert_msg (!pl_db_write (room.db, script_work, (gpointer)changes[i], &error),
			       "%s", changes[i]);
		ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT);
		g_clear_error (&error);
	}
	ck_assert (
	    !pl_curves_begin (room.curves, 1, 1, "a", grown_columns, grown_scales, &again, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT);
	grown_assert_whole (room.db, curve, 5000);
	close_room (&room);
}
END_TEST

START_TEST (sealing_leaves_few_long_spans_and_no_log)
{
	g_autofree char *folder = test_folder ();
	Room room;
	gint64 curve;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "a");
	for (guint commit = 0; commit < 500; commit++) {
		grown_append (room.curves, curve, 100);
		grown_commit (room.curves);
	}
	ck_assert_int_gt (count (room.db, "SELECT count(*) FROM span"), 30);
	seal (&room, curve);
	/* 50000 by 16384 */
	ck_assert_int_eq (count (room.db, "SELECT count(*) FROM span"), 4);
	grown_commit (room.curves);
	ck_assert_int_eq (count (room.db, "SELECT count(*) FROM slog"), 0);
	grown_assert_whole (room.db, curve, 50000);
	close_room (&room);
}
END_TEST

static gpointer
append_and_commit (gpointer data)
{
	Room *room = data;
	gint64 curve = grown_begin (room->curves, "meanwhile");

	for (guint i = 0; i < 300; i++) {
		grown_append (room->curves, curve, 20);
		grown_commit (room->curves);
	}
	return NULL;
}

START_TEST (others_grow_while_curves_are_sealed)
{
	g_autofree char *folder = test_folder ();
	Room room;
	GThread *thread;
	gint64 curves[20], other;

	open_room (&room, folder);
	for (guint i = 0; i < G_N_ELEMENTS (curves); i++) {
		g_autofree char *name = g_strdup_printf ("%u", i);

		curves[i] = grown_begin (room.curves, name);
		grown_append (room.curves, curves[i], 3000);
	}
	thread = g_thread_new ("other", append_and_commit, &room);
	for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
		seal (&room, curves[i]);
	g_thread_join (thread);
	for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
		grown_assert_whole (room.db, curves[i], 3000);
	other = grown_begin (room.curves, "meanwhile");
	grown_assert_whole (room.db, other, 6000);
	close_room (&room);
}
END_TEST

/* -- many curves ------------------------------------------------------------------------------- */

START_TEST (no_commit_makes_spans_of_many_curves_at_once)
{
	g_autofree char *folder = test_folder ();
	gint64 curves[128], before = 0, most = 0;
	Room room;

	open_room (&room, folder);
	for (guint i = 0; i < G_N_ELEMENTS (curves); i++) {
		g_autofree char *name = g_strdup_printf ("%u", i);

		curves[i] = grown_begin (room.curves, name);
	}
	for (guint commit = 0; commit < 120; commit++) {
		gint64 n;

		for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
			grown_append (room.curves, curves[i], 32);
		grown_commit (room.curves);
		n = count (room.db, "SELECT count(*) FROM span");
		most = MAX (most, n - before);
		before = n;
	}
	ck_assert_int_ge (before, 128 * 2);
	/* 128 * 32 samples come with each: four spans' worth */
	ck_assert_int_le (most, 12);
	for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
		grown_assert_whole (room.db, curves[i], 120 * 32);
	close_room (&room);
}
END_TEST

/* A rest that is looked at once in a while, beside a pulse that is sampled as fast as it goes. */
START_TEST (a_slow_curve_does_not_keep_the_log_of_the_fast_ones)
{
	g_autofree char *folder = test_folder ();
	gint64 slow, fast, most = 0;
	Room room;

	open_room (&room, folder);
	slow = grown_begin (room.curves, "slow");
	fast = grown_begin (room.curves, "fast");
	for (guint commit = 0; commit < 6000; commit++) {
		grown_append (room.curves, slow, commit % 100 == 0);
		grown_append (room.curves, fast, 1);
		/* commits of ten are as good here, and cost a tenth of the time */
		if (commit % 2 == 0)
			grown_commit (room.curves);
		if (commit % 100 == 0)
			most = MAX (most, count (room.db, "SELECT count(*) FROM slog"));
	}
	ck_assert_int_le (most, 1700);
	ck_assert_int_gt (count (room.db, "SELECT count(*) FROM span"), 2);
	grown_commit (room.curves);
	grown_assert_whole (room.db, slow, 60);
	grown_assert_whole (room.db, fast, 6000);
	close_room (&room);
}
END_TEST

/* -- when something is wrong ------------------------------------------------------------------- */

START_TEST (a_commit_that_fails_loses_nothing)
{
	g_autofree char *folder = test_folder ();
	g_autoptr (GError) error = NULL;
	g_autofree char *limit = NULL;
	gint64 curve, n = 0;
	Room room;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "a");
	limit = g_strdup_printf ("PRAGMA max_page_count = %d",
				 (int)count (room.db, "PRAGMA page_count") + 10);
	ck_assert (pl_db_write (room.db, run_text, limit, NULL));
	while (error == NULL && n < 100000) {
		grown_append (room.curves, curve, 200);
		n += 200;
		pl_curves_commit (room.curves, &error);
	}
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_FULL);
	grown_append (room.curves, curve, 20000);
	ck_assert (!pl_curves_commit (room.curves, NULL));
	ck_assert (
	    pl_db_write (room.db, run_text, (gpointer) "PRAGMA max_page_count = 1000000", NULL));
	grown_commit (room.curves);
	grown_commit (room.curves);
	grown_assert_whole (room.db, curve, n + 20000);
	close_room (&room);
}
END_TEST

static gboolean
load_step (sqlite3 *sql, gpointer data, GError **error)
{
	*(GPtrArray **)data = pl_sample_load (sql, 1, error);
	return *(GPtrArray **)data != NULL;
}

START_TEST (a_step_has_the_curves_that_grew_beside_the_others)
{
	g_autofree char *folder = test_folder ();
	g_autoptr (GPtrArray) loaded = NULL;
	g_autoptr (GError) error = NULL;
	Room room;
	gint64 curve;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "channel");
	grown_append (room.curves, curve, 400);
	grown_commit (room.curves);
	ck_assert_ok (
	    pl_db_write (room.db, script_work,
			 (gpointer) "INSERT INTO step (id, run, seq, name, title, phase, attempt, "
				    "label, started, ended, duration, verdict) VALUES (1, 1, 1, "
				    "'s', 's', 'main', 1, 'routine', '', '', 1, 'PASS')",
			 &error),
	    error);
	for (guint round = 0; round < 2; round++) {
		const PlSampleCurve *got;

		ck_assert_ok (pl_db_read (room.db, load_step, &loaded, &error), error);
		ck_assert_uint_eq (loaded->len, 1);
		got = g_ptr_array_index (loaded, 0);
		ck_assert_str_eq (got->curve, "channel");
		ck_assert_str_eq (got->columns[1], "current_a");
		ck_assert ((got->sha256 != NULL) == (round == 1));
		grown_assert_samples (got, curve, 0, 400);
		g_clear_pointer (&loaded, g_ptr_array_unref);
		seal (&room, curve);
	}
	close_room (&room);
}
END_TEST

static const char *const damages[] = {
    "UPDATE span SET data = CAST (substr (data, 1, 20) || x'ff' || substr (data, 22) AS BLOB)",
    "UPDATE span SET n = n - 1",
    "UPDATE span SET codec = 9",
    "DELETE FROM span WHERE id & 4294967295 > 0",
    "UPDATE curve SET sealed = 'x'",
    "UPDATE curve SET columns = 'v'",
    "UPDATE curve SET scales = '0 0 0'",
};

START_TEST (damage_to_a_sealed_curve_is_found)
{
	g_autofree char *folder = test_folder ();
	GrownRead read = {0, G_MININT64, G_MAXINT64, NULL};
	g_autoptr (GError) error = NULL;
	Room room;

	open_room (&room, folder);
	read.curve = grown_begin (room.curves, "a");
	grown_append (room.curves, read.curve, 40000);
	seal (&room, read.curve);
	ck_assert_ok (
	    pl_db_write (room.db, script_work,
			 (gpointer) "DROP TRIGGER span_immutable; DROP TRIGGER span_kept; "
				    "DROP TRIGGER curve_sealed",
			 &error),
	    error);
	ck_assert_ok (pl_db_write (room.db, script_work, (gpointer)damages[_i], &error), error);
	ck_assert (!pl_db_read (room.db, grown_read_work, &read, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT);
	ck_assert_ptr_nonnull (strstr (error->message, "restore the last backup"));
	close_room (&room);
}
END_TEST

START_TEST (damage_to_the_log_is_found)
{
	g_autofree char *folder = test_folder ();
	GrownRead read = {0, G_MININT64, G_MAXINT64, NULL};
	g_autoptr (GError) error = NULL;
	Room room;

	open_room (&room, folder);
	read.curve = grown_begin (room.curves, "a");
	for (guint i = 0; i < 3; i++) {
		grown_append (room.curves, read.curve, 40);
		grown_commit (room.curves);
	}
	ck_assert (pl_db_write (
	    room.db, script_work,
	    (gpointer)(_i == 0 ? "DELETE FROM slog WHERE id = 2"
			       : "UPDATE slog SET data = CAST (substr (data, 1, 20) || x'ff' || "
				 "substr (data, 22) AS BLOB) WHERE id = 2"),
	    NULL));
	ck_assert (!pl_db_read (room.db, grown_read_work, &read, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT);
	pl_curves_close (room.curves);
	g_clear_error (&error);
	ck_assert_ptr_null (pl_curves_open (room.db, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT);
	pl_db_close (room.db);
}
END_TEST

/* -- from afar --------------------------------------------------------------------------------- */

typedef struct {
	gint64 curve, from_us, to_us;
	guint n_buckets;
	PlCurveEnvelope *got;
} Far;

static gboolean
far_work (sqlite3 *sql, gpointer data, GError **error)
{
	Far *look = data;

	return pl_curve_envelope (sql, look->curve, look->from_us, look->to_us, look->n_buckets,
				  &look->got, error);
}

/* What each bucket must show at least, and what it may show at most: its neighbours', too. */
static void
assert_envelope (PlDb *db, const Far *look, const PlSampleCurve *all)
{
	const PlCurveEnvelope *e = look->got;
	double width = ((double)e->to_us - (double)e->from_us + 1) / e->n_buckets;
	GArray *v = g_ptr_array_index (all->values, 0);

	for (guint b = 0; b < e->n_buckets; b++) {
		double begins = (double)e->from_us + b * width, ends = begins + width;
		double low = NAN, high = NAN, near_low = NAN, near_high = NAN;

		for (guint i = 0; i < v->len; i++) {
			double t = (double)g_array_index (all->t_us, gint64, i);
			double value = g_array_index (v, double, i);

			if (t >= begins + 1 && t < ends - 1 && t >= (double)e->from_us &&
			    t <= (double)e->to_us) {
				low = fmin (low, value);
				high = fmax (high, value);
			}
			if (t >= begins - width - 1 && t < ends + width + 1) {
				near_low = fmin (near_low, value);
				near_high = fmax (near_high, value);
			}
		}
		ck_assert (isnan (low) || (e->low[b] <= low && e->high[b] >= high));
		ck_assert (isnan (e->low[b]) || (e->low[b] >= near_low && e->high[b] <= near_high));
	}
}

START_TEST (an_envelope_hides_no_extreme_and_makes_none_up)
{
	g_autofree char *folder = test_folder ();
	static const guint buckets[] = {1, 7, 30, 333, 5000};
	Room room;
	gint64 curve;

	open_room (&room, folder);
	curve = grown_begin (room.curves, "a");
	for (guint i = 0; i < 50; i++) {
		grown_append (room.curves, curve, 200);
		grown_commit (room.curves);
	}
	for (guint round = 0; round < 2; round++) {
		PlSampleCurve *all = grown_read (room.db, curve, G_MININT64, G_MAXINT64);

		for (guint i = 0; i < G_N_ELEMENTS (buckets); i++) {
			Far whole = {curve, G_MININT64, G_MAXINT64, buckets[i], NULL};
			Far part = {curve, 123456789, 723456789, buckets[i], NULL};

			ck_assert (pl_db_read (room.db, far_work, &whole, NULL));
			ck_assert_int_eq (whole.got->n, 10000);
			ck_assert_int_eq (whole.got->from_us, g_array_index (all->t_us, gint64, 0));
			assert_envelope (room.db, &whole, all);
			ck_assert (pl_db_read (room.db, far_work, &part, NULL));
			assert_envelope (room.db, &part, all);
			pl_curve_envelope_free (whole.got);
			pl_curve_envelope_free (part.got);
		}
		pl_sample_curve_free (all);
		seal (&room, curve);
	}
	close_room (&room);
}
END_TEST

START_TEST (days_are_drawn_without_unpacking_a_span)
{
	g_autofree char *folder = test_folder ();
	Far look = {0, G_MININT64, G_MAXINT64, 100, NULL};
	g_autoptr (GError) error = NULL;
	Room room;

	open_room (&room, folder);
	look.curve = grown_begin (room.curves, "a");
	grown_append (room.curves, look.curve, 60000);
	seal (&room, look.curve);
	/* data that could not be unpacked */
	ck_assert (pl_db_write (
	    room.db, script_work,
	    (gpointer) "DROP TRIGGER span_immutable; UPDATE span SET data = x'00'", NULL));
	ck_assert_ok (pl_db_read (room.db, far_work, &look, &error), error);
	ck_assert_int_eq (look.got->n, 60000);
	pl_curve_envelope_free (look.got);
	look.n_buckets = 10000;
	ck_assert (!pl_db_read (room.db, far_work, &look, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT);
	close_room (&room);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("curve");
	TCase *tests = tcase_create ("curve");

	tcase_set_timeout (tests, 60);
	tcase_add_test (tests, samples_come_back_exactly_from_the_log_and_from_spans);
	tcase_add_test (tests, a_value_that_is_not_to_be_had_reads_back_as_none);
	tcase_add_test (tests, times_that_jump_back_are_kept_as_they_came);
	tcase_add_test (tests, a_range_of_time_has_all_of_its_samples_and_no_others);
	tcase_add_test (tests, a_curve_without_samples_is_read_sealed_and_read_again);
	tcase_add_test (tests, a_station_that_starts_again_goes_on_where_the_log_ends);
	tcase_add_test (tests, a_curve_of_an_earlier_station_is_sealed_without_beginning_it_again);
	tcase_add_test (tests, one_name_in_a_step_is_one_curve_with_one_set_of_columns);
	tcase_add_test (tests, a_sealed_curve_never_changes_again);
	tcase_add_test (tests, sealing_leaves_few_long_spans_and_no_log);
	tcase_add_test (tests, others_grow_while_curves_are_sealed);
	tcase_add_test (tests, no_commit_makes_spans_of_many_curves_at_once);
	tcase_add_test (tests, a_slow_curve_does_not_keep_the_log_of_the_fast_ones);
	tcase_add_test (tests, a_commit_that_fails_loses_nothing);
	tcase_add_test (tests, a_step_has_the_curves_that_grew_beside_the_others);
	tcase_add_loop_test (tests, damage_to_a_sealed_curve_is_found, 0, G_N_ELEMENTS (damages));
	tcase_add_loop_test (tests, damage_to_the_log_is_found, 0, 2);
	tcase_add_test (tests, an_envelope_hides_no_extreme_and_makes_none_up);
	tcase_add_test (tests, days_are_drawn_without_unpacking_a_span);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
