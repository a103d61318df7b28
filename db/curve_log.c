/* SPDX-License-Identifier: Apache-2.0 */
#include "db/curve_log.h"
#include "db/checksum.h"
#include "db/codec.h"
#include "db/varint.h"
#include <string.h>

/* Row: u64 checksum of what follows (little-endian), then entries. Entry: curve and first time as
 * differences to the last entry's; first, n, columns, bytes; the bytes: steps of the time as
 * differences to the last step (a clock ticks evenly), each other column as its first value and
 * differences. */
#define CHECKSUM_BYTES 8
#define HEAD_MOST 60

PlLogWriter *
pl_log_writer_new (void)
{
	PlLogWriter *log = g_new0 (PlLogWriter, 1);

	log->bytes = g_byte_array_sized_new (32768);
	g_byte_array_set_size (log->bytes, CHECKSUM_BYTES);
	return log;
}

static guint8 *
put_samples (guint8 *at, const PlIntegers *samples, gsize from, gsize n)
{
	for (guint c = 0; c < samples->n_columns; c++) {
		const gint64 *values = samples->columns[c] + from;
		guint64 before = c == 0 ? (guint64)values[0] : 0, step = 0;

		for (gsize i = c == 0; i < n; i++) {
			guint64 next = (guint64)values[i] - before;

			at = pl_put_varint (at, pl_zigzag (next - step));
			before = (guint64)values[i];
			step = c == 0 ? next : 0;
		}
	}
	return at;
}

void
pl_log_write (PlLogWriter *log, gint64 curve, gint64 first, const PlIntegers *samples, gsize from,
	      gsize n)
{
	gsize most = n * samples->n_columns * 10, old = log->bytes->len;
	guint8 head[HEAD_MOST], *at = head, *body, *end;
	gint64 t_us = samples->columns[0][from];
	gsize head_len;

	/* the head says how long the body is, and is written behind it first */
	g_byte_array_set_size (log->bytes, (guint)(old + HEAD_MOST + most));
	body = log->bytes->data + old + HEAD_MOST;
	end = put_samples (body, samples, from, n);
	at = pl_put_varint (at, pl_zigzag ((guint64)curve - (guint64)log->curve));
	at = pl_put_varint (at, (guint64)first);
	at = pl_put_varint (at, n);
	at = pl_put_varint (at, samples->n_columns);
	at = pl_put_varint (at, pl_zigzag ((guint64)t_us - (guint64)log->t_us));
	at = pl_put_varint (at, (guint64)(end - body));
	head_len = (gsize)(at - head);
	memcpy (log->bytes->data + old, head, head_len);
	memmove (log->bytes->data + old + head_len, body, (gsize)(end - body));
	g_byte_array_set_size (log->bytes, (guint)(old + head_len + (gsize)(end - body)));
	log->curve = curve;
	log->t_us = t_us;
}

GBytes *
pl_log_writer_finish (PlLogWriter *log)
{
	guint64 sum = GUINT64_TO_LE (
	    pl_checksum (log->bytes->data + CHECKSUM_BYTES, log->bytes->len - CHECKSUM_BYTES));
	gboolean is_empty = log->bytes->len == CHECKSUM_BYTES;
	GBytes *bytes;

	memcpy (log->bytes->data, &sum, CHECKSUM_BYTES);
	bytes = g_byte_array_free_to_bytes (log->bytes);
	g_free (log);
	if (is_empty)
		g_clear_pointer (&bytes, g_bytes_unref);
	return bytes;
}

static gboolean
damaged (GError **error, const char *what)
{
	g_set_error (error, PL_CODEC_ERROR, PL_CODEC_ERROR_DAMAGED,
		     "the log of samples is damaged: %s", what);
	return FALSE;
}

static const guint8 *
get_head (const guint8 *at, const guint8 *end, PlLogEntry *entry)
{
	guint64 head[6];

	for (guint i = 0; i < G_N_ELEMENTS (head) && at != NULL; i++)
		at = pl_get_varint (at, end, &head[i]);
	if (at == NULL || head[1] > G_MAXINT64 || head[5] > (gsize)(end - at))
		return NULL;
	/* a byte a value at least, but for the first time: a lying head cannot make us allocate */
	if (head[3] == 0 || head[2] == 0 || head[2] > head[5] + 1 ||
	    head[3] > head[5] / head[2] + 1)
		return NULL;
	entry->curve = (gint64)((guint64)entry->curve + pl_unzigzag (head[0]));
	entry->first = (gint64)head[1];
	entry->n = head[2];
	entry->n_columns = (guint)head[3];
	entry->t_us = (gint64)((guint64)entry->t_us + pl_unzigzag (head[4]));
	entry->data = at;
	entry->len = head[5];
	return at + entry->len;
}

gboolean
pl_log_walk (const guint8 *data, gsize len, PlLogVisit visit, gpointer visit_data, GError **error)
{
	const guint8 *at = data + CHECKSUM_BYTES, *end = data + len;
	PlLogEntry entry = {0};
	guint64 sum;

	if (len < CHECKSUM_BYTES)
		return damaged (error, "it ends early");
	memcpy (&sum, data, CHECKSUM_BYTES);
	if (GUINT64_FROM_LE (sum) != pl_checksum (at, (gsize)(end - at)))
		return damaged (error, "its checksum is another");
	while (at < end) {
		at = get_head (at, end, &entry);
		if (at == NULL)
			return damaged (error, "its head contradicts itself");
		if (!visit (&entry, visit_data, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
pl_log_entry_read (const PlLogEntry *entry, PlIntegers *into, GError **error)
{
	const guint8 *at = entry->data, *end = entry->data + entry->len;

	if (entry->n_columns != into->n_columns)
		return damaged (error, "it has another number of columns");
	pl_integers_reserve (into, entry->n);
	for (guint c = 0; c < into->n_columns; c++) {
		gint64 *values = into->columns[c] + into->n;
		guint64 value = c == 0 ? (guint64)entry->t_us : 0, step = 0, coded;

		values[0] = (gint64)value;
		for (gsize i = c == 0; i < entry->n; i++) {
			at = pl_get_varint (at, end, &coded);
			if (at == NULL)
				return damaged (error, "it ends early");
			step = pl_unzigzag (coded) + (c == 0 ? step : 0);
			value += step;
			values[i] = (gint64)value;
		}
	}
	if (at != end)
		return damaged (error, "it has bytes too many");
	into->n += entry->n;
	return TRUE;
}
