/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/counters.h"
#include "ui/language.h"
#include "ui/verdict_banner.h"
#include <math.h>

struct _PlCounters {
	GtkBox parent;
	GtkLabel *passed, *failed, *errors, *yield, *takt;
	GtkBox *last;
	GtkLabel *dots[PL_LAST_RUNS]; /* from the oldest */
};

G_DEFINE_FINAL_TYPE (PlCounters, pl_counters, GTK_TYPE_BOX)

static void
set_count (GtkLabel *label, PlSlotState state, guint count)
{
	g_autofree char *text =
	    g_strdup_printf ("%s %s %u", pl_state_glyph (state), pl_state_word (state), count);

	gtk_label_set_text (label, text);
}

static void
update_last (PlCounters *self, const PlShift *shift)
{
	g_autoptr (GString) spoken = g_string_new (_ ("Last verdicts"));

	for (guint i = 0; i < PL_LAST_RUNS; i++) {
		/* oldest left, as one writes */
		guint at = PL_LAST_RUNS - 1 - i;
		gboolean known = at < shift->n_last;
		PlSlotState state = known ? pl_slot_state_of (shift->last[at]) : PL_SLOT_READY;
		const char *classes[] = {"verdict-dot", known ? pl_state_class (state) : NULL,
					 NULL};

		gtk_label_set_text (self->dots[i], known ? pl_state_glyph (state) : "·");
		gtk_widget_set_css_classes (GTK_WIDGET (self->dots[i]), classes);
		if (known)
			g_string_append_printf (spoken, " %s", pl_state_word (state));
	}
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->last), GTK_ACCESSIBLE_PROPERTY_LABEL,
					spoken->str, -1);
}

/* Of the packs that were judged for the first time in this shift. */
static void
update_yield (PlCounters *self, const PlShift *shift)
{
	g_autofree char *text =
	    shift->judged_first > 0
		? g_strdup_printf ("%s %.0f %%", _ ("First pass"),
				   /* down: 100 % is said of a shift without a fail only */
				   floor (100.0 * shift->passed_first / shift->judged_first))
		: g_strdup_printf ("%s – %%", _ ("First pass"));

	gtk_label_set_text (self->yield, text);
}

/* Slower than the plant wants is a word and a glyph, too. */
static void
update_takt (PlCounters *self, const PlShift *shift, double wanted_s)
{
	gboolean known = !isnan (shift->cycle_s);
	gboolean slow = known && wanted_s > 0 && shift->cycle_s > wanted_s;
	g_autoptr (GString) text = g_string_new (_ ("Cycle"));

	if (known)
		g_string_append_printf (text, " %.0f", shift->cycle_s);
	else
		g_string_append (text, " –");
	if (wanted_s > 0)
		g_string_append_printf (text, " / %.0f", wanted_s);
	g_string_append (text, " s");
	if (slow)
		g_string_append_printf (text, " ▲ %s", _ ("slow"));
	gtk_label_set_text (self->takt, text->str);
	if (slow)
		gtk_widget_add_css_class (GTK_WIDGET (self->takt), "takt-slow");
	else
		gtk_widget_remove_css_class (GTK_WIDGET (self->takt), "takt-slow");
}

void
pl_counters_update (PlCounters *self, const PlSnapshot *s)
{
	const PlShift *shift = &s->survey->shift;

	set_count (self->passed, PL_SLOT_PASSED, shift->passed);
	set_count (self->failed, PL_SLOT_FAILED, shift->failed);
	set_count (self->errors, PL_SLOT_ERROR, shift->errors);
	update_yield (self, shift);
	update_takt (self, shift, s->takt_s);
	update_last (self, shift);
}

static void
pl_counters_class_init (PlCountersClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	gtk_widget_class_set_accessible_role (widget, GTK_ACCESSIBLE_ROLE_GROUP);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/counters.ui");
	gtk_widget_class_bind_template_child (widget, PlCounters, passed);
	gtk_widget_class_bind_template_child (widget, PlCounters, failed);
	gtk_widget_class_bind_template_child (widget, PlCounters, errors);
	gtk_widget_class_bind_template_child (widget, PlCounters, takt);
	gtk_widget_class_bind_template_child (widget, PlCounters, yield);
	gtk_widget_class_bind_template_child (widget, PlCounters, last);
}

static void
pl_counters_init (PlCounters *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
	for (guint i = 0; i < PL_LAST_RUNS; i++) {
		self->dots[i] = GTK_LABEL (gtk_label_new ("·"));
		gtk_box_append (self->last, GTK_WIDGET (self->dots[i]));
	}
}
