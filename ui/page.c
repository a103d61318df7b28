/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page.h"

typedef struct {
	PlDesk *desk;
} PlPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PlPage, pl_page, ADW_TYPE_BIN)

PlDesk *
pl_page_desk (PlPage *self)
{
	PlPagePrivate *private = pl_page_get_instance_private (self);

	return private->desk;
}

void
pl_page_set_up (PlPage *self, PlDesk *desk)
{
	PlPagePrivate *private = pl_page_get_instance_private (self);

	private->desk = desk;
	if (PL_PAGE_GET_CLASS (self)->set_up != NULL)
		PL_PAGE_GET_CLASS (self)->set_up (self, desk);
}

void
pl_page_refresh (PlPage *self)
{
	PL_PAGE_GET_CLASS (self)->refresh (self);
}

void
pl_page_leave (PlPage *self)
{
	if (PL_PAGE_GET_CLASS (self)->leave != NULL)
		PL_PAGE_GET_CLASS (self)->leave (self);
}

gboolean
pl_page_scan (PlPage *self, const char *code)
{
	return PL_PAGE_GET_CLASS (self)->scan != NULL &&
	       PL_PAGE_GET_CLASS (self)->scan (self, code);
}

void
pl_page_update (PlPage *self, const PlSnapshot *snapshot)
{
	if (PL_PAGE_GET_CLASS (self)->update != NULL)
		PL_PAGE_GET_CLASS (self)->update (self, snapshot);
}

void
pl_page_say (PlPage *self, const char *line)
{
	GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
	g_autofree char *escaped = g_markup_escape_text (line, -1);

	/* a worker's answer may come when the window has gone */
	if (overlay == NULL)
		return;
	adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (escaped));
}

static void
pl_page_class_init (PlPageClass *class)
{
}

static void
pl_page_init (PlPage *self)
{
}
