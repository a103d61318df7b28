/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* A thread that looks around for somebody who must not wait: at its start, when it is told to, and
 * when the time that the last look asked for has come. */
typedef struct _PlLookout PlLookout;
/* On the lookout's thread; returns in how many seconds of the clock on the wall it wants to look
 * again at the latest. */
typedef double (*PlLookoutFunc) (gpointer data);

PlLookout *pl_lookout_new (PlLookoutFunc func, gpointer data);
/* From any thread; does not wait. */
void pl_lookout_poke (PlLookout *lookout);
/* Waits for the look that is on. */
void pl_lookout_free (PlLookout *lookout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlLookout, pl_lookout_free)
