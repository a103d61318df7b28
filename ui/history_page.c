/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/history_page.h"
#include "station/export.h"
#include "station/reprint.h"
#include "ui/language.h"
#include "ui/run_detail.h"
#include "ui/run_filter.h"
#include "ui/run_list.h"
#include "ui/worker.h"

struct _PlHistoryPage {
	PlPage parent;
	GtkStack *stack;
	GtkLabel *title, *count, *nothing, *choosing;
	GtkSpinner *spinner;
	GtkButton *newer, *cancel;
	GtkBox *chooser;
	PlRunFilter *filter;
	PlRunList *list;
	PlRunDetail *detail;
	PlRunListModel *model;
	GCancellable *asking; /* NULL = no question is under way */
	PlOpenRun *run, *other; /* NULL = none is open */
	gint64 wanted; /* the run that is to be opened next; 0 = none */
	guint n_newer; /* runs that began after the answer in view */
	GArray *seen; /* guint64 state_seq of each slot */
	gboolean scanned; /* the question under way came from a scanner, whose user has no mouse at
			     hand */
	gboolean asked, chooses; /* asked: once at least; chooses: the next run that is opened is
				    compared with */
};

G_DEFINE_FINAL_TYPE (PlHistoryPage, pl_history_page, PL_TYPE_PAGE)

/* -- workers ----------------------------------------------------------------------------------- */

/* What a worker is given: nothing of the page. */
typedef struct {
	PlStation *station;
	PlHistoryQuestion *question;
	PlHistoryAnswer *answer;
	GCancellable *cancellable;
	gint64 run;
	char *who, *text;
	guint n;
} Job;

static void
job_free (gpointer data)
{
	Job *job = data;

	pl_history_question_free (job->question);
	pl_history_answer_unref (job->answer);
	g_clear_object (&job->cancellable);
	g_free (job->who);
	g_free (job->text);
	g_free (job);
}

static Job *
job_new (PlHistoryPage *self, gint64 run)
{
	PlDesk *desk = pl_page_desk (PL_PAGE (self));
	Job *job = g_new0 (Job, 1);

	job->station = desk->station;
	job->run = run;
	job->who = g_strdup (pl_desk_who (desk));
	return job;
}

static void
start (PlHistoryPage *self, Job *job, GTaskThreadFunc work, GAsyncReadyCallback done)
{
	pl_worker_start (self, work, job, job_free, done, NULL);
}

/* What went wrong is said, unless it is that nobody waits any more. */
static void
say_error (PlHistoryPage *self, const GError *error)
{
	g_autofree char *words = NULL;

	if (error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	words = pl_sentence (error->message);
	pl_page_say (PL_PAGE (self), words);
}

static void
hand_over (GTask *task, gpointer result, GDestroyNotify release, GError *error)
{
	if (error != NULL)
		g_task_return_error (task, error);
	else
		g_task_return_pointer (task, result, release);
}

/* -- asking ------------------------------------------------------------------------------------ */

/* "1 048 576": groups of three with a narrow blank, in every locale alike. */
static char *
grouped (guint n)
{
	g_autofree char *digits = g_strdup_printf ("%u", n);
	GString *text = g_string_new (digits);

	for (gssize at = (gssize)text->len - 3; at > 0; at -= 3)
		g_string_insert (text, at, "\xe2\x80\xaf");
	return g_string_free (text, FALSE);
}

static void
update_state (PlHistoryPage *self)
{
	guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
	g_autofree char *number = grouped (n), *more = grouped (self->n_newer);
	g_autofree char *count = g_strdup_printf ("%s %s", number, n == 1 ? _ ("run") : _ ("runs"));
	g_autofree char *newer = g_strdup_printf ("▲  %s: %s", _ ("New runs"), more);
	gboolean known = self->asked && self->asking == NULL;

	gtk_label_set_text (self->title, _ ("History"));
	gtk_label_set_text (self->count, known ? count : "");
	gtk_spinner_set_spinning (self->spinner, self->asking != NULL);
	gtk_button_set_label (self->newer, newer);
	gtk_widget_set_visible (GTK_WIDGET (self->newer), self->n_newer > 0);
	gtk_label_set_text (self->nothing, pl_run_filter_is_narrow (self->filter)
					       ? _ ("No run fits what is asked")
					       : _ ("No run is recorded yet"));
	gtk_widget_set_visible (GTK_WIDGET (self->nothing), known && n == 0);
	gtk_widget_set_visible (GTK_WIDGET (self->list), !known || n > 0);
}

static void
ask_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Job *job = data;
	GError *error = NULL;
	PlHistoryAnswer *answer =
	    pl_station_ask (job->station->db, job->question, job->cancellable, &error);

	hand_over (task, answer, (GDestroyNotify)pl_history_answer_unref, error);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (source);
	const Job *job = g_task_get_task_data (G_TASK (result));
	g_autoptr (GError) error = NULL;
	g_autoptr (PlHistoryAnswer) answer = g_task_propagate_pointer (G_TASK (result), &error);

	/* the page has gone, or another question was asked since */
	if (self->model == NULL || job->cancellable != self->asking)
		return;
	g_clear_object (&self->asking);
	if (answer != NULL) {
		pl_run_list_model_set (self->model, answer);
		self->n_newer = 0;
	}
	update_state (self);
	if (answer != NULL && self->scanned)
		pl_run_list_focus (self->list);
	self->scanned = FALSE;
	say_error (self, error);
}

