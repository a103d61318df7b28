/* SPDX-License-Identifier: Apache-2.0 */
#include "station/service.h"
#include "station/calibration.h"
#include "station/service_inside.h"
#include <math.h>

/* A sitting: what is ordered is done in turn; between two orders the safety chain is looked at. */

/* While nothing is ordered: well under the PLC's two seconds of patience. */
#define TICK_US (G_USEC_PER_SEC / 10)
#define CHAIN_US (G_USEC_PER_SEC / 4)

/* -- telling ----------------------------------------------------------------------------------- */

/* Copies: a watch's values are another thread's to change, a snapshot is nobody's. */
static void
fill_instruments (PlService *service, PlServiceSnapshot *s)
{
	for (guint i = 0; i < service->watches->len; i++) {
		const PlServiceWatch *watch = g_ptr_array_index (service->watches, i);
		PlServiceInstrument *at =
		    pl_service_snapshot_add_instrument (s, watch->entry->role);

		at->known = watch->known;
		at->identity = watch->identity;
		at->trouble = g_strdup (watch->trouble);
		at->due = g_strdup (watch->due);
		g_ptr_array_unref (at->values);
		at->values = pl_service_values_copy (watch->values);
	}
}

/* FALSE: the instrument has answered, and its map has no such register. */
static gboolean
value_of (const PlServiceSnapshot *s, const PlServiceOutput *output, double *ret)
{
	gboolean answered = FALSE;

	*ret = NAN;
	for (guint i = 0; i < s->instruments->len; i++) {
		const PlServiceInstrument *at = g_ptr_array_index (s->instruments, i);

		for (guint v = 0; at->role == output->role && v < at->values->len; v++) {
			const PlServiceValue *value = g_ptr_array_index (at->values, v);

			answered = TRUE;
			if (!g_str_equal (value->name, output->name) || value->values->len != 1)
				continue;
			*ret = g_array_index (value->values, double, 0);
			return TRUE;
		}
	}
	return !answered || output->command;
}

/* Those of instruments that this bench has, and of registers that their maps have. */
static void
fill_switches (PlService *service, PlServiceSnapshot *s)
{
	guint n;
	const PlServiceOutput *outputs = pl_service_outputs (&n);

	for (guint i = 0; i < n; i++) {
		const PlServiceHeld *held = pl_service_held (service, &outputs[i]);
		PlServiceSwitch *at;
		double value;

		if (!pl_service_has (service, &outputs[i]) || !value_of (s, &outputs[i], &value))
			continue;
		at = g_new (PlServiceSwitch, 1);
		*at = (PlServiceSwitch){&outputs[i], value, held != NULL};
		g_ptr_array_add (s->switches, at);
	}
}

/* Everything at once, so that a page never shows a lamp of this moment beside a value of the last
 * one. func runs outside of the mutex: it may order something. */
static void
publish (PlService *service)
{
	g_autoptr (PlServiceSnapshot) s = pl_service_snapshot_new ();

	s->state = service->state;
	s->who = g_strdup (service->who);
	s->chain = g_strdup (service->chain);
	s->danger = g_strdup (service->danger);
	g_mutex_lock (&service->mutex);
	s->said = g_strdup (service->said);
	s->said_seq = service->said_seq;
	s->said_bad = service->said_bad;
	fill_instruments (service, s);
	g_mutex_unlock (&service->mutex);
	fill_switches (service, s);
	service->func (service->data, s);
}

/* The number tells two equal answers apart: "done" after "done" is a second deed. */
static void
say (PlService *service, gboolean bad, const char *text)
{
	g_mutex_lock (&service->mutex);
	g_free (service->said);
	service->said = g_strdup (text);
	service->said_seq++;
	service->said_bad = bad;
	g_mutex_unlock (&service->mutex);
	publish (service);
}

static void
enter (PlService *service, PlServiceState state)
{
	service->state = state;
	publish (service);
}

/* Copied first: why may be the very text that is freed. */
static void
set_danger (PlService *service, const char *why)
{
	char *copy = g_strdup (why);

	g_free (service->danger);
	service->danger = copy;
}

