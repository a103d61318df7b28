/* SPDX-License-Identifier: Apache-2.0 */
#include "station/service_inside.h"
#include "station/steps/common.h"
#include <math.h>

/* Switching by hand: under the safety chain, committed first, with its undo in the list. */

/* The watch may have it for one look. */
#define BORROW_S 5.0
/* A person's hand is no step: no more than the steps' own 50 A (plant default), and a supply that
 * hears nothing for 5 s goes off by itself; it is read twice a second. */
#define HAND_MAX_A 50.0
#define HAND_MAX_V 1000.0
#define WATCHDOG_S 5.0

/* By the values of hv_route (docs/fixture-plc.md). */
static const char *const routes[] = {"none",  "pos-chassis", "neg-chassis", "comms-chassis",
				     "hv-lv", "hv-chassis",  "ground-bond", NULL};

/* By the values of their registers (station/signals.h). */
static const char *const lights[] = {"off", "steady", "flash", NULL};
static const char *const sounds[] = {"none", "pass", "fail", "refused", "call", "alarm", NULL};

/* In the order in which a person would switch them. hv_enable is not here: with it a start at the
 * tester's own panel would reach the fixture. */
static const PlServiceOutput outputs[] = {
    {.name = "door_lock", .role = PL_ROLE_PLC},
    {.name = "clamp", .role = PL_ROLE_PLC, .chain = TRUE},
    {.name = "bms_power", .role = PL_ROLE_PLC},
    {.name = "bms_boot", .role = PL_ROLE_PLC},
    {.name = "bms_reset", .role = PL_ROLE_PLC},
    {.name = "discharge", .role = PL_ROLE_PLC, .rest = 1},
    {.name = "contactor",
     .role = PL_ROLE_BMS,
     .chain = TRUE,
     .energises = "pack terminals (main contactor closed)"},
    {.name = "load_relay",
     .role = PL_ROLE_PLC,
     .chain = TRUE,
     .energises = "pack on the supply's terminals (load relay closed)"},
    {.name = "output",
     .role = PL_ROLE_SUPPLY,
     .chain = TRUE,
     .energises = "supply output on the pack"},
    {.name = "insulation_monitor", .role = PL_ROLE_BMS, .rest = 1},
    {.name = "clear_protection", .role = PL_ROLE_BMS, .command = TRUE},
    {.name = "hv_route", .role = PL_ROLE_PLC, .chain = TRUE, .words = routes},
    {.name = "leak_fill", .role = PL_ROLE_PLC, .chain = TRUE},
    {.name = "lamp_red", .role = PL_ROLE_PLC, .words = lights},
    {.name = "lamp_yellow", .role = PL_ROLE_PLC, .words = lights},
    {.name = "lamp_green", .role = PL_ROLE_PLC, .words = lights},
    {.name = "lamp_blue", .role = PL_ROLE_PLC, .words = lights},
    {.name = "lamp_white", .role = PL_ROLE_PLC, .words = lights},
    {.name = "buzzer", .role = PL_ROLE_PLC, .words = sounds},
};

/* What must be so before an output may be switched on (or off): asked of the instrument right
 * before. Pre-charge cannot bring up terminals that are being discharged; a relay is not closed
 * onto the discharge resistor; a clamp that carries current is not opened, nor a door unlocked. */
