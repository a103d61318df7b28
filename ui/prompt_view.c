/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/prompt_view.h"
#include "ui/language.h"
#include "ui/worker.h"

/* An SVG is drawn this wide once: more than the place that it has on a full screen. */
#define PICTURE_WIDTH 1400
/* GTK's own idea of a double click is 400 ms. */
#define TWICE_US (400 * G_TIME_SPAN_MILLISECOND)

struct _PlPromptView {
	GtkBox parent;
	GtkLabel *title, *sentence, *scan;
	GtkPicture *picture;
	GtkStack *answers;
	GtkButton *done, *pass, *fail, *back;
	GtkBox *reasons;
	PlPromptSnapshot *shown;
	gboolean given; /* an answer to it */
	gint64 given_us; /* monotonic, the last answer */
	gboolean choosing; /* a fail was said: the reason is missing */
	PlLanguage language;
	guint pictures; /* that were asked for: an older one is dropped */
};

G_DEFINE_FINAL_TYPE (PlPromptView, pl_prompt_view, GTK_TYPE_BOX)

static guint answered;

/* -- the picture, drawn on a worker ------------------------------------------------------------ */

static void
draw (GTask *task, gpointer source, gpointer file, GCancellable *cancellable)
{
	GError *error = NULL;
	GdkPixbuf *pixbuf =
	    gdk_pixbuf_new_from_file_at_scale (file, PICTURE_WIDTH, -1, TRUE, &error);

	if (pixbuf != NULL)
		g_task_return_pointer (task, pixbuf, g_object_unref);
	else
		g_task_return_error (task, error);
}

/* Without its picture the sentence still says what to do. */
static void
on_drawn (GObject *source, GAsyncResult *result, gpointer data)
{
	PlPromptView *self = PL_PROMPT_VIEW (source);
	g_autoptr (GError) error = NULL;
	g_autoptr (GdkPixbuf) pixbuf = g_task_propagate_pointer (G_TASK (result), &error);
	g_autoptr (GdkTexture) texture = NULL;

	/* the question that it belongs to was answered meanwhile */
	if (GPOINTER_TO_UINT (data) != self->pictures)
		return;
	if (pixbuf == NULL) {
		g_info ("%s", error->message);
		return;
	}
	texture = gdk_texture_new_for_pixbuf (pixbuf);
	gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
	gtk_widget_set_visible (GTK_WIDGET (self->picture), TRUE);
}

static void
load_picture (PlPromptView *self, const char *file)
{
	self->pictures++;
	gtk_picture_set_paintable (self->picture, NULL);
	/* the last question's picture must not stand beside this sentence */
	gtk_widget_set_visible (GTK_WIDGET (self->picture), FALSE);
	if (file != NULL)
		pl_worker_start (self, draw, g_strdup (file), g_free, on_drawn,
				 GUINT_TO_POINTER (self->pictures));
}

/* -- answers ----------------------------------------------------------------------------------- */

/* One press answers one question: the second of a double press is none to the question that has
 * come in between, at the same place, and that nobody has read. */
static void
answer (PlPromptView *self, const char *word)
{
	gint64 now = g_get_monotonic_time ();

	if (self->given || now - self->given_us < TWICE_US)
		return;
	self->given = TRUE;
	self->given_us = now;
	g_signal_emit (self, answered, 0, word);
}

static void
on_done (PlPromptView *self)
{
	/* words of the record, as pl_run_answer takes them */
	answer (self, "confirmed");
}

static void
on_pass (PlPromptView *self)
{
	answer (self, "pass");
}

static void
on_reason (PlPromptView *self, GtkButton *button)
{
	answer (self, g_object_get_data (G_OBJECT (button), "reason"));
}

/* There only while one is to be chosen. The buttons have the screen's words; what is answered is
 * the recipe's. */
static void
show_reasons (PlPromptView *self, const PlPromptSnapshot *prompt)
{
	GtkWidget *child;

	while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->reasons))) != NULL)
		gtk_box_remove (self->reasons, child);
	for (guint i = 0; self->choosing && prompt->reasons[PL_LANGUAGE_EN][i] != NULL; i++) {
		GtkWidget *button = gtk_button_new_with_label (prompt->reasons[pl_language ()][i]);

		gtk_widget_add_css_class (button, "prompt-reason");
		g_object_set_data_full (G_OBJECT (button), "reason",
					g_strdup (prompt->reasons[PL_LANGUAGE_EN][i]), g_free);
		g_signal_connect_object (button, "clicked", G_CALLBACK (on_reason), self,
					 G_CONNECT_SWAPPED);
		gtk_box_append (self->reasons, button);
	}
}