/* -- making safe ------------------------------------------------------------------------------- */

/* What every instrument has proved off is off, whatever its own undo said. */
static void
forget_energy (PlService *service)
{
	for (guint i = service->held->len; i > 0; i--) {
		PlServiceHeld held = g_array_index (service->held, PlServiceHeld, i - 1);
		g_autoptr (GError) error = NULL;

		if (!held.output->chain)
			continue;
		if (held.row != 0 && !pl_service_log_cleared (service, held.row, &error))
			g_warning ("%s is safe, which could not be kept: %s", held.output->name,
				   error->message);
		g_array_remove_index (service->held, i - 1);
	}
}

/* Undone in turn first: that is gentler than every instrument's own making safe. */
static gboolean
make_safe (PlService *service, GError **error)
{
	g_autoptr (GError) first = NULL;
	gboolean undone = pl_service_undo (service, FALSE, &first);

	if (!undone)
		g_info ("%s", first->message);
	if (!pl_station_make_safe (service->station, error))
		return FALSE;
	forget_energy (service);
	return TRUE;
}

/* Nothing is switched on top of what may be live; a sitting that could not begin may try again. */
static gboolean
begin (PlService *service, GError **error)
{
	guint found;

	return pl_station_recover (service->station, NULL, NULL, &found, error) &&
	       pl_service_log_begin (service, error);
}

static gboolean
run_make_safe (PlService *service, gpointer order, GError **error)
{
	gboolean ok = service->run == 0 ? begin (service, error) : make_safe (service, error);

	set_danger (service, ok ? NULL : (*error)->message);
	return ok;
}

/* -- orders ------------------------------------------------------------------------------------ */

static void
order_free (PlServiceOrder *order)
{
	g_free (order->what);
	pl_calibration_row_free (order->calibration);
	g_free (order);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlServiceOrder, order_free)

/* What was read back right now is newer than the watch's last look. */
static void
note_value (PlService *service, const PlServiceOutput *output, double value)
{
	g_mutex_lock (&service->mutex);
	for (guint i = 0; i < service->watches->len; i++) {
		const PlServiceWatch *watch = g_ptr_array_index (service->watches, i);

		for (guint v = 0; watch->entry->role == output->role && v < watch->values->len;
		     v++) {
			PlServiceValue *at = g_ptr_array_index (watch->values, v);

			if (g_str_equal (at->name, output->name) && at->values->len == 1)
				g_array_index (at->values, double, 0) = value;
		}
	}
	g_mutex_unlock (&service->mutex);
}

/* The value as commanded stands until the watch has looked: a page that showed the old one for half
 * a second would look as if the press had been lost. */
static gboolean
run_switch (PlService *service, gpointer data, GError **error)
{
	PlServiceOrder *order = data;

	if (!pl_service_set (service, order->output, order->numbers[0], error))
		return FALSE;
	note_value (service, order->output, order->numbers[0]);
	return TRUE;
}

static gboolean
run_current (PlService *service, gpointer data, GError **error)
{
	return pl_service_set_current (service, ((PlServiceOrder *)data)->numbers[0], error);
}

/* The identity is copied under the mutex, since its watch may write it; keeping it takes a commit,
 * which nobody holds a mutex for. */
static gboolean
run_calibrate (PlService *service, gpointer data, GError **error)
{
	PlServiceOrder *order = data;
	const PlServiceWatch *watch = NULL;
	PlIdentity identity = {0};
	gboolean known;

	for (guint i = 0; i < service->watches->len; i++)
		if (((PlServiceWatch *)g_ptr_array_index (service->watches, i))->entry->role ==
		    order->role)
			watch = g_ptr_array_index (service->watches, i);
	g_return_val_if_fail (watch != NULL, FALSE);
	g_mutex_lock (&service->mutex);
	known = watch->known;
	identity = watch->identity;
	g_mutex_unlock (&service->mutex);
	if (known)
		return pl_station_calibrate (service->station, watch->entry, &identity,
					     order->calibration, service->who, error);
	g_set_error (
	    error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG,
	    "the calibration was not kept: the %s has not told who it is; connect it first",
	    pl_role_name (order->role));
	return FALSE;
}

