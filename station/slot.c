/* SPDX-License-Identifier: Apache-2.0 */
#include "station/slot.h"
#include "fixtures/safety.h"
#include "station/export.h"
#include "station/people.h"
#include "station/signals.h"

/* Between two looks at the scanner, wall time: an idle slot never waits on the process clock, or a
 * stepped line would race through its time while a person looks for the next pack. */
#define LOOK_MS 20
#define SCANNER_RETRY_US (2 * G_USEC_PER_SEC)
#define CHAIN_US (1 * G_USEC_PER_SEC) /* between two looks at door and emergency stop */
#define CHAIN_RETRY_US (5 * G_USEC_PER_SEC)

/* entry NULL: an acknowledgement; REFUSED: a code that a head has refused itself; by: the pack of
 * this code is let run although it is blocked. */
typedef struct {
	char *code, *entry;
	char *by, *reason;
} Code;
#define REFUSED "refused"

struct _PlSlot {
	PlSlotPlan plan;
	char *kind, *release_file, *reject_code, *golden_serial;
	PlSlotObserver observer;
	gpointer data;
	GThread *thread;
	PlSlotState state; /* the slot's thread only */
	gboolean asks; /* same: a prompt is open */
	Code *blocked; /* what may be overridden; NULL = nothing */
	gint64 scanner_retry; /* monotonic; while its wire is broken */
	gint64 chain_next; /* monotonic */
	PlTower tower;
	const PlSignal *told; /* to the tower, whether it works or not; NULL = it was in use */
	gboolean tower_said; /* that it does not work */
	GQueue heard; /* Code*, under the mutex as what follows */
	GMutex mutex;
	GCond cond;
	PlRun *run;
	char *holder; /* who works by hand; NULL = nobody */
	gboolean waiting; /* for a code, and nothing stands in the way of one */
	gboolean closing;
};

const char *
pl_slot_state_name (PlSlotState state)
{
	static const char *const names[] = {"RECOVERING", "READY", "RUNNING", "PASSED",
					    "FAILED",	  "ERROR", "ABORTED", "BLOCKED",
					    "UNSAFE",	  "HELD",  "CLOSED"};

	g_return_val_if_fail (state < PL_SLOT_STATES, "?");
	return names[state];
}

/* OPEN is a run whose end was not kept. */
PlSlotState
pl_slot_state_of (PlRunVerdict verdict)
{
	static const PlSlotState states[] = {PL_SLOT_ERROR, PL_SLOT_PASSED, PL_SLOT_FAILED,
					     PL_SLOT_ERROR, PL_SLOT_ABORTED};

	g_return_val_if_fail (verdict < G_N_ELEMENTS (states), PL_SLOT_ERROR);
	return states[verdict];
}

static Code *
code_new (const char *code, const char *entry)
{
	Code *self = g_new0 (Code, 1);

	self->code = g_strdup (code);
	self->entry = g_strdup (entry);
	return self;
}

static void
code_free (Code *self)
{
	g_free (self->code);
	g_free (self->entry);
	g_free (self->by);
	g_free (self->reason);
	g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Code, code_free)

/* -- what others leave word of (any thread) ---------------------------------------------------- */

static void
leave_word (PlSlot *slot, Code *code)
{
	g_mutex_lock (&slot->mutex);
	g_queue_push_tail (&slot->heard, code);
	g_cond_signal (&slot->cond);
	g_mutex_unlock (&slot->mutex);
}

/* FALSE = no prompt asks for a code. */
static gboolean
answer_code (PlSlot *slot, const char *code, const char *entry)
{
	g_autofree char *who = pl_station_operator (slot->plan.station);
	gboolean asked;

	g_mutex_lock (&slot->mutex);
	asked = slot->run != NULL && pl_run_wants_code (slot->run);
	if (asked)
		pl_run_answer (slot->run, code, who, entry, NULL);
	g_mutex_unlock (&slot->mutex);
	return asked;
}

static void
hear (PlSlot *slot, const char *code, const char *entry)
{
	leave_word (slot, code_new (code, entry));
}

void
pl_slot_override (PlSlot *slot, const char *serial, const char *by, const char *reason)
{
	Code *word = code_new (serial, "override");

	word->by = g_strdup (by);
	word->reason = g_strdup (reason);
	leave_word (slot, word);
}

