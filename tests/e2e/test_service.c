/* SPDX-License-Identifier: Apache-2.0 */
#include "station/service.h"
#include "station/simulation.h"
#include "db/energised.h"
#include "tests/e2e/line.h"
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Working at the bench by hand, on the real wires of the simulated line: what it is asked is what
 * is physically true there. */

#define PATIENCE_US (30 * G_USEC_PER_SEC)

typedef struct {
	Line *line;
	PlStation *station;
	PlService *service;
	GMutex mutex;
	GCond cond;
	PlServiceSnapshot
	    *now; /* the last one; under the mutex, since the sitting's thread brings it */
} Sitting;

static void
on_snapshot (gpointer data, const PlServiceSnapshot *snapshot)
{
	Sitting *sitting = data;

	g_mutex_lock (&sitting->mutex);
	pl_service_snapshot_unref (sitting->now);
	sitting->now = pl_service_snapshot_ref (snapshot);
	g_cond_broadcast (&sitting->cond);
	g_mutex_unlock (&sitting->mutex);
}

typedef gboolean (*Match) (const PlServiceSnapshot *s, const char *text);

static void
await (Sitting *sitting, Match match, const char *text)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	g_mutex_lock (&sitting->mutex);
	while (sitting->now == NULL || !match (sitting->now, text))
		if (!g_cond_wait_until (&sitting->cond, &sitting->mutex, end))
			ck_abort_msg ("never came: %s (said: %s; danger: %s; chain: %s)", text,
				      sitting->now->said, sitting->now->danger,
				      sitting->now->chain);
	g_mutex_unlock (&sitting->mutex);
}

static gboolean
is_in_hand (const PlServiceSnapshot *s, const char *text)
{
	return s->state == PL_SERVICE_IN_HAND;
}

static gboolean
has_ended (const PlServiceSnapshot *s, const char *text)
{
	return s->state == PL_SERVICE_ENDED;
}

static gboolean
has_said (const PlServiceSnapshot *s, const char *text)
{
	return s->said != NULL && strstr (s->said, text) != NULL;
}

static gboolean
is_danger (const PlServiceSnapshot *s, const char *text)
{
	return s->danger != NULL && strstr (s->danger, text) != NULL;
}

static void
open_station (Sitting *sitting)
{
	g_autofree char *bench = g_build_filename (sitting->line->dir, "bench.yaml", NULL);
	g_autoptr (GError) error = NULL;

	sitting->station = pl_station_open (sitting->line->home, bench, &error);
	ck_assert_ok (sitting->station != NULL, error);
}

static void
sit_down (Sitting *sitting)
{
	/* no slot: nobody else wants the bench */
	sitting->service = pl_service_new (sitting->station, NULL, "4711", on_snapshot, sitting);
	await (sitting, is_in_hand, "in hand");
}

static Sitting *
sitting_new (const char *const *faults)
{
	Sitting *sitting = g_new0 (Sitting, 1);

	g_mutex_init (&sitting->mutex);
	g_cond_init (&sitting->cond);
	sitting->line = line_start (faults, TRUE);
	open_station (sitting);
	sit_down (sitting);
	return sitting;
}

static void
sitting_free (Sitting *sitting)
{
	pl_service_free (sitting->service);
	pl_station_free (sitting->station);
	pl_service_snapshot_unref (sitting->now);
	line_stop (sitting->line);
	g_mutex_clear (&sitting->mutex);
	g_cond_clear (&sitting->cond);
	g_free (sitting);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sitting, sitting_free)

/* -- hands ------------------------------------------------------------------------------------- */

static const PlServiceOutput *
output_named (const char *name)
{
	guint n;
	const PlServiceOutput *outputs = pl_service_outputs (&n);

	for (guint i = 0; i < n; i++)
		if (g_str_equal (outputs[i].name, name))
			return &outputs[i];
	ck_abort_msg ("no output %s", name);
}

/* Orders, and waits for what came of it. */
static void
order (Sitting *sitting, const char *name, double value, const char *says)
{
	g_autofree char *text = g_strdup_printf ("%s = %g: %s", name, value, says);

	pl_service_switch (sitting->service, output_named (name), value);
	await (sitting, has_said, g_str_equal (says, "done") ? text : says);
}

static void
await_state (Sitting *sitting, const char *key, double value)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	while (fabs (line_state (sitting->line, key) - value) > 0.5) {
		ck_assert_msg (g_get_monotonic_time () < end, "%s of the line is still %g", key,
			       line_state (sitting->line, key));
		g_usleep (20000);
	}
}

static gboolean
answers (const PlServiceSnapshot *s, const char *role)
{
	for (guint i = 0; i < s->instruments->len; i++) {
		const PlServiceInstrument *at = g_ptr_array_index (s->instruments, i);

		if (g_str_equal (pl_role_name (at->role), role))
			return at->known && at->trouble == NULL && at->values->len > 0;
	}
	return FALSE;
}

