/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/person_dialog.h"
#include "ui/language.h"
#include "ui/scan_controller.h"
#include "ui/who.h"
#include "ui/worker.h"

struct _PlPersonDialog {
	AdwWindow parent;
	GtkLabel *title, *name_name, *role_name, *badge_name, *pin_name, *again_name, *note;
	GtkEntry *name;
	GtkDropDown *role;
	GtkPasswordEntry *badge, *pin, *again;
	GtkButton *cancel, *keep;
	PlDesk *desk;
	gboolean is_new, keeping; /* keeping: a worker is at it */
};

G_DEFINE_FINAL_TYPE (PlPersonDialog, pl_person_dialog, ADW_TYPE_WINDOW)

static const char *
text_of (gpointer editable)
{
	return gtk_editable_get_text (GTK_EDITABLE (editable));
}

static void
say (PlPersonDialog *self, const char *text)
{
	gtk_label_set_text (self->note, text);
}

static PlPersonRole
role_of (PlPersonDialog *self)
{
	return (PlPersonRole)gtk_drop_down_get_selected (self->role);
}

static void
on_changed (PlPersonDialog *self)
{
	/* somebody who is changed has a badge already */
	gboolean whole =
	    *text_of (self->name) != '\0' && (!self->is_new || *text_of (self->badge) != '\0');

	gtk_widget_set_sensitive (GTK_WIDGET (self->keep), whole && !self->keeping);
}

static void
on_role (PlPersonDialog *self)
{
	gboolean needs = pl_person_role_needs_pin (role_of (self));

	gtk_widget_set_sensitive (GTK_WIDGET (self->pin), needs);
	gtk_widget_set_sensitive (GTK_WIDGET (self->again), needs);
	on_changed (self);
}

/* -- the worker -------------------------------------------------------------------------------- */

typedef struct {
	PlStation *station;
	char *name, *by;
	PlSecret *badge, *pin; /* NULL = as they are */
	PlPersonRole role;
	gboolean is_new;
} Keep;

static void
keep_free (gpointer data)
{
	Keep *keep = data;

	g_free (keep->name);
	g_free (keep->by);
	pl_secret_free (keep->badge);
	pl_secret_free (keep->pin);
	g_free (keep);
}

/* Two hashes by Argon2, and a write. */
static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	const Keep *keep = data;
	PlPersonForm form = {keep->name, keep->role, keep->badge, keep->pin};
	GError *error = NULL;
	gboolean ok = keep->is_new ? pl_people_enrol (keep->station, &form, keep->by, &error)
				   : pl_people_change (keep->station, &form, keep->by, &error);

	if (ok)
		g_task_return_boolean (task, TRUE);
	else
		g_task_return_error (task, error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
	PlPersonDialog *self = PL_PERSON_DIALOG (source);
	g_autoptr (GError) error = NULL;
	g_autofree char *words = NULL;

	self->keeping = FALSE;
	if (g_task_propagate_boolean (G_TASK (result), &error)) {
		g_signal_emit_by_name (self, "changed");
		gtk_window_close (GTK_WINDOW (self));
		return;
	}
	words = pl_sentence (error->message);
	say (self, words);
	on_changed (self);
}

static PlSecret *
secret_of (gpointer editable)
{
	return *text_of (editable) != '\0' ? pl_secret_copy (text_of (editable)) : NULL;
}

static void
on_keep (PlPersonDialog *self)
{
	Keep *keep;

	/* Return in an entry comes here, too */
	if (!gtk_widget_get_sensitive (GTK_WIDGET (self->keep)))
		return;
	if (g_strcmp0 (text_of (self->pin), text_of (self->again)) != 0) {
		say (self, _ ("The two PINs are not the same: type both again"));
		/* nobody can see which of the two is the wrong one */
		gtk_editable_set_text (GTK_EDITABLE (self->pin), "");
		gtk_editable_set_text (GTK_EDITABLE (self->again), "");
		gtk_widget_grab_focus (GTK_WIDGET (self->pin));
		return;
	}
	if (*text_of (self->badge) != '\0' &&
	    !pl_desk_is_badge (self->desk, text_of (self->badge))) {
		say (self, _ ("This is no badge: scan a badge"));
		return;
	}
	keep = g_new0 (Keep, 1);
	keep->station = self->desk->station;
	keep->name = g_strstrip (g_strdup (text_of (self->name)));
	keep->by = g_strdup (pl_desk_who (self->desk));
	keep->badge = secret_of (self->badge);
	/* what was typed before the role was changed is nobody's PIN */
	keep->pin = pl_person_role_needs_pin (role_of (self)) ? secret_of (self->pin) : NULL;
	keep->role = role_of (self);
	keep->is_new = self->is_new;
	self->keeping = TRUE;
	on_changed (self);
	say (self, _ ("One moment …"));
	pl_worker_start (self, work, keep, keep_free, on_done, NULL);
}

