/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/technician_page.h"
#include "ui/calibration_view.h"
#include "ui/fault_view.h"
#include "ui/instrument_card.h"
#include "ui/language.h"
#include "ui/output_list.h"
#include "ui/traffic_view.h"
#include "ui/worker.h"

#define LINE_LOOK_MS 1000 /* at the simulated line, while its tab is in view */

struct _PlTechnicianPage {
	PlPage parent;
	GtkLabel *title, *simulated, *chain, *said, *empty;
	GtkButton *safe, *take;
	GtkBox *tabs, *left, *right;
	GtkStack *stack, *bench;
	PlOutputList *outputs;
	PlTrafficView *wires;
	PlCalibrationView *calibration;
	PlFaultView *faults;
	GPtrArray *cards; /* PlInstrumentCard*, borrowed */
	GPtrArray *tab_buttons; /* GtkToggleButton*, borrowed; in the order of the table */
	PlStation *station; /* whose bench is shown: the desk's, or still that of a sitting */
	PlService *service; /* NULL = the bench is the slot's */
	PlServiceSnapshot *shown;
	GArray *states; /* PlSlotState of every slot */
	guint look; /* source */
	gboolean looking; /* a worker is at the line */
};

G_DEFINE_FINAL_TYPE (PlTechnicianPage, pl_technician_page, PL_TYPE_PAGE)

static const struct {
	const char *name, *title;
	gboolean simulated_only; /* hidden where the line is real */
} tabs[] = {
    {"bench", N_ ("Bench"), FALSE},
    {"wires", N_ ("Wires"), FALSE},
    {"calibration", N_ ("Calibration"), FALSE},
    {"faults", N_ ("Simulated faults"), TRUE},
};

static PlDesk *
desk_of (PlTechnicianPage *self)
{
	return pl_page_desk (PL_PAGE (self));
}

static gboolean
is_simulated (PlTechnicianPage *self)
{
	return pl_bench_is_simulated (self->station->bench);
}

static PlSlotState
slot_state (PlTechnicianPage *self)
{
	guint at = desk_of (self)->at;

	return at < self->states->len ? g_array_index (self->states, PlSlotState, at)
				      : PL_SLOT_RECOVERING;
}

/* -- what is shown ----------------------------------------------------------------------------- */

static PlInstrumentCard *
card_at (PlTechnicianPage *self, guint at, PlRole role)
{
	while (self->cards->len <= at) {
		PlInstrumentCard *card = pl_instrument_card_new ();
		/* what has a long map stands right */
		gboolean right = role == PL_ROLE_BMS || role == PL_ROLE_PLC;

		gtk_box_append (right ? self->right : self->left, GTK_WIDGET (card));
		g_ptr_array_add (self->cards, card);
	}
	return g_ptr_array_index (self->cards, at);
}

/* Its place stays when there is nothing to be said of it: the keys beside it do not move. */
static void
show_chain (PlTechnicianPage *self, const PlServiceSnapshot *s)
{
	gboolean known = s != NULL && s->state == PL_SERVICE_IN_HAND;
	const char *wrong = !known ? NULL : s->danger != NULL ? s->danger : s->chain;
	g_autofree char *sentence = pl_sentence (wrong);
	const char *classes[] = {"service-chip", wrong != NULL ? "health-bad" : "service-off",
				 NULL};

	if (!known)
		classes[0] = NULL;
	gtk_label_set_text (self->chain, !known		    ? ""
					 : sentence != NULL ? sentence
							    : _ ("Safety chain closed"));
	gtk_widget_set_css_classes (GTK_WIDGET (self->chain), classes);
}

static void
show_said (PlTechnicianPage *self, const PlServiceSnapshot *s)
{
	g_autofree char *sentence = s != NULL ? pl_sentence (s->said) : NULL;
	const char *classes[] = {"service-said", s != NULL && s->said_bad ? "health-bad" : "held",
				 NULL};

	gtk_label_set_text (self->said, sentence != NULL ? sentence : "");
	gtk_widget_set_visible (GTK_WIDGET (self->said), sentence != NULL);
	gtk_widget_set_css_classes (GTK_WIDGET (self->said), classes);
}