void
pl_slot_scan (PlSlot *slot, const char *code, const char *entry)
{
	if (!answer_code (slot, code, entry))
		hear (slot, code, entry);
}

void
pl_slot_answer (PlSlot *slot, const char *answer, const char *who)
{
	g_mutex_lock (&slot->mutex);
	if (slot->run != NULL)
		pl_run_answer (slot->run, answer, who, "pressed", NULL);
	g_mutex_unlock (&slot->mutex);
}

void
pl_slot_acknowledge (PlSlot *slot, const char *code)
{
	hear (slot, code, NULL);
}

/* Once for all that have not been sounded yet: a scanner without its frame types key by key. */
void
pl_slot_refuse (PlSlot *slot)
{
	const Code *last;
	gboolean told;

	g_mutex_lock (&slot->mutex);
	last = g_queue_peek_tail (&slot->heard);
	told = last != NULL && g_strcmp0 (last->entry, REFUSED) == 0;
	g_mutex_unlock (&slot->mutex);
	if (!told)
		hear (slot, NULL, REFUSED);
}

void
pl_slot_stop (PlSlot *slot, const char *who)
{
	g_mutex_lock (&slot->mutex);
	if (slot->run != NULL)
		pl_run_stop (slot->run, who);
	g_mutex_unlock (&slot->mutex);
}

void
pl_slot_close (PlSlot *slot)
{
	g_mutex_lock (&slot->mutex);
	slot->closing = TRUE;
	if (slot->run != NULL)
		pl_run_stop (slot->run, "closing the station");
	g_cond_signal (&slot->cond);
	g_mutex_unlock (&slot->mutex);
}

gboolean
pl_slot_hold (PlSlot *slot, const char *who, GError **error)
{
	g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&slot->mutex);

	if (slot->holder != NULL) {
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
			     "the bench is in the hands of %s: wait until it is given back",
			     slot->holder);
		return FALSE;
	}
	if (!slot->waiting || slot->closing) {
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
			     "the bench is not free: wait for the end of the test, acknowledge a "
			     "failed pack, then take it over");
		return FALSE;
	}
	slot->holder = g_strdup (who);
	slot->waiting = FALSE;
	g_cond_signal (&slot->cond);
	return TRUE;
}

void
pl_slot_release (PlSlot *slot)
{
	g_mutex_lock (&slot->mutex);
	g_clear_pointer (&slot->holder, g_free);
	g_cond_signal (&slot->cond);
	g_mutex_unlock (&slot->mutex);
}

/* Who works by hand must give the bench back first: until then the slot stands between them and a
 * run. */
static gboolean
is_closing (PlSlot *slot)
{
	gboolean closing;

	g_mutex_lock (&slot->mutex);
	closing = slot->closing && slot->holder == NULL;
	g_mutex_unlock (&slot->mutex);
	return closing;
}

/* -- telling (slot's thread from here) --------------------------------------------------------- */

/* A failed pack is out of the way only when somebody has seen that it failed. */
static void
set_waiting (PlSlot *slot)
{
	g_mutex_lock (&slot->mutex);
	slot->waiting = slot->state != PL_SLOT_FAILED && slot->state != PL_SLOT_RUNNING &&
			slot->state != PL_SLOT_RECOVERING && slot->state != PL_SLOT_HELD;
	g_mutex_unlock (&slot->mutex);
}

static void G_GNUC_PRINTF (2, 3) say (PlSlot *slot, const char *format, ...)
{
	g_autofree char *line = NULL;
	va_list args;

	va_start (args, format);
	line = g_strdup_vprintf (format, args);
	va_end (args);
	slot->observer.said (slot->data, line);
}

/* Once until it works again: it is the hall's comfort, not the pack's. Somebody who works by hand
 * may have the PLC. */
static void
say_tower (PlSlot *slot, gboolean works, const GError *error)
{
	if (g_error_matches (error, PL_BENCH_ERROR, PL_BENCH_ERROR_BUSY))
		return;
	if (!works && !slot->tower_said)
		say (slot, "%s", error->message);
	slot->tower_said = !works;
}

/* asks: the run waits for a person. That somebody works at a bench makes it no safer: whoever else
 * comes near is kept out until it is proved. */
static const PlSignal *
signal_of (PlSlot *slot, gboolean asks)
{
	gboolean unsafe = slot->state == PL_SLOT_HELD && pl_station_is_doubted (slot->plan.station);

	return pl_signal_of (unsafe ? PL_SLOT_UNSAFE : slot->state, asks);
}