static const struct {
	const char *output;
	gboolean on; /* being switched away from rest; FALSE = back to it */
	const char *needs;
	double value;
	const char *remedy;
} conditions[] = {
    {"contactor", TRUE, "discharge", 0, "switch discharge off first"},
    {"load_relay", TRUE, "discharge", 0, "switch discharge off first"},
    {"output", TRUE, "discharge", 0, "switch discharge off first"},
    {"output", TRUE, "load_relay", 1, "close the load relay first"},
    {"hv_route", TRUE, "contactor", 0, "open the contactor first"},
    {"hv_route", TRUE, "load_relay", 0, "open the load relay first"},
    {"contactor", TRUE, "hv_route", 0, "set the route to none first"},
    {"load_relay", TRUE, "hv_route", 0, "set the route to none first"},
    {"discharge", FALSE, "contactor", 0, "open the contactor first"},
    {"discharge", FALSE, "load_relay", 0, "open the load relay first"},
    {"load_relay", FALSE, "output", 0, "switch the supply off first"},
    {"clamp", FALSE, "contactor", 0, "open the contactor first"},
    {"clamp", FALSE, "load_relay", 0, "open the load relay first"},
    {"door_lock", FALSE, "contactor", 0, "open the contactor first"},
    {"door_lock", FALSE, "load_relay", 0, "open the load relay first"},
    {"door_lock", FALSE, "output", 0, "switch the supply off first"},
};

const PlServiceOutput *
pl_service_outputs (guint *ret_n)
{
	*ret_n = G_N_ELEMENTS (outputs);
	return outputs;
}

/* A name that is not in the table is a fault of the table: both are here. */
static const PlServiceOutput *
find_output (const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
		if (g_str_equal (outputs[i].name, name))
			return &outputs[i];
	return NULL;
}

/* -- what is held ------------------------------------------------------------------------------ */

const PlServiceHeld *
pl_service_held (PlService *service, const PlServiceOutput *output)
{
	for (guint i = 0; i < service->held->len; i++)
		if (g_array_index (service->held, PlServiceHeld, i).output == output)
			return &g_array_index (service->held, PlServiceHeld, i);
	return NULL;
}

/* What moves counts, too: a clamp that closes hurts as a contactor does. */
gboolean
pl_service_holds_energy (PlService *service)
{
	for (guint i = 0; i < service->held->len; i++)
		if (g_array_index (service->held, PlServiceHeld, i).output->chain)
			return TRUE;
	return FALSE;
}

gboolean
pl_service_has (PlService *service, const PlServiceOutput *output)
{
	return pl_bench_entry (service->station->bench, output->role) != NULL;
}

/* -- instruments ------------------------------------------------------------------------------- */

/* The name stands in BUSY errors of others. */
static PlInstrument *
borrow (PlService *service, PlRole role, GError **error)
{
	return pl_bench_borrow (service->station->bench, role, "service by hand", BORROW_S, error);
}

/* A broken wire is opened afresh next time. */
static void
give_back (PlService *service, PlInstrument *instrument, const GError *error)
{
	if (error != NULL && error->domain == PL_LINK_ERROR)
		pl_bench_forget (service->station->bench, instrument->role);
	pl_bench_return (service->station->bench, instrument);
}

static gboolean
check_with (PlInstrument *plc, GError **error)
{
	return pl_safety_check (plc, error);
}

/* Any failure counts as open: a PLC that cannot be read has said nothing good. The text is kept for
 * the snapshot. */