/* Making safe is what takes a danger away, and a certificate switches nothing. */
static gboolean
is_allowed (PlService *service, const PlServiceOrder *order, GError **error)
{
	if (order->run == run_make_safe || order->run == run_calibrate ||
	    (service->danger == NULL && service->run != 0))
		return TRUE;
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_UNSAFE,
		     "nothing is switched before the bench is proved safe: %s",
		     service->danger != NULL ? service->danger : "");
	return FALSE;
}

/* Kept before it is told: what the page shows has happened in the journal, too. Refused orders are
 * kept as well: who tried what is part of the story. */
static void
carry_out (PlService *service, PlServiceOrder *order)
{
	g_autoptr (GError) error = NULL;
	g_autofree char *text = NULL;

	if (is_allowed (service, order, &error))
		order->run (service, order, &error);
	pl_service_log (service, order->what, error != NULL ? error->message : "done");
	text =
	    error != NULL ? g_strdup (error->message) : g_strdup_printf ("%s: done", order->what);
	say (service, error != NULL, text);
}

/* Takes the order. */
static void
give (PlService *service, PlServiceOrder *order)
{
	g_mutex_lock (&service->mutex);
	if (service->leaving)
		order_free (order);
	else
		g_queue_push_tail (&service->orders, order);
	g_cond_broadcast (&service->cond);
	g_mutex_unlock (&service->mutex);
}

static PlServiceOrder *
order_new (gboolean (*run) (PlService *, gpointer, GError **), char *what)
{
	PlServiceOrder *order = g_new0 (PlServiceOrder, 1);

	order->run = run;
	order->what = what;
	return order;
}

/* The words are made here, on the caller's thread, from the const row: the sitting's thread needs
 * no table of its own. */
void
pl_service_switch (PlService *service, const PlServiceOutput *output, double value)
{
	PlServiceOrder *order = order_new (
	    run_switch, output->words != NULL
			    ? g_strdup_printf ("%s = %s", output->name, output->words[(guint)value])
			: output->command ? g_strdup (output->name)
					  : g_strdup_printf ("%s = %g", output->name, value));

	order->output = output;
	order->numbers[0] = value;
	give (service, order);
}

void
pl_service_supply_on (PlService *service, double low, double high, double most)
{
	PlServiceOrder *order =
	    order_new (pl_service_supply,
		       g_strdup_printf ("supply on, %g to %g V, at most %g A", low, high, most));

	order->numbers[0] = low;
	order->numbers[1] = high;
	order->numbers[2] = most;
	give (service, order);
}

void
pl_service_supply_current (PlService *service, double amperes)
{
	PlServiceOrder *order =
	    order_new (run_current, g_strdup_printf ("supply current = %g A", amperes));

	order->numbers[0] = amperes;
	give (service, order);
}

void
pl_service_make_safe (PlService *service)
{
	give (service, order_new (run_make_safe, g_strdup ("make safe")));
}

/* A deep copy: the form may be closed before its turn comes. */
void
pl_service_calibrate (PlService *service, PlRole role, const PlCalibrationRow *row)
{
	PlServiceOrder *order =
	    order_new (run_calibrate, g_strdup_printf ("calibration of the %s, due %s",
						       pl_role_name (role), row->due));

	order->role = role;
	order->calibration = g_new0 (PlCalibrationRow, 1);
	order->calibration->calibrated = g_strdup (row->calibrated);
	order->calibration->due = g_strdup (row->due);
	order->calibration->certificate = g_strdup (row->certificate);
	give (service, order);
}

/* Orders that still wait are dropped: nobody stands there any more who would see them done. */
void
pl_service_leave (PlService *service)
{
	g_mutex_lock (&service->mutex);
	service->leaving = TRUE;
	g_cond_broadcast (&service->cond);
	g_mutex_unlock (&service->mutex);
}

/* -- between two orders ------------------------------------------------------------------------ */