static void
show_keys (PlTechnicianPage *self, const PlServiceSnapshot *s)
{
	gboolean live = s != NULL && s->state != PL_SERVICE_ENDED;
	gboolean in_hand = live && s->state == PL_SERVICE_IN_HAND;
	PlSlotState state = slot_state (self);
	gboolean free = self->service == NULL && state != PL_SLOT_RUNNING &&
			state != PL_SLOT_RECOVERING && state != PL_SLOT_CLOSED;
	/* the sitting is there before its first snapshot */
	gboolean taken = live || self->service != NULL;

	gtk_button_set_label (self->take, in_hand ? _ ("Give the bench back")
					  : taken ? _ ("Making safe …")
						  : _ ("Take over the bench"));
	gtk_widget_set_sensitive (GTK_WIDGET (self->take), live ? in_hand : free);
	gtk_button_set_label (self->safe, _ ("All off, make safe"));
	gtk_widget_set_visible (GTK_WIDGET (self->safe), in_hand);
}

void
pl_technician_page_show (PlTechnicianPage *self, const PlServiceSnapshot *s)
{
	PlServiceSnapshot *before = self->shown;
	gboolean live = s != NULL && s->state != PL_SERVICE_ENDED;

	self->shown = s != NULL ? pl_service_snapshot_ref (s) : NULL;
	pl_service_snapshot_unref (before);
	show_chain (self, s);
	show_said (self, s);
	show_keys (self, s);
	gtk_stack_set_visible_child_name (self->bench, live ? "live" : "empty");
	if (s == NULL)
		return;
	for (guint i = 0; i < s->instruments->len; i++) {
		const PlServiceInstrument *at = g_ptr_array_index (s->instruments, i);

		pl_instrument_card_update (card_at (self, i, at->role), at);
	}
	pl_output_list_update (self->outputs, s);
	pl_calibration_view_update (self->calibration, s);
}

/* -- whose bench --------------------------------------------------------------------------------
 */

/* Follows the desk to the bench of the slot that was opened last; a sitting keeps its own until it
 * has ended. TRUE = it is another one now. */
static gboolean
attend (PlTechnicianPage *self)
{
	PlStation *station = desk_of (self)->station;

	if (self->service != NULL || self->station == station)
		return FALSE;
	self->station = station;
	pl_traffic_view_set_up (self->wires, station);
	for (guint i = 0; i < self->cards->len; i++) {
		GtkWidget *card = g_ptr_array_index (self->cards, i);

		gtk_box_remove (GTK_BOX (gtk_widget_get_parent (card)), card);
	}
	/* another bench has other instruments, in another order */
	g_ptr_array_set_size (self->cards, 0);
	pl_technician_page_show (self, NULL);
	return TRUE;
}

/* -- from the sitting's thread ----------------------------------------------------------------- */

typedef struct {
	GWeakRef page;
	PlServiceSnapshot *snapshot;
} Delivery;

static void
delivery_free (gpointer data)
{
	Delivery *delivery = data;

	g_weak_ref_clear (&delivery->page);
	pl_service_snapshot_unref (delivery->snapshot);
	g_free (delivery);
}

