/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/cli/view.h"

/*
 * The terminal's side of a prompt: the run's thread says what is asked, the main loop hears the
 * keyboard. Without a keyboard nothing can be answered but by the bench's scanner, and that is
 * said.
 */
typedef struct _PlAsk PlAsk;

/* On the main thread, before its loop runs. The view outlives it; who answers may be NULL. */
PlAsk *pl_ask_new (PlView *view, const char *who);
void pl_ask_free (PlAsk *ask);
/* Events of a run, on the thread that runs it. */
void pl_ask_observe (PlAsk *ask, const PlRunEvent *event);
