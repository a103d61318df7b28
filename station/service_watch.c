/* SPDX-License-Identifier: Apache-2.0 */
#include "station/calibration.h"
#include "station/service_inside.h"
#include <math.h>
#include <string.h>

/* One instrument, twice a second: who it is and what it reads. Its silence is its own; it is looked
 * for again by itself. */

#define PERIOD_US (G_USEC_PER_SEC / 2) /* twice within a second: what a person can follow */
#define RETRY_US (2 * G_USEC_PER_SEC) /* while it cannot be opened */
#define BORROW_S 1.0 /* a step of the sitting may have it */
#define LOOK_OHM 1e-3
#define ARRAY_MAX 400 /* values of one register that a page shows */

static void
add_number (GPtrArray *values, const char *name, const char *unit, double number)
{
	g_array_append_val (pl_service_value_add (values, name, unit)->values, number);
}

/* -- a look, by role --------------------------------------------------------------------------- */

/* A value outside of what the instrument can show is that value's, everything else the
 * instrument's. */
static gboolean
is_of_value (const GError *error)
{
	return error->domain == PL_INSTRUMENT_ERROR &&
	       (error->code == PL_INSTRUMENT_ERROR_IMPLAUSIBLE ||
		error->code == PL_INSTRUMENT_ERROR_UNKNOWN_NAME);
}

/* Reads of a broken-off value leave it NaN. */
static gboolean
forgive (PlServiceValue *value, GError *wrong, GError **error)
{
	const double none = NAN;

	if (wrong == NULL)
		return TRUE;
	if (!is_of_value (wrong)) {
		g_propagate_error (error, wrong);
		return FALSE;
	}
	g_error_free (wrong);
	/* half a look is worse than none: it would be shown as whole */
	g_array_set_size (value->values, 0);
	g_array_append_val (value->values, none);
	return TRUE;
}

/* The bench file says how it is scaled; docs/SIGNALS.md what each name means. */
static const char *
unit_of_channel (const char *name, const char *setting)
{
	if (g_str_equal (name, "shunt"))
		return "A";
	return strstr (setting, "tc-") != NULL ? "degC" : "V";
}

/* One by one, although a scan of all would be quicker: a channel that is open must not take the
 * others with it. Sorted, since a hash table's order would change from look to look. */