/* -- what a person does ------------------------------------------------------------------------ */

static void
on_badge (gpointer data, const char *code)
{
	PlPersonDialog *self = data;

	if (!pl_desk_is_badge (self->desk, code)) {
		say (self, _ ("This is no badge: scan a badge"));
		return;
	}
	gtk_editable_set_text (GTK_EDITABLE (self->badge), code);
	say (self, _ ("The badge is read"));
	if (gtk_widget_get_sensitive (GTK_WIDGET (self->pin)))
		gtk_widget_grab_focus (GTK_WIDGET (self->pin));
}

static void
on_torn (gpointer data)
{
	say (data, _ ("The code broke off and was not taken: scan it again"));
}

static const PlScanHandler scan_handler = {on_badge, on_torn, NULL};

static void
on_cancel (PlPersonDialog *self)
{
	gtk_window_close (GTK_WINDOW (self));
}

static gboolean
on_escape (GtkWidget *widget, GVariant *args, gpointer data)
{
	gtk_window_close (GTK_WINDOW (widget));
	return GDK_EVENT_STOP;
}

static void
dispose (GObject *object)
{
	PlPersonDialog *self = PL_PERSON_DIALOG (object);

	if (self->desk != NULL)
		pl_desk_catch_badges (self->desk, NULL, self);
	self->desk = NULL;
	G_OBJECT_CLASS (pl_person_dialog_parent_class)->dispose (object);
}

static void
pl_person_dialog_class_init (PlPersonDialogClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->dispose = dispose;
	g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 0);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/person_dialog.ui");
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, title);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, name_name);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, name);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, role_name);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, role);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, badge_name);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, badge);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, pin_name);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, pin);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, again_name);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, again);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, note);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, cancel);
	gtk_widget_class_bind_template_child (widget, PlPersonDialog, keep);
	gtk_widget_class_bind_template_callback (widget, on_changed);
	gtk_widget_class_bind_template_callback (widget, on_role);
	gtk_widget_class_bind_template_callback (widget, on_keep);
	gtk_widget_class_bind_template_callback (widget, on_cancel);
	gtk_widget_class_add_binding (widget, GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
name_it (GtkLabel *label, gpointer entry, const char *text)
{
	gtk_label_set_text (label, text);
	gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
					-1);
}

static void
pl_person_dialog_init (PlPersonDialog *self)
{
	g_autoptr (GtkStringList) roles = gtk_string_list_new (NULL);

	gtk_widget_init_template (GTK_WIDGET (self));
	for (PlPersonRole role = 0; role < PL_PERSON_ROLES; role++)
		gtk_string_list_append (roles, pl_role_word (role));
	gtk_drop_down_set_model (self->role, G_LIST_MODEL (roles));
	name_it (self->name_name, self->name, _ ("Name: staff number or initials"));
	name_it (self->role_name, self->role, _ ("Role"));
	name_it (self->pin_name, self->pin, _ ("PIN"));
	name_it (self->again_name, self->again, _ ("PIN again"));
	gtk_button_set_label (self->cancel, _ ("Cancel"));
	gtk_widget_add_controller (GTK_WIDGET (self), pl_scan_controller_new (&scan_handler, self));
}

PlPersonDialog *
pl_person_dialog_new (PlDesk *desk, GtkWindow *over, const char *name, PlPersonRole role)
{
	PlPersonDialog *self = g_object_new (PL_TYPE_PERSON_DIALOG, "transient-for", over, "modal",
					     TRUE, "destroy-with-parent", TRUE, NULL);

	self->desk = desk;
	self->is_new = name == NULL;
	pl_desk_catch_badges (desk, on_badge, self);
	gtk_label_set_text (self->title,
			    self->is_new ? _ ("Enrol a person") : _ ("Change a person"));
	gtk_button_set_label (self->keep, self->is_new ? _ ("Enrol") : _ ("Keep"));
	name_it (self->badge_name, self->badge,
		 self->is_new ? _ ("Badge: scan it") : _ ("New badge: scan it; empty = as it is"));
	if (!self->is_new)
		name_it (self->pin_name, self->pin, _ ("New PIN; empty = as it is"));
	gtk_editable_set_text (GTK_EDITABLE (self->name), name != NULL ? name : "");
	/* records are signed with it: a name is never another one's */
	gtk_widget_set_sensitive (GTK_WIDGET (self->name), self->is_new);
	gtk_drop_down_set_selected (self->role, role);
	on_role (self);
	return self;
}
