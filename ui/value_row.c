/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/value_row.h"

struct _PlValueRow {
	GObject parent;
	PlValue value;
};

G_DEFINE_FINAL_TYPE (PlValueRow, pl_value_row, G_TYPE_OBJECT)

PlValueRow *
pl_value_row_new (const PlValue *value)
{
	PlValueRow *self = g_object_new (PL_TYPE_VALUE_ROW, NULL);

	self->value = *value;
	return self;
}

const PlValue *
pl_value_row_get (PlValueRow *self)
{
	return &self->value;
}

static void
pl_value_row_class_init (PlValueRowClass *class)
{
}

static void
pl_value_row_init (PlValueRow *self)
{
}