/* The cage locked, the board awake, nothing discharged: all that comes before a contactor. */
static void
prepare (Sitting *sitting)
{
	order (sitting, "door_lock", 1, "done");
	order (sitting, "bms_power", 1, "done");
	order (sitting, "discharge", 0, "done");
	await (sitting, answers, "bms");
}

static void
close_contactor (Sitting *sitting)
{
	prepare (sitting);
	order (sitting, "contactor", 1, "done");
	await_state (sitting, "main_contactor", 1);
}

static void
leave (Sitting *sitting)
{
	pl_service_leave (sitting->service);
	await (sitting, has_ended, "ended");
}

static gboolean
count (sqlite3 *sql, gpointer data, GError **error)
{
	gint64 *ret = data;
	g_autoptr (sqlite3_stmt) found = pl_sql (sql, error, (const char *)(gintptr)ret[1], "");

	if (found == NULL || pl_sql_step (sql, found, error) != 1)
		return FALSE;
	ret[0] = sqlite3_column_int64 (found, 0);
	return TRUE;
}

static gint64
number (Sitting *sitting, const char *sql)
{
	gint64 answer[2] = {0, (gintptr)sql};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_read (sitting->station->db, count, answer, &error), error);
	return answer[0];
}

/* -- claims ------------------------------------------------------------------------------------ */

START_TEST (every_instrument_tells_who_it_is_and_what_it_reads)
{
	g_autoptr (Sitting) sitting = sitting_new (NULL);
	static const char *const roles[] = {"hipot", "supply", "daq", "plc", "scanner", "printer"};

	order (sitting, "bms_power", 1, "done");
	for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
		await (sitting, answers, roles[i]);
	await (sitting, answers, "bms");
	leave (sitting);
	line_assert_safe (sitting->line);
}
END_TEST

START_TEST (an_output_that_carries_energy_is_refused_while_the_door_is_open)
{
	g_autoptr (Sitting) sitting = sitting_new (NULL);

	prepare (sitting);
	order (sitting, "door_lock", 0, "done");
	g_free (line_tell (sitting->line, "operator door open"));
	order (sitting, "load_relay", 1, "the cage's door is open");
	order (sitting, "contactor", 1, "the cage's door is open");
	order (sitting, "clamp", 1, "the cage's door is open");
	ck_assert (line_state (sitting->line, "load_relay") < 0.5);
	ck_assert (line_state (sitting->line, "main_contactor") < 0.5);
	/* a lamp is no danger to anybody */
	pl_service_switch (sitting->service, output_named ("lamp_yellow"), 2);
	await (sitting, has_said, "lamp_yellow = flash: done");
	ck_assert_int_eq (number (sitting, "SELECT count(*) FROM event WHERE kind = 'service' AND "
					   "text LIKE '%door is open%'"),
			  3);
	ck_assert_int_eq (number (sitting,
				  "SELECT count(*) FROM journal WHERE kind = 'service' AND "
				  "body LIKE '%door is open%' AND body LIKE "
				  "'%\"by\":\"4711\"%'"),
			  3);
	ck_assert_int_eq (number (sitting, "SELECT count(*) FROM energised WHERE cleared IS NULL"),
			  1);
}
END_TEST

START_TEST (a_door_that_opens_switches_everything_off_and_it_is_said)
{
	g_autoptr (Sitting) sitting = sitting_new (NULL);

	close_contactor (sitting);
	ck_assert_int_eq (number (sitting, "SELECT count(*) FROM energised WHERE cleared IS NULL"),
			  2);
	g_free (line_tell (sitting->line, "fault door-open"));
	await (sitting, has_said, "everything was switched off");
	await_state (sitting, "main_contactor", 0);
	ck_assert_int_eq (number (sitting, "SELECT count(*) FROM energised WHERE cleared IS NULL"),
			  1);
	order (sitting, "contactor", 1, "door is open");
}
END_TEST

