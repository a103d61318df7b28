/* SPDX-License-Identifier: Apache-2.0 */
#include "db/energised.h"
#include "tests/e2e/line.h"
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/*
 * A byte is lost, doubled, changed or late, or the cable is pulled at it, on each instrument's wire
 * and at places spread over a whole run of a sound pack. Whatever comes of it: the run ends by
 * itself, never as FAIL (the pack is sound), as PASS only with the values of a run without noise,
 * and with nothing left live. PACKLINE_WIRE_FAULTS sets how many faults (more in the slow suite, a
 * short form otherwise); the places come from a fixed seed.
 */
enum { SENT, RECEIVED, DIRECTIONS };

typedef struct {
	const char *name, *link;
	guint share; /* of the faults */
	guint64 bytes[DIRECTIONS]; /* of a run without noise */
} Wire;

static Wire wires[] = {
    {.name = "hipot", .link = "pty:hipot", .share = 4},
    {.name = "supply", .link = "pty:supply", .share = 4},
    {.name = "daq", .link = "pty:daq", .share = 4},
    {.name = "bms", .link = "pty:bms", .share = 3},
    {.name = "plc", .link = "unix:plc.sock", .share = 2},
    {.name = "printer", .link = "unix:printer.sock", .share = 1},
};

/* Process time does not pass while a byte is late: the delay is the station's patience only. */
static const char *const kinds[] = {"flip", "drop", "hangup", "dup", "delay"};

static PlRunRow *reference;

/* -- the wires --------------------------------------------------------------------------------- */

/* Puts "?option" behind a wire's address: the simulators read the file once, the station each time.
 */
static void
add_option (Line *line, const Wire *wire, const char *option)
{
	g_autofree char *path = g_build_filename (line->dir, "bench.yaml", NULL);
	g_autofree char *text = NULL, *with = NULL;
	g_autofree char *address = g_strdup_printf ("link: %s\n", wire->link);
	g_auto (GStrv) parts = NULL;

	ck_assert (g_file_get_contents (path, &text, NULL, NULL));
	parts = g_strsplit (text, address, 2);
	ck_assert_uint_eq (g_strv_length (parts), 2);
	with = g_strdup_printf ("%slink: %s?%s\n%s", parts[0], wire->link, option, parts[1]);
	ck_assert (g_file_set_contents (path, with, -1, NULL));
}

/* How many bytes a line of a recording stands for: text in quotes, or hexadecimal pairs. */
static guint
bytes_of (const char *event)
{
	guint n = 0;

	if (*event != '"') {
		g_auto (GStrv) pairs = g_strsplit (event, " ", -1);

		return g_strv_length (pairs);
	}
	for (const char *at = event + 1; *at != '"' && *at != '\0'; n++)
		at += *at != '\\' ? 1 : at[1] == 'x' ? 4 : 2;
	return n;
}

static void
count_bytes (Line *line, Wire *wire)
{
	g_autofree char *name = g_strconcat (wire->name, ".rec", NULL);
	g_autofree char *path = g_build_filename (line->dir, name, NULL);
	g_autofree char *text = NULL;
	g_auto (GStrv) lines = NULL;

	ck_assert (g_file_get_contents (path, &text, NULL, NULL));
	lines = g_strsplit (text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++)
		if (lines[i][0] == '>' || lines[i][0] == '<')
			wire->bytes[lines[i][0] == '>' ? SENT : RECEIVED] +=
			    bytes_of (lines[i] + 2);
	ck_assert_uint_gt (wire->bytes[SENT], 0);
	ck_assert_uint_gt (wire->bytes[RECEIVED], 0);
}

static void
run_without_noise (void)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);

	for (guint i = 0; i < G_N_ELEMENTS (wires); i++) {
		g_autofree char *option = g_strdup_printf ("record=%s.rec", wires[i].name);

		add_option (line, &wires[i], option);
	}
	line_assemble (line, "PL32-000001");
	ck_assert_msg (line_run (line, "PL32-000001", NULL) == 0, "%s", line_tail (line));
	reference = line_last_run (line);
	for (guint i = 0; i < G_N_ELEMENTS (wires); i++)
		count_bytes (line, &wires[i]);
}

/* -- what must be true afterwards -------------------------------------------------------------- */

static const PlMeasurementRow *
measured (const PlRunRow *run, const char *step, const char *name)
{
	for (guint i = 0; i < run->steps->len; i++) {
		const PlStepRow *row = g_ptr_array_index (run->steps, i);

		for (guint k = 0; strcmp (row->name, step) == 0 && k < row->measurements->len; k++)
			if (strcmp (((PlMeasurementRow *)g_ptr_array_index (row->measurements, k))
					->name,
				    name) == 0)
				return g_ptr_array_index (row->measurements, k);
	}
	return NULL;
}

/* Runs differ by the meters' noise: within 2 % of the value and of its limits they are the same. */
static gboolean
is_same (const PlMeasurementRow *a, const PlMeasurementRow *b)
{
	double scale = fmax (fabs (b->value), fmax (fabs (b->low), fabs (b->high)));

	if (b->words != NULL)
		return g_strcmp0 (a->words, b->words) == 0;
	return fabs (a->value - b->value) <= 0.02 * scale + 1e-9;
}

