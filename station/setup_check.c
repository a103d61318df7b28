/* SPDX-License-Identifier: Apache-2.0 */
#include "station/setup_check.h"
#include "db/journal.h"
#include "firmware/release.h"
#include "fixtures/safety.h"
#include "station/approval.h"
#include "station/calibration.h"
#include "station/canonical.h"
#include "station/preflight.h"
#include <math.h>
#include <string.h>
#include <sys/statvfs.h>

#define PATIENCE_S 5.0 /* for an instrument that somebody else has */
#define LOCK_MAX_S 5.0 /* process time */
#define LOCK_LOOK_S 0.1
#define DISK_LEAST_GB 5.0 /* some ten thousand runs with their curves */
#define TOUCH_LIMIT_V 60.0 /* EN 50191 */
#define METER_OHM 1e-3 /* in the middle of what cells have */

typedef struct {
	PlStation *station;
	const PlSetupCheckPlan *plan;
	PlCheckResult *result;
} Check;

const char *
pl_check_name (PlCheckKind kind)
{
	static const char *const names[PL_CHECK_KINDS] = {
	    "instrument", "calibration", "safety-chain", "door-lock", "release",
	    "recipe",	  "database",	 "disk",	 "clock",     "golden-pack"};

	g_return_val_if_fail (kind < PL_CHECK_KINDS, "?");
	return names[kind];
}

static void
line_free (gpointer data)
{
	PlCheckLine *line = data;

	g_free (line->detail);
	g_free (line);
}

void
pl_check_result_free (PlCheckResult *result)
{
	if (result == NULL)
		return;
	g_free (result->utc);
	g_ptr_array_unref (result->lines);
	g_free (result);
}

/* -- lines ------------------------------------------------------------------------------------- */

static void G_GNUC_PRINTF (5, 6)
    add (Check *c, PlCheckKind kind, PlRole role, gboolean passed, const char *format, ...)
{
	PlCheckLine *line = g_new0 (PlCheckLine, 1);
	va_list args;

	line->kind = kind;
	line->role = role;
	line->passed = passed;
	va_start (args, format);
	line->detail = g_strdup_vprintf (format, args);
	va_end (args);
	c->result->passed &= passed;
	g_ptr_array_add (c->result->lines, line);
}

/* -- instruments ------------------------------------------------------------------------------- */

/* Nothing is on the bench, so what the fixture shows is a charge that somebody left, or a DAQ that
 * reads wrong. */
static gboolean
test_fixture (PlInstrument *daq, GError **error)
{
	const char *names[] = {"fixture", NULL};
	g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
	double volts;

	if (!daq->ops.daq->measure (daq, names, values, NULL, error))
		return FALSE;
	volts = values->len > 0 ? g_array_index (values, double, 0) : NAN;
	if (fabs (volts) <= TOUCH_LIMIT_V)
		return TRUE;
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_UNSAFE,
		     "the fixture has %.1f V at rest, where %.0f V are allowed: keep out and call "
		     "the technician",
		     volts, TOUCH_LIMIT_V);
	return FALSE;
}

/* It takes its settings and measures: whether its probes lie on a cell is all the same. */
static gboolean
test_meter (PlInstrument *meter, GError **error)
{
	PlMeterReading reading;

	return meter->ops.meter->setup (meter, METER_OHM, error) &&
	       meter->ops.meter->read (meter, &reading, error);
}

/* What holds energy is told to be safe, which its driver proves by reading back; what can say how
 * it is says so. */
static gboolean
test_itself (PlInstrument *instrument, GError **error)
{
	switch (instrument->role) {
	case PL_ROLE_HIPOT:
	case PL_ROLE_SUPPLY:
		return instrument->make_safe == NULL || instrument->make_safe (instrument, error);
	case PL_ROLE_DAQ:
		return test_fixture (instrument, error);
	case PL_ROLE_METER:
		return test_meter (instrument, error);
	case PL_ROLE_PRINTER:
		return instrument->ops.printer->status (instrument, NULL, error);
	default:
		return TRUE;
	}
}

/* Opened afresh, since its identity is held against the bench file when it is opened. */
static PlInstrument *
borrow_afresh (Check *c, PlRole role, GError **error)
{
	pl_bench_forget (c->station->bench, role);
	return pl_bench_borrow (c->station->bench, role, "setup check", PATIENCE_S, error);
}

/* A scanner without a name is only known to have a wire. The identity is told even where the test
 * failed: its calibration is looked up by it. */
