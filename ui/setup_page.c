/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup_page.h"
#include "ui/language.h"
#include "ui/role_words.h"
#include "ui/worker.h"

#define HISTORY 8 /* what has room below the lines; the others are in the database */

struct _PlSetupPage {
	PlPage parent;
	GtkLabel *heading, *verdict, *past;
	GtkButton *check;
	GtkGrid *lines;
	GtkBox *history;
	PlCheckResult *result; /* NULL = not checked since the station was started */
	GPtrArray *rows; /* PlSetupCheckRow* */
	gboolean checking; /* the bench is held for it */
	char *fault; /* why it could not be checked or kept; NULL */
};

G_DEFINE_FINAL_TYPE (PlSetupPage, pl_setup_page, PL_TYPE_PAGE)

static const char *const titles[PL_CHECK_KINDS] = {
    [PL_CHECK_INSTRUMENT] = N_ ("Instrument"),
    [PL_CHECK_CALIBRATION] = N_ ("Calibration"),
    [PL_CHECK_CHAIN] = N_ ("Safety chain"),
    [PL_CHECK_LOCK] = N_ ("Door lock"),
    [PL_CHECK_RELEASE] = N_ ("Firmware release"),
    [PL_CHECK_RECIPE] = N_ ("Recipe"),
    [PL_CHECK_DATABASE] = N_ ("Database"),
    [PL_CHECK_DISK] = N_ ("Disk"),
    [PL_CHECK_CLOCK] = N_ ("Clock"),
    [PL_CHECK_GOLDEN] = N_ ("Golden pack"),
};

/* -- lines ------------------------------------------------------------------------------------- */

static GtkWidget *
label_new (const char *text, const char *class)
{
	GtkWidget *label = gtk_label_new (text);

	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_label_set_wrap (GTK_LABEL (label), TRUE);
	gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
	gtk_widget_add_css_class (label, class);
	return label;
}

static char *
title_of (const PlCheckLine *line)
{
	/* of the station, and not of an instrument */
	if (line->role == PL_ROLE_LAST)
		return g_strdup (_ (titles[line->kind]));
	if (line->kind == PL_CHECK_INSTRUMENT)
		return g_strdup (pl_role_title (line->role));
	return g_strdup_printf ("%s, %s", pl_role_title (line->role), _ (titles[line->kind]));
}

static void
show_line (PlSetupPage *self, guint at, const PlCheckLine *line)
{
	g_autofree char *title = title_of (line), *detail = pl_sentence (line->detail);
	g_autofree char *spoken = g_strdup_printf (
	    "%s: %s. %s", title, line->passed ? _ ("good") : _ ("not good"), detail);
	GtkWidget *mark =
	    label_new (line->passed ? "✔" : "✘", line->passed ? "check-good" : "check-bad");
	GtkWidget *word = label_new (detail, line->passed ? "check-detail" : "check-todo");

	gtk_label_set_xalign (GTK_LABEL (mark), 0.5);
	gtk_widget_set_valign (mark, GTK_ALIGN_START);
	gtk_widget_set_hexpand (word, TRUE);
	gtk_accessible_update_property (GTK_ACCESSIBLE (word), GTK_ACCESSIBLE_PROPERTY_LABEL,
					spoken, -1);
	gtk_grid_attach (self->lines, mark, 0, (int)at, 1, 1);
	gtk_grid_attach (self->lines, label_new (title, "check-title"), 1, (int)at, 1, 1);
	gtk_grid_attach (self->lines, word, 2, (int)at, 1, 1);
}

static void
clear (GtkWidget *parent)
{
	GtkWidget *child;

	while ((child = gtk_widget_get_first_child (parent)) != NULL)
		if (GTK_IS_GRID (parent))
			gtk_grid_remove (GTK_GRID (parent), child);
		else
			gtk_box_remove (GTK_BOX (parent), child);
}

