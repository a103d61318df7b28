/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/desk.h"
#include "ui/second_dialog.h"

gboolean
pl_desk_may (const PlDesk *desk, PlMay what)
{
	return pl_person_may (desk->person, what);
}

const char *
pl_desk_who (const PlDesk *desk)
{
	/* a journal has no empty names */
	return desk->person != NULL ? desk->person->name : "nobody";
}

gboolean
pl_desk_is_badge (const PlDesk *desk, const char *code)
{
	return pl_station_is_badge (desk->station, code);
}

void
pl_desk_catch_badges (PlDesk *desk, PlBadgeFunc func, gpointer data)
{
	/* one dialog may open before the last one has gone */
	if (func == NULL && desk->badge_data != data)
		return;
	desk->badge_func = func;
	desk->badge_data = func != NULL ? data : NULL;
}

void
pl_desk_people_changed (PlDesk *desk)
{
	if (desk->people_changed != NULL)
		desk->people_changed (desk->people_data);
}

void
pl_desk_ask_second (PlDesk *desk, GtkWidget *over, PlMay may, const char *what, PlSecondFunc func,
		    gpointer data)
{
	GtkRoot *root = gtk_widget_get_root (over);

	gtk_window_present (GTK_WINDOW (pl_second_dialog_new (
	    desk, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, may, what, func, data)));
}
