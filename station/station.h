/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/outbox.h"
#include "fixtures/bench.h"

/* The station itself: its name, its memory, its bench, its keys and where it puts files. */
typedef struct _PlStation PlStation;
struct _PlStation {
	char *name; /* goes into every record: the host's name unless configured */
	char *home; /* keys, records, labels, releases: one directory */
	char
	    *operator_id; /* who stands in front of it; never leaves the plant; of the first only */
	char *barred; /* why it tests no pack at present; NULL = it does; of the first only */
	gint doubted; /* atomic: its bench is not proved safe */
	char *badge_prefix; /* PL_BADGE_PREFIX unless configured; of the first only */
	PlDb *db; /* the first's own, borrowed by those beside it */
	PlBench *bench; /* NULL for commands that need none */
	PlStation *first; /* NULL = this is it */
	GPtrArray *beside; /* PlStation*, borrowed; of the first only */
};

#define PL_STATION_ERROR (pl_station_error_quark ())
GQuark pl_station_error_quark (void);
typedef enum {
	PL_STATION_ERROR_CONFIG,
	PL_STATION_ERROR_BLOCKED, /* the route check says no; the message says why and who clears it
				   */
	PL_STATION_ERROR_ROUTE, /* the same, and a second person may override it */
	PL_STATION_ERROR_UNSAFE, /* something may be live and could not be made safe */
	PL_STATION_ERROR_RECORD,
	PL_STATION_ERROR_ANSWER, /* no answer to what the run asks */
} PlStationError;

/* Opens (creating what is missing) `home`, its database and its signing key. bench_file may be
 * NULL. */
PlStation *pl_station_open (const char *home, const char *bench_file, GError **error);
/* One more bench of the same station, which must outlive it: home, database and keys are shared,
 * what may be live and interrupted runs are each bench's own. CONFIG where two benches have a name
 * or a wire in common. */
PlStation *pl_station_open_beside (PlStation *station, const char *bench_file, GError **error);
/* After all that stand beside it. */
void pl_station_free (PlStation *station);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlStation, pl_station_free)

/* Who stands in front of it and of all beside it; NULL = nobody. Any thread; caller frees. */
char *pl_station_operator (PlStation *station);
void pl_station_set_operator (PlStation *station, const char *who);
/* Slots of it and of all beside it take no pack and say `why`; NULL = they do again. Any thread. */
void pl_station_bar (PlStation *station, const char *why);
/* NULL = packs are taken. Any thread; caller frees. */
char *pl_station_barred (PlStation *station);

#define PL_BADGE_PREFIX "PLB-"
/* Does a code begin as badges do? It is never a serial, and must be shown and kept nowhere. The
 * prefix is set before any thread looks. */
gboolean pl_station_is_badge (PlStation *station, const char *code);
const char *pl_station_badge_prefix (PlStation *station); /* never NULL; borrowed */

/* What is to leave for partners: PlOutboxCount*, one a partner that something waits for. */
GPtrArray *pl_station_waiting (PlStation *station, GError **error);
/* home/NAME; caller frees. */
char *pl_station_path (PlStation *station, const char *name);
/* The directory of recipes, maps and tables: $PACKLINE_DATA, or where the build or installation put
 * it. */
const char *pl_data_dir (void);

/* After a crash: says what may be live (to `say`, one line each), makes every instrument of the
 * bench safe, proves the fixture discharged, clears the rows, and ends interrupted runs as ERROR. A
 * clean start does nothing but return TRUE. *ret_found = how many things were found. Only of runs
 * on this very bench; of a bench that this station does not have open, it says what is left to do.
 */
typedef void (*PlSay) (gpointer data, const char *line);
gboolean pl_station_recover (PlStation *station, PlSay say, gpointer data, guint *ret_found,
			     GError **error);
/* Brings every instrument of the bench that has an output to its safe state and proves the fixture
 * discharged. Borrows them one by one: the caller holds none. UNSAFE says what could not be made
 * safe. */
gboolean pl_station_make_safe (PlStation *station, GError **error);
/* Is its bench not proved safe? Said by making safe and recovery, which have failed since they last
 * succeeded, and by who finds something live after a run. Any thread. */
gboolean pl_station_is_doubted (PlStation *station);
void pl_station_doubt (PlStation *station, gboolean doubted);
/* The second half of it alone: no dangerous voltage at fixture or terminals, by the DAQ's readings;
 * TRUE on a bench without a DAQ. */
gboolean pl_station_prove_discharged (PlStation *station, GError **error);
/* What may be live on its bench by the station's own memory: "supply output on the pack since ...;
 * ..."; NULL = nothing. Caller frees. */
char *pl_station_live (PlStation *station);
/* Clears the bench's rows of what may be live; only after pl_station_make_safe has said so. */
gboolean pl_station_all_is_safe (PlStation *station, GError **error);
