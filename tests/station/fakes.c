/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/station/fakes.h"
#include <math.h>
#include <string.h>

Fake fake;

/* -- calls: logged, shown to the test, made to fail -------------------------------------------- */

typedef struct {
	char *call;
	int times;
	GError *error;
} Broken;

static GMutex lock; /* over calls and breakages: steps of a group come from several threads */
static GPtrArray *calls, *broken;

static gboolean begin_call (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
begin_call (GError **error, const char *format, ...)
{
	g_autofree char *call = NULL;
	gboolean ok = TRUE;
	va_list args;

	va_start (args, format);
	call = g_strdup_vprintf (format, args);
	va_end (args);
	if (fake.on_call != NULL)
		fake.on_call (call);
	g_mutex_lock (&lock);
	g_ptr_array_add (calls, g_strdup (call));
	for (guint i = 0; ok && i < broken->len; i++) {
		Broken *b = g_ptr_array_index (broken, i);

		if (b->times == 0 || !g_str_has_prefix (call, b->call))
			continue;
		if (b->times > 0)
			b->times--;
		if (error != NULL)
			*error = g_error_copy (b->error);
		ok = FALSE;
	}
	g_mutex_unlock (&lock);
	return ok;
}

void
fake_break (const char *call, int times, GQuark domain, int code, const char *message)
{
	Broken *b = g_new0 (Broken, 1);

	b->call = g_strdup (call);
	b->times = times;
	b->error = g_error_new_literal (domain, code, message);
	g_mutex_lock (&lock);
	g_ptr_array_add (broken, b);
	g_mutex_unlock (&lock);
}

char *
fake_calls (void)
{
	g_autoptr (GString) all = g_string_new (NULL);

	g_mutex_lock (&lock);
	for (guint i = 0; i < calls->len; i++)
		g_string_append_printf (all, "%s\n", (char *)g_ptr_array_index (calls, i));
	g_mutex_unlock (&lock);
	return g_string_free (g_steal_pointer (&all), FALSE);
}

int
fake_find (const char *call, int from)
{
	int at = -1;

	g_mutex_lock (&lock);
	for (guint i = from + 1; at < 0 && i < calls->len; i++)
		if (g_str_has_prefix (g_ptr_array_index (calls, i), call))
			at = (int)i;
	g_mutex_unlock (&lock);
	return at;
}

void
fake_set (const char *name, double value)
{
	double *kept = g_new (double, 1);

	*kept = value;
	g_hash_table_insert (fake.numbers, g_strdup (name), kept);
}

void
fake_unset (const char *name)
{
	g_hash_table_remove (fake.numbers, name);
}

void
fake_say (const PlHipotReading *reading)
{
	if (fake.script == NULL)
		fake.script = g_array_new (FALSE, FALSE, sizeof *reading);
	g_array_append_vals (fake.script, reading, 1);
}

/* -- the pack ---------------------------------------------------------------------------------- */

static struct {
	GHashTable *written; /* "plc NAME", "bms NAME" -> double* */
	double set_a;
	gboolean armed, output_on, hv_on;
	PlHipotSetup setup;
	gint64 hv_since, last_us;
	guint said;
	guint32 bits;
	double pressure_pa, fixture_v;
} world;

static double
written (const char *name)
{
	const double *value = g_hash_table_lookup (world.written, name);

	return value != NULL ? *value : 0;
}

static void
keep_written (const char *name, double value)
{
	double *kept = g_new (double, 1);

	*kept = value;
	g_hash_table_insert (world.written, g_strdup (name), kept);
}

void
fake_reset (void)
{
	memset (&fake, 0, sizeof fake);
	memset (&world, 0, sizeof world);
	calls = g_ptr_array_new ();
	broken = g_ptr_array_new ();
	fake.numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
	world.written = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
	fake.ocv_v = 3.30;
	fake.cell_v = 3.28;
	fake.cell_ohm = 0.2e-3;
	for (guint i = 0; i < FAKE_CELLS; i++)
		fake.ohm[i] = 0.5e-3;
	for (guint i = 0; i < 4; i++)
		fake.ntc_degc[i] = 25.0;
	fake.ambient_degc = 25.2;
	fake.gain = 1;
	fake.soc_percent = 30;
	fake.rated_ah = 100;
	fake.leak_pa_per_s = 0.1;
	fake.insulation_ohm = 5e8;
	fake.bond_ohm = 0.02;
	keep_written ("bms insulation_monitor", 1);
}

static gboolean
contactor_closed (void)
{
	return fake.welded || written ("bms contactor") > 0.5;
}

/* Amperes into the pack. */
static double
flowing (void)
{
	return world.output_on && contactor_closed () && written ("plc load_relay") > 0.5 &&
		       !fake.path_open
		   ? world.set_a
		   : 0;
}

static double
at_sense (guint cell)
{
	return fake.ocv_v + flowing () * fake.ohm[cell];
}

static double
stack_v (void)
{
	double total = 0;

	for (guint i = 0; i < FAKE_CELLS; i++)
		total += at_sense (i);
	return total;
}

/* What has gone on since the last look. */
static void
advance (PlClock *clock)
{
	gint64 now = pl_clock_now (clock);
	double dt = world.last_us > 0 ? (double)(now - world.last_us) / G_USEC_PER_SEC : 0;

	world.last_us = now;
	fake.soc_percent += flowing () * dt / 3600 / fake.rated_ah * 100;
	if (written ("plc leak_fill") > 0.5)
		world.pressure_pa = 2000;
	else
		world.pressure_pa = MAX (0, world.pressure_pa - fake.leak_pa_per_s * dt);
	if (world.hv_on)
		world.fixture_v = world.setup.mode == PL_HIPOT_GB ? 0 : world.setup.level;
	else if (written ("plc discharge") > 0.5 && !fake.fixture_stays_charged)
		world.fixture_v *= exp (-dt / 0.05);
}

static void
trip_if (gboolean crossed, guint bit)
{
	if (crossed && !fake.protection_dead)
		world.bits |= 1u << bit;
}

static double
threshold (const char *name, double otherwise)
{
	g_autofree char *key = g_strconcat ("bms ", name, NULL);

	return written ("bms test_mode") > 0.5 && g_hash_table_contains (world.written, key)
		   ? written (key)
		   : otherwise;
}

static double
bms_current (void)
{
	return flowing () * fake.gain + fake.zero_a;
}

static void
protect (void)
{
	double v = at_sense (0), a = bms_current (), t = fake.ntc_degc[0];

	trip_if (v > threshold ("ovp", 3.8), 0);
	trip_if (v < threshold ("uvp", 2.3), 1);
	trip_if (t > threshold ("charge_ot", 60), 4);
	trip_if (t < threshold ("discharge_ut", -20), 7);
	trip_if (a > threshold ("charge_oc", 300), 8);
	trip_if (-a > threshold ("discharge_oc", 300), 9);
	trip_if (fabs (a) > threshold ("short_circuit", 1000), 10);
	if (world.bits != 0)
		keep_written ("bms contactor", 0);
}

const char *
fake_live (void)
{
	if (world.hv_on)
		return "hipot output";
	if (world.output_on)
		return "supply output";
	if (written ("bms contactor") > 0.5)
		return "main contactor";
	if (written ("plc hv_enable") > 0.5)
		return "hv_enable";
	if (written ("plc load_relay") > 0.5)
		return "load_relay";
	return NULL;
}

/* -- BMS and PLC ------------------------------------------------------------------------------- */

static gboolean
read_array (const char *key, double *ret, guint n)
{
	guint32 mask = (guint32)written ("bms balance_force");

	for (guint i = 0; i < n && g_str_equal (key, "bms cell_voltage"); i++)
		ret[i] = at_sense (i) + fake.cell_offset_v[i] -
			 (mask >> i & 1 && !(fake.dead_balancing && i == 4) ? 0.003 : 0);
	for (guint i = 0; i < n && g_str_equal (key, "bms temperature"); i++)
		ret[i] = fake.ntc_degc[i];
	return g_str_equal (key, "bms cell_voltage") || g_str_equal (key, "bms temperature");
}

static double
read_one (const char *key)
{
	const struct {
		const char *key;
		double value;
	} model[] = {
	    {"bms current", bms_current ()},
	    {"bms soc", fake.soc_percent},
	    {"bms boot_count", 7},
	    {"bms reset_cause", 1},
	    {"bms outputs",
	     (contactor_closed () ? 1 : 0) + (written ("bms insulation_monitor") > 0.5 ? 16 : 0)},
	    {"bms main_aux", contactor_closed ()},
	    {"bms precharge_time", 800},
	    {"bms protection", world.bits | fake.stuck_bits},
	    {"bms ovp", threshold ("ovp", 3.8)},
	    {"bms uvp", threshold ("uvp", 2.3)},
	    {"plc estop_ok", 1},
	    {"plc door_closed", 1},
	    {"plc door_locked", written ("plc door_lock")},
	    {"plc clamp_closed", written ("plc clamp")},
	    {"plc interlock_ok", 1},
	    {"plc leak_pressure", world.pressure_pa},
	};

	for (guint i = 0; i < G_N_ELEMENTS (model); i++)
		if (g_str_equal (model[i].key, key))
			return model[i].value;
	return written (key);
}

static gboolean
register_read (PlInstrument *self, const char *name, double *ret, guint n, GError **error)
{
	g_autofree char *key = g_strdup_printf ("%s %s", pl_role_name (self->role), name);
	const double *instead;

	if (!begin_call (error, "%s read %s", pl_role_name (self->role), name))
		return FALSE;
	advance (self->clock);
	protect ();
	instead = g_hash_table_lookup (fake.numbers, key);
	if (instead != NULL || !read_array (key, ret, n))
		for (guint i = 0; i < n; i++)
			ret[i] = instead != NULL ? *instead : read_one (key);
	return TRUE;
}

static gboolean
register_read_text (PlInstrument *self, const char *name, char **ret, GError **error)
{
	if (!begin_call (error, "%s read %s", pl_role_name (self->role), name))
		return FALSE;
	*ret = g_strdup (g_str_equal (name, "product") ? "PL-BMS-32S" : "");
	return TRUE;
}

static gboolean
register_write (PlInstrument *self, const char *name, double value, GError **error)
{
	g_autofree char *key = g_strdup_printf ("%s %s", pl_role_name (self->role), name);

	if (!begin_call (error, "%s write %s=%g", pl_role_name (self->role), name, value))
		return FALSE;
	advance (self->clock);
	if (g_str_equal (key, "bms clear_protection"))
		world.bits = 0;
	if (g_str_equal (key, "bms test_mode") && value < 0.5)
		world.bits = 0;
	/* no coil holds without the BMS's supply */
	if (g_str_equal (key, "plc bms_power") && value < 0.5)
		keep_written ("bms contactor", 0);
	keep_written (key, value);
	return TRUE;
}

static guint
register_count (PlInstrument *self, const char *name)
{
	return fake.no_tower && g_str_has_prefix (name, "lamp_") ? 0 : 1;
}

static const PlRegisterOps register_ops = {register_read, register_read_text, register_write, NULL,
					   register_count};

static gboolean
bms_safe (PlInstrument *self, GError **error)
{
	return register_write (self, "contactor", 0, error);
}

static gboolean
plc_safe (PlInstrument *self, GError **error)
{
	return register_write (self, "hv_enable", 0, error) &&
	       register_write (self, "load_relay", 0, error) &&
	       register_write (self, "hv_route", 0, error) &&
	       register_write (self, "discharge", 1, error);
}

/* -- DAQ --------------------------------------------------------------------------------------- */

static void
put (GArray *values, double value)
{
	g_array_append_val (values, value);
}

static void
measure_name (const char *name, GArray *values)
{
	double terminal = contactor_closed () ? stack_v () + flowing () * 1e-3 : 0.05;

	for (guint i = 0; i < FAKE_CELLS && g_str_equal (name, "cell*"); i++)
		put (values, at_sense (i));
	if (g_str_equal (name, "stack"))
		put (values, stack_v ());
	if (g_str_equal (name, "terminal"))
		put (values, terminal);
	if (g_str_equal (name, "shunt"))
		put (values, fake.path_reversed ? -flowing () : flowing ());
	if (g_str_equal (name, "ambient"))
		put (values, fake.ambient_degc);
	if (g_str_equal (name, "fixture"))
		put (values, fake.fixture_rest_v > 0 ? fake.fixture_rest_v : world.fixture_v);
}

static gboolean
daq_measure (PlInstrument *self, const char *const *names, GArray *ret, char **ret_raw,
	     GError **error)
{
	g_autofree char *all = g_strjoinv (" ", (char **)names);
	g_autoptr (GString) raw = g_string_new (NULL);

	if (!begin_call (error, "daq measure %s", all))
		return FALSE;
	advance (self->clock);
	for (guint i = 0; names[i] != NULL; i++)
		measure_name (names[i], ret);
	for (guint i = 0; i < ret->len; i++)
		g_string_append_printf (raw, "%s%+.8E", i > 0 ? "," : "",
					g_array_index (ret, double, i));
	if (ret_raw != NULL)
		*ret_raw = g_strdup (raw->str);
	return TRUE;
}

static const PlDaqOps daq_ops = {daq_measure};

/* -- supply ------------------------------------------------------------------------------------ */

static gboolean
supply_arm (PlInstrument *self, const PlSupplyLimits *limits, GError **error)
{
	if (!begin_call (error, "supply arm"))
		return FALSE;
	world.armed = limits->watchdog_s > 0;
	return TRUE;
}

static gboolean
supply_set_current (PlInstrument *self, double amperes, GError **error)
{
	if (!begin_call (error, "supply set_current %g", amperes))
		return FALSE;
	advance (self->clock);
	world.set_a = amperes;
	return TRUE;
}

static gboolean
supply_output (PlInstrument *self, gboolean on, GError **error)
{
	if (!begin_call (error, "supply output %s", on ? "on" : "off"))
		return FALSE;
	advance (self->clock);
	g_assert (!on || world.armed);
	world.output_on = on;
	return TRUE;
}

static gboolean
supply_read (PlInstrument *self, PlSupplyReading *ret, GError **error)
{
	if (!begin_call (error, "supply read"))
		return FALSE;
	advance (self->clock);
	*ret = (PlSupplyReading){
	    .voltage_v = stack_v (), .current_a = flowing (), .output_on = world.output_on};
	return TRUE;
}

static gboolean
supply_safe (PlInstrument *self, GError **error)
{
	return supply_output (self, FALSE, error);
}

static const PlSupplyOps supply_ops = {supply_arm, supply_set_current, supply_output, supply_read};

/* -- hipot tester ------------------------------------------------------------------------------ */

static gboolean
hipot_setup (PlInstrument *self, const PlHipotSetup *setup, GError **error)
{
	if (!begin_call (error, "hipot setup %g", setup->level))
		return FALSE;
	world.setup = *setup;
	return TRUE;
}

static gboolean
hipot_start (PlInstrument *self, GError **error)
{
	if (!begin_call (error, "hipot start"))
		return FALSE;
	advance (self->clock);
	world.hv_on = TRUE;
	world.hv_since = pl_clock_now (self->clock);
	world.said = 0;
	return TRUE;
}

static double
hipot_value (void)
{
	switch (world.setup.mode) {
	case PL_HIPOT_GB:
		return fake.bond_ohm;
	case PL_HIPOT_IR:
		return fake.over_range ? 9.999e9
		       : written ("bms insulation_monitor") > 0.5 && written ("plc bms_reset") < 0.5
			   ? 1 / (1 / fake.insulation_ohm + 1 / 100e3)
			   : fake.insulation_ohm;
	default:
		return world.setup.level / fake.insulation_ohm;
	}
}

static PlHipotState
end_of_test (double value)
{
	world.hv_on = FALSE;
	if (world.setup.limit_high > 0 && value > world.setup.limit_high)
		return PL_HIPOT_FAIL_HIGH;
	if (world.setup.limit_low > 0 && value < world.setup.limit_low)
		return PL_HIPOT_FAIL_LOW;
	return PL_HIPOT_PASS;
}

static gboolean
hipot_read (PlInstrument *self, PlHipotReading *ret, GError **error)
{
	double since;

	if (!begin_call (error, "hipot read"))
		return FALSE;
	advance (self->clock);
	if (fake.script != NULL) {
		*ret = g_array_index (fake.script, PlHipotReading,
				      MIN (world.said, fake.script->len - 1));
		world.said++;
		return TRUE;
	}
	since = (double)(pl_clock_now (self->clock) - world.hv_since) / G_USEC_PER_SEC;
	*ret = (PlHipotReading){
	    .level = world.setup.level, .value = hipot_value (), .over = fake.over_range};
	if (since < world.setup.ramp_s) {
		ret->state = PL_HIPOT_RAMP;
		ret->level *= since / world.setup.ramp_s;
	} else
		ret->state = since < world.setup.ramp_s + world.setup.test_s
				 ? PL_HIPOT_TEST
				 : end_of_test (ret->value);
	if (fake.breaks_down && ret->level > world.setup.level / 2 &&
	    world.setup.mode != PL_HIPOT_GB) {
		ret->state = PL_HIPOT_FAIL_BREAKDOWN;
		ret->value = 0.02;
		world.hv_on = FALSE;
	}
	g_snprintf (ret->raw, sizeof ret->raw, "%.3fkV,%.4g", ret->level / 1e3, ret->value);
	return TRUE;
}

static gboolean
hipot_stop (PlInstrument *self, GError **error)
{
	if (!begin_call (error, "hipot stop"))
		return FALSE;
	advance (self->clock);
	world.hv_on = FALSE;
	return TRUE;
}

static const PlHipotOps hipot_ops = {hipot_setup, hipot_start, hipot_read, hipot_stop};

/* -- printer ----------------------------------------------------------------------------------- */

static gboolean
printer_status (PlInstrument *self, char **ret_raw, GError **error)
{
	return begin_call (error, "printer status");
}

static gboolean
printer_print (PlInstrument *self, const char *zpl, GError **error)
{
	if (!begin_call (error, "printer print"))
		return FALSE;
	g_free (fake.printed);
	fake.printed = g_strdup (zpl);
	return TRUE;
}

static const PlPrinterOps printer_ops = {printer_status, printer_print};

/* -- scanner ----------------------------------------------------------------------------------- */

static char *
scanner_scan (PlInstrument *self, double timeout_s, GError **error)
{
	char *code;

	if (!begin_call (error, "scanner scan"))
		return NULL;
	code = g_atomic_pointer_exchange (&fake.scanned, NULL);
	if (code == NULL)
		g_set_error (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "no code was scanned");
	return code;
}

static const PlScannerOps scanner_ops = {scanner_scan};

/* -- cell meter -------------------------------------------------------------------------------- */

static gboolean
meter_setup (PlInstrument *self, double expected_ohm, GError **error)
{
	return begin_call (error, "meter setup %g", expected_ohm);
}

static gboolean
meter_read (PlInstrument *self, PlMeterReading *ret, GError **error)
{
	if (!begin_call (error, "meter read"))
		return FALSE;
	*ret = (PlMeterReading){.ocv_v = fake.probe_open ? NAN : fake.cell_v,
				.acir_ohm = fake.probe_open || fake.cell_over ? NAN : fake.cell_ohm,
				.open = fake.probe_open,
				.over = fake.cell_over};
	g_snprintf (ret->raw, sizeof ret->raw, "%s", fake.probe_open ? "open" : "fake");
	fake.cell_v += fake.cell_drift_v;
	return TRUE;
}

static const PlMeterOps meter_ops = {meter_setup, meter_read, 1e-4};

/* -- the table --------------------------------------------------------------------------------- */

static void
free_fake (PlInstrument *self)
{
	g_free (self);
}

static PlInstrument *
open_fake (PlRole role, PlLink *link, PlClock *clock, GHashTable *settings, GError **error)
{
	static gboolean (*const safe[PL_ROLE_LAST]) (PlInstrument *,
						     GError **) = {[PL_ROLE_HIPOT] = hipot_stop,
								   [PL_ROLE_SUPPLY] = supply_safe,
								   [PL_ROLE_BMS] = bms_safe,
								   [PL_ROLE_PLC] = plc_safe};
	PlInstrument *self;

	if (!begin_call (error, "%s open", pl_role_name (role)))
		return NULL;
	self = g_new0 (PlInstrument, 1);
	self->make_safe = safe[role];
	self->free = free_fake;
	g_snprintf (self->identity.model, sizeof self->identity.model, "fake-%s",
		    pl_role_name (role));
	g_snprintf (self->identity.serial, sizeof self->identity.serial, "SN-%s",
		    pl_role_name (role));
	if (role == PL_ROLE_HIPOT)
		self->ops.hipot = &hipot_ops;
	else if (role == PL_ROLE_SUPPLY)
		self->ops.supply = &supply_ops;
	else if (role == PL_ROLE_DAQ)
		self->ops.daq = &daq_ops;
	else if (role == PL_ROLE_PRINTER)
		self->ops.printer = &printer_ops;
	else if (role == PL_ROLE_METER)
		self->ops.meter = &meter_ops;
	else if (role == PL_ROLE_SCANNER)
		self->ops.scanner = &scanner_ops;
	else
		self->ops.registers = &register_ops;
	return self;
}

static const PlDriver driver = {"fake", "an instrument without a wire", 0xff, PL_LOSS_HARMLESS,
				open_fake};
static const PlDriver *const drivers[] = {&driver, NULL};

const PlDriver *const *
pl_drivers (void)
{
	return drivers;
}

const PlDriver *
pl_driver_find (const char *name)
{
	return g_str_equal (name, driver.name) ? &driver : NULL;
}
