/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run_filter.h"
#include "ui/language.h"
#include "ui/verdict_look.h"

/* As the database has them. */
static const char *const verdicts[] = {"PASS", "FAIL", "ERROR", "ABORTED"};
static const char *const kinds[] = {"production", "engineering", "golden", "simulated"};

/* How many days back, today counted; the last row shows two entries. */
static const struct {
	const char *word;
	int days;
} times[] = {
    {N_ ("Any time"), 0},      {N_ ("Today"), 1},	 {N_ ("Last 7 days"), 7},
    {N_ ("Last 30 days"), 30}, {N_ ("From … to …"), -1},
};

struct _PlRunFilter {
	GtkBox parent;
	GtkSearchEntry *serial;
	GtkBox *verdicts, *days;
	GtkDropDown *kind, *recipe, *time;
	GtkEntry *from, *to;
	GtkButton *clear;
	GtkToggleButton *chips[G_N_ELEMENTS (verdicts)];
	GPtrArray *recipes; /* char* */
	char *scanned; /* is in the entry as it came; NULL = it was typed */
	PlHistoryQuestion *asked; /* last */
	gboolean quiet; /* what changes now is not a person's doing */
};

G_DEFINE_FINAL_TYPE (PlRunFilter, pl_run_filter, GTK_TYPE_BOX)

/* -- what is asked ----------------------------------------------------------------------------- */

static const char *
verdict_of (PlRunFilter *self)
{
	for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
		if (gtk_toggle_button_get_active (self->chips[i]))
			return verdicts[i];
	return NULL;
}

/* The first row of each list is "any". */
static const char *
recipe_of (PlRunFilter *self)
{
	guint at = gtk_drop_down_get_selected (self->recipe);

	return at > 0 && at <= self->recipes->len ? g_ptr_array_index (self->recipes, at - 1)
						  : NULL;
}

static const char *
kind_of (PlRunFilter *self)
{
	guint at = gtk_drop_down_get_selected (self->kind);

	return at > 0 && at <= G_N_ELEMENTS (kinds) ? kinds[at - 1] : NULL;
}

static char *
day_of (GtkEntry *entry)
{
	char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));

	if (*text != '\0')
		return text;
	g_free (text);
	return NULL;
}

static char *
day_before (int days)
{
	g_autoptr (GDateTime) now = g_date_time_new_now_local ();
	g_autoptr (GDateTime) then = g_date_time_add_days (now, -days);

	return g_date_time_format (then, "%Y-%m-%d");
}

static void
add_days (PlRunFilter *self, PlHistoryQuestion *question)
{
	int days = times[gtk_drop_down_get_selected (self->time)].days;

	if (days > 0)
		question->from = day_before (days - 1);
	if (days < 0) {
		question->from = day_of (self->from);
		question->to = day_of (self->to);
	}
}

PlHistoryQuestion *
pl_run_filter_question (PlRunFilter *self)
{
	PlHistoryQuestion *question = g_new0 (PlHistoryQuestion, 1);
	g_autofree char *serial =
	    g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->serial))));

	if (*serial != '\0')
		question->serial = g_steal_pointer (&serial);
	/* a scan is the whole serial; what is typed may be its beginning */
	question->exact =
	    question->serial != NULL && g_strcmp0 (question->serial, self->scanned) == 0;
	question->verdict = g_strdup (verdict_of (self));
	question->kind = g_strdup (kind_of (self));
	question->recipe = g_strdup (recipe_of (self));
	add_days (self, question);
	return question;
}

gboolean
pl_run_filter_is_narrow (PlRunFilter *self)
{
	g_autoptr (PlHistoryQuestion) q = pl_run_filter_question (self);

	return q->serial != NULL || q->verdict != NULL || q->kind != NULL || q->recipe != NULL ||
	       q->from != NULL || q->to != NULL;
}

/* -- what a person does ------------------------------------------------------------------------ */

