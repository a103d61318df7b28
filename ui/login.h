/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/window.h"

/*
 * Who is logged in at this window: desk->person is its to set. A badge logs in (with a PIN, where
 * the role needs one), another one changes the person, one's own again logs out; so does time
 * without input while no run is on a bench. Until somebody is enrolled who may manage people,
 * whoever started the station may do all. Main thread.
 */
typedef struct _PlLogin PlLogin;
typedef void (*PlLoginFunc) (gpointer data);

/* changed: desk->person is another. Looks into the database at once. */
PlLogin *pl_login_new (PlDesk *desk, PlWindow *window, PlLoginFunc changed, gpointer data);
/* Logs out who is still there. */
void pl_login_free (PlLogin *login);
/* A badge's code, from whatever scanner. */
void pl_login_badge (PlLogin *login, const char *code);
/* Somebody was enrolled or retired, or has another role. */
void pl_login_people_changed (PlLogin *login);
/* Is a run on the bench of this slot? Nobody is logged out meanwhile. */
void pl_login_set_running (PlLogin *login, guint slot, gboolean running);