static void
assert_true_values (const PlRunRow *run, const char *fault)
{
	for (guint i = 0; i < reference->steps->len; i++) {
		const PlStepRow *step = g_ptr_array_index (reference->steps, i);

		for (guint k = 0; k < step->measurements->len; k++) {
			const PlMeasurementRow *should = g_ptr_array_index (step->measurements, k);
			const PlMeasurementRow *is = measured (run, step->name, should->name);

			if (should->verdict == NULL)
				continue;
			ck_assert_msg (is != NULL, "%s: PASS without %s", fault, should->name);
			ck_assert_msg (is_same (is, should), "%s: PASS with %s %g, it is %g", fault,
				       should->name, is->value, should->value);
		}
	}
}

static gboolean
count_live (sqlite3 *sql, gpointer data, GError **error)
{
	g_autoptr (GPtrArray) live = pl_energised_list (sql, NULL, error);

	*(guint *)data = live != NULL ? live->len : G_MAXUINT;
	return live != NULL;
}

/* By the world's own account and by the station's. What falls off by its own watchdog has its time.
 */
static void
assert_nothing_live (Line *line, const char *fault)
{
	static const char *const outputs[] = {"supply_on", "hv_on", "hv_enable", "load_relay",
					      "main_contactor"};
	g_autofree char *file = g_build_filename (line->home, "station.sqlite", NULL);
	g_autoptr (PlDb) db = pl_db_open (file, PL_DB_READ_ONLY, NULL);
	guint rows = 0;

	for (guint i = 0; i < G_N_ELEMENTS (outputs); i++) {
		gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

		while (line_state (line, outputs[i]) > 0 && g_get_monotonic_time () < end)
			g_usleep (50000);
		ck_assert_msg (line_state (line, outputs[i]) < 0.5, "%s: %s is left on: %s", fault,
			       outputs[i], line_tail (line));
	}
	ck_assert_msg (line_state (line, "fixture_v") < 60, "%s: the fixture is charged", fault);
	ck_assert_msg (line_state (line, "door_lock") > 0 || line_state (line, "terminal_v") < 60,
		       "%s: the door is open on live terminals", fault);
	ck_assert_ptr_nonnull (db);
	ck_assert (pl_db_read (db, count_live, &rows, NULL));
	ck_assert_msg (rows == 0, "%s: %u rows say that something may be live", fault, rows);
}

/* -- the faults -------------------------------------------------------------------------------- */

static guint
how_many (void)
{
	const char *text = g_getenv ("PACKLINE_WIRE_FAULTS");

	return text != NULL ? (guint)g_ascii_strtoull (text, NULL, 10) : 18;
}

/* The i-th of n on this wire: one in each n-th part of what passes in a run. */
static char *
fault_at (const Wire *wire, guint i, guint n, guint kind, GRand *random)
{
	guint direction = g_rand_boolean (random) ? SENT : RECEIVED;
	guint64 at = (guint64)(wire->bytes[direction] * (i + g_rand_double (random)) / n);
	const char *argument = "";
	g_autofree char *mask = g_strdup_printf ("=0x%02x", 1u << g_rand_int_range (random, 0, 8));

	if (g_str_equal (kinds[kind], "flip"))
		argument = mask;
	else if (g_str_equal (kinds[kind], "delay"))
		argument = "=300";
	return g_strdup_printf ("fault=%s:%s@%" G_GUINT64_FORMAT "%s", kinds[kind],
				direction == SENT ? "tx" : "rx", at, argument);
}

/* TRUE = it passed all the same. */
static gboolean
run_with_noise (const Wire *wire, const char *option)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autofree char *fault = g_strdup_printf ("%s?%s", wire->link, option);
	g_autoptr (PlRunRow) run = NULL;
	int code;

	add_option (line, wire, option);
	line_assemble (line, "PL32-000001");
	code = line_run (line, "PL32-000001", NULL);
	ck_assert_msg (code == 0 || code == 2, "%s: exit code %d: %s", fault, code,
		       line_tail (line));
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, code == 0 ? "PASS" : "ERROR");
	if (code == 0)
		assert_true_values (run, fault);
	assert_nothing_live (line, fault);
	return code == 0;
}

START_TEST (noise_on_a_wire_passes_no_wrong_value_blames_no_sound_pack_and_leaves_nothing_live)
{
	g_autoptr (GRand) random = g_rand_new_with_seed (20261125);
	guint shares = 0, passed = 0, done = 0;

	run_without_noise ();
	for (guint w = 0; w < G_N_ELEMENTS (wires); w++)
		shares += wires[w].share;
	for (guint w = 0; w < G_N_ELEMENTS (wires); w++) {
		guint n = MAX (how_many () * wires[w].share / shares, 1);

		for (guint i = 0; i < n; i++, done++) {
			g_autofree char *option =
			    fault_at (&wires[w], i, n, done % G_N_ELEMENTS (kinds), random);

			passed += run_with_noise (&wires[w], option);
		}
	}
	printf ("# %u faults on %u wires: %u runs passed with true values, %u could not judge\n",
		done, (guint)G_N_ELEMENTS (wires), passed, done - passed);
	fflush (stdout);
	pl_run_row_free (reference);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("e2e-wire-faults");
	TCase *tcase = tcase_create ("wire faults");

	tcase_set_timeout (tcase, 7000);
	tcase_add_test (
	    tcase,
	    noise_on_a_wire_passes_no_wrong_value_blames_no_sound_pack_and_leaves_nothing_live);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