/* The question before is no longer waited for. */
static void
ask (PlHistoryPage *self)
{
	Job *job = job_new (self, 0);

	if (self->asking != NULL)
		g_cancellable_cancel (self->asking);
	g_clear_object (&self->asking);
	self->asking = g_cancellable_new ();
	self->asked = TRUE;
	job->question = pl_run_filter_question (self->filter);
	job->cancellable = g_object_ref (self->asking);
	start (self, job, ask_work, on_answer);
	update_state (self);
}

/* -- what has come since ----------------------------------------------------------------------- */

static void
newer_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Job *job = data;
	GError *error = NULL;

	if (pl_station_newer (job->station->db, job->answer, &job->n, &error))
		g_task_return_boolean (task, TRUE);
	else
		g_task_return_error (task, error);
}

static void
on_newer (GObject *source, GAsyncResult *result, gpointer data)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (source);
	const Job *job = g_task_get_task_data (G_TASK (result));
	g_autoptr (GError) error = NULL;

	/* of an answer that is in view no more; and an error is no news: the next look will say
	 * it */
	if (!g_task_propagate_boolean (G_TASK (result), &error) || self->model == NULL ||
	    job->answer != pl_run_list_model_get (self->model))
		return;
	self->n_newer = job->n;
	update_state (self);
}

static void
recipes_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	GError *error = NULL;
	GPtrArray *names = pl_station_recipes (((Job *)data)->station->db, &error);

	hand_over (task, names, (GDestroyNotify)g_ptr_array_unref, error);
}

static void
on_recipes (GObject *source, GAsyncResult *result, gpointer data)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (source);
	g_autoptr (GPtrArray) names = g_task_propagate_pointer (G_TASK (result), NULL);

	if (names != NULL && self->model != NULL)
		pl_run_filter_set_recipes (self->filter, names);
}

static void
look_again (PlHistoryPage *self)
{
	PlHistoryAnswer *answer = pl_run_list_model_get (self->model);
	Job *job;

	/* a run may have been the first of its recipe */
	start (self, job_new (self, 0), recipes_work, on_recipes);
	if (answer == NULL)
		return;
	pl_run_list_model_look_again (self->model);
	job = job_new (self, 0);
	job->answer = pl_history_answer_ref (answer);
	start (self, job, newer_work, on_newer);
}

/* -- one run, or two --------------------------------------------------------------------------- */

static void
show_detail (PlHistoryPage *self)
{
	pl_run_detail_update (self->detail, self->run, self->other);
}

/* Back to the list; where one is chosen from it for a comparison, back to the run. */
static void
go_back (PlHistoryPage *self)
{
	gboolean chose = self->chooses;

	self->chooses = FALSE;
	self->wanted = 0;
	gtk_widget_set_visible (GTK_WIDGET (self->chooser), FALSE);
	gtk_stack_set_visible_child_name (self->stack, chose && self->run != NULL ? "run" : "list");
}

/* The old one goes last: until it is shown no more, widgets borrow from it. So below. */
static void
take_other (PlHistoryPage *self, PlOpenRun *other)
{
	PlOpenRun *before = self->other;

	self->other = other;
	show_detail (self);
	pl_open_run_free (before);
	go_back (self);
	gtk_stack_set_visible_child_name (self->stack, "run");
}

static void
take_run (PlHistoryPage *self, PlOpenRun *run)
{
	PlOpenRun *before = self->run, *compared = self->other;
	/* the same one read anew, after a note: what it is compared with stays */
	gboolean again = before != NULL && before->story->run->id == run->story->run->id;

	self->run = run;
	self->other = again ? compared : NULL;
	show_detail (self);
	pl_open_run_free (before);
	if (!again)
		pl_open_run_free (compared);
	gtk_stack_set_visible_child_name (self->stack, "run");
	/* whoever opened it with Return goes on with the keyboard */
	gtk_widget_child_focus (GTK_WIDGET (self->detail), GTK_DIR_TAB_FORWARD);
}

