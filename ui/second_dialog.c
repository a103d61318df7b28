/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/second_dialog.h"
#include "ui/language.h"
#include "ui/scan_controller.h"
#include "ui/worker.h"

struct _PlSecondDialog {
	AdwWindow parent;
	GtkLabel *title, *reason_name, *badge_name, *pin_name, *note;
	GtkEntry *reason;
	GtkPasswordEntry *badge, *pin;
	GtkButton *cancel, *confirm;
	PlDesk *desk;
	PlMay may; /* PL_MAY_LAST: a login */
	PlSecondFunc func; /* NULL = answered */
	gpointer data;
	gboolean nobody; /* is enrolled who could be a second person */
	gboolean asking; /* a worker is at it */
};

G_DEFINE_FINAL_TYPE (PlSecondDialog, pl_second_dialog, ADW_TYPE_WINDOW)

static const char *
text_of (gpointer editable)
{
	return gtk_editable_get_text (GTK_EDITABLE (editable));
}

static gboolean
is_blank (const char *text)
{
	return text[strspn (text, " ")] == '\0';
}

/* Who logs in needs no reason. */
static gboolean
has_reason (PlSecondDialog *self)
{
	return self->may == PL_MAY_LAST || !is_blank (text_of (self->reason));
}

static void
on_changed (PlSecondDialog *self)
{
	gtk_widget_set_sensitive (GTK_WIDGET (self->confirm), !self->nobody && !self->asking &&
								  has_reason (self) &&
								  *text_of (self->badge) != '\0');
}

static void
say (PlSecondDialog *self, const char *text)
{
	gtk_label_set_text (self->note, text);
}

/* Once: with the answer, or with the closing, whichever comes first. */
static void
finish (PlSecondDialog *self, const PlPerson *second, const char *reason)
{
	PlSecondFunc func = g_steal_pointer (&self->func);

	pl_desk_catch_badges (self->desk, NULL, self);
	if (func != NULL)
		func (self->data, second, reason);
}

/* -- the worker -------------------------------------------------------------------------------- */

typedef struct {
	PlStation *station;
	PlSecret *badge, *pin;
	PlBadgeQuestion question;
} Ask;

static void
ask_free (gpointer data)
{
	Ask *ask = data;

	pl_secret_free (ask->badge);
	pl_secret_free (ask->pin);
	g_free (ask);
}

/* Argon2, a tenth of a second and more. */
static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Ask *ask = data;
	GError *error = NULL;
	PlPerson *person = pl_people_ask (ask->station, &ask->question, &error);

	if (person != NULL)
		g_task_return_pointer (task, person, (GDestroyNotify)pl_person_free);
	else
		g_task_return_error (task, error);
}

/* What was typed last is what is most likely wrong; a wrong badge is scanned again over it. */
static void
refused (PlSecondDialog *self, const GError *error)
{
	g_autofree char *words = pl_sentence (error->message);
	gboolean pin = g_error_matches (error, PL_PEOPLE_ERROR, PL_PEOPLE_ERROR_PIN_WRONG) ||
		       g_error_matches (error, PL_PEOPLE_ERROR, PL_PEOPLE_ERROR_PIN_MISSING);

	say (self, words);
	gtk_editable_set_text (GTK_EDITABLE (self->pin), "");
	if (!pin)
		gtk_editable_set_text (GTK_EDITABLE (self->badge), "");
	gtk_widget_grab_focus (
	    GTK_WIDGET (pin || self->may == PL_MAY_LAST ? self->pin : self->badge));
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
	PlSecondDialog *self = PL_SECOND_DIALOG (source);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlPerson) person = g_task_propagate_pointer (G_TASK (result), &error);
	g_autofree char *reason = NULL;

	/* closed while a worker was at it: nobody is let do anything */
	if (self->func == NULL)
		return;
	self->asking = FALSE;
	on_changed (self);
	if (person == NULL) {
		refused (self, error);
		return;
	}
	if (self->may != PL_MAY_LAST)
		reason = g_strstrip (g_strdup (text_of (self->reason)));
	finish (self, person, reason);
	gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_confirm (PlSecondDialog *self)
{
	const char *pin = text_of (self->pin);
	Ask *ask;

	if (!gtk_widget_get_sensitive (GTK_WIDGET (self->confirm)))
		return;
	ask = g_new0 (Ask, 1);
	ask->station = self->desk->station;
	ask->badge = pl_secret_copy (text_of (self->badge));
	ask->pin = *pin != '\0' ? pl_secret_copy (pin) : NULL;
	ask->question = (PlBadgeQuestion){ask->badge, ask->pin, self->may,
					  self->desk->person != NULL ? self->desk->person->id : 0};
	self->asking = TRUE;
	on_changed (self);
	say (self, _ ("One moment …"));
	pl_worker_start (self, work, ask, ask_free, on_answer, NULL);
}

static void
look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	GPtrArray *rows = pl_people_list (data, NULL);

	/* where it cannot be read, a badge will say why */
	g_task_return_boolean (task, rows == NULL || rows->len > 0);
	g_clear_pointer (&rows, g_ptr_array_unref);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
	PlSecondDialog *self = PL_SECOND_DIALOG (source);

	self->nobody = !g_task_propagate_boolean (G_TASK (result), NULL);
	if (self->func == NULL || !self->nobody)
		return;
	say (self, _ ("Nobody is enrolled at this station, so there is no second person. Enrol "
		      "people on the People page (F6), or with: packline people enrol"));
	on_changed (self);
}

