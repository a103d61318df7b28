/* SPDX-License-Identifier: Apache-2.0 */
#include "db/integers.h"
#include <string.h>

#define LEAST_ROOM 64

PlIntegers *
pl_integers_new (guint n_columns)
{
	PlIntegers *integers = g_new0 (PlIntegers, 1);

	integers->n_columns = n_columns;
	integers->columns = g_new0 (gint64 *, n_columns);
	return integers;
}

void
pl_integers_free (PlIntegers *integers)
{
	for (guint c = 0; c < integers->n_columns; c++)
		g_free (integers->columns[c]);
	g_free (integers->columns);
	g_free (integers);
}

void
pl_integers_reserve (PlIntegers *integers, gsize more)
{
	gsize room = MAX (integers->room, LEAST_ROOM);

	while (room < integers->n + more)
		room *= 2;
	if (room == integers->room)
		return;
	integers->room = room;
	for (guint c = 0; c < integers->n_columns; c++)
		integers->columns[c] = g_renew (gint64, integers->columns[c], room);
}

void
pl_integers_drop (PlIntegers *integers, gsize n)
{
	integers->n -= n;
	for (guint c = 0; c < integers->n_columns && integers->n > 0; c++)
		memmove (integers->columns[c], integers->columns[c] + n,
			 integers->n * sizeof (gint64));
}

void
pl_integers_append (PlIntegers *to, const PlIntegers *more, gsize from, gsize n)
{
	pl_integers_reserve (to, n);
	for (guint c = 0; c < to->n_columns && n > 0; c++)
		memcpy (to->columns[c] + to->n, more->columns[c] + from, n * sizeof (gint64));
	to->n += n;
}
