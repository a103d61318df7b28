/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/people_page.h"
#include "ui/language.h"
#include "ui/person_dialog.h"
#include "ui/who.h"
#include "ui/worker.h"

struct _PlPeoplePage {
	PlPage parent;
	GtkLabel *title, *note;
	GtkButton *enrol;
	GtkListBox *list;
	guint asked; /* the newest question to the database: an older answer is dropped */
};

G_DEFINE_FINAL_TYPE (PlPeoplePage, pl_people_page, PL_TYPE_PAGE)

/* -- a row ------------------------------------------------------------------------------------- */

typedef enum { CHANGE, UNLOCK, RETIRE } Action;

static void on_action (GtkButton *button, PlPeoplePage *self);

static GtkWidget *
action_button (PlPeoplePage *self, const PlPersonRow *row, Action action)
{
	static const char *const words[] = {N_ ("Change …"), N_ ("Unlock"), N_ ("Retire …")};
	GtkWidget *button = gtk_button_new_with_label (_ (words[action]));
	g_autofree char *spoken = g_strdup_printf ("%s %s", _ (words[action]), row->name);

	gtk_widget_add_css_class (button, "people-action");
	gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
	gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
					spoken, -1);
	/* a button outlives the row that it was made of */
	g_object_set_data_full (G_OBJECT (button), "name", g_strdup (row->name), g_free);
	g_object_set_data (G_OBJECT (button), "action", GINT_TO_POINTER (action));
	g_object_set_data (G_OBJECT (button), "role",
			   GINT_TO_POINTER (pl_person_role_find (row->role)));
	g_signal_connect_object (button, "clicked", G_CALLBACK (on_action), self, 0);
	return button;
}

static char *
local_time (const char *utc)
{
	g_autoptr (GDateTime) at = g_date_time_new_from_iso8601 (utc, NULL);
	g_autoptr (GDateTime) here = at != NULL ? g_date_time_to_local (at) : NULL;

	return here != NULL ? g_date_time_format (here, "%Y-%m-%d %H:%M") : g_strdup ("");
}

static char *
subtitle_of (const PlPersonRow *row)
{
	const char *role = pl_role_word (pl_person_role_find (row->role));
	g_autofree char *at = row->last_login != NULL ? local_time (row->last_login) : NULL;

	if (at == NULL)
		return g_strdup_printf ("%s   ·   %s", role, _ ("not logged in lately"));
	return g_strdup_printf ("%s   ·   %s %s", role, _ ("last login"), at);
}

static GtkWidget *
lock_of (const PlPersonRow *row)
{
	guint minutes = pl_person_row_minutes_locked (row);
	g_autofree char *text = g_strdup_printf ("%s, %u min", _ ("locked"), minutes);
	GtkWidget *label = gtk_label_new (text);

	gtk_widget_add_css_class (label, "people-locked");
	gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
	return label;
}

static void
add (PlPeoplePage *self, const PlPersonRow *row)
{
	GtkWidget *line = adw_action_row_new ();
	g_autofree char *name = g_markup_escape_text (row->name, -1);
	g_autofree char *subtitle = subtitle_of (row);

	adw_preferences_row_set_title (ADW_PREFERENCES_ROW (line), name);
	adw_action_row_set_subtitle (ADW_ACTION_ROW (line), subtitle);
	if (pl_person_row_minutes_locked (row) > 0) {
		adw_action_row_add_suffix (ADW_ACTION_ROW (line), lock_of (row));
		adw_action_row_add_suffix (ADW_ACTION_ROW (line),
					   action_button (self, row, UNLOCK));
	}
	adw_action_row_add_suffix (ADW_ACTION_ROW (line), action_button (self, row, CHANGE));
	adw_action_row_add_suffix (ADW_ACTION_ROW (line), action_button (self, row, RETIRE));
	gtk_list_box_append (self->list, line);
}

void
pl_people_page_show (PlPeoplePage *self, GPtrArray *rows)
{
	GtkWidget *line;

	while ((line = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
		gtk_list_box_remove (self->list, line);
	for (guint i = 0; i < rows->len; i++)
		add (self, g_ptr_array_index (rows, i));
	gtk_widget_set_visible (GTK_WIDGET (self->list), rows->len > 0);
	gtk_label_set_text (
	    self->note, rows->len > 0
			    ? _ ("Every change is a row of the journal. An override, an approval "
				 "and a waiver need the badge of a second person.")
			    : _ ("Nobody is enrolled yet: whoever starts the station may do all. "
				 "Enrol somebody of quality first: they may manage people."));
}

/* -- the database ------------------------------------------------------------------------------ */

static void
look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	GError *error = NULL;
	GPtrArray *rows = pl_people_list (data, &error);

	if (rows != NULL)
		g_task_return_pointer (task, rows, (GDestroyNotify)g_ptr_array_unref);
	else
		g_task_return_error (task, error);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
	PlPeoplePage *self = PL_PEOPLE_PAGE (source);
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) rows = g_task_propagate_pointer (G_TASK (result), &error);
	g_autofree char *words = error != NULL ? pl_sentence (error->message) : NULL;

	/* asked again since, after a change that this does not know of */
	if (GPOINTER_TO_UINT (data) != self->asked)
		return;
	if (rows != NULL)
		pl_people_page_show (self, rows);
	else
		gtk_label_set_text (self->note, words);
}

