/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/instrument.h"

/*
 * The instruments of a bench without wires, with one small pack behind them: this object brings the
 * driver table of the test programs (fake-hipot, fake-supply ...), so that what the station does
 * can be seen call by call and any call can be made to go wrong. One process holds one such bench;
 * every Check test is a process of its own.
 */
#define FAKE_CELLS 32

typedef struct {
	/* the pack */
	double ocv_v, ohm[FAKE_CELLS]; /* 3.30 V and 0.5 mohm unless a test says otherwise */
	double cell_offset_v[FAKE_CELLS]; /* what the BMS reads more than the meter */
	double ntc_degc[4], ambient_degc;
	double gain, zero_a; /* of the BMS's current sensor */
	double soc_percent, rated_ah;
	gboolean welded; /* the main contactor stays closed */
	gboolean dead_balancing; /* of cell 5 */
	gboolean protection_dead; /* never trips */
	gboolean path_open; /* no current flows, whatever is set */
	gboolean path_reversed; /* the shunt is in the wrong way */
	guint32 stuck_bits; /* of `protection` */
	/* the fixture */
	double leak_pa_per_s;
	double insulation_ohm, bond_ohm;
	gboolean breaks_down; /* in the ramp */
	gboolean over_range; /* IR shows all nines */
	gboolean fixture_stays_charged;
	double fixture_rest_v; /* somebody else's voltage on it; 0 = none */
	gboolean no_tower; /* the PLC's map has no lamps */
	GArray *script; /* PlHipotReading: what the tester says, instead of its own; the last one
			   stays */
	/* under the cell meter's probes */
	double cell_v, cell_ohm; /* 3.28 V and 0.2 mohm unless a test says otherwise */
	double cell_drift_v; /* from one reading to the next */
	gboolean probe_open, cell_over;
	char *printed; /* the last label */
	char *scanned; /* the next code; g_strdup, set atomically */
	/* called before every call, on the caller's thread: "plc write hv_enable=1", "daq measure
	 * cell*" */
	void (*on_call) (const char *call);
	/* what the reference BMS would say of itself */
	GHashTable *numbers; /* "bms NAME" or "plc NAME" -> double*: read instead of the model's */
} Fake;
extern Fake fake;

/* A healthy pack on a bench at rest. */
void fake_reset (void);
/* Every call that begins with `call` fails from now on (times < 0), or that many times. */
void fake_break (const char *call, int times, GQuark domain, int code, const char *message);
void fake_set (const char *name, double value);
void fake_unset (const char *name);
void fake_say (const PlHipotReading *reading); /* appends to the script */
/* All calls so far, in order, one a line; caller frees. */
char *fake_calls (void);
/* Position of the first call that begins so, after `from`; -1 = none. */
int fake_find (const char *call, int from);
/* Is anything on that puts energy anywhere? Names it, or NULL. */
const char *fake_live (void);