/* An instrument that holds something and cannot be seen any more. Caller frees; NULL = none. */
static char *
lost_sight (PlService *service)
{
	char *lost = NULL;

	g_mutex_lock (&service->mutex);
	for (guint i = 0; lost == NULL && i < service->watches->len; i++) {
		const PlServiceWatch *watch = g_ptr_array_index (service->watches, i);

		for (guint h = 0; watch->trouble != NULL && h < service->held->len; h++) {
			const PlServiceOutput *output =
			    g_array_index (service->held, PlServiceHeld, h).output;

			if (output->chain && output->role == watch->entry->role)
				lost = g_strdup (watch->trouble);
		}
	}
	g_mutex_unlock (&service->mutex);
	return lost;
}

/* Everything that carries energy goes off, and why is said; what does not go off is a danger that
 * only a proof takes away. */
static void
switch_off_for (PlService *service, const char *why)
{
	g_autoptr (GError) error = NULL;
	g_autofree char *text = g_strdup_printf ("everything was switched off: %s", why);

	pl_service_log (service, "switching everything off", why);
	if (!pl_service_undo (service, FALSE, &error)) {
		g_clear_error (&error);
		if (!make_safe (service, &error))
			set_danger (service, error->message);
	}
	say (service, TRUE, service->danger != NULL ? service->danger : text);
}

/* Where nothing is held the chain is for the eye only. Where something is, an open contact or an
 * instrument that does not answer ends it: what cannot be seen cannot be known to be safe. */
static void
watch_over (PlService *service)
{
	g_autoptr (GError) open = NULL;
	g_autofree char *lost = NULL;

	if (!pl_service_holds_energy (service)) {
		pl_service_check_chain (service, NULL);
		return;
	}
	if (!pl_service_check_chain (service, &open))
		switch_off_for (service, open->message);
	else if ((lost = lost_sight (service)) != NULL)
		switch_off_for (service, lost);
}

/* A stepped line stands still while it is asked for the time as often as the watches do: here its
 * time follows the wall's. As a visitor to the clock: one who has joined may not wait for an
 * instrument that another thread waits with. */
static void
let_time_pass (PlService *service, gint64 since_us)
{
	g_autoptr (GError) error = NULL;

	if (service->clock != NULL &&
	    !pl_clock_wait (service->clock,
			    (double)(g_get_monotonic_time () - since_us) / G_USEC_PER_SEC, &error))
		g_debug ("%s", error->message);
}

/* NULL after a tick without one. */
static PlServiceOrder *
next_order (PlService *service, gboolean *ret_leaving)
{
	gint64 until = g_get_monotonic_time () + TICK_US;
	PlServiceOrder *order;

	g_mutex_lock (&service->mutex);
	while (g_queue_is_empty (&service->orders) && !service->leaving &&
	       g_cond_wait_until (&service->cond, &service->mutex, until))
		;
	order = g_queue_pop_head (&service->orders);
	*ret_leaving = service->leaving;
	g_mutex_unlock (&service->mutex);
	return order;
}

/* One thread does orders and watching in turn, so that nothing is switched while the chain is being
 * judged. */
static void
work (PlService *service)
{
	gboolean leaving = FALSE;
	gint64 looked = 0, tick = g_get_monotonic_time ();

	while (!leaving) {
		g_autoptr (PlServiceOrder) order = next_order (service, &leaving);

		if (order != NULL && !leaving)
			carry_out (service, order);
		let_time_pass (service, tick);
		tick = g_get_monotonic_time ();
		if (tick - looked < CHAIN_US)
			continue;
		looked = tick;
		watch_over (service);
		publish (service);
	}
}

/* -- coming and going -------------------------------------------------------------------------- */

/* Joined before leaving: a look that holds an instrument would keep the undo waiting. */
static void
set_watching (PlService *service, gboolean watching)
{
	g_mutex_lock (&service->mutex);
	service->watching = watching;
	g_cond_broadcast (&service->cond);
	g_mutex_unlock (&service->mutex);
	for (guint i = 0; watching && i < service->watches->len; i++)
		pl_service_watch_start (g_ptr_array_index (service->watches, i));
	for (guint i = 0; !watching && i < service->watches->len; i++) {
		PlServiceWatch *watch = g_ptr_array_index (service->watches, i);

		g_thread_join (g_steal_pointer (&watch->thread));
	}
}