static void
open_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Job *job = data;
	GError *error = NULL;
	PlOpenRun *run = pl_open_run_load (job->station, job->run, &error);

	hand_over (task, run, (GDestroyNotify)pl_open_run_free, error);
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer data)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (source);
	const Job *job = g_task_get_task_data (G_TASK (result));
	g_autoptr (GError) error = NULL;
	g_autoptr (PlOpenRun) run = g_task_propagate_pointer (G_TASK (result), &error);

	/* another has been asked for since, or none */
	if (self->model == NULL || job->run != self->wanted)
		return;
	self->wanted = 0;
	if (run == NULL) {
		say_error (self, error);
		/* one that was named is not taken; from the list another may be */
		self->chooses = gtk_widget_get_visible (GTK_WIDGET (self->chooser));
	} else if (self->chooses)
		take_other (self, g_steal_pointer (&run));
	else
		take_run (self, g_steal_pointer (&run));
}

static void
open (PlHistoryPage *self, gint64 run)
{
	self->wanted = run;
	start (self, job_new (self, run), open_work, on_open);
}

static void
on_opened (PlHistoryPage *self, gint64 run)
{
	open (self, run);
}

static void
choose (PlHistoryPage *self)
{
	g_autofree char *text = g_strdup_printf ("%s %s", _ ("Choose the run to compare with"),
						 self->run->story->run->serial);

	gtk_label_set_text (self->choosing, text);
	gtk_button_set_label (self->cancel, _ ("Cancel"));
	gtk_widget_set_visible (GTK_WIDGET (self->chooser), TRUE);
	gtk_stack_set_visible_child_name (self->stack, "list");
}

static void
on_compare (PlHistoryPage *self, gint64 run)
{
	self->chooses = run >= 0;
	if (run < 0)
		take_other (self, NULL);
	else if (run == 0)
		choose (self);
	else
		open (self, run);
}

/* -- what is done with a run ------------------------------------------------------------------- */

static void
note_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Job *job = data;
	GError *error = NULL;

	if (pl_story_add_note (job->station, job->run, job->who, job->text, &error))
		g_task_return_boolean (task, TRUE);
	else
		g_task_return_error (task, error);
}

static void
on_note_kept (GObject *source, GAsyncResult *result, gpointer data)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (source);
	const Job *job = g_task_get_task_data (G_TASK (result));
	g_autoptr (GError) error = NULL;

	g_task_propagate_boolean (G_TASK (result), &error);
	if (self->model == NULL)
		return;
	say_error (self, error);
	if (error != NULL || self->run == NULL || self->run->story->run->id != job->run)
		return;
	pl_run_detail_noted (self->detail);
	open (self, job->run); /* as it is kept, not as it was typed */
}

static void
on_noted (PlHistoryPage *self, const char *text)
{
	Job *job = job_new (self, self->run->story->run->id);

	job->text = g_strdup (text);
	start (self, job, note_work, on_note_kept);
}

static void
reprint_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Job *job = data;
	GError *error = NULL;

	/* waits for a printer, which may be out of paper */
	pl_station_reprint (job->station, job->run, job->who, &error);
	hand_over (task, NULL, NULL, error);
}

static void
on_reprinted (GObject *source, GAsyncResult *result, gpointer data)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (source);
	g_autoptr (GError) error = NULL;

	g_task_propagate_pointer (G_TASK (result), &error);
	if (self->model == NULL)
		return;
	if (error == NULL)
		pl_page_say (PL_PAGE (self), _ ("The label is printed"));
	say_error (self, error);
}

static void
on_reprint (PlHistoryPage *self)
{
	start (self, job_new (self, self->run->story->run->id), reprint_work, on_reprinted);
}

static void
export_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Job *job = data;
	g_autofree char *label = NULL;
	char *record = NULL;
	GError *error = NULL;

	if (!pl_station_export (job->station, job->run, &record, &label, &error))
		g_clear_pointer (&record, g_free);
	hand_over (task, record, g_free, error);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (source);
	g_autoptr (GError) error = NULL;
	g_autofree char *file = g_task_propagate_pointer (G_TASK (result), &error);
	g_autofree char *line = NULL;

	if (self->model == NULL)
		return;
	if (file != NULL) {
		line = g_strdup_printf ("%s %s", _ ("Written:"), file);
		pl_page_say (PL_PAGE (self), line);
	}
	say_error (self, error);
}

static void
on_export (PlHistoryPage *self)
{
	start (self, job_new (self, self->run->story->run->id), export_work, on_exported);
}