static void
check_instrument (Check *c, const PlBenchEntry *entry, PlIdentity *ret)
{
	g_autoptr (GError) error = NULL;
	PlInstrument *instrument = borrow_afresh (c, entry->role, &error);
	gboolean well = instrument != NULL && test_itself (instrument, &error);

	if (instrument != NULL)
		*ret = instrument->identity;
	if (well && ret->model[0] == '\0')
		add (c, PL_CHECK_INSTRUMENT, entry->role, TRUE, "its wire is open");
	else if (well)
		add (c, PL_CHECK_INSTRUMENT, entry->role, TRUE, "answers: %s %s", ret->model,
		     ret->serial);
	else
		add (c, PL_CHECK_INSTRUMENT, entry->role, FALSE,
		     "%s. Look at its power and its cable, then check again", error->message);
	pl_bench_return (c->station->bench, instrument);
}

/* What measures a value that decides: the PLC's inputs, the scanner and the printer do not. The BMS
 * is the pack's own. */
static gboolean
must_be_calibrated (PlRole role)
{
	return role == PL_ROLE_HIPOT || role == PL_ROLE_SUPPLY || role == PL_ROLE_DAQ ||
	       role == PL_ROLE_METER || role == PL_ROLE_CYCLER;
}

/* Negative once the day is over; -1 for a date that is none: it lets nothing pass. */
static int
days_until (const char *date)
{
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
	g_autofree char *text = g_strdup_printf ("%sT00:00:00Z", date);
	g_autoptr (GDateTime) due = g_date_time_new_from_iso8601 (text, zone);

	/* the day itself still counts */
	return due != NULL
		   ? (int)floor ((double)(g_date_time_difference (due, now) + G_TIME_SPAN_DAY - 1) /
				 G_TIME_SPAN_DAY)
		   : -1;
}

/* An instrument that needs none and has none gets no line. */
static void
check_calibration (Check *c, const PlBenchEntry *entry, const PlIdentity *identity)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlCalibrationRow) counts = pl_station_calibration (
	    c->station, entry, pl_calibration_serial (entry, identity), &error);

	if (counts == NULL)
		add (c, PL_CHECK_CALIBRATION, entry->role, FALSE, "not known: %s", error->message);
	else if (counts->due == NULL && must_be_calibrated (entry->role))
		add (c, PL_CHECK_CALIBRATION, entry->role, FALSE,
		     "no certificate is known: the technician enters its dates");
	else if (counts->due != NULL && days_until (counts->due) < 0)
		add (c, PL_CHECK_CALIBRATION, entry->role, FALSE,
		     "was due on %s: the technician has it calibrated and enters the certificate",
		     counts->due);
	else if (counts->due != NULL)
		add (c, PL_CHECK_CALIBRATION, entry->role, TRUE, "%d days left, until %s",
		     days_until (counts->due), counts->due);
}

static void
check_instruments (Check *c)
{
	GPtrArray *entries = pl_bench_entries (c->station->bench);

	for (guint i = 0; i < entries->len; i++) {
		const PlBenchEntry *entry = g_ptr_array_index (entries, i);
		PlIdentity identity = {.model = ""};

		check_instrument (c, entry, &identity);
		check_calibration (c, entry, &identity);
	}
}

/* -- the fixture ------------------------------------------------------------------------------- */

/* By the clock of the bench: a simulated lock moves in simulated time. */
static gboolean
await_lock (Check *c, PlInstrument *plc, double value, GError **error)
{
	PlClock *clock = pl_bench_clock (c->station->bench, error);
	double reads = NAN;

	for (double waited = 0; clock != NULL && waited < LOCK_MAX_S; waited += LOCK_LOOK_S) {
		if (!plc->ops.registers->read (plc, "door_locked", &reads, 1, error))
			return FALSE;
		if (!(fabs (reads - value) > 0))
			return TRUE;
		if (!pl_clock_wait (clock, LOCK_LOOK_S, error))
			return FALSE;
	}
	if (clock != NULL)
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_UNSAFE,
			     "the door's lock was switched %s and still reads %s",
			     value > 0 ? "on" : "off", value > 0 ? "open" : "locked");
	return FALSE;
}

static gboolean
switch_lock (Check *c, PlInstrument *plc, double value, GError **error)
{
	return plc->ops.registers->write (plc, "door_lock", value, error) &&
	       await_lock (c, plc, value, error);
}

/* The lock has its own line: both fail apart, and other people mend them. */
static void
say_chain (Check *c, const GError *chain)
{
	if (chain == NULL)
		add (c, PL_CHECK_CHAIN, PL_ROLE_LAST, TRUE,
		     "emergency stop, door and interlock are closed");
	else
		add (c, PL_CHECK_CHAIN, PL_ROLE_LAST, FALSE,
		     "%s. Close the door, release the emergency stop, then check again",
		     chain->message);
}