/* The bench as it is found at the end of a run: nothing live, cage unlocked, board without power.
 * What neither carries energy nor moves and cannot be put back is said, no more. */
static void
leave (PlService *service)
{
	g_autoptr (GError) unsafe = NULL;
	g_autoptr (GError) left = NULL;
	g_autoptr (GError) lost = NULL;
	g_autofree char *text = NULL;

	enter (service, PL_SERVICE_LEAVING);
	if (make_safe (service, &unsafe))
		pl_service_undo (service, TRUE, &left);
	if (!pl_service_log_end (service, unsafe != NULL ? unsafe->message : NULL, &lost) &&
	    unsafe == NULL)
		unsafe = g_error_copy (lost);
	set_danger (service, unsafe != NULL ? unsafe->message : NULL);
	if (unsafe != NULL)
		text = g_strdup_printf ("the bench was given back, but: %s", unsafe->message);
	else if (left != NULL)
		text = g_strdup_printf ("all outputs are safe, the bench was given back; %s",
					left->message);
	else
		text = g_strdup ("all outputs are safe, the bench was given back");
	say (service, unsafe != NULL || left != NULL, text);
}

/* A sitting that could not begin stays: the technician sees why, and may try again by making safe.
 */
static void
sit (PlService *service)
{
	g_autoptr (GError) error = NULL;

	if (!begin (service, &error)) {
		set_danger (service, error->message);
		say (service, TRUE, error->message);
	}
	set_watching (service, TRUE);
	enter (service, PL_SERVICE_IN_HAND);
	work (service);
	set_watching (service, FALSE);
	if (service->run != 0)
		leave (service);
}

/* The slot is asked here and not by the caller: it may be recovering, and the caller is the
 * window's thread. */
static gpointer
run (gpointer data)
{
	PlService *service = data;
	PlBench *bench = service->station->bench;
	g_autoptr (GError) error = NULL;

	publish (service);
	if (service->slot != NULL && !pl_slot_hold (service->slot, service->who, &error)) {
		say (service, TRUE, error->message);
	} else {
		if (pl_bench_is_simulated (bench) && !(pl_bench_time_scale (bench) > 0))
			service->clock = pl_bench_clock (bench, NULL);
		sit (service);
		if (service->slot != NULL)
			pl_slot_release (service->slot);
	}
	enter (service, PL_SERVICE_ENDED);
	return NULL;
}

/* The thread comes last: it uses all that is set before. */
PlService *
pl_service_new (PlStation *station, PlSlot *slot, const char *who, PlServiceFunc func,
		gpointer data)
{
	PlService *service = g_new0 (PlService, 1);
	GPtrArray *entries = pl_bench_entries (station->bench);

	service->station = station;
	service->slot = slot;
	service->who = g_strdup (who);
	service->func = func;
	service->data = data;
	service->held = g_array_new (FALSE, FALSE, sizeof (PlServiceHeld));
	service->watches = g_ptr_array_new_with_free_func (pl_service_watch_free);
	for (guint i = 0; i < entries->len; i++)
		g_ptr_array_add (service->watches,
				 pl_service_watch_new (service, g_ptr_array_index (entries, i)));
	g_mutex_init (&service->mutex);
	g_cond_init (&service->cond);
	g_queue_init (&service->orders);
	service->thread = g_thread_new ("pl-service", run, service);
	return service;
}

void
pl_service_free (PlService *service)
{
	if (service == NULL)
		return;
	pl_service_leave (service);
	g_thread_join (service->thread);
	g_queue_clear_full (&service->orders, (GDestroyNotify)order_free);
	g_ptr_array_unref (service->watches);
	g_array_unref (service->held);
	g_mutex_clear (&service->mutex);
	g_cond_clear (&service->cond);
	g_free (service->who);
	g_free (service->chain);
	g_free (service->danger);
	g_free (service->said);
	g_free (service);
}
