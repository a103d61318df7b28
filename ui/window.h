/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/desk.h"
#include "ui/snapshot.h"
#include <adwaita.h>

/*
 * The station's window: where runs are seen, the pages of pages.c beside it, and the keys that
 * reach them wherever the focus is. F12 ... Return a scan, F1 back to Run and all slots (from a
 * slot's page Escape does, too; it never stops a test: that is done on purpose), Ctrl and a digit
 * chooses a slot, F2 typing, F9 the language, a key a page.
 */
#define PL_TYPE_WINDOW (pl_window_get_type ())
G_DECLARE_FINAL_TYPE (PlWindow, pl_window, PL, WINDOW, AdwApplicationWindow)

/* What a person wants of a slot (from 0); called on the main thread. */
typedef struct {
	void (*scan) (gpointer data, guint slot, const char *code, const char *entry);
	void (*stop) (gpointer data, guint slot);
	void (*acknowledge) (gpointer data, guint slot);
	void (*answer) (gpointer data, guint slot, const char *answer);
	/* TRUE: the window may go now; FALSE: it will be destroyed once all is safe. */
	gboolean (*close) (gpointer data);
	/* The window has refused a code by itself, and said why. */
	void (*refused) (gpointer data, guint slot);
	/* This one of several is looked at from now on. */
	void (*opened) (gpointer data, guint slot);
	/* The pack that is blocked there is to run all the same. */
	void (*override) (gpointer data, guint slot, const char *serial);
	/* A badge was scanned. */
	void (*badge) (gpointer data, const char *code);
} PlWindowHandler;

PlWindow *pl_window_new (GtkApplication *application, PlDesk *desk, const PlWindowHandler *handler,
			 gpointer data);
/* Its slot is one more, or one that is known. */
void pl_window_update (PlWindow *self, const PlSnapshot *snapshot);
/* One line to the person, on the page that is in view; on Run it is a refusal. */
void pl_window_say (PlWindow *self, const char *line);
/* By a page's name; "run" is the first. A page that the person may not see stays out of view. */
void pl_window_go (PlWindow *self, const char *name);
/* Who is logged in, or the language, is another: all words anew. */
void pl_window_refresh (PlWindow *self);
