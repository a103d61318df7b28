/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/desk.h"
#include "ui/snapshot.h"
#include <adwaita.h>

/*
 * A page of the window: History, Technician ... One class each, one row in pages.c. The window
 * calls; a page asks for nothing but what its desk has. What takes longer than 8 ms (a query, an
 * instrument) is done on a worker (GTask), never here.
 */
#define PL_TYPE_PAGE (pl_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (PlPage, pl_page, PL, PAGE, AdwBin)

struct _PlPageClass {
	AdwBinClass parent_class;
	/* Once, before anything else: the page may keep the desk. */
	void (*set_up) (PlPage *self, PlDesk *desk);
	/* All words and values anew: whenever the page comes into view, after each change of the
	 * language or of who is logged in. */
	void (*refresh) (PlPage *self);
	/* The page goes out of view: whatever it holds of the bench is given back. May be NULL. */
	void (*leave) (PlPage *self);
	/* A framed scan while the page is in view; FALSE = not the page's: the slot gets it. May
	 * be NULL. */
	gboolean (*scan) (PlPage *self, const char *code);
	/* What the slots do, at most 20 times a second, in view or not. May be NULL. */
	void (*update) (PlPage *self, const PlSnapshot *snapshot);
};

PlDesk *pl_page_desk (PlPage *self);
void pl_page_set_up (PlPage *self, PlDesk *desk);
void pl_page_refresh (PlPage *self);
void pl_page_leave (PlPage *self);
gboolean pl_page_scan (PlPage *self, const char *code);
void pl_page_update (PlPage *self, const PlSnapshot *snapshot);
/* One line to the person, in a toast of the window that has the page. */
void pl_page_say (PlPage *self, const char *line);