static void
show_tower (PlSlot *slot, gboolean asks)
{
	g_autoptr (GError) error = NULL;
	const PlSignal *signal = signal_of (slot, asks);
	gboolean works = pl_tower_show (&slot->tower, signal, &error);

	slot->told = g_error_matches (error, PL_BENCH_ERROR, PL_BENCH_ERROR_BUSY) ? NULL : signal;
	say_tower (slot, works, error);
}

/* Whoever is told that the bench is free may have it at once. The screen comes before the tower: a
 * PLC that is gone takes its time to be missed. */
static void
enter (PlSlot *slot, PlSlotState state, const char *serial, PlRun *run, const char *cause)
{
	slot->state = state;
	if (state == PL_SLOT_UNSAFE)
		pl_station_doubt (slot->plan.station, TRUE);
	set_waiting (slot);
	slot->observer.state (slot->data, state, serial, run, cause);
	show_tower (slot, FALSE);
}

static void
sound_refusal (PlSlot *slot)
{
	g_autoptr (GError) error = NULL;
	gboolean works = pl_tower_sound (&slot->tower, PL_SOUND_REFUSED, &error);

	say_tower (slot, works, error);
}

/* A code that is not taken: said, and heard. */
static void G_GNUC_PRINTF (2, 3) refuse (PlSlot *slot, const char *format, ...)
{
	g_autofree char *line = NULL;
	va_list args;

	va_start (args, format);
	line = g_strdup_vprintf (format, args);
	va_end (args);
	slot->observer.said (slot->data, line);
	sound_refusal (slot);
}

static void
say_recovery (gpointer data, const char *line)
{
	say (data, "after the last stop: %s", line);
}

/* At the start, and before every pack: the one before may have left something live. */
static gboolean
is_safe (PlSlot *slot)
{
	g_autoptr (GError) error = NULL;
	guint found;

	if (pl_station_recover (slot->plan.station, say_recovery, slot, &found, &error))
		return TRUE;
	enter (slot, PL_SLOT_UNSAFE, NULL, NULL, error->message);
	return FALSE;
}

static void
recover (PlSlot *slot)
{
	enter (slot, PL_SLOT_RECOVERING, NULL, NULL, NULL);
	if (is_safe (slot))
		enter (slot, PL_SLOT_READY, NULL, NULL, NULL);
}

/* -- the bench's scanner ----------------------------------------------------------------------- */

static void
scanner_is_gone (PlSlot *slot, const GError *error)
{
	if (slot->scanner_retry == 0)
		say (slot, "the scanner does not work: %s", error->message);
	slot->scanner_retry = g_get_monotonic_time () + SCANNER_RETRY_US;
	pl_bench_forget (slot->plan.station->bench, PL_ROLE_SCANNER);
}

/* One look; NULL = nothing, or nothing that could be used. */
static char *
look (PlSlot *slot)
{
	PlBench *bench = slot->plan.station->bench;
	g_autoptr (GError) error = NULL;
	PlInstrument *scanner;
	char *code;

	if (pl_bench_entry (bench, PL_ROLE_SCANNER) == NULL ||
	    g_get_monotonic_time () < slot->scanner_retry)
		return NULL;
	scanner = pl_bench_borrow (bench, PL_ROLE_SCANNER, "waiting for a pack", 1.0, &error);
	if (scanner == NULL) {
		scanner_is_gone (slot, error);
		return NULL;
	}
	code = scanner->ops.scanner->scan (scanner, 0, &error);
	pl_bench_return (bench, scanner);
	if (code != NULL || g_error_matches (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT))
		slot->scanner_retry = 0;
	else if (g_error_matches (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL))
		refuse (slot, "%s", error->message);
	else
		scanner_is_gone (slot, error);
	return code;
}

/* Nothing is on the bench: door and emergency stop are for the eye only. Where something may be
 * live nobody asks, since any request keeps up what the PLC would let fall. */