/* What failed comes first: it is what somebody has to do something about. */
static void
show_lines (PlSetupPage *self)
{
	guint at = 0;

	clear (GTK_WIDGET (self->lines));
	for (guint passed = 0; self->result != NULL && passed < 2; passed++)
		for (guint i = 0; i < self->result->lines->len; i++) {
			const PlCheckLine *line = g_ptr_array_index (self->result->lines, i);

			if (line->passed == (passed == 1))
				show_line (self, at++, line);
		}
}

/* -- the whole --------------------------------------------------------------------------------- */

static void
show_history (PlSetupPage *self)
{
	clear (GTK_WIDGET (self->history));
	for (guint i = 0; self->rows != NULL && i < self->rows->len; i++) {
		const PlSetupCheckRow *row = g_ptr_array_index (self->rows, i);
		g_autofree char *day = g_strndup (row->utc, 16); /* to the minute */
		g_autofree char *text = NULL;

		g_strdelimit (day, "T", ' ');
		text = g_strdup_printf ("%s  %s UTC  %s", row->passed ? "✔" : "✘", day,
					row->who != NULL ? row->who : "");
		gtk_box_append (self->history,
				label_new (text, row->passed ? "check-past" : "check-past-bad"));
	}
}

static const char *
verdict_text (PlSetupPage *self)
{
	if (self->checking)
		return _ ("…  Checking: keep hands off the bench");
	if (self->fault != NULL)
		return _ ("?  The check could not be done");
	if (self->result == NULL)
		return _ ("Check the station at the start of each shift");
	return self->result->passed ? _ ("✔  The station is fit")
				    : _ ("✘  The station is not fit: do what stands below");
}

static const char *
verdict_class (PlSetupPage *self)
{
	if (self->checking)
		return "check-none";
	/* before what an earlier check has found: that the station is fit is not known any more */
	if (self->fault != NULL)
		return "error";
	if (self->result == NULL)
		return "check-none";
	return self->result->passed ? "pass" : "fail";
}

static void
redraw (PlSetupPage *self)
{
	PlDesk *desk = pl_page_desk (PL_PAGE (self));
	const char *classes[] = {"check-verdict", verdict_class (self), NULL};
	const char *verdict = verdict_text (self);

	gtk_label_set_text (self->heading, _ ("Setup check"));
	gtk_label_set_text (self->past, _ ("Last checks"));
	gtk_button_set_label (self->check, _ ("Check now"));
	gtk_widget_set_sensitive (GTK_WIDGET (self->check),
				  !self->checking && pl_desk_may (desk, PL_MAY_RUN));
	gtk_label_set_text (self->verdict, verdict);
	gtk_widget_set_css_classes (GTK_WIDGET (self->verdict), classes);
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->verdict),
					GTK_ACCESSIBLE_PROPERTY_LABEL, verdict, -1);
	show_lines (self);
	show_history (self);
}

void
pl_setup_page_show (PlSetupPage *self, PlCheckResult *result, GPtrArray *history)
{
	if (result != NULL) {
		pl_check_result_free (self->result);
		self->result = result;
	}
	if (history != NULL) {
		g_clear_pointer (&self->rows, g_ptr_array_unref);
		self->rows = history;
	}
	redraw (self);
}

/* -- on a worker ------------------------------------------------------------------------------- */

/* All that it needs, so that the page may go meanwhile. */
typedef struct {
	PlStation *station;
	PlRecipe *recipe;
	PlSlot *slot; /* held; NULL = only the history is asked for */
	char *release, *golden, *who; /* copies: settings and person may be others by then */
	double golden_hours;
	PlCheckResult *result;
	GPtrArray *history;
	GError *error;
} Job;

static void
job_free (gpointer data)
{
	Job *job = data;

	g_free (job->release);
	g_free (job->golden);
	g_free (job->who);
	pl_check_result_free (job->result);
	g_clear_pointer (&job->history, g_ptr_array_unref);
	g_clear_error (&job->error);
	g_free (job);
}