static gboolean
look_at_daq (PlServiceWatch *watch, PlInstrument *daq, GPtrArray *values, GError **error)
{
	g_autoptr (GList) names = g_hash_table_get_keys (watch->entry->settings);

	names = g_list_sort (names, (GCompareFunc)strcmp);
	for (GList *at = names; at != NULL; at = at->next) {
		const char *channel[] = {at->data, NULL};
		PlServiceValue *value;
		GError *wrong = NULL;

		if (g_str_equal (at->data, "model"))
			continue;
		value = pl_service_value_add (
		    values, at->data,
		    unit_of_channel (at->data,
				     g_hash_table_lookup (watch->entry->settings, at->data)));
		daq->ops.daq->measure (daq, channel, value->values, NULL, &wrong);
		if (!forgive (value, wrong, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
look_at_register (PlInstrument *device, const PlRegisterInfo *info, GPtrArray *values,
		  GError **error)
{
	PlServiceValue *value = pl_service_value_add (values, info->name, info->unit);
	GError *wrong = NULL;

	if (info->text) {
		if (!device->ops.registers->read_text (device, info->name, &value->text, &wrong) &&
		    is_of_value (wrong))
			value->text = g_strdup ("");
	} else {
		g_array_set_size (value->values, MIN (info->count, ARRAY_MAX));
		device->ops.registers->read (device, info->name, (double *)value->values->data,
					     value->values->len, &wrong);
	}
	return forgive (value, wrong, error);
}

/* A map that cannot be listed has nothing to show; commands have no value. */
static gboolean
look_at_registers (PlServiceWatch *watch, PlInstrument *device, GPtrArray *values, GError **error)
{
	PlRegisterInfo info;

	if (device->ops.registers->nth == NULL)
		return TRUE;
	for (guint i = 0; device->ops.registers->nth (device, i, &info); i++)
		if (!info.command && !look_at_register (device, &info, values, error))
			return FALSE;
	return TRUE;
}

static gboolean
look_at_supply (PlServiceWatch *watch, PlInstrument *supply, GPtrArray *values, GError **error)
{
	PlSupplyReading reading;

	if (!supply->ops.supply->read (supply, &reading, error))
		return FALSE;
	add_number (values, "voltage", "V", reading.voltage_v);
	add_number (values, "current", "A", reading.current_a);
	add_number (values, "power", "W", reading.power_w);
	add_number (values, "output", "", reading.output_on);
	return TRUE;
}

/* Set up by who works with it, and by this look only where nobody has: a milliohm is in the middle
 * of what cells have. */
static gboolean
read_meter (PlInstrument *meter, PlMeterReading *ret, GError **error)
{
	g_autoptr (GError) unready = NULL;

	if (meter->ops.meter->read (meter, ret, &unready))
		return TRUE;
	if (g_error_matches (unready, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY))
		return meter->ops.meter->setup (meter, LOOK_OHM, error) &&
		       meter->ops.meter->read (meter, ret, error);
	g_propagate_error (error, g_steal_pointer (&unready));
	return FALSE;
}

/* An open probe is nothing to see, and no trouble. */
static gboolean
look_at_meter (PlServiceWatch *watch, PlInstrument *meter, GPtrArray *values, GError **error)
{
	PlMeterReading reading;

	if (!read_meter (meter, &reading, error))
		return FALSE;
	add_number (values, "ocv", "V", reading.ocv_v);
	add_number (values, "acir", "mohm", reading.acir_ohm * 1e3);
	return TRUE;
}

static gboolean
look_at_hipot (PlServiceWatch *watch, PlInstrument *hipot, GPtrArray *values, GError **error)
{
	static const char *const states[] = {"idle",	  "ramp",     "test",		"pass",
					     "fail high", "fail low", "fail breakdown", "stopped"};
	PlHipotReading reading;

	if (!hipot->ops.hipot->read (hipot, &reading, error))
		return FALSE;
	pl_service_value_add (values, "state", "")->text = g_strdup (states[reading.state]);
	pl_service_value_add (values, "reply", "")->text = g_strdup (reading.raw);
	return TRUE;
}

/* status fails with the printer's own word of what is wrong: paper, ribbon, head. */
static gboolean
look_at_printer (PlServiceWatch *watch, PlInstrument *printer, GPtrArray *values, GError **error)
{
	g_autofree char *raw = NULL;

	if (!printer->ops.printer->status (printer, &raw, error))
		return FALSE;
	pl_service_value_add (values, "state", "")->text = g_strdup ("ready");
	return TRUE;
}

/* Its codes are the slot's, which refuses them while the bench is in hand; that it is there is all
 * that can be asked. */
static gboolean
look_at_scanner (PlServiceWatch *watch, PlInstrument *scanner, GPtrArray *values, GError **error)
{
	pl_service_value_add (values, "state", "")->text = g_strdup ("ready");
	return TRUE;
}

static gboolean (*const looks[PL_ROLE_LAST]) (PlServiceWatch *watch, PlInstrument *instrument,
					      GPtrArray *values, GError **error) = {
    [PL_ROLE_HIPOT] = look_at_hipot,	 [PL_ROLE_SUPPLY] = look_at_supply,
    [PL_ROLE_DAQ] = look_at_daq,	 [PL_ROLE_BMS] = look_at_registers,
    [PL_ROLE_PLC] = look_at_registers,	 [PL_ROLE_SCANNER] = look_at_scanner,
    [PL_ROLE_PRINTER] = look_at_printer, [PL_ROLE_METER] = look_at_meter,
};

/* -- the thread -------------------------------------------------------------------------------- */

/* The calibration is asked outside of the mutex: it is a query. One that cannot be asked for is
 * shown as none that is kept. */
static void
keep (PlServiceWatch *watch, const PlIdentity *identity, GPtrArray *values, const GError *error)
{
	PlService *service = watch->service;
	g_autofree char *due = NULL;

	if (identity != NULL) {
		g_autoptr (PlCalibrationRow) row =
		    pl_station_calibration (service->station, watch->entry,
					    pl_calibration_serial (watch->entry, identity), NULL);

		due = row != NULL ? g_strdup (row->due) : NULL;
	}
	g_mutex_lock (&service->mutex);
	watch->looked = TRUE;
	if (identity != NULL) {
		watch->known = TRUE;
		watch->identity = *identity;
		g_free (watch->due);
		watch->due = g_steal_pointer (&due);
	}
	g_free (watch->trouble);
	watch->trouble = error != NULL ? g_strdup (error->message) : NULL;
	g_ptr_array_unref (watch->values);
	watch->values = g_ptr_array_ref (values);
	g_mutex_unlock (&service->mutex);
}

/* FALSE: it could not be opened, and is asked less often. */
static gboolean
look (PlServiceWatch *watch)
{
	PlBench *bench = watch->service->station->bench;
	g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (pl_service_value_free);
	g_autoptr (GError) error = NULL;
	PlInstrument *instrument =
	    pl_bench_borrow (bench, watch->entry->role, "live values", BORROW_S, &error);
	PlIdentity identity;

	if (instrument == NULL) {
		/* somebody works with it: nothing new is no trouble of its */
		if (!g_error_matches (error, PL_BENCH_ERROR, PL_BENCH_ERROR_BUSY))
			keep (watch, NULL, values, error);
		return FALSE;
	}
	identity = instrument->identity;
	if (looks[watch->entry->role] != NULL &&
	    !looks[watch->entry->role](watch, instrument, values, &error)) {
		g_ptr_array_set_size (values, 0);
		if (error->domain == PL_LINK_ERROR)
			pl_bench_forget (bench, watch->entry->role);
	}
	pl_bench_return (bench, instrument);
	keep (watch, &identity, values, error);
	return TRUE;
}

/* Woken early when the sitting ends. */
static gpointer
watch_on (gpointer data)
{
	PlServiceWatch *watch = data;
	PlService *service = watch->service;

	g_mutex_lock (&service->mutex);
	while (service->watching) {
		gint64 until = g_get_monotonic_time ();

		g_mutex_unlock (&service->mutex);
		until += look (watch) ? PERIOD_US : RETRY_US;
		g_mutex_lock (&service->mutex);
		while (service->watching &&
		       g_cond_wait_until (&service->cond, &service->mutex, until))
			;
	}
	g_mutex_unlock (&service->mutex);
	return NULL;
}

/* Its thread is started later: a sitting that is not given the bench must not touch an instrument.
 */
PlServiceWatch *
pl_service_watch_new (PlService *service, const PlBenchEntry *entry)
{
	PlServiceWatch *watch = g_new0 (PlServiceWatch, 1);

	watch->service = service;
	watch->entry = entry;
	watch->values = g_ptr_array_new_with_free_func (pl_service_value_free);
	return watch;
}

void
pl_service_watch_start (PlServiceWatch *watch)
{
	watch->thread = g_thread_new ("pl-watch", watch_on, watch);
}

void
pl_service_watch_free (gpointer data)
{
	PlServiceWatch *watch = data;

	if (watch->thread != NULL)
		g_thread_join (watch->thread);
	g_free (watch->trouble);
	g_free (watch->due);
	g_ptr_array_unref (watch->values);
	g_free (watch);
}