static void
say_lock (Check *c, const GError *lock)
{
	if (lock == NULL)
		add (c, PL_CHECK_LOCK, PL_ROLE_LAST, TRUE, "locks and opens, and reads so");
	else
		add (c, PL_CHECK_LOCK, PL_ROLE_LAST, FALSE,
		     "%s. The technician looks at the lock and its contact", lock->message);
}

/* A door behind which there is voltage, or may be, stays locked. */
static void
try_unlocking (Check *c, PlInstrument *plc, GError **error)
{
	g_autoptr (GError) live = NULL;

	if (pl_station_prove_discharged (c->station, &live)) {
		switch_lock (c, plc, 0, error);
		return;
	}
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_UNSAFE, "the door stays locked: %s",
		     live->message);
}

/* The lock goes both ways: a contact that is welded, or a wire that is off, shows in one of them
 * only. The chain is read while it is on, since the interlock closes with it. */
static void
check_fixture (Check *c)
{
	g_autoptr (GError) chain = NULL;
	g_autoptr (GError) lock = NULL;
	PlInstrument *plc;

	if (pl_bench_entry (c->station->bench, PL_ROLE_PLC) == NULL)
		return;
	plc = pl_bench_borrow (c->station->bench, PL_ROLE_PLC, "setup check", PATIENCE_S, &chain);
	if (plc != NULL) {
		switch_lock (c, plc, 1, &lock);
		pl_safety_check (plc, &chain);
		try_unlocking (c, plc, lock == NULL ? &lock : NULL);
		say_lock (c, lock);
	}
	say_chain (c, chain);
	pl_bench_return (c->station->bench, plc);
	/* a wire that broke is opened afresh by who borrows next */
	if ((chain != NULL && chain->domain == PL_LINK_ERROR) ||
	    (lock != NULL && lock->domain == PL_LINK_ERROR))
		pl_bench_forget (c->station->bench, PL_ROLE_PLC);
}

/* -- what is tested with ----------------------------------------------------------------------- */

/* Without a recipe and without a release there is nothing to say. The recipe's need of one is what
 * the run itself would ask (pl_preflight). */
static void
check_release (Check *c)
{
	PlRunOptions options = {.kind = "production", .release_file = c->plan->release_file};
	g_autofree char *key = pl_station_path (c->station, "release.pub");
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRelease) release = NULL;

	if (c->plan->recipe == NULL && c->plan->release_file == NULL)
		return;
	if (c->plan->release_file != NULL)
		release = pl_release_open (c->plan->release_file, key, &error);
	if (error == NULL && c->plan->recipe != NULL)
		pl_preflight (c->station, c->plan->recipe, &options, &error);
	if (error != NULL)
		add (c, PL_CHECK_RELEASE, PL_ROLE_LAST, FALSE,
		     "%s. The engineer puts the approved release in place", error->message);
	else if (release != NULL)
		add (c, PL_CHECK_RELEASE, PL_ROLE_LAST, TRUE, "%s %s, signed, digest %.12s",
		     pl_release_manifest (release)->product, pl_release_manifest (release)->version,
		     pl_release_digest (release));
	else
		add (c, PL_CHECK_RELEASE, PL_ROLE_LAST, TRUE, "the recipe needs none");
}

/* Approved, as production would ask it; who may clear it is in the words. */
static void
check_recipe (Check *c)
{
	const PlRecipe *recipe = c->plan->recipe;
	g_autoptr (GError) error = NULL;

	if (recipe == NULL)
		return;
	if (pl_approval_check (c->station, recipe, &error))
		add (c, PL_CHECK_RECIPE, PL_ROLE_LAST, TRUE, "%s version %u, hash %.12s",
		     recipe->name, recipe->version, recipe->hash);
	else
		add (c, PL_CHECK_RECIPE, PL_ROLE_LAST, FALSE, "%s", error->message);
}

/* -- the station's own ------------------------------------------------------------------------- */

static gboolean
look_at_pages (sqlite3 *sql, gpointer data, GError **error)
{
	return pl_setup_check_pages (sql, error);
}

/* Through a reader: the writer and other slots go on meanwhile. */
static void
check_database (Check *c)
{
	g_autoptr (GError) error = NULL;

	if (pl_db_read (c->station->db, look_at_pages, NULL, &error))
		add (c, PL_CHECK_DATABASE, PL_ROLE_LAST, TRUE, "every page is sound");
	else
		add (c, PL_CHECK_DATABASE, PL_ROLE_LAST, FALSE,
		     "is damaged: %s. Test nothing more; the engineer takes the last backup",
		     error->message);
}