START_TEST (the_supply_is_armed_before_it_is_on_and_leaving_undoes_all)
{
	g_autoptr (Sitting) sitting = sitting_new (NULL);

	pl_service_supply_current (sitting->service, 5);
	await (sitting, has_said, "switch its output on first");
	close_contactor (sitting);
	pl_service_supply_on (sitting->service, 80, 116.8, 10);
	await (sitting, has_said, "close the load relay first");
	order (sitting, "load_relay", 1, "done");
	pl_service_supply_on (sitting->service, 80, 116.8, 500);
	await (sitting, has_said, "at most 50 A");
	pl_service_supply_on (sitting->service, 80, 116.8, 10);
	await (sitting, has_said, "at most 10 A: done");
	await_state (sitting, "supply_on", 1);
	pl_service_supply_current (sitting->service, 20);
	await (sitting, has_said, "outside what the supply is armed for");
	pl_service_supply_current (sitting->service, 5);
	await (sitting, has_said, "supply current = 5 A: done");
	await_state (sitting, "shunt_a", 5);
	order (sitting, "load_relay", 0, "switch the supply off first");
	leave (sitting);
	ck_assert_ptr_null (sitting->now->danger);
	line_assert_safe (sitting->line);
	ck_assert (line_state (sitting->line, "door_lock") < 0.5);
	ck_assert (line_state (sitting->line, "bms_power") < 0.5);
	ck_assert_int_eq (number (sitting, "SELECT count(*) FROM energised WHERE cleared IS NULL"),
			  0);
	ck_assert_int_eq (number (sitting, "SELECT count(*) FROM run WHERE verdict = 'ABORTED' AND "
					   "cause LIKE '%hands of 4711%'"),
			  1);
}
END_TEST

START_TEST (a_door_is_not_unlocked_before_closed_contacts)
{
	g_autoptr (Sitting) sitting = sitting_new (NULL);

	close_contactor (sitting);
	order (sitting, "door_lock", 0, "open the contactor first");
	order (sitting, "discharge", 1, "open the contactor first");
	order (sitting, "contactor", 0, "done");
	order (sitting, "discharge", 1, "done");
	order (sitting, "door_lock", 0, "done");
	ck_assert (line_state (sitting->line, "door_lock") < 0.5);
}
END_TEST

static gboolean
is_unplugged (const PlServiceSnapshot *s, const char *role)
{
	for (guint i = 0; i < s->instruments->len; i++) {
		const PlServiceInstrument *at = g_ptr_array_index (s->instruments, i);

		if (g_str_equal (pl_role_name (at->role), role))
			return at->trouble != NULL && at->values->len == 0;
	}
	return FALSE;
}

START_TEST (an_unplugged_instrument_is_its_own_trouble_and_comes_back_by_itself)
{
	g_autoptr (Sitting) sitting = sitting_new (NULL);

	await (sitting, answers, "daq");
	g_free (line_tell (sitting->line, "fault instrument-unplugged:role=daq"));
	await (sitting, is_unplugged, "daq");
	await (sitting, answers, "supply");
	await (sitting, answers, "plc");
	g_free (line_tell (sitting->line, "clear instrument-unplugged:role=daq"));
	await (sitting, answers, "daq");
	leave (sitting);
	ck_assert_ptr_null (sitting->now->danger);
}
END_TEST

START_TEST (a_supply_that_cannot_be_seen_any_more_ends_what_it_feeds)
{
	g_autoptr (Sitting) sitting = sitting_new (NULL);

	close_contactor (sitting);
	order (sitting, "load_relay", 1, "done");
	pl_service_supply_on (sitting->service, 80, 116.8, 10);
	await (sitting, has_said, "at most 10 A: done");
	g_free (line_tell (sitting->line, "fault instrument-unplugged:role=supply"));
	await_state (sitting, "main_contactor", 0);
	await_state (sitting, "load_relay", 0);
	/* its own watchdog, which was armed before it went on */
	await_state (sitting, "supply_on", 0);
	await (sitting, is_danger, "supply");
	order (sitting, "contactor", 1, "before the bench is proved safe");
	g_free (line_tell (sitting->line, "clear instrument-unplugged:role=supply"));
	await (sitting, answers, "plc");
	g_usleep (3 * G_USEC_PER_SEC);
	pl_service_make_safe (sitting->service);
	await (sitting, has_said, "make safe: done");
	ck_assert_ptr_null (sitting->now->danger);
}
END_TEST

START_TEST (a_bench_that_cannot_be_proved_safe_stays_in_the_books_as_live)
{
	g_autoptr (Sitting) sitting = sitting_new (NULL);

	close_contactor (sitting);
	g_free (line_tell (sitting->line, "fault instrument-unplugged:role=hipot"));
	await (sitting, is_unplugged, "hipot");
	leave (sitting);
	ck_assert_ptr_nonnull (sitting->now->danger);
	ck_assert_int_eq (number (sitting, "SELECT count(*) FROM run WHERE verdict = 'ERROR'"), 1);
	ck_assert_int_ge (number (sitting, "SELECT count(*) FROM energised WHERE cleared IS NULL"),
			  1);
	ck_assert (line_state (sitting->line, "main_contactor") < 0.5);
}
END_TEST

static const PlSimulatedFault *
fault_named (const PlSimulation *simulation, const char *name)
{
	for (guint i = 0; i < simulation->faults->len; i++) {
		const PlSimulatedFault *fault = g_ptr_array_index (simulation->faults, i);

		if (g_str_equal (fault->name, name))
			return fault;
	}
	ck_abort_msg ("the line has no fault %s", name);
}

