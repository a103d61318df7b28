/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/safety.h"
#include "station/service.h"

/* The inside of a sitting, shared by service*.c only. */

/* One instrument, looked at by a thread of its own. */
typedef struct {
	PlService *service;
	const PlBenchEntry *entry;
	GThread *thread;
	/* under the service's mutex: the last look */
	gboolean looked, known;
	PlIdentity identity;
	char *trouble;
	GPtrArray *values; /* PlServiceValue */
	char *due;
} PlServiceWatch;

/* An output that this sitting has switched away from its rest. */
typedef struct {
	const PlServiceOutput *output;
	double value;
	gint64 row; /* of what may be live; 0 = none */
} PlServiceHeld;

struct _PlService {
	PlStation *station;
	PlSlot *slot;
	char *who;
	PlServiceFunc func;
	gpointer data;
	GThread *thread;
	GPtrArray *watches; /* PlServiceWatch* */
	PlClock *clock; /* of a stepped line, which stands still unless somebody waits; NULL */
	/* the sitting's thread only */
	PlServiceState state;
	/* row: "the bench, in the hands of ...", what may be live for as long as the sitting lasts
	 */
	gint64 run, row; /* database rows; 0 = the sitting has not begun */
	GArray *held; /* PlServiceHeld, newest last */
	char *chain, *danger;
	PlSupplyLimits limits; /* of the supply's output, while it is held */
	/* under the mutex */
	GMutex mutex;
	GCond cond;
	GQueue orders; /* PlServiceOrder* */
	gboolean leaving, watching;
	char *said;
	guint said_seq;
	gboolean said_bad;
};

typedef struct {
	gboolean (*run) (PlService *service, gpointer order, GError **error);
	char *what; /* for log and people: "load_relay = 1" */
	const PlServiceOutput *output;
	double numbers[3]; /* value; or lowest V, highest V, most A */
	PlRole role; /* of a calibration's instrument */
	PlCalibrationRow *calibration;
} PlServiceOrder;

/* service_snapshot.c */
void pl_service_value_free (gpointer value);
PlServiceValue *pl_service_value_add (GPtrArray *values, const char *name, const char *unit);
/* Deep: both may be changed and freed apart. */
GPtrArray *pl_service_values_copy (GPtrArray *values);

/* service_watch.c */
PlServiceWatch *pl_service_watch_new (PlService *service, const PlBenchEntry *entry);
void pl_service_watch_free (gpointer watch); /* after its thread was told to end */
void pl_service_watch_start (PlServiceWatch *watch);

/* service_outputs.c: blocking, on the sitting's thread */
/* Asked right before each switch and while anything is held; *chain follows. */
gboolean pl_service_check_chain (PlService *service, GError **error);
/* Switches, with the row's own conditions; by the value it goes on, or back to rest. Blocks. */
gboolean pl_service_set (PlService *service, const PlServiceOutput *output, double value,
			 GError **error);
/* order: lowest and highest V and most A, checked here; then the output as any other. */
gboolean pl_service_supply (PlService *service, gpointer order, GError **error);
gboolean pl_service_set_current (PlService *service, double amperes, GError **error);
/* Newest first; all of them are tried, the first failure is told. `all` = those that neither carry
 * energy nor move, too. */
gboolean pl_service_undo (PlService *service, gboolean all, GError **error);
/* NULL = at its rest, or switched by somebody else. Borrowed until the next switch. */
const PlServiceHeld *pl_service_held (PlService *service, const PlServiceOutput *output);
/* Is there anything that the safety chain, or a silent instrument, must end? */
gboolean pl_service_holds_energy (PlService *service);
gboolean pl_service_has (PlService *service, const PlServiceOutput *output);

/* service_log.c: one commit each */
gboolean pl_service_log_begin (PlService *service, GError **error);
/* Returns once it is on the disk: nothing is energised before. */
gboolean pl_service_log_energised (PlService *service, const char *what, gint64 *ret_row,
				   GError **error);
gboolean pl_service_log_cleared (PlService *service, gint64 row, GError **error);
/* An event of the sitting and a row of the journal; a failure is a warning. */
void pl_service_log (PlService *service, const char *what, const char *result);
/* ABORTED where all is safe: nobody judges a pack by hand. ERROR with the cause otherwise. */
gboolean pl_service_log_end (PlService *service, const char *danger, GError **error);