/* f_bavail: what is kept for root is not ours. A folder that cannot be asked has no room. */
static void
check_disk (Check *c)
{
	struct statvfs disk = {0};
	double free_gb = statvfs (c->station->home, &disk) == 0
			     ? (double)disk.f_bavail * (double)disk.f_frsize / 1e9
			     : 0;

	if (free_gb >= DISK_LEAST_GB)
		add (c, PL_CHECK_DISK, PL_ROLE_LAST, TRUE, "%.0f GB are free", free_gb);
	else
		add (c, PL_CHECK_DISK, PL_ROLE_LAST, FALSE,
		     "only %.1f GB are free, %.0f GB are needed: the engineer makes room", free_gb,
		     DISK_LEAST_GB);
}

static gboolean
find_newest (sqlite3 *sql, gpointer data, GError **error)
{
	return pl_setup_check_newest (sql, data, error);
}

/* UTC as text compares as time. */
static void
check_clock (Check *c)
{
	g_autofree char *newest = NULL;
	g_autoptr (GError) error = NULL;

	if (!pl_db_read (c->station->db, find_newest, &newest, &error))
		add (c, PL_CHECK_CLOCK, PL_ROLE_LAST, FALSE, "not known: %s", error->message);
	else if (newest != NULL && strcmp (c->result->utc, newest) < 0)
		add (c, PL_CHECK_CLOCK, PL_ROLE_LAST, FALSE,
		     "reads %s, before the newest record (%s): the engineer sets it",
		     c->result->utc, newest);
	else
		add (c, PL_CHECK_CLOCK, PL_ROLE_LAST, TRUE, "reads %s UTC", c->result->utc);
}

/* -- the golden pack --------------------------------------------------------------------------- */

/* A time that cannot be read is infinitely old: it lets nothing pass. */
static double
hours_since (const char *utc)
{
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	g_autoptr (GDateTime) then = g_date_time_new_from_iso8601 (utc, NULL);

	return then != NULL ? (double)g_date_time_difference (now, then) / G_TIME_SPAN_HOUR
			    : INFINITY;
}

typedef struct {
	const char *serial, *kind;
	char *verdict, *ended;
} Golden;

static gboolean
find_golden (sqlite3 *sql, gpointer data, GError **error)
{
	Golden *golden = data;

	return pl_setup_check_golden (sql, golden->serial, golden->kind, &golden->verdict,
				      &golden->ended, error);
}

/* A known pack that fails says that the bench is wrong, and not the pack. */
static void
judge_golden (Check *c, const Golden *golden)
{
	if (golden->verdict == NULL)
		add (c, PL_CHECK_GOLDEN, PL_ROLE_LAST, FALSE,
		     "%s was never tested: put it on the bench and scan it", golden->serial);
	else if (!g_str_equal (golden->verdict, "PASS"))
		add (
		    c, PL_CHECK_GOLDEN, PL_ROLE_LAST, FALSE,
		    "%s ended %s at %s, and is known to be good: the technician finds out what the "
		    "bench has, then scan it again",
		    golden->serial, golden->verdict, golden->ended);
	else if (hours_since (golden->ended) > c->plan->golden_hours)
		add (c, PL_CHECK_GOLDEN, PL_ROLE_LAST, FALSE,
		     "%s passed at %s, more than %g h ago: put it on the bench and scan it",
		     golden->serial, golden->ended, c->plan->golden_hours);
	else
		add (c, PL_CHECK_GOLDEN, PL_ROLE_LAST, TRUE, "%s passed at %s", golden->serial,
		     golden->ended);
}

/* A simulated bench makes simulated runs of all. */
static void
check_golden (Check *c)
{
	Golden golden = {.serial = c->plan->golden_serial,
			 .kind =
			     pl_bench_is_simulated (c->station->bench) ? "simulated" : "golden"};
	g_autoptr (GError) error = NULL;

	if (golden.serial == NULL)
		return;
	if (pl_db_read (c->station->db, find_golden, &golden, &error))
		judge_golden (c, &golden);
	else
		add (c, PL_CHECK_GOLDEN, PL_ROLE_LAST, FALSE, "not known: %s", error->message);
	g_free (golden.verdict);
	g_free (golden.ended);
}

/* -- all of it --------------------------------------------------------------------------------- */

/* Names of the catalogue and no words of a language: `detail` is for people, the rest for who
 * searches. */