gboolean
pl_service_check_chain (PlService *service, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	PlInstrument *plc = borrow (service, PL_ROLE_PLC, &wrong);

	if (plc != NULL) {
		check_with (plc, &wrong);
		give_back (service, plc, wrong);
	}
	g_free (service->chain);
	service->chain = wrong != NULL ? g_strdup (wrong->message) : NULL;
	if (wrong == NULL)
		return TRUE;
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

/* The supply's own output is what this sitting has made it: nobody else commands it. */
static gboolean
read_output (PlService *service, const PlServiceOutput *output, double *ret, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	PlInstrument *instrument;

	if (output->role == PL_ROLE_SUPPLY) {
		*ret = pl_service_held (service, output) != NULL;
		return TRUE;
	}
	instrument = borrow (service, output->role, error);
	if (instrument == NULL)
		return FALSE;
	pl_reg_get (instrument, output->name, ret, &wrong);
	give_back (service, instrument, wrong);
	if (wrong == NULL)
		return TRUE;
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

/* A board without power holds no contactor and answers nobody: what it cannot be asked, only the
 * PLC's word on its supply may answer. */
static gboolean
is_unpowered (PlService *service, const PlServiceOutput *output)
{
	const PlServiceOutput *power = find_output ("bms_power");
	double on;

	return output->role == PL_ROLE_BMS && pl_service_has (service, power) &&
	       read_output (service, power, &on, NULL) && on < 0.5;
}

/* Compared by halves: registers of a choice are whole numbers, and 0.5 is between any two. */
static gboolean
check_conditions (PlService *service, const PlServiceOutput *output, gboolean on, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS (conditions); i++) {
		const PlServiceOutput *needs = find_output (conditions[i].needs);
		double now;

		if (!g_str_equal (conditions[i].output, output->name) || conditions[i].on != on ||
		    !pl_service_has (service, needs) || is_unpowered (service, needs))
			continue;
		if (!read_output (service, needs, &now, error))
			return FALSE;
		if (fabs (now - conditions[i].value) < 0.5)
			continue;
		g_set_error (error, PL_SAFETY_ERROR, PL_SAFETY_ERROR_INTERLOCK,
			     "%s of the %s was not switched: %s reads %g: %s", output->name,
			     pl_role_name (output->role), needs->name, now, conditions[i].remedy);
		return FALSE;
	}
	return TRUE;
}

/* -- switching --------------------------------------------------------------------------------- */

/* Off is proved by reading back, whatever the instrument. */
static gboolean
write_with (PlService *service, PlInstrument *instrument, const PlServiceOutput *output,
	    double value, GError **error)
{
	const PlSupplyOps *supply = instrument->ops.supply;

	if (output->role != PL_ROLE_SUPPLY)
		return pl_reg_set (instrument, output->name, value, error);
	if (value < 0.5)
		return instrument->make_safe (instrument, error);
	return supply->arm (instrument, &service->limits, error) &&
	       supply->set_current (instrument, 0, error) &&
	       supply->output (instrument, TRUE, error);
}

/* Given back with its error, since that decides whether the wire is opened anew. */
static gboolean
write_output (PlService *service, const PlServiceOutput *output, double value, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	PlInstrument *instrument = borrow (service, output->role, error);

	if (instrument == NULL)
		return FALSE;
	write_with (service, instrument, output, value, &wrong);
	give_back (service, instrument, wrong);
	if (wrong == NULL)
		return TRUE;
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

/* Committed, and in the list, before the command goes out: the command itself may energise and
 * fail. */
static gboolean
hold (PlService *service, const PlServiceOutput *output, double value, GError **error)
{
	PlServiceHeld held = {output, value, 0};

	for (guint i = 0; i < service->held->len; i++) {
		PlServiceHeld *at = &g_array_index (service->held, PlServiceHeld, i);

		if (at->output == output) {
			at->value = value;
			return TRUE;
		}
	}
	if (output->energises != NULL &&
	    !pl_service_log_energised (service, output->energises, &held.row, error))
		return FALSE;
	g_array_append_val (service->held, held);
	return TRUE;
}

/* Out of the list only when it is at rest; its row is cleared then and not before. */
static gboolean
let_go (PlService *service, guint at, GError **error)
{
	PlServiceHeld held = g_array_index (service->held, PlServiceHeld, at);

	if (!write_output (service, held.output, held.output->rest, error) &&
	    !is_unpowered (service, held.output))
		return FALSE;
	g_clear_error (error);
	g_array_remove_index (service->held, at);
	return held.row == 0 || pl_service_log_cleared (service, held.row, error);
}

/* Chain, conditions, commit, command, in this order: what refuses comes before what remembers, and
 * what remembers before what energises. */
static gboolean
switch_on (PlService *service, const PlServiceOutput *output, double value, GError **error)
{
	return (!output->chain || pl_service_check_chain (service, error)) &&
	       check_conditions (service, output, TRUE, error) &&
	       hold (service, output, value, error) && write_output (service, output, value, error);
}

/* A door is unlocked only before what is proved dead. */
static gboolean
switch_back (PlService *service, const PlServiceOutput *output, GError **error)
{
	if (!check_conditions (service, output, FALSE, error) ||
	    (g_str_equal (output->name, "door_lock") &&
	     !pl_station_prove_discharged (service->station, error)))
		return FALSE;
	for (guint i = 0; i < service->held->len; i++)
		if (g_array_index (service->held, PlServiceHeld, i).output == output)
			return let_go (service, i, error);
	return write_output (service, output, output->rest, error);
}

/* A command has no state to hold: it is said again whenever it is pressed. */
gboolean
pl_service_set (PlService *service, const PlServiceOutput *output, double value, GError **error)
{
	if (output->command)
		return write_output (service, output, 1, error);
	if (fabs (value - output->rest) < 0.5)
		return switch_back (service, output, error);
	return switch_on (service, output, value, error);
}

/* -- the supply -------------------------------------------------------------------------------- */

static gboolean
refuse (GError **error, const char *text)
{
	g_set_error (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED,
		     "the supply was not touched: %s", text);
	return FALSE;
}

/* The protections stand where the steps' do (pl_step_supply_limits). */
gboolean
pl_service_supply (PlService *service, gpointer data, GError **error)
{
	PlServiceOrder *order = data;
	double low = order->numbers[0], high = order->numbers[1], most = order->numbers[2];

	if (!(low >= 0 && high > low && high <= HAND_MAX_V))
		return refuse (error, "0 V <= lowest < highest voltage <= 1000 V is needed");
	if (!(most > 0 && most <= HAND_MAX_A))
		return refuse (error, "by hand the current is more than 0 A and at most 50 A");
	service->limits = (PlSupplyLimits){.voltage_max_v = high,
					   .voltage_min_v = low,
					   .charge_max_a = most,
					   .discharge_max_a = most,
					   .ovp_v = high * 1.025,
					   .uvp_v = low * 0.975,
					   .ocp_a = most * 1.1 + 1,
					   .watchdog_s = WATCHDOG_S};
	return pl_service_set (service, find_output ("output"), 1, error);
}

/* The driver holds the current against the limits that the output was armed with. The chain is
 * asked anew: more current is more energy. */
gboolean
pl_service_set_current (PlService *service, double amperes, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	PlInstrument *supply;

	if (pl_service_held (service, find_output ("output")) == NULL)
		return refuse (error, "switch its output on first");
	if (!pl_service_check_chain (service, error) ||
	    (supply = borrow (service, PL_ROLE_SUPPLY, error)) == NULL)
		return FALSE;
	supply->ops.supply->set_current (supply, amperes, &wrong);
	give_back (service, supply, wrong);
	if (wrong == NULL)
		return TRUE;
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

/* -- undoing ----------------------------------------------------------------------------------- */

/* Each undo is an event of its own: after a failure it must be seen which ones were done. */
static void
undo_one (PlService *service, guint at, GError **first)
{
	const PlServiceOutput *output = g_array_index (service->held, PlServiceHeld, at).output;
	g_autofree char *what = g_strdup_printf ("%s back to %g", output->name, output->rest);
	g_autoptr (GError) wrong = NULL;

	let_go (service, at, &wrong);
	pl_service_log (service, what, wrong != NULL ? wrong->message : "done");
	if (wrong != NULL && *first == NULL)
		*first = g_steal_pointer (&wrong);
}

/* What cannot be undone stays in the list, and its row stays: it may be live. */
gboolean
pl_service_undo (PlService *service, gboolean all, GError **error)
{
	g_autoptr (GError) first = NULL;

	for (guint i = service->held->len; i > 0; i--)
		if (all || g_array_index (service->held, PlServiceHeld, i - 1).output->chain)
			undo_one (service, i - 1, &first);
	if (first == NULL)
		return TRUE;
	g_propagate_error (error, g_steal_pointer (&first));
	return FALSE;
}