START_TEST (the_lines_own_faults_are_listed_and_switched_with_who_did_it)
{
	g_autoptr (Sitting) sitting = sitting_new (NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlSimulation) before = pl_simulation_look (sitting->station, &error);
	g_autoptr (PlSimulation) on = NULL;
	g_autoptr (PlSimulation) off = NULL;

	ck_assert_ok (before != NULL, error);
	ck_assert_uint_eq (before->faults->len, 35);
	ck_assert_str_eq (fault_named (before, "loose-busbar")->argument, "cell=7,ohm=0.0006");
	ck_assert_ptr_null (fault_named (before, "welded-contactor")->argument);
	ck_assert (!fault_named (before, "welded-contactor")->on);
	ck_assert_uint_gt (before->facts->len, 20);
	ck_assert_ok (pl_simulation_fault (sitting->station, "loose-busbar:cell=3,ohm=0.001", TRUE,
					   "4711", &error),
		      error);
	on = pl_simulation_look (sitting->station, &error);
	ck_assert (fault_named (on, "loose-busbar")->on);
	ck_assert_ok (pl_simulation_fault (sitting->station, "loose-busbar:cell=3,ohm=0.001", FALSE,
					   "4711", &error),
		      error);
	off = pl_simulation_look (sitting->station, &error);
	ck_assert (!fault_named (off, "loose-busbar")->on);
	ck_assert (!pl_simulation_fault (sitting->station, "no-such", TRUE, "4711", &error));
	ck_assert_int_eq (number (sitting, "SELECT count(*) FROM journal WHERE kind = "
					   "'simulation' AND body LIKE '%4711%'"),
			  2);
}
END_TEST

/* In a process of its own: closes the contactor and waits for its end. */
static GPid
sit_in_child (Line *line)
{
	g_autofree char *done = g_build_filename (line->dir, "closed", NULL);
	GPid pid = fork ();

	ck_assert_int_ge (pid, 0);
	if (pid > 0)
		return pid;
	prctl (PR_SET_PDEATHSIG, SIGKILL);
	{
		Sitting *sitting = g_new0 (Sitting, 1);

		g_mutex_init (&sitting->mutex);
		g_cond_init (&sitting->cond);
		sitting->line = line;
		open_station (sitting);
		sit_down (sitting);
		close_contactor (sitting);
		g_file_set_contents (done, "", 0, NULL);
		for (;;)
			g_usleep (G_USEC_PER_SEC);
	}
}

START_TEST (a_station_that_is_killed_with_a_closed_contactor_finds_it_at_its_next_start)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autofree char *done = g_build_filename (line->dir, "closed", NULL);
	GPid pid = sit_in_child (line);
	const char *recover[] = {"recover", "--bench", "bench.yaml", NULL};
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	g_autoptr (PlRunRow) run = NULL;

	while (!g_file_test (done, G_FILE_TEST_EXISTS)) {
		ck_assert (g_get_monotonic_time () < end);
		g_usleep (20000);
	}
	kill (pid, SIGKILL);
	ck_assert_int_eq (line_wait (pid, 10), -SIGKILL);
	ck_assert_int_eq (line_packline (line, recover), 0);
	ck_assert_msg (strstr (line->said, "pack terminals (main contactor closed)") != NULL, "%s",
		       line_tail (line));
	ck_assert_msg (strstr (line->said, "in the hands of 4711") != NULL, "%s", line_tail (line));
	line_assert_safe (line);
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, "ERROR");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("e2e-service");
	TCase *tcase = tcase_create ("by hand");

	tcase_set_timeout (tcase, 120);
	tcase_add_test (tcase, every_instrument_tells_who_it_is_and_what_it_reads);
	tcase_add_test (tcase, an_output_that_carries_energy_is_refused_while_the_door_is_open);
	tcase_add_test (tcase, a_door_that_opens_switches_everything_off_and_it_is_said);
	tcase_add_test (tcase, the_supply_is_armed_before_it_is_on_and_leaving_undoes_all);
	tcase_add_test (tcase, a_door_is_not_unlocked_before_closed_contacts);
	tcase_add_test (tcase, an_unplugged_instrument_is_its_own_trouble_and_comes_back_by_itself);
	tcase_add_test (tcase, a_supply_that_cannot_be_seen_any_more_ends_what_it_feeds);
	tcase_add_test (tcase, a_bench_that_cannot_be_proved_safe_stays_in_the_books_as_live);
	tcase_add_test (tcase, the_lines_own_faults_are_listed_and_switched_with_who_did_it);
	tcase_add_test (
	    tcase, a_station_that_is_killed_with_a_closed_contactor_finds_it_at_its_next_start);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