static void
look_at_chain (PlSlot *slot)
{
	PlBench *bench = slot->plan.station->bench;
	PlChain chain = PL_CHAIN_UNKNOWN;
	PlInstrument *plc;

	if (slot->state == PL_SLOT_UNSAFE || slot->state == PL_SLOT_HELD ||
	    g_get_monotonic_time () < slot->chain_next ||
	    pl_bench_entry (bench, PL_ROLE_PLC) == NULL)
		return;
	plc = pl_bench_borrow (bench, PL_ROLE_PLC, "looking at door and emergency stop", 0, NULL);
	if (plc != NULL && !pl_safety_look (plc, &chain, NULL))
		pl_bench_forget (bench, PL_ROLE_PLC);
	pl_bench_return (bench, plc);
	pl_bench_see_chain (bench, chain);
	slot->chain_next =
	    g_get_monotonic_time () + (chain != PL_CHAIN_UNKNOWN ? CHAIN_US : CHAIN_RETRY_US);
}

/* A badge is whoever's who stands there, and no pack; what was scanned beside a run is over. */
static char *
look_for_pack (PlSlot *slot)
{
	char *code;

	while ((code = look (slot)) != NULL && pl_station_is_badge (slot->plan.station, code)) {
		if (slot->plan.badge != NULL && slot->state != PL_SLOT_RUNNING)
			slot->plan.badge (slot->plan.badge_data, code);
		pl_secret_free (code);
	}
	return code;
}

/* What was scanned while a run was on the bench was not meant for after it. */
static void
drop_scans (PlSlot *slot)
{
	char *code;

	while ((code = look_for_pack (slot)) != NULL) {
		say (slot, "%s was scanned during the run and is not taken: scan it again", code);
		g_free (code);
	}
}

/* The state follows who holds the bench. Given back, it is looked at as after a crash: whatever was
 * left live has its row. */
static void
follow_holder (PlSlot *slot)
{
	g_autofree char *holder = NULL;

	g_mutex_lock (&slot->mutex);
	holder = g_strdup (slot->holder);
	g_mutex_unlock (&slot->mutex);
	if (holder != NULL && slot->state != PL_SLOT_HELD)
		enter (slot, PL_SLOT_HELD, NULL, NULL, holder);
	if (holder == NULL && slot->state == PL_SLOT_HELD)
		recover (slot);
	/* made safe by hand, or in vain */
	if (slot->state == PL_SLOT_HELD && slot->told != signal_of (slot, FALSE))
		show_tower (slot, FALSE);
}

/* With the mutex held: while something is to be waited for. */
static gboolean
is_quiet (PlSlot *slot)
{
	return g_queue_is_empty (&slot->heard) && (!slot->closing || slot->holder != NULL) &&
	       (slot->holder != NULL) == (slot->state == PL_SLOT_HELD);
}

/* What has come is the slot's from here: nobody takes the bench over in between. */
static Code *
take_heard (PlSlot *slot, char *scanned)
{
	Code *code;

	g_mutex_lock (&slot->mutex);
	if (scanned != NULL)
		g_queue_push_tail (&slot->heard, code_new (scanned, "scanned"));
	/* somebody was quicker: it stays until the state says so, and is refused then */
	if (slot->holder != NULL && slot->state != PL_SLOT_HELD)
		code = NULL;
	else
		code = g_queue_pop_head (&slot->heard);
	if (code != NULL)
		slot->waiting = FALSE;
	g_mutex_unlock (&slot->mutex);
	return code;
}

/* The next code, from a head or from the scanner; NULL = closing. */
static Code *
await (PlSlot *slot)
{
	Code *heard = NULL;

	set_waiting (slot);
	while (heard == NULL && !is_closing (slot)) {
		g_autofree char *scanned = look_for_pack (slot);
		gint64 until;

		if (scanned == NULL)
			look_at_chain (slot);
		until = g_get_monotonic_time () + LOOK_MS * G_TIME_SPAN_MILLISECOND;

		g_mutex_lock (&slot->mutex);
		while (scanned == NULL && is_quiet (slot) &&
		       g_cond_wait_until (&slot->cond, &slot->mutex, until))
			;
		g_mutex_unlock (&slot->mutex);
		follow_holder (slot);
		heard = take_heard (slot, scanned);
	}
	return heard;
}

/* -- one pack ---------------------------------------------------------------------------------- */

static void
set_run (PlSlot *slot, PlRun *run)
{
	g_mutex_lock (&slot->mutex);
	slot->run = run;
	if (run != NULL && slot->closing)
		pl_run_stop (run, "closing the station");
	g_mutex_unlock (&slot->mutex);
}

