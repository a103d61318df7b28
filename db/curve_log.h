/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/integers.h"

/*
 * Inside db only: what one commit keeps of all curves at once (a row of slog), in plain varints
 * behind a checksum. Each entry says which samples of its curve it holds, so that a log which is
 * read twice, or beside the spans that were made of it, doubles nothing. Pure functions.
 */
typedef struct {
	GByteArray *bytes;
	gint64 curve, t_us; /* of the last entry */
} PlLogWriter;

PlLogWriter *pl_log_writer_new (void);
/* Samples from..from+n-1 of `samples`, the first of which is number `first` of its curve. */
void pl_log_write (PlLogWriter *log, gint64 curve, gint64 first, const PlIntegers *samples,
		   gsize from, gsize n);
/* Puts the checksum; NULL if nothing was written. The writer goes. */
GBytes *pl_log_writer_finish (PlLogWriter *log);

typedef struct {
	gint64 curve, first, t_us; /* t_us: of the first sample */
	gsize n;
	guint n_columns;
	const guint8 *data;
	gsize len;
} PlLogEntry;
/* FALSE with an error ends the walk. */
typedef gboolean (*PlLogVisit) (const PlLogEntry *entry, gpointer data, GError **error);
/* Every entry in order; CODEC_ERROR_DAMAGED. */
gboolean pl_log_walk (const guint8 *data, gsize len, PlLogVisit visit, gpointer visit_data,
		      GError **error);
/* The entry's samples to the end of `into`, of as many columns. */
gboolean pl_log_entry_read (const PlLogEntry *entry, PlIntegers *into, GError **error);
