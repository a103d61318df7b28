/* SPDX-License-Identifier: Apache-2.0 */
#include "station/service_inside.h"

void
pl_service_value_free (gpointer data)
{
	PlServiceValue *value = data;

	g_free (value->name);
	g_free (value->unit);
	g_free (value->text);
	g_array_unref (value->values);
	g_free (value);
}

PlServiceValue *
pl_service_value_add (GPtrArray *values, const char *name, const char *unit)
{
	PlServiceValue *value = g_new0 (PlServiceValue, 1);

	value->name = g_strdup (name);
	value->unit = g_strdup (unit);
	value->values = g_array_new (FALSE, FALSE, sizeof (double));
	g_ptr_array_add (values, value);
	return value;
}

GPtrArray *
pl_service_values_copy (GPtrArray *from)
{
	GPtrArray *values = g_ptr_array_new_with_free_func (pl_service_value_free);

	for (guint i = 0; i < from->len; i++) {
		/* deep, since the page that reads one must not see the next look arrive in it */
		const PlServiceValue *at = g_ptr_array_index (from, i);
		PlServiceValue *value = pl_service_value_add (values, at->name, at->unit);

		value->text = g_strdup (at->text);
		g_array_append_vals (value->values, at->values->data, at->values->len);
	}
	return values;
}

static void
instrument_free (gpointer data)
{
	PlServiceInstrument *instrument = data;

	g_free (instrument->trouble);
	g_free (instrument->due);
	g_ptr_array_unref (instrument->values);
	g_free (instrument);
}

PlServiceSnapshot *
pl_service_snapshot_new (void)
{
	PlServiceSnapshot *s = g_new0 (PlServiceSnapshot, 1);

	g_atomic_ref_count_init (&s->refs);
	s->instruments = g_ptr_array_new_with_free_func (instrument_free);
	s->switches = g_ptr_array_new_with_free_func (g_free);
	return s;
}

PlServiceSnapshot *
pl_service_snapshot_ref (const PlServiceSnapshot *snapshot)
{
	/* const means its content; the count is atomic and belongs to all */
	PlServiceSnapshot *s = (PlServiceSnapshot *)snapshot;

	g_atomic_ref_count_inc (&s->refs);
	return s;
}

void
pl_service_snapshot_unref (const PlServiceSnapshot *snapshot)
{
	PlServiceSnapshot *s = (PlServiceSnapshot *)snapshot;

	if (s == NULL || !g_atomic_ref_count_dec (&s->refs))
		return;
	g_free (s->who);
	g_free (s->chain);
	g_free (s->danger);
	g_free (s->said);
	g_ptr_array_unref (s->instruments);
	g_ptr_array_unref (s->switches);
	g_free (s);
}

PlServiceInstrument *
pl_service_snapshot_add_instrument (PlServiceSnapshot *s, PlRole role)
{
	PlServiceInstrument *instrument = g_new0 (PlServiceInstrument, 1);

	instrument->role = role;
	instrument->values = g_ptr_array_new_with_free_func (pl_service_value_free);
	g_ptr_array_add (s->instruments, instrument);
	return instrument;
}

PlServiceValue *
pl_service_instrument_add (PlServiceInstrument *instrument, const char *name, const char *unit)
{
	return pl_service_value_add (instrument->values, name, unit);
}