static void
on_event (gpointer data, const PlRunEvent *event)
{
	PlSlot *slot = data;

	slot->observer.event (slot->data, event);
	if (event->kind == PL_EVENT_PROMPT) {
		slot->asks = event->prompt != NULL;
		show_tower (slot, slot->asks);
	} else if (event->kind == PL_EVENT_NOTE && slot->asks)
		sound_refusal (slot); /* of an answer that was not taken */
}

/* The database holds the result: a file that cannot be written changes no verdict. */
static void export(PlSlot *slot, PlRun *run)
{
	g_autofree char *record = NULL, *label = NULL;
	g_autoptr (GError) error = NULL;

	if (!pl_station_export (slot->plan.station, pl_run_row (run), &record, &label, &error))
		say (slot, "the result is safe in the database, its files are not written: %s",
		     error->message);
}

/* Said as one: heads have one place for what was scanned too early. */
static void
drop_heard (PlSlot *slot)
{
	GQueue heard = G_QUEUE_INIT;
	Code *code;

	g_mutex_lock (&slot->mutex);
	while ((code = g_queue_pop_head (&slot->heard)) != NULL)
		g_queue_push_tail (&heard, code);
	g_mutex_unlock (&slot->mutex);
	while ((code = g_queue_pop_head (&heard)) != NULL) {
		if (code->code != NULL)
			say (slot, "%s came during the run and is not taken: scan it again",
			     code->code);
		code_free (code);
	}
}

/* Comes before what is to be said of the pack. NULL = none; caller frees. */
static char *
danger_of (PlSlot *slot, PlRun *run, const char *cause)
{
	g_autofree char *live = pl_station_live (slot->plan.station);

	if (live == NULL && pl_run_is_torn_down (run))
		return NULL;
	return g_strdup_printf (
	    "%s%s. %s: %s",
	    live != NULL ? "may be live: " : "the teardown could not prove the fixture safe",
	    live != NULL ? live : "", pl_run_verdict_name (pl_run_verdict (run)),
	    cause != NULL ? cause : "");
}

static void
end (PlSlot *slot, PlRun *run, PlSlotState state, const char *cause)
{
	g_autofree char *danger = danger_of (slot, run, cause);

	if (danger != NULL)
		enter (slot, PL_SLOT_UNSAFE, pl_run_serial (run), run, danger);
	else
		enter (slot, state, pl_run_serial (run), run, cause);
}

static void
execute (PlSlot *slot, PlRun *run)
{
	g_autoptr (GError) error = NULL;
	gboolean kept;

	set_run (slot, run);
	enter (slot, PL_SLOT_RUNNING, pl_run_serial (run), run, NULL);
	kept = pl_run_execute (run, &error);
	set_run (slot, NULL);
	if (kept)
		export(slot, run);
	drop_scans (slot);
	drop_heard (slot);
	if (kept)
		end (slot, run, pl_slot_state_of (pl_run_verdict (run)), pl_run_cause (run));
	/* another slot has begun with this very pack between the route check and here */
	else if (g_error_matches (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED))
		enter (slot, PL_SLOT_BLOCKED, pl_run_serial (run), NULL, error->message);
	else
		end (slot, run, PL_SLOT_ERROR, error->message);
}

static void
block (PlSlot *slot, const Code *code, const GError *error)
{
	enter (slot, PL_SLOT_BLOCKED, code->code, NULL, error->message);
	if (slot->observer.cleared_by != NULL)
		slot->observer.cleared_by (slot->data, pl_error_cleared_by (error));
	if (!g_error_matches (error, PL_STATION_ERROR, PL_STATION_ERROR_ROUTE))
		return;
	slot->blocked = code_new (code->code, code->entry);
	if (slot->observer.overridable != NULL)
		slot->observer.overridable (slot->data);
}

/* by and reason NULL: nobody overrides the route. */
static void
take_pack (PlSlot *slot, const Code *code, const char *by, const char *reason)
{
	gboolean golden = g_strcmp0 (code->code, slot->golden_serial) == 0;
	PlRunOptions options = {.kind = golden ? "golden" : slot->kind,
				.release_file = slot->release_file,
				.setup_check_hours = slot->plan.setup_check_hours,
				.entry = code->entry,
				.override = {by, reason},
				.observer = on_event,
				.observer_data = slot};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRun) run =
	    pl_run_new (slot->plan.station, slot->plan.recipe, code->code, &options, &error);

	if (run != NULL)
		execute (slot, run);
	else
		block (slot, code, error);
}