static char *
body_of (const PlCheckResult *result)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();

	pl_canonical_begin_object (json);
	pl_canonical_key (json, "lines");
	pl_canonical_begin_array (json);
	for (guint i = 0; i < result->lines->len; i++) {
		const PlCheckLine *line = g_ptr_array_index (result->lines, i);

		pl_canonical_begin_object (json);
		pl_canonical_member (json, "check", pl_check_name (line->kind));
		pl_canonical_member (json, "detail", line->detail);
		pl_canonical_member (json, "role",
				     line->role < PL_ROLE_LAST ? pl_role_name (line->role) : NULL);
		pl_canonical_member (json, "verdict", line->passed ? "PASS" : "FAIL");
		pl_canonical_end_object (json);
	}
	pl_canonical_end_array (json);
	pl_canonical_end_object (json);
	return pl_canonical_text (json);
}

/* For the journal's one line. */
static char *
summary_of (const Check *c)
{
	guint failed = 0;

	for (guint i = 0; i < c->result->lines->len; i++)
		failed += !((PlCheckLine *)g_ptr_array_index (c->result->lines, i))->passed;
	return g_strdup_printf ("bench %s, by %s: %s, %u of %u lines failed",
				pl_bench_name (c->station->bench),
				c->plan->who != NULL ? c->plan->who : "nobody",
				c->result->passed ? "PASS" : "FAIL", failed, c->result->lines->len);
}

/* Row and journal in one commit: a check that the journal does not know never was. */
static gboolean
keep (sqlite3 *sql, gpointer data, GError **error)
{
	Check *c = data;
	g_autofree char *body = body_of (c->result), *summary = summary_of (c);
	gint64 seq;

	return pl_setup_check_row_add (sql, pl_bench_name (c->station->bench), c->plan->who,
				       c->result->utc, c->result->passed, body, error) &&
	       pl_journal_append (sql, "setup-check", summary, &seq, NULL, error);
}

PlCheckResult *
pl_setup_check (PlStation *station, const PlSetupCheckPlan *plan, GError **error)
{
	g_autoptr (PlCheckResult) result = g_new0 (PlCheckResult, 1);
	Check c = {station, plan, result};

	result->utc = pl_utc_now ();
	result->passed = TRUE;
	result->lines = g_ptr_array_new_with_free_func (line_free);
	/* the check unlocks the door: not before what may be live */
	if (!pl_station_recover (station, NULL, NULL, NULL, error))
		return NULL;
	check_instruments (&c);
	check_fixture (&c);
	check_release (&c);
	check_recipe (&c);
	check_database (&c);
	check_disk (&c);
	check_clock (&c);
	check_golden (&c);
	return pl_db_write (station->db, keep, &c, error) ? g_steal_pointer (&result) : NULL;
}

/* -- afterwards -------------------------------------------------------------------------------- */

typedef struct {
	const char *bench;
	guint most;
	GPtrArray *rows;
} History;

static gboolean
load (sqlite3 *sql, gpointer data, GError **error)
{
	History *history = data;

	history->rows = pl_setup_check_rows (sql, history->bench, history->most, error);
	return history->rows != NULL;
}

/* Of this bench: a station with two has two histories. */
GPtrArray *
pl_setup_check_history (PlStation *station, guint most, GError **error)
{
	History history = {pl_bench_name (station->bench), most, NULL};

	return pl_db_read (station->db, load, &history, error) ? history.rows : NULL;
}

/* Who clears it differs: too old, anybody runs it again; failed, a technician mends what it found
 * first. */
gboolean
pl_setup_check_is_fresh (PlStation *station, double hours, GError **error)
{
	g_autoptr (GPtrArray) rows = NULL;
	const PlSetupCheckRow *last;

	if (!(hours > 0))
		return TRUE;
	rows = pl_setup_check_history (station, 1, error);
	if (rows == NULL)
		return FALSE;
	last = rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;
	/* a check in the future is no check: somebody has set the clock back */
	if (last != NULL && last->passed && hours_since (last->utc) >= 0 &&
	    hours_since (last->utc) <= hours)
		return TRUE;
	if (last == NULL)
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
			     "the station was never checked: run the setup check (F7) first");
	else if (!last->passed)
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
			     "the last setup check failed: %s", last->failed);
	else if (hours_since (last->utc) < 0)
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
			     "the last setup check was at %s, after this computer's clock: set the "
			     "clock, then check again",
			     last->utc);
	else
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
			     "the last setup check is %.1f h old, %g h are allowed: run it again "
			     "(F7)",
			     hours_since (last->utc), hours);
	return pl_error_is_cleared_by (error, last != NULL && !last->passed ? PL_PERSON_TECHNICIAN
									    : PL_PERSON_OPERATOR);
}