static void
choose (PlPromptView *self, gboolean choosing)
{
	self->choosing = choosing;
	show_reasons (self, self->shown);
	gtk_stack_set_visible_child_name (self->answers, choosing ? "reasons" : "judge");
}

static void
on_fail (PlPromptView *self)
{
	choose (self, TRUE);
}

static void
on_back (PlPromptView *self)
{
	choose (self, FALSE);
}

/* -- showing ----------------------------------------------------------------------------------- */

static void
word (PlPromptView *self)
{
	gtk_button_set_label (self->done, _ ("✔  It is done"));
	gtk_button_set_label (self->pass, _ ("✔  Pass"));
	gtk_button_set_label (self->fail, _ ("✘  Fail …"));
	gtk_button_set_label (self->back, _ ("◀  Back"));
	gtk_label_set_text (self->scan, _ ("▌║█║▌│▌  Scan the code"));
}

/* A prompt is one object from its opening to its end. */
static void
take (PlPromptView *self, const PlPromptSnapshot *prompt)
{
	static const char *const answers[] = {"confirm", "judge", "scan"};

	pl_prompt_snapshot_unref (self->shown);
	self->shown = pl_prompt_snapshot_ref (prompt);
	/* not given_us: a double press reaches over the change of questions */
	self->given = FALSE;
	self->choosing = FALSE;
	load_picture (self, prompt->picture);
	gtk_stack_set_visible_child_name (self->answers, answers[prompt->kind]);
}

void
pl_prompt_view_update (PlPromptView *self, const PlSnapshot *s)
{
	const PlPromptSnapshot *prompt = s->prompt;
	const char *sentence = prompt->sentence[pl_language ()];

	/* 20 snapshots a second would take the focus and the press from the buttons */
	if (prompt == self->shown && self->language == pl_language ())
		return;
	if (prompt != self->shown)
		take (self, prompt);
	self->language = pl_language ();
	word (self);
	show_reasons (self, prompt);
	gtk_label_set_text (self->title,
			    s->running >= 0 ? s->steps[s->running].titles[pl_language ()] : "");
	gtk_label_set_text (self->sentence, sentence);
	gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
					sentence, -1);
}

/* -- life -------------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
	PlPromptView *self = PL_PROMPT_VIEW (object);

	g_clear_pointer (&self->shown, pl_prompt_snapshot_unref);
	G_OBJECT_CLASS (pl_prompt_view_parent_class)->dispose (object);
}

static void
pl_prompt_view_class_init (PlPromptViewClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->dispose = dispose;
	answered = g_signal_new ("answered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
				 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
	gtk_widget_class_set_accessible_role (widget, GTK_ACCESSIBLE_ROLE_GROUP);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/prompt_view.ui");
	gtk_widget_class_bind_template_child (widget, PlPromptView, title);
	gtk_widget_class_bind_template_child (widget, PlPromptView, sentence);
	gtk_widget_class_bind_template_child (widget, PlPromptView, picture);
	gtk_widget_class_bind_template_child (widget, PlPromptView, answers);
	gtk_widget_class_bind_template_child (widget, PlPromptView, done);
	gtk_widget_class_bind_template_child (widget, PlPromptView, pass);
	gtk_widget_class_bind_template_child (widget, PlPromptView, fail);
	gtk_widget_class_bind_template_child (widget, PlPromptView, reasons);
	gtk_widget_class_bind_template_child (widget, PlPromptView, back);
	gtk_widget_class_bind_template_child (widget, PlPromptView, scan);
	gtk_widget_class_bind_template_callback (widget, on_done);
	gtk_widget_class_bind_template_callback (widget, on_pass);
	gtk_widget_class_bind_template_callback (widget, on_fail);
	gtk_widget_class_bind_template_callback (widget, on_back);
}

static void
pl_prompt_view_init (PlPromptView *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
}
