/* SPDX-License-Identifier: Apache-2.0 */
#include "station/canonical.h"
#include "station/cli/view.h"
#include <math.h>

/* Events as lines of JSON; keys stand in canonical order. Samples are in the record, not here. */

/* In the order of PlEventKind; NULL is not told. */
static const char *
event_name (PlEventKind kind)
{
	static const char *const names[] = {"run-started", "step-started", "measured",
					    NULL,	   "progress",	   "note",
					    "step-ended",  "run-ended",	   "prompt"};

	return names[kind];
}

static void
write_measurement (PlCanonical *out, const PlMeasurement *m)
{
	pl_canonical_key (out, "measurement");
	pl_canonical_begin_object (out);
	if (m->limit != NULL) {
		pl_canonical_member (out, "equals", m->limit->equals);
		pl_canonical_member_decimal (out, "high", m->limit->max);
		pl_canonical_member_decimal (out, "low", m->limit->min);
	}
	pl_canonical_member (out, "name", m->name);
	pl_canonical_member (out, "text", m->words);
	pl_canonical_member (out, "unit", m->unit);
	if (!m->text)
		pl_canonical_member_decimal (out, "value", m->value);
	if (m->limit != NULL)
		pl_canonical_member (out, "verdict", pl_verdict_name (m->verdict));
	pl_canonical_end_object (out);
}

/* Before its end a step has no verdict and no duration: leaving them out says so. */
static void
write_step (PlCanonical *out, const PlStepResult *step, gboolean ended)
{
	pl_canonical_key (out, "step");
	pl_canonical_begin_object (out);
	pl_canonical_member_integer (out, "attempt", step->attempt);
	if (ended)
		pl_canonical_member_decimal (out, "duration_s", step->duration_s);
	pl_canonical_member (out, "id", step->step->id);
	pl_canonical_member (out, "message", step->message);
	pl_canonical_member (out, "title", step->step->title);
	if (ended)
		pl_canonical_member (out, "verdict", pl_verdict_name (step->verdict));
	pl_canonical_end_object (out);
}

char *
pl_view_json_event (const PlRunEvent *event)
{
	g_autoptr (PlCanonical) out = pl_canonical_new ();

	/* the end comes with its files, from pl_view_json_end */
	if (event_name (event->kind) == NULL || event->kind == PL_EVENT_RUN_ENDED ||
	    (event->kind == PL_EVENT_PROMPT && event->prompt == NULL))
		return NULL;
	pl_canonical_begin_object (out);
	pl_canonical_member (out, "event", event_name (event->kind));
	if (event->measurement != NULL)
		write_measurement (out, event->measurement);
	pl_canonical_member_decimal (out, "progress", event->progress);
	if (event->kind == PL_EVENT_RUN_STARTED)
		pl_canonical_member (out, "run", pl_run_id (event->run));
	pl_canonical_member (out, "serial", pl_run_serial (event->run));
	if (event->step != NULL)
		write_step (out, event->step, event->kind == PL_EVENT_STEP_ENDED);
	pl_canonical_member (out, "text",
			     event->prompt != NULL ? event->prompt->sentence : event->text);
	pl_canonical_end_object (out);
	return pl_canonical_text (out);
}

char *
pl_view_json_end (PlRun *run, const PlViewEnd *end)
{
	g_autoptr (PlCanonical) out = pl_canonical_new ();

	pl_canonical_begin_object (out);
	pl_canonical_member (out, "cause", pl_run_cause (run));
	pl_canonical_member (out, "danger", end->danger);
	pl_canonical_member (out, "database", end->database);
	pl_canonical_member (out, "event", "run-ended");
	pl_canonical_member (out, "grade", pl_run_grade (run));
	pl_canonical_member (out, "kind", pl_run_kind (run));
	pl_canonical_member (out, "label", end->label);
	pl_canonical_member_decimal (out, "process_s", end->process_seconds);
	pl_canonical_member (out, "record", end->record);
	pl_canonical_member (out, "run", pl_run_id (run));
	pl_canonical_member_decimal (out, "seconds", end->seconds);
	pl_canonical_member (out, "serial", pl_run_serial (run));
	pl_canonical_member (out, "verdict", pl_run_verdict_name (pl_run_verdict (run)));
	pl_canonical_end_object (out);
	return pl_canonical_text (out);
}
