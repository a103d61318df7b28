/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/link/link.h"
#include <string.h>

/* A link whose far end says the fuzzer's bytes and then nothing; what is written goes nowhere.
 * Bytes come after the first write only, and a look without patience (a discard) finds none. */
typedef struct {
	const guint8 *data;
	gsize left;
	gboolean asked;
} FuzzSource;

static inline gssize
fuzz_read (gpointer self, guint8 *buf, gsize len, gint64 deadline, GError **error)
{
	FuzzSource *source = self;
	gsize n = MIN (len, source->left);

	if (n == 0 || deadline == 0 || !source->asked) {
		g_set_error (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "no more");
		return -1;
	}
	memcpy (buf, source->data, n);
	source->data += n;
	source->left -= n;
	return n;
}

static inline gboolean
fuzz_write (gpointer self, const guint8 *data, gsize len, gint64 deadline, GError **error)
{
	((FuzzSource *)self)->asked = TRUE;
	return TRUE;
}

static inline void
fuzz_sleep (gpointer self, gint64 microseconds)
{
}

static inline void
fuzz_free (gpointer self)
{
}

static inline PlLink *
fuzz_link (FuzzSource *source)
{
	static const PlLinkVtable vtable = {
	    .kind = "fuzz",
	    .read = fuzz_read,
	    .write = fuzz_write,
	    .sleep = fuzz_sleep,
	    .free = fuzz_free,
	};

	return pl_link_new (&vtable, source, "fuzz");
}