/* Ended: the thread has nothing more to do, so that joining it takes no time. */
static void
end_sitting (PlTechnicianPage *self, const PlServiceSnapshot *s)
{
	g_autofree char *line = pl_sentence (s->said);

	g_clear_pointer (&self->service, pl_service_free);
	if (line != NULL && gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
		pl_page_say (PL_PAGE (self), line);
}

static gboolean
deliver (gpointer data)
{
	Delivery *delivery = data;
	g_autoptr (PlTechnicianPage) self = g_weak_ref_get (&delivery->page);

	/* of a sitting that has ended already */
	if (self == NULL || self->service == NULL)
		return G_SOURCE_REMOVE;
	if (delivery->snapshot->state == PL_SERVICE_ENDED)
		end_sitting (self, delivery->snapshot);
	if (!attend (self))
		pl_technician_page_show (self, delivery->snapshot);
	return G_SOURCE_REMOVE;
}

/* data: the page, which outlives its sitting; but not what is on its way from it. */
static void
on_snapshot (gpointer data, const PlServiceSnapshot *snapshot)
{
	Delivery *delivery = g_new0 (Delivery, 1);

	g_weak_ref_init (&delivery->page, data);
	delivery->snapshot = pl_service_snapshot_ref (snapshot);
	/* before drawing: an output that has come on must be seen */
	g_idle_add_full (G_PRIORITY_DEFAULT, deliver, delivery, delivery_free);
}

/* -- taking over and giving back --------------------------------------------------------------- */

static void
on_take (PlTechnicianPage *self)
{
	PlDesk *desk = desk_of (self);

	if (self->service != NULL) {
		pl_service_leave (self->service);
		return;
	}
	if (!pl_desk_may (desk, PL_MAY_SERVE) || desk->slot == NULL)
		return;
	self->service =
	    pl_service_new (desk->station, desk->slot, pl_desk_who (desk), on_snapshot, self);
	show_keys (self, NULL);
}

static void
on_safe (PlTechnicianPage *self)
{
	if (self->service != NULL)
		pl_service_make_safe (self->service);
}

static void
on_switched (PlTechnicianPage *self, const PlServiceOutput *output, double value)
{
	if (self->service != NULL)
		pl_service_switch (self->service, output, value);
}

static void
on_supply_on (PlTechnicianPage *self, double low, double high, double most)
{
	if (self->service != NULL)
		pl_service_supply_on (self->service, low, high, most);
}

static void
on_supply_current (PlTechnicianPage *self, double amperes)
{
	if (self->service != NULL)
		pl_service_supply_current (self->service, amperes);
}

static void
on_entered (PlTechnicianPage *self, guint role, const PlCalibrationRow *row)
{
	if (self->service != NULL)
		pl_service_calibrate (self->service, (PlRole)role, row);
}

static void
on_said (PlTechnicianPage *self, const char *line)
{
	pl_page_say (PL_PAGE (self), line);
}

/* -- the simulated line ------------------------------------------------------------------------ */

typedef struct {
	PlStation *station;
	char *fault, *operator_words, *who; /* both NULL: only a look */
	gboolean on;
} LineJob;

static void
line_job_free (gpointer data)
{
	LineJob *job = data;

	g_free (job->fault);
	g_free (job->operator_words);
	g_free (job->who);
	g_free (job);
}

static void
work_at_line (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	LineJob *job = data;
	g_autoptr (GError) error = NULL;
	PlSimulation *simulation;

	if ((job->fault != NULL &&
	     !pl_simulation_fault (job->station, job->fault, job->on, job->who, &error)) ||
	    (job->operator_words != NULL &&
	     !pl_simulation_operator (job->station, job->operator_words, job->who, &error)) ||
	    (simulation = pl_simulation_look (job->station, &error)) == NULL)
		g_task_return_error (task, g_steal_pointer (&error));
	else
		g_task_return_pointer (task, simulation, (GDestroyNotify)pl_simulation_free);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
	PlTechnicianPage *self = PL_TECHNICIAN_PAGE (source);
	const LineJob *job = g_task_get_task_data (G_TASK (result));
	gboolean asked = job->fault != NULL || job->operator_words != NULL;
	g_autoptr (GError) error = NULL;
	g_autoptr (PlSimulation) simulation = g_task_propagate_pointer (G_TASK (result), &error);

	self->looking = FALSE;
	/* a look that fails says so in the view, once; somebody's press has an answer of its own */
	if (simulation != NULL || !asked)
		pl_fault_view_update (self->faults, simulation);
	else {
		g_autofree char *words = pl_sentence (error->message);

		pl_page_say (PL_PAGE (self), words);
	}
}

/* Takes both texts. */
static void
ask_line (PlTechnicianPage *self, char *fault, gboolean on, char *operator_words)
{
	LineJob *job = g_new0 (LineJob, 1);

	job->station = self->station;
	job->fault = fault;
	job->on = on;
	job->operator_words = operator_words;
	job->who = g_strdup (pl_desk_who (desk_of (self)));
	self->looking = TRUE;
	pl_worker_start (self, work_at_line, job, line_job_free, on_line, NULL);
}

static void
on_fault (PlTechnicianPage *self, const char *spec, gboolean on)
{
	ask_line (self, g_strdup (spec), on, NULL);
}

static void
on_operator (PlTechnicianPage *self, const char *words)
{
	ask_line (self, NULL, FALSE, g_strdup (words));
}

static gboolean
on_look (gpointer data)
{
	PlTechnicianPage *self = data;

	if (!self->looking && is_simulated (self) &&
	    gtk_widget_get_mapped (GTK_WIDGET (self->faults)))
		ask_line (self, NULL, FALSE, NULL);
	return G_SOURCE_CONTINUE;
}

/* -- the page ---------------------------------------------------------------------------------- */

void
pl_technician_page_go (PlTechnicianPage *self, const char *name)
{
	gtk_stack_set_visible_child_name (self->stack, name);
	for (guint i = 0; i < self->tab_buttons->len; i++)
		gtk_toggle_button_set_active (g_ptr_array_index (self->tab_buttons, i),
					      g_str_equal (tabs[i].name, name));
	/* at once, and not a second later */
	if (g_str_equal (name, "faults") && !self->looking && is_simulated (self))
		ask_line (self, NULL, FALSE, NULL);
}

static void
on_tab (PlTechnicianPage *self, GtkButton *button)
{
	for (guint i = 0; i < self->tab_buttons->len; i++)
		if (g_ptr_array_index (self->tab_buttons, i) == (gpointer)button)
			pl_technician_page_go (self, tabs[i].name);
}

static void
set_up (PlPage *page, PlDesk *desk)
{
	PlTechnicianPage *self = PL_TECHNICIAN_PAGE (page);

	for (guint i = 0; i < G_N_ELEMENTS (tabs); i++) {
		GtkWidget *button = gtk_toggle_button_new ();

		gtk_widget_add_css_class (button, "service-key");
		gtk_box_append (self->tabs, button);
		g_ptr_array_add (self->tab_buttons, button);
		g_signal_connect_object (button, "clicked", G_CALLBACK (on_tab), self,
					 G_CONNECT_SWAPPED);
	}
	attend (self);
	self->look = g_timeout_add (LINE_LOOK_MS, on_look, self);
	pl_technician_page_go (self, "bench");
}

static void
refresh (PlPage *page)
{
	PlTechnicianPage *self = PL_TECHNICIAN_PAGE (page);
	gboolean another = attend (self);
	g_autoptr (PlServiceSnapshot) shown =
	    self->shown != NULL ? pl_service_snapshot_ref (self->shown) : NULL;

	/* what is switched has the name of whoever took the bench: the next one takes it anew */
	if (self->service != NULL && shown != NULL &&
	    g_strcmp0 (shown->who, pl_desk_who (desk_of (self))) != 0)
		pl_service_leave (self->service);
	gtk_label_set_text (self->title, _ ("Technician"));
	gtk_label_set_text (self->simulated, _ ("SIMULATED"));
	gtk_widget_set_visible (GTK_WIDGET (self->simulated), is_simulated (self));
	gtk_label_set_text (
	    self->empty,
	    _ ("The bench tests packs now.\n\nWhoever takes it over sees every instrument live and "
	       "switches outputs by hand: under the safety chain, every switch with a name in the "
	       "journal. Meanwhile no code is taken. When it is given back, or this page is left, "
	       "everything is switched off and proved safe first."));
	for (guint i = 0; i < self->tab_buttons->len; i++) {
		GtkButton *button = g_ptr_array_index (self->tab_buttons, i);

		gtk_button_set_label (button, _ (tabs[i].title));
		gtk_widget_set_visible (GTK_WIDGET (button),
					!tabs[i].simulated_only || is_simulated (self));
	}
	pl_traffic_view_refresh (self->wires);
	pl_fault_view_update (self->faults, NULL);
	pl_technician_page_show (self, shown);
	pl_technician_page_go (self,
			       another ? "bench" : gtk_stack_get_visible_child_name (self->stack));
}

static void
leave (PlPage *page)
{
	PlTechnicianPage *self = PL_TECHNICIAN_PAGE (page);

	if (self->service != NULL)
		pl_service_leave (self->service);
}

/* Refused here, so that the page with the live outputs stays in view. */
static gboolean
scan (PlPage *page, const char *code)
{
	PlTechnicianPage *self = PL_TECHNICIAN_PAGE (page);

	if (self->service == NULL)
		return FALSE;
	pl_page_say (page, _ ("The bench is in your hands: the code was not taken"));
	return TRUE;
}

static void
update (PlPage *page, const PlSnapshot *snapshot)
{
	PlTechnicianPage *self = PL_TECHNICIAN_PAGE (page);

	if (snapshot->slot >= self->states->len)
		g_array_set_size (self->states, snapshot->slot + 1);
	g_array_index (self->states, PlSlotState, snapshot->slot) = snapshot->state;
	show_keys (self, self->shown);
}

/* A window that is closed has left the page before, and waits for the slot. */
static void
dispose (GObject *object)
{
	PlTechnicianPage *self = PL_TECHNICIAN_PAGE (object);

	g_clear_handle_id (&self->look, g_source_remove);
	g_clear_pointer (&self->service, pl_service_free);
	g_clear_pointer (&self->shown, pl_service_snapshot_unref);
	G_OBJECT_CLASS (pl_technician_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
	PlTechnicianPage *self = PL_TECHNICIAN_PAGE (object);

	g_ptr_array_unref (self->cards);
	g_ptr_array_unref (self->tab_buttons);
	g_array_unref (self->states);
	G_OBJECT_CLASS (pl_technician_page_parent_class)->finalize (object);
}

static void
bind (GtkWidgetClass *widget)
{
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/technician_page.ui");
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, title);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, simulated);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, chain);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, said);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, empty);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, safe);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, take);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, tabs);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, left);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, right);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, stack);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, bench);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, outputs);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, wires);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, calibration);
	gtk_widget_class_bind_template_child (widget, PlTechnicianPage, faults);
	gtk_widget_class_bind_template_callback (widget, on_take);
	gtk_widget_class_bind_template_callback (widget, on_safe);
	gtk_widget_class_bind_template_callback (widget, on_switched);
	gtk_widget_class_bind_template_callback (widget, on_supply_on);
	gtk_widget_class_bind_template_callback (widget, on_supply_current);
	gtk_widget_class_bind_template_callback (widget, on_entered);
	gtk_widget_class_bind_template_callback (widget, on_said);
	gtk_widget_class_bind_template_callback (widget, on_fault);
	gtk_widget_class_bind_template_callback (widget, on_operator);
}

static void
pl_technician_page_class_init (PlTechnicianPageClass *class)
{
	PlPageClass *page = PL_PAGE_CLASS (class);

	G_OBJECT_CLASS (class)->dispose = dispose;
	G_OBJECT_CLASS (class)->finalize = finalize;
	page->set_up = set_up;
	page->refresh = refresh;
	page->leave = leave;
	page->scan = scan;
	page->update = update;
	g_type_ensure (PL_TYPE_OUTPUT_LIST);
	g_type_ensure (PL_TYPE_TRAFFIC_VIEW);
	g_type_ensure (PL_TYPE_CALIBRATION_VIEW);
	g_type_ensure (PL_TYPE_FAULT_VIEW);
	bind (GTK_WIDGET_CLASS (class));
}

static void
pl_technician_page_init (PlTechnicianPage *self)
{
	self->cards = g_ptr_array_new ();
	self->tab_buttons = g_ptr_array_new ();
	self->states = g_array_new (FALSE, TRUE, sizeof (PlSlotState));
	gtk_widget_init_template (GTK_WIDGET (self));
}