static gboolean
is_same (const PlHistoryQuestion *a, const PlHistoryQuestion *b)
{
	return a->exact == b->exact && g_strcmp0 (a->serial, b->serial) == 0 &&
	       g_strcmp0 (a->verdict, b->verdict) == 0 && g_strcmp0 (a->kind, b->kind) == 0 &&
	       g_strcmp0 (a->recipe, b->recipe) == 0 && g_strcmp0 (a->from, b->from) == 0 &&
	       g_strcmp0 (a->to, b->to) == 0;
}

/* The search entry speaks a moment after each change, ours too. */
static void
tell (PlRunFilter *self)
{
	g_autoptr (PlHistoryQuestion) now = NULL;

	if (self->quiet)
		return;
	now = pl_run_filter_question (self);
	gtk_widget_set_sensitive (GTK_WIDGET (self->clear), pl_run_filter_is_narrow (self));
	if (is_same (now, self->asked))
		return;
	pl_history_question_free (self->asked);
	self->asked = g_steal_pointer (&now);
	g_signal_emit_by_name (self, "changed");
}

static void
on_serial (PlRunFilter *self)
{
	tell (self);
}

/* One at most: pressing another lets the first go. */
static void
on_chip (PlRunFilter *self, GtkToggleButton *chip)
{
	/* also called from pl_run_filter_clear, which stays quiet */
	gboolean quiet = self->quiet;

	self->quiet = TRUE;
	for (guint i = 0; gtk_toggle_button_get_active (chip) && i < G_N_ELEMENTS (verdicts); i++)
		if (self->chips[i] != chip)
			gtk_toggle_button_set_active (self->chips[i], FALSE);
	self->quiet = quiet;
	tell (self);
}

static void
on_choice (PlRunFilter *self)
{
	guint time = gtk_drop_down_get_selected (self->time);

	gtk_widget_set_visible (GTK_WIDGET (self->days),
				time < G_N_ELEMENTS (times) && times[time].days < 0);
	tell (self);
}

void
pl_run_filter_clear (PlRunFilter *self)
{
	self->quiet = TRUE;
	g_clear_pointer (&self->scanned, g_free);
	gtk_editable_set_text (GTK_EDITABLE (self->serial), "");
	for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
		gtk_toggle_button_set_active (self->chips[i], FALSE);
	gtk_drop_down_set_selected (self->kind, 0);
	gtk_drop_down_set_selected (self->recipe, 0);
	gtk_drop_down_set_selected (self->time, 0);
	self->quiet = FALSE;
	tell (self);
}

void
pl_run_filter_scan (PlRunFilter *self, const char *serial)
{
	/* a copy: the caller's may be what is cleared */
	g_autofree char *code = g_strdup (serial);

	self->quiet = TRUE;
	pl_run_filter_clear (self);
	self->quiet = TRUE;
	self->scanned = g_steal_pointer (&code);
	gtk_editable_set_text (GTK_EDITABLE (self->serial), serial);
	self->quiet = FALSE;
	tell (self);
}

void
pl_run_filter_focus (PlRunFilter *self)
{
	gtk_widget_grab_focus (GTK_WIDGET (self->serial));
}

/* -- words ------------------------------------------------------------------------------------- */

/* Takes the list; what was chosen stays. */
static void
set_words (PlRunFilter *self, GtkDropDown *list, GtkStringList *words, const char *name)
{
	guint chosen = gtk_drop_down_get_selected (list);

	self->quiet = TRUE;
	gtk_drop_down_set_model (list, G_LIST_MODEL (words));
	gtk_drop_down_set_selected (list, chosen == GTK_INVALID_LIST_POSITION ? 0 : chosen);
	self->quiet = FALSE;
	g_object_unref (words);
	gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
					-1);
}

static void
word_lists (PlRunFilter *self)
{
	GtkStringList *words = gtk_string_list_new (NULL);

	gtk_string_list_append (words, _ ("Every kind"));
	for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
		gtk_string_list_append (words, pl_kind_word (kinds[i]));
	set_words (self, self->kind, words, _ ("Kind of run"));
	words = gtk_string_list_new (NULL);
	gtk_string_list_append (words, _ ("Every recipe"));
	for (guint i = 0; i < self->recipes->len; i++)
		gtk_string_list_append (words, g_ptr_array_index (self->recipes, i));
	set_words (self, self->recipe, words, _ ("Recipe"));
	words = gtk_string_list_new (NULL);
	for (guint i = 0; i < G_N_ELEMENTS (times); i++)
		gtk_string_list_append (words, _ (times[i].word));
	set_words (self, self->time, words, _ ("Time"));
}