/* The bench is given back here and not by the page, which may be gone by then. */
static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Job *job = data;
	PlSetupCheckPlan plan = {.recipe = job->recipe,
				 .release_file = job->release,
				 .golden_serial = job->golden,
				 .golden_hours = job->golden_hours,
				 .who = job->who};

	if (job->slot != NULL) {
		job->result = pl_setup_check (job->station, &plan, &job->error);
		pl_slot_release (job->slot);
	}
	/* after the check, whose row is its first; the check's own error is worth more than this
	 * one's */
	job->history =
	    pl_setup_check_history (job->station, HISTORY, job->error == NULL ? &job->error : NULL);
	g_task_return_boolean (task, TRUE);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
	PlSetupPage *self = PL_SETUP_PAGE (source);
	Job *job = g_task_get_task_data (G_TASK (result));

	/* a look at the last checks changes nothing of what this one has come to */
	if (job->slot != NULL) {
		self->checking = FALSE;
		g_free (self->fault);
		self->fault = job->error != NULL ? g_strdup (job->error->message) : NULL;
	}
	if (job->error != NULL) {
		g_autofree char *words = pl_sentence (job->error->message);

		pl_page_say (PL_PAGE (self), words);
	}
	pl_setup_page_show (self, g_steal_pointer (&job->result), g_steal_pointer (&job->history));
}

static void
start (PlSetupPage *self, PlSlot *held)
{
	PlDesk *desk = pl_page_desk (PL_PAGE (self));
	const PlSettings *settings = desk->settings;
	Job *job = g_new0 (Job, 1);

	job->station = desk->station;
	job->recipe = desk->recipe;
	job->slot = held;
	job->who = g_strdup (pl_desk_who (desk));
	if (settings != NULL) {
		job->release = g_strdup (settings->release);
		job->golden = g_strdup (settings->golden_serial);
		/* 24 h where nothing is said: a golden pack a day */
		job->golden_hours = pl_settings_hours (settings->golden_hours, 24);
	}
	pl_worker_start (self, work, job, job_free, on_worked, NULL);
}

static void
on_check (PlSetupPage *self)
{
	PlDesk *desk = pl_page_desk (PL_PAGE (self));
	g_autoptr (GError) error = NULL;

	if (self->checking || desk->slot == NULL)
		return;
	/* no run may begin under a check that moves the door lock */
	if (!pl_slot_hold (desk->slot, pl_desk_who (desk), &error)) {
		g_autofree char *words = pl_sentence (error->message);

		pl_page_say (PL_PAGE (self), words);
		return;
	}
	self->checking = TRUE;
	redraw (self);
	start (self, desk->slot);
}

/* -- the page ---------------------------------------------------------------------------------- */

static void
refresh (PlPage *page)
{
	PlSetupPage *self = PL_SETUP_PAGE (page);

	redraw (self);
	/* the check under way brings the history with it */
	if (!self->checking && pl_page_desk (page)->station != NULL &&
	    pl_page_desk (page)->station->db != NULL)
		start (self, NULL);
}

static void
finalize (GObject *object)
{
	PlSetupPage *self = PL_SETUP_PAGE (object);

	pl_check_result_free (self->result);
	g_clear_pointer (&self->rows, g_ptr_array_unref);
	g_free (self->fault);
	G_OBJECT_CLASS (pl_setup_page_parent_class)->finalize (object);
}

static void
pl_setup_page_class_init (PlSetupPageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	PL_PAGE_CLASS (class)->refresh = refresh;
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/setup_page.ui");
	gtk_widget_class_bind_template_child (widget, PlSetupPage, heading);
	gtk_widget_class_bind_template_child (widget, PlSetupPage, verdict);
	gtk_widget_class_bind_template_child (widget, PlSetupPage, past);
	gtk_widget_class_bind_template_child (widget, PlSetupPage, check);
	gtk_widget_class_bind_template_child (widget, PlSetupPage, lines);
	gtk_widget_class_bind_template_child (widget, PlSetupPage, history);
	gtk_widget_class_bind_template_callback (widget, on_check);
}

static void
pl_setup_page_init (PlSetupPage *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
}
