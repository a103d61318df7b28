/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run_item.h"

struct _PlRunItem {
	GObject parent;
	PlHistoryRow *row;
};

G_DEFINE_FINAL_TYPE (PlRunItem, pl_run_item, G_TYPE_OBJECT)

static guint filled;

PlRunItem *
pl_run_item_new (void)
{
	return g_object_new (PL_TYPE_RUN_ITEM, NULL);
}

const PlHistoryRow *
pl_run_item_row (PlRunItem *self)
{
	return self->row;
}

void
pl_run_item_fill (PlRunItem *self, PlHistoryRow *row)
{
	pl_history_row_free (self->row);
	self->row = row;
	g_signal_emit (self, filled, 0);
}

void
pl_run_item_touch (PlRunItem *self)
{
	g_signal_emit (self, filled, 0);
}

static void
finalize (GObject *object)
{
	pl_history_row_free (PL_RUN_ITEM (object)->row);
	G_OBJECT_CLASS (pl_run_item_parent_class)->finalize (object);
}

static void
pl_run_item_class_init (PlRunItemClass *class)
{
	G_OBJECT_CLASS (class)->finalize = finalize;
	filled = g_signal_new ("filled", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
			       NULL, NULL, G_TYPE_NONE, 0);
}

static void
pl_run_item_init (PlRunItem *self)
{
}