/* -- the page ---------------------------------------------------------------------------------- */

static void
on_failed (PlHistoryPage *self, const char *message)
{
	g_autofree char *words = pl_sentence (message);

	pl_page_say (PL_PAGE (self), words);
}

static void
set_up (PlPage *page, PlDesk *desk)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (page);

	/* the database is every slot's, so the desk's station of this moment will do */
	self->model = pl_run_list_model_new (desk->station->db);
	g_signal_connect_object (self->model, "failed", G_CALLBACK (on_failed), self,
				 G_CONNECT_SWAPPED);
	pl_run_list_set_model (self->list, self->model);
}

static void
refresh (PlPage *page)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (page);

	pl_run_filter_refresh (self->filter);
	pl_run_list_refresh (self->list);
	if (self->run != NULL)
		show_detail (self);
	if (self->chooses && self->run != NULL)
		choose (self);
	/* not before somebody comes here: a million runs are counted for it */
	if (!self->asked)
		ask (self);
	else
		update_state (self);
	look_again (self);
}

/* Whoever scans here asks about a pack, or a cell in their hand. */
static gboolean
scan (PlPage *page, const char *code)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (page);

	/* a run is open that a person wants to leave; while one is chosen, the scan chooses */
	if (!self->chooses)
		go_back (self);
	self->scanned = TRUE;
	pl_run_filter_scan (self->filter, code);
	return TRUE;
}

/* A state of a slot is another: a run has begun or ended. */
static void
update (PlPage *page, const PlSnapshot *snapshot)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (page);
	guint64 *seen;

	if (snapshot->slot >= self->seen->len)
		g_array_set_size (self->seen, snapshot->slot + 1);
	seen = &g_array_index (self->seen, guint64, snapshot->slot);
	if (*seen == snapshot->state_seq)
		return;
	*seen = snapshot->state_seq;
	/* out of view nobody waits for it, and refresh asks when somebody comes back */
	if (self->asked && gtk_widget_get_mapped (GTK_WIDGET (self)))
		look_again (self);
}

static gboolean
on_escape (GtkWidget *widget, GVariant *args, gpointer data)
{
	go_back (PL_HISTORY_PAGE (widget));
	return GDK_EVENT_STOP;
}

static void
dispose (GObject *object)
{
	PlHistoryPage *self = PL_HISTORY_PAGE (object);

	if (self->asking != NULL)
		g_cancellable_cancel (self->asking);
	g_clear_object (&self->asking);
	if (self->detail != NULL)
		/* before what it borrows goes */
		pl_run_detail_update (self->detail, NULL, NULL);
	g_clear_pointer (&self->run, pl_open_run_free);
	g_clear_pointer (&self->other, pl_open_run_free);
	g_clear_object (&self->model);
	G_OBJECT_CLASS (pl_history_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
	g_array_unref (PL_HISTORY_PAGE (object)->seen);
	G_OBJECT_CLASS (pl_history_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget)
{
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/history_page.ui");
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, stack);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, title);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, count);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, nothing);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, choosing);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, spinner);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, newer);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, cancel);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, chooser);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, filter);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, list);
	gtk_widget_class_bind_template_child (widget, PlHistoryPage, detail);
	gtk_widget_class_bind_template_callback (widget, ask);
	gtk_widget_class_bind_template_callback (widget, go_back);
	gtk_widget_class_bind_template_callback (widget, on_opened);
	gtk_widget_class_bind_template_callback (widget, on_compare);
	gtk_widget_class_bind_template_callback (widget, on_reprint);
	gtk_widget_class_bind_template_callback (widget, on_export);
	gtk_widget_class_bind_template_callback (widget, on_noted);
}

static void
pl_history_page_class_init (PlHistoryPageClass *class)
{
	PlPageClass *page = PL_PAGE_CLASS (class);

	G_OBJECT_CLASS (class)->dispose = dispose;
	G_OBJECT_CLASS (class)->finalize = finalize;
	page->set_up = set_up;
	page->refresh = refresh;
	page->scan = scan;
	page->update = update;
	g_type_ensure (PL_TYPE_RUN_FILTER);
	g_type_ensure (PL_TYPE_RUN_LIST);
	g_type_ensure (PL_TYPE_RUN_DETAIL);
	bind_template (GTK_WIDGET_CLASS (class));
	gtk_widget_class_add_binding (GTK_WIDGET_CLASS (class), GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
pl_history_page_init (PlHistoryPage *self)
{
	self->seen = g_array_new (FALSE, TRUE, sizeof (guint64));
	gtk_widget_init_template (GTK_WIDGET (self));
}