static void
name (gpointer widget, const char *label)
{
	gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
					label, -1);
}

void
pl_run_filter_refresh (PlRunFilter *self)
{
	for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++) {
		g_autofree char *text = pl_verdict_text (verdicts[i]);

		gtk_button_set_label (GTK_BUTTON (self->chips[i]), text);
	}
	word_lists (self);
	g_object_set (self->serial, "placeholder-text",
		      _ ("Scan or type a serial: pack, module, cell or BMS board"), NULL);
	name (self->serial, _ ("Serial"));
	name (self->from, _ ("First day"));
	name (self->to, _ ("Last day"));
	gtk_button_set_label (self->clear, _ ("Show all"));
	gtk_widget_set_sensitive (GTK_WIDGET (self->clear), pl_run_filter_is_narrow (self));
}

void
pl_run_filter_set_recipes (PlRunFilter *self, GPtrArray *names)
{
	/* by name: its place may be another one now */
	g_autofree char *chosen = g_strdup (recipe_of (self));

	g_ptr_array_unref (self->recipes);
	self->recipes = g_ptr_array_ref (names);
	word_lists (self);
	self->quiet = TRUE;
	gtk_drop_down_set_selected (self->recipe, 0);
	for (guint i = 0; chosen != NULL && i < names->len; i++)
		if (g_str_equal (chosen, g_ptr_array_index (names, i)))
			gtk_drop_down_set_selected (self->recipe, i + 1);
	self->quiet = FALSE;
}

/* -- coming and going -------------------------------------------------------------------------- */

static void
finalize (GObject *object)
{
	PlRunFilter *self = PL_RUN_FILTER (object);

	g_ptr_array_unref (self->recipes);
	pl_history_question_free (self->asked);
	g_free (self->scanned);
	G_OBJECT_CLASS (pl_run_filter_parent_class)->finalize (object);
}

static void
pl_run_filter_class_init (PlRunFilterClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 0);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/run_filter.ui");
	gtk_widget_class_bind_template_child (widget, PlRunFilter, serial);
	gtk_widget_class_bind_template_child (widget, PlRunFilter, verdicts);
	gtk_widget_class_bind_template_child (widget, PlRunFilter, days);
	gtk_widget_class_bind_template_child (widget, PlRunFilter, kind);
	gtk_widget_class_bind_template_child (widget, PlRunFilter, recipe);
	gtk_widget_class_bind_template_child (widget, PlRunFilter, time);
	gtk_widget_class_bind_template_child (widget, PlRunFilter, from);
	gtk_widget_class_bind_template_child (widget, PlRunFilter, to);
	gtk_widget_class_bind_template_child (widget, PlRunFilter, clear);
	gtk_widget_class_bind_template_callback (widget, on_serial);
	gtk_widget_class_bind_template_callback (widget, on_choice);
	gtk_widget_class_bind_template_callback (widget, pl_run_filter_clear);
}

static void
pl_run_filter_init (PlRunFilter *self)
{
	self->quiet = TRUE;
	self->recipes = g_ptr_array_new_with_free_func (g_free);
	/* the page asks for everything by itself */
	self->asked = g_new0 (PlHistoryQuestion, 1);
	gtk_widget_init_template (GTK_WIDGET (self));
	for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++) {
		GtkWidget *chip = gtk_toggle_button_new ();

		self->chips[i] = GTK_TOGGLE_BUTTON (chip);
		gtk_widget_add_css_class (chip, "chip");
		gtk_widget_add_css_class (chip, pl_verdict_look (verdicts[i])->class);
		g_signal_connect_object (chip, "toggled", G_CALLBACK (on_chip), self,
					 G_CONNECT_SWAPPED);
		gtk_box_append (self->verdicts, chip);
	}
	pl_run_filter_refresh (self);
	self->quiet = FALSE;
}