/* -- what a person does ------------------------------------------------------------------------ */

static void
on_badge (gpointer data, const char *code)
{
	PlSecondDialog *self = data;
	gboolean first_why = !has_reason (self);

	if (!pl_desk_is_badge (self->desk, code)) {
		say (self, _ ("This is no badge: scan a badge"));
		return;
	}
	gtk_editable_set_text (GTK_EDITABLE (self->badge), code);
	say (self, _ ("The badge is read"));
	gtk_widget_grab_focus (GTK_WIDGET (first_why ? (gpointer)self->reason : self->pin));
}

static void
on_torn (gpointer data)
{
	say (data, _ ("The code broke off and was not taken: scan it again"));
}

static const PlScanHandler scan_handler = {on_badge, on_torn, NULL};

static gboolean
close_request (GtkWindow *window)
{
	finish (PL_SECOND_DIALOG (window), NULL, NULL);
	return GTK_WINDOW_CLASS (pl_second_dialog_parent_class)->close_request (window);
}

static void
on_cancel (PlSecondDialog *self)
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
	PlSecondDialog *self = PL_SECOND_DIALOG (object);

	if (self->func != NULL)
		pl_desk_catch_badges (self->desk, NULL, self);
	self->func = NULL;
	G_OBJECT_CLASS (pl_second_dialog_parent_class)->dispose (object);
}

static void
pl_second_dialog_class_init (PlSecondDialogClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->dispose = dispose;
	GTK_WINDOW_CLASS (class)->close_request = close_request;
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/second_dialog.ui");
	gtk_widget_class_bind_template_child (widget, PlSecondDialog, title);
	gtk_widget_class_bind_template_child (widget, PlSecondDialog, reason_name);
	gtk_widget_class_bind_template_child (widget, PlSecondDialog, reason);
	gtk_widget_class_bind_template_child (widget, PlSecondDialog, badge_name);
	gtk_widget_class_bind_template_child (widget, PlSecondDialog, badge);
	gtk_widget_class_bind_template_child (widget, PlSecondDialog, pin_name);
	gtk_widget_class_bind_template_child (widget, PlSecondDialog, pin);
	gtk_widget_class_bind_template_child (widget, PlSecondDialog, note);
	gtk_widget_class_bind_template_child (widget, PlSecondDialog, cancel);
	gtk_widget_class_bind_template_child (widget, PlSecondDialog, confirm);
	gtk_widget_class_bind_template_callback (widget, on_changed);
	gtk_widget_class_bind_template_callback (widget, on_confirm);
	gtk_widget_class_bind_template_callback (widget, on_cancel);
	gtk_widget_class_add_binding (widget, GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
name (GtkLabel *label, gpointer entry, const char *text)
{
	gtk_label_set_text (label, text);
	gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
					-1);
}

static void
pl_second_dialog_init (PlSecondDialog *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
	name (self->reason_name, self->reason, _ ("Why"));
	name (self->badge_name, self->badge, _ ("Badge of a second person: scan it"));
	name (self->pin_name, self->pin, _ ("PIN of the second person"));
	gtk_button_set_label (self->cancel, _ ("Cancel"));
	gtk_button_set_label (self->confirm, _ ("Confirm"));
	gtk_widget_add_controller (GTK_WIDGET (self), pl_scan_controller_new (&scan_handler, self));
	on_changed (self);
}

static PlSecondDialog *
make (PlDesk *desk, GtkWindow *over, PlMay may, const char *what, PlSecondFunc func, gpointer data)
{
	PlSecondDialog *self =
	    g_object_new (PL_TYPE_SECOND_DIALOG, "transient-for", over, "modal", TRUE,
			  "destroy-with-parent", TRUE, "title", what, NULL);

	self->desk = desk;
	self->may = may;
	self->func = func;
	self->data = data;
	gtk_label_set_text (self->title, what);
	pl_desk_catch_badges (desk, on_badge, self);
	return self;
}

PlSecondDialog *
pl_second_dialog_new (PlDesk *desk, GtkWindow *over, PlMay may, const char *what, PlSecondFunc func,
		      gpointer data)
{
	PlSecondDialog *self = make (desk, over, may, what, func, data);

	/* at once: a person would type a reason for nothing */
	pl_worker_start (self, look, desk->station->db, NULL, on_looked, NULL);
	return self;
}

PlSecondDialog *
pl_second_dialog_new_login (PlDesk *desk, GtkWindow *over, const char *badge, PlSecondFunc func,
			    gpointer data)
{
	PlSecondDialog *self = make (desk, over, PL_MAY_LAST, _ ("Type your PIN"), func, data);
	GtkWidget *hidden[] = {GTK_WIDGET (self->reason_name), GTK_WIDGET (self->reason),
			       GTK_WIDGET (self->badge_name), GTK_WIDGET (self->badge)};

	for (guint i = 0; i < G_N_ELEMENTS (hidden); i++)
		gtk_widget_set_visible (hidden[i], FALSE);
	name (self->pin_name, self->pin, _ ("PIN"));
	gtk_button_set_label (self->confirm, _ ("Log in"));
	gtk_editable_set_text (GTK_EDITABLE (self->badge), badge);
	gtk_widget_grab_focus (GTK_WIDGET (self->pin));
	return self;
}
