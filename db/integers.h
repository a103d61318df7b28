/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Samples as they are kept: columns of whole numbers, the time first. */
typedef struct {
	guint n_columns;
	gsize n, room; /* samples that are there, and that fit */
	gint64 **columns;
} PlIntegers;

/* What stands in the place of a value that is none; no scaled value comes near it. */
#define PL_INTEGER_NONE G_MININT64

PlIntegers *pl_integers_new (guint n_columns);
void pl_integers_free (PlIntegers *integers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlIntegers, pl_integers_free)
/* Room for so many more; pointers into the columns move. */
void pl_integers_reserve (PlIntegers *integers, gsize more);
/* Takes away the first n. */
void pl_integers_drop (PlIntegers *integers, gsize n);
/* From the place `from` on, to the end of `to`. */
void pl_integers_append (PlIntegers *to, const PlIntegers *more, gsize from, gsize n);