/* Nobody to answer for it: a pack waits until somebody is there. */
static void
take_if_safe (PlSlot *slot, const Code *code, const char *by, const char *reason)
{
	g_autofree char *why = pl_station_barred (slot->plan.station);

	if (why != NULL)
		enter (slot, PL_SLOT_BLOCKED, code->code, NULL, why);
	else if (is_safe (slot))
		take_pack (slot, code, by, reason);
}

/* While a second person was asked for, another pack may have been scanned and blocked. */
static void
override (PlSlot *slot, const Code *word)
{
	g_autoptr (Code) blocked = NULL;

	if (slot->blocked == NULL || slot->state != PL_SLOT_BLOCKED ||
	    g_strcmp0 (slot->blocked->code, word->code) != 0) {
		refuse (slot, "%s is not blocked any more: scan the pack again", word->code);
		return;
	}
	blocked = g_steal_pointer (&slot->blocked);
	take_if_safe (slot, blocked, word->by, word->reason);
}

static void
take_scan (PlSlot *slot, const Code *code)
{
	g_clear_pointer (&slot->blocked, code_free);
	take_if_safe (slot, code, NULL, NULL);
}

/* -- the sitting ------------------------------------------------------------------------------- */

static void
acknowledge (PlSlot *slot, const char *code)
{
	gboolean asks = slot->state == PL_SLOT_FAILED && slot->reject_code != NULL;

	if (slot->state == PL_SLOT_UNSAFE)
		recover (slot);
	else if (asks && g_strcmp0 (code, slot->reject_code) != 0)
		refuse (slot, "this FAIL is acknowledged by scanning the reject bin");
	else
		enter (slot, PL_SLOT_READY, NULL, NULL, NULL);
}

static void
take (PlSlot *slot, const Code *code)
{
	if (g_strcmp0 (code->entry, REFUSED) == 0)
		sound_refusal (slot);
	else if (slot->state == PL_SLOT_HELD)
		refuse (slot, "%s is not taken: somebody works at the bench by hand",
			code->code != NULL ? code->code : "the acknowledgement");
	else if (code->by != NULL)
		override (slot, code);
	else if (code->entry == NULL || (code->code != NULL && slot->state == PL_SLOT_FAILED &&
					 g_strcmp0 (code->code, slot->reject_code) == 0))
		acknowledge (slot, code->code);
	else if (slot->state == PL_SLOT_UNSAFE)
		refuse (slot, "%s is not taken: the bench is not proved safe", code->code);
	else if (slot->state == PL_SLOT_FAILED)
		refuse (slot, "%s is not taken: acknowledge the failed pack first", code->code);
	else
		take_scan (slot, code);
}

static gpointer
sit (gpointer data)
{
	PlSlot *slot = data;

	recover (slot);
	for (;;) {
		g_autoptr (Code) code = await (slot);

		if (code == NULL)
			break;
		take (slot, code);
	}
	enter (slot, PL_SLOT_CLOSED, NULL, NULL, NULL);
	return NULL;
}

PlSlot *
pl_slot_new (const PlSlotPlan *plan, const PlSlotObserver *observer, gpointer data)
{
	PlSlot *slot = g_new0 (PlSlot, 1);

	slot->plan = *plan;
	slot->kind = g_strdup (plan->kind);
	slot->release_file = g_strdup (plan->release_file);
	slot->reject_code = g_strdup (plan->reject_code);
	slot->golden_serial = g_strdup (plan->golden_serial);
	slot->observer = *observer;
	slot->data = data;
	slot->tower.bench = plan->station->bench;
	slot->tower.no_buzzer = plan->no_buzzer;
	g_queue_init (&slot->heard);
	g_mutex_init (&slot->mutex);
	g_cond_init (&slot->cond);
	slot->thread = g_thread_new ("pl-slot", sit, slot);
	return slot;
}

void
pl_slot_free (PlSlot *slot)
{
	if (slot == NULL)
		return;
	pl_slot_close (slot);
	g_thread_join (slot->thread);
	g_queue_clear_full (&slot->heard, (GDestroyNotify)code_free);
	g_clear_pointer (&slot->blocked, code_free);
	g_mutex_clear (&slot->mutex);
	g_cond_clear (&slot->cond);
	g_free (slot->kind);
	g_free (slot->release_file);
	g_free (slot->reject_code);
	g_free (slot->golden_serial);
	g_free (slot->holder);
	g_free (slot);
}
