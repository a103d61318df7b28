/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/step_row.h"

struct _PlStepRow {
	GObject parent;
	PlSnapshot *snapshot;
	guint at;
};

G_DEFINE_FINAL_TYPE (PlStepRow, pl_step_row, G_TYPE_OBJECT)

PlStepRow *
pl_step_row_new (const PlSnapshot *snapshot, guint at)
{
	PlStepRow *self = g_object_new (PL_TYPE_STEP_ROW, NULL);

	self->snapshot = pl_snapshot_ref (snapshot);
	self->at = at;
	return self;
}

const PlStepSnapshot *
pl_step_row_get (PlStepRow *self)
{
	return &self->snapshot->steps[self->at];
}

gboolean
pl_step_row_shows (PlStepRow *self, const PlStepSnapshot *b)
{
	const PlStepSnapshot *a = pl_step_row_get (self);

	return a->result == b->result &&
	       g_strcmp0 (a->titles[PL_LANGUAGE_EN], b->titles[PL_LANGUAGE_EN]) == 0 &&
	       g_strcmp0 (a->measurement, b->measurement) == 0 &&
	       g_strcmp0 (a->value, b->value) == 0 && g_strcmp0 (a->unit, b->unit) == 0 &&
	       g_strcmp0 (a->limit, b->limit) == 0;
}

static void
finalize (GObject *object)
{
	pl_snapshot_unref (PL_STEP_ROW (object)->snapshot);
	G_OBJECT_CLASS (pl_step_row_parent_class)->finalize (object);
}

static void
pl_step_row_class_init (PlStepRowClass *class)
{
	G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pl_step_row_init (PlStepRow *self)
{
}
