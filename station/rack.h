/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/sample.h"
#include "station/sequencer.h"

/*
 * A rack: a bench whose cycler has channels, with trays of cells on them. One thread of its own
 * looks at all channels, keeps what they log and takes each cell's run from step to step. It is one
 * event loop, not a thread a cell: five hundred cells cost one. What it knows stands in the
 * database at any moment, so that a station that was killed finds every cell again.
 */
typedef struct _PlRack PlRack;

typedef enum {
	PL_CELL_NONE, /* nothing lies there */
	PL_CELL_LOADED, /* waits for its start */
	PL_CELL_CHARGING,
	PL_CELL_DISCHARGING,
	PL_CELL_RESTING,
	PL_CELL_PASSED,
	PL_CELL_FAILED,
	PL_CELL_ERROR, /* the station could not judge */
	PL_CELL_ABORTED,
	PL_CELL_SILENT, /* its channel does not answer at present */
	PL_CELL_STATES
} PlCellState;
const char *pl_cell_state_name (PlCellState state); /* "charging" */
char pl_cell_state_letter (PlCellState state); /* 'C', one a state */

typedef struct {
	guint channel, place; /* from 1; place in its tray, 0 = none */
	PlCellState state;
	char tray[32], cell[48], step[48]; /* codes; id of the recipe's step */
	guint step_at, steps; /* from 1, of so many */
	double volts, amps, degc; /* NaN = not told */
	double ah, theirs_ah; /* of the step: ours and the instrument's own, magnitudes */
	double left_s; /* till the end of the program as planned, process time; NaN = not known */
	char run[40]; /* its run's id; "" = none */
	char why[160]; /* of a cell that did not pass, or of a silent channel */
} PlRackChannel;

typedef struct {
	guint64 seq; /* grows with each change */
	char *bench, *recipe; /* recipe NULL = none has been started */
	char *trouble; /* the cycler as a whole; NULL */
	double air_degc; /* of the chamber; NaN = there is none */
	guint counts[PL_CELL_STATES];
	guint n;
	PlRackChannel *channels;
} PlRackSnapshot;
void pl_rack_snapshot_free (PlRackSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlRackSnapshot, pl_rack_snapshot_free)

/* Takes up the bench of this station, which must have a cycler, and what an earlier station has
 * left running on it: says what it found, one line each. Cells whose channels went on by themselves
 * are followed further with nothing lost; channels that were switched off meanwhile end their step
 * INCONCLUSIVE and go on at the next step's beginning after a fresh OCV. */
PlRack *pl_rack_new (PlStation *station, PlSay say, gpointer data, GError **error);
/* Ends the thread. Channels that work alone go on; all others are switched off and proved so. */
void pl_rack_free (PlRack *rack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlRack, pl_rack_free)

guint pl_rack_channels (PlRack *rack);
PlStation *pl_rack_station (PlRack *rack);
/* As it is now; any thread. */
PlRackSnapshot *pl_rack_snapshot (PlRack *rack);
/* The same by what another station process has committed, at most a second old. */
PlRackSnapshot *pl_rack_read (PlDb *db, const char *bench, GError **error);
/* Called on the rack's thread after each change; must not block. NULL = nobody, and when that
 * returns func is not running. */
void pl_rack_watch (PlRack *rack, void (*func) (gpointer data), gpointer data);

typedef struct {
	guint place; /* in the tray, from 1 */
	const char *code; /* the cell's, raw */
	const char *entry; /* "scanned", "typed", "imported" */
} PlTrayCell;

/* What follows waits for the rack's thread and its commit; any other thread. Errors name tray,
 * place and cell. */

/* A tray with its cells goes onto the channels from first_channel on. Refused whole: a cell twice,
 * a cell that is elsewhere, a place without a channel, a code that is no cell's. */
gboolean pl_rack_load (PlRack *rack, const char *tray, guint places, guint first_channel,
		       const PlTrayCell *cells, guint n, const char *by, GError **error);
/* A run for each cell of the tray; all or none. `recipe` is kept till they have ended. kind as in
 * PlRunOptions. */
gboolean pl_rack_start (PlRack *rack, const char *tray, PlRecipe *recipe, const char *kind,
			const char *by, GError **error);
/* channel 0 = all of the tray; tray NULL = all of the rack. Off first, then told to the database.
 */
gboolean pl_rack_stop (PlRack *rack, const char *tray, guint channel, const char *who,
		       GError **error);
/* Refused while a cell of it is live. ret_channels: PlRackChannel, how each one leaves. */
gboolean pl_rack_unload (PlRack *rack, const char *tray, const char *by, GArray **ret_channels,
			 GError **error);
/* The curve of a channel's run as it has grown, step by step one after the other, at most n points
 * a column ("voltage_v", "current_a", "temperature_degc"); NULL without error if there is none yet.
 */
PlSampleCurve *pl_rack_curve (PlRack *rack, guint channel, guint n, GError **error);
