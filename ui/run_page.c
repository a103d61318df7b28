/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run_page.h"
#include "ui/counters.h"
#include "ui/health_strip.h"
#include "ui/language.h"
#include "ui/live_strip.h"
#include "ui/prompt_view.h"
#include "ui/step_table.h"
#include "ui/theme.h"
#include "ui/verdict_banner.h"
#include "ui/who.h"

struct _PlRunPage {
	GtkBox parent;
	GtkLabel *station, *simulated, *said;
	PlCounters *counters;
	PlVerdictBanner *banner;
	GtkStack *side;
	PlStepTable *steps;
	PlPromptView *prompt;
	PlLiveStrip *live;
	PlHealthStrip *health;
	GtkButton *stop, *type, *language, *back;
	char *hint; /* NULL = the slot's own words */
};

G_DEFINE_FINAL_TYPE (PlRunPage, pl_run_page, GTK_TYPE_BOX)

enum { STOPPED, ACKNOWLEDGED, LANGUAGE, TYPING, BACK, OVERRIDDEN, ANSWERED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
update_head (PlRunPage *self, const PlSnapshot *s)
{
	g_autofree char *who = pl_who_text (s);
	gboolean many = gtk_widget_get_visible (GTK_WIDGET (self->back));
	g_autofree char *slot =
	    many ? g_strdup_printf ("%s %u   ", _ ("Slot"), s->slot + 1) : g_strdup ("");
	g_autofree char *text =
	    g_strdup_printf ("%s%s   %s   %s", slot, s->station, s->recipe[pl_language ()], who);

	gtk_button_set_label (self->back, _ ("◀  All slots (F1)"));
	gtk_label_set_text (self->station, text);
	gtk_label_set_text (self->simulated, _ ("SIMULATED"));
	gtk_widget_set_visible (GTK_WIDGET (self->simulated), s->simulated);
}

static void
update_buttons (PlRunPage *self, const PlSnapshot *s)
{
	gboolean runs = s->state == PL_SLOT_RUNNING;

	gtk_button_set_label (self->stop, _ ("■  Stop the test"));
	gtk_widget_set_sensitive (GTK_WIDGET (self->stop), runs);
	gtk_button_set_label (self->type, pl_snapshot_wants_code (s) ? _ ("Type the code (F2)")
								     : _ ("Type a serial (F2)"));
	gtk_widget_set_sensitive (GTK_WIDGET (self->type), !runs || pl_snapshot_wants_code (s));
	/* in the other language: who needs the key cannot read this one */
	gtk_button_set_label (self->language,
			      pl_language () == PL_LANGUAGE_EN ? "中文 (F9)" : "English (F9)");
}

static void
update_said (PlRunPage *self, const char *said)
{
	g_autofree char *text = self->hint != NULL ? g_strdup (self->hint) : pl_sentence (said);

	gtk_label_set_text (self->said, text != NULL ? text : "");
	/* invisible, but its place stays: nothing below it moves */
	gtk_widget_set_opacity (GTK_WIDGET (self->said), text != NULL ? 1 : 0);
}

/* While a person is asked, the question is what they need; the steps come back with the answer. */
static void
update_side (PlRunPage *self, const PlSnapshot *s)
{
	if (s->prompt != NULL)
		pl_prompt_view_update (self->prompt, s);
	gtk_stack_set_visible_child (self->side, s->prompt != NULL ? GTK_WIDGET (self->prompt)
								   : GTK_WIDGET (self->steps));
}

void
pl_run_page_update (PlRunPage *self, const PlSnapshot *s)
{
	update_head (self, s);
	update_buttons (self, s);
	update_said (self, s->said);
	pl_counters_update (self->counters, s);
	pl_verdict_banner_update (self->banner, s);
	pl_step_table_update (self->steps, s);
	update_side (self, s);
	pl_live_strip_update (self->live, s);
	/* a small panel has room for curves or for a reason */
	gtk_widget_set_visible (GTK_WIDGET (self->live),
				s->state == PL_SLOT_RUNNING ||
				    !pl_theme_is_compact (GTK_WIDGET (self)));
	pl_health_strip_update (self->health, s);
}

void
pl_run_page_take (PlRunPage *self, const PlSnapshot *s)
{
	pl_live_strip_take (self->live, s);
}

void
pl_run_page_set_many (PlRunPage *self, gboolean many)
{
	gtk_widget_set_visible (GTK_WIDGET (self->back), many);
}

void
pl_run_page_hint (PlRunPage *self, const char *text)
{
	g_free (self->hint);
	self->hint = g_strdup (text);
}

static void
on_stop (PlRunPage *self)
{
	g_signal_emit (self, signals[STOPPED], 0);
}

static void
on_acknowledged (PlRunPage *self)
{
	g_signal_emit (self, signals[ACKNOWLEDGED], 0);
}

static void
on_overridden (PlRunPage *self)
{
	g_signal_emit (self, signals[OVERRIDDEN], 0);
}

static void
on_language (PlRunPage *self)
{
	g_signal_emit (self, signals[LANGUAGE], 0);
}

static void
on_type (PlRunPage *self)
{
	g_signal_emit (self, signals[TYPING], 0);
}

static void
on_answered (PlRunPage *self, const char *answer)
{
	g_signal_emit (self, signals[ANSWERED], 0, answer);
}

static void
on_back (PlRunPage *self)
{
	g_signal_emit (self, signals[BACK], 0);
}

static void
finalize (GObject *object)
{
	g_free (PL_RUN_PAGE (object)->hint);
	G_OBJECT_CLASS (pl_run_page_parent_class)->finalize (object);
}

static void
pl_run_page_class_init (PlRunPageClass *class)
{
	static const char *const names[] = {"stopped", "acknowledged", "language",
					    "typing",  "back",	       "overridden"};
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	for (guint i = 0; i < G_N_ELEMENTS (names); i++)
		signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST,
					   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
	g_type_ensure (PL_TYPE_COUNTERS);
	g_type_ensure (PL_TYPE_VERDICT_BANNER);
	signals[ANSWERED] = g_signal_new ("answered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST,
					  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
	g_type_ensure (PL_TYPE_STEP_TABLE);
	g_type_ensure (PL_TYPE_PROMPT_VIEW);
	g_type_ensure (PL_TYPE_LIVE_STRIP);
	g_type_ensure (PL_TYPE_HEALTH_STRIP);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/run_page.ui");
	gtk_widget_class_bind_template_child (widget, PlRunPage, station);
	gtk_widget_class_bind_template_child (widget, PlRunPage, simulated);
	gtk_widget_class_bind_template_child (widget, PlRunPage, said);
	gtk_widget_class_bind_template_child (widget, PlRunPage, counters);
	gtk_widget_class_bind_template_child (widget, PlRunPage, banner);
	gtk_widget_class_bind_template_child (widget, PlRunPage, side);
	gtk_widget_class_bind_template_child (widget, PlRunPage, steps);
	gtk_widget_class_bind_template_child (widget, PlRunPage, prompt);
	gtk_widget_class_bind_template_child (widget, PlRunPage, live);
	gtk_widget_class_bind_template_child (widget, PlRunPage, health);
	gtk_widget_class_bind_template_child (widget, PlRunPage, stop);
	gtk_widget_class_bind_template_child (widget, PlRunPage, type);
	gtk_widget_class_bind_template_child (widget, PlRunPage, language);
	gtk_widget_class_bind_template_child (widget, PlRunPage, back);
	gtk_widget_class_bind_template_callback (widget, on_stop);
	gtk_widget_class_bind_template_callback (widget, on_acknowledged);
	gtk_widget_class_bind_template_callback (widget, on_overridden);
	gtk_widget_class_bind_template_callback (widget, on_language);
	gtk_widget_class_bind_template_callback (widget, on_type);
	gtk_widget_class_bind_template_callback (widget, on_back);
	gtk_widget_class_bind_template_callback (widget, on_answered);
}

static void
pl_run_page_init (PlRunPage *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
}