static void
ask (PlPeoplePage *self)
{
	PlDesk *desk = pl_page_desk (PL_PAGE (self));

	/* tests show rows of their own */
	if (desk->station == NULL || desk->station->db == NULL)
		return;
	pl_worker_start (self, look, desk->station->db, NULL, on_looked,
			 GUINT_TO_POINTER (++self->asked));
}

static void
refresh (PlPage *page)
{
	PlPeoplePage *self = PL_PEOPLE_PAGE (page);

	gtk_label_set_text (self->title, _ ("People"));
	gtk_button_set_label (self->enrol, _ ("Enrol a person …"));
	ask (self);
}

static void
on_changed (PlPeoplePage *self)
{
	ask (self);
	pl_desk_people_changed (pl_page_desk (PL_PAGE (self)));
}

/* -- changes ----------------------------------------------------------------------------------- */

typedef struct {
	PlStation *station;
	/* by: whose name the journal has for it */
	char *name, *by;
	gboolean (*change) (PlStation *station, const char *name, const char *by, GError **error);
} Change;

static void
change_free (gpointer data)
{
	Change *change = data;

	g_free (change->name);
	g_free (change->by);
	g_free (change);
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	const Change *c = data;
	GError *error = NULL;

	if (c->change (c->station, c->name, c->by, &error))
		g_task_return_boolean (task, TRUE);
	else
		g_task_return_error (task, error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr (GError) error = NULL;
	g_autofree char *words = NULL;

	if (!g_task_propagate_boolean (G_TASK (result), &error)) {
		words = pl_sentence (error->message);
		pl_page_say (PL_PAGE (source), words);
	}
	/* also after an error: the row may say what is no longer so */
	on_changed (PL_PEOPLE_PAGE (source));
}

static void
change (PlPeoplePage *self, const char *name,
	gboolean (*func) (PlStation *station, const char *name, const char *by, GError **error))
{
	PlDesk *desk = pl_page_desk (PL_PAGE (self));
	Change *c = g_new0 (Change, 1);

	c->station = desk->station;
	c->name = g_strdup (name);
	c->by = g_strdup (pl_desk_who (desk));
	c->change = func;
	pl_worker_start (self, work, c, change_free, on_done, NULL);
}

static void
on_retire (PlPeoplePage *self, const char *response, AdwMessageDialog *dialog)
{
	if (g_str_equal (response, "retire"))
		change (self, g_object_get_data (G_OBJECT (dialog), "name"), pl_people_retire);
}

static void
ask_retire (PlPeoplePage *self, const char *name)
{
	g_autofree char *heading = g_strdup_printf ("%s: %s", _ ("Retire"), name);
	GtkWindow *over = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
	GtkWidget *dialog = adw_message_dialog_new (
	    over, heading,
	    _ ("Badge and PIN are forgotten at once. The name stays in what it has done."));

	/* asked once more: it cannot be taken back */
	adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"),
					  "retire", _ ("Retire"), NULL);
	adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "retire",
						    ADW_RESPONSE_DESTRUCTIVE);
	g_object_set_data_full (G_OBJECT (dialog), "name", g_strdup (name), g_free);
	g_signal_connect_object (dialog, "response", G_CALLBACK (on_retire), self,
				 G_CONNECT_SWAPPED);
	gtk_widget_add_css_class (dialog, "packline");
	gtk_window_present (GTK_WINDOW (dialog));
}

static void
open_dialog (PlPeoplePage *self, const char *name, PlPersonRole role)
{
	PlPersonDialog *dialog =
	    pl_person_dialog_new (pl_page_desk (PL_PAGE (self)),
				  GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), name, role);

	g_signal_connect_object (dialog, "changed", G_CALLBACK (on_changed), self,
				 G_CONNECT_SWAPPED);
	gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_action (GtkButton *button, PlPeoplePage *self)
{
	Action action = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "action"));
	const char *name = g_object_get_data (G_OBJECT (button), "name");
	PlPersonRole role = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "role"));

	if (action == CHANGE)
		open_dialog (self, name, role);
	else if (action == UNLOCK)
		change (self, name, pl_people_unlock);
	else
		ask_retire (self, name);
}

static void
on_enrol (PlPeoplePage *self)
{
	open_dialog (self, NULL, PL_PERSON_OPERATOR);
}

static void
pl_people_page_class_init (PlPeoplePageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	PL_PAGE_CLASS (class)->refresh = refresh;
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/people_page.ui");
	gtk_widget_class_bind_template_child (widget, PlPeoplePage, title);
	gtk_widget_class_bind_template_child (widget, PlPeoplePage, note);
	gtk_widget_class_bind_template_child (widget, PlPeoplePage, enrol);
	gtk_widget_class_bind_template_child (widget, PlPeoplePage, list);
	gtk_widget_class_bind_template_callback (widget, on_enrol);
}

static void
pl_people_page_init (PlPeoplePage *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
}
