/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/counters.h"
#include "ui/language.h"
#include "ui/verdict_banner.h"

struct _PlCounters {
	GtkBox parent;
	GtkLabel *passed, *failed, *errors, *takt;
	GtkBox *last;
	GtkLabel *dots[PL_LAST_VERDICTS];
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
update_last (PlCounters *self, const PlSnapshot *s)
{
	g_autoptr (GString) spoken = g_string_new (_ ("Last verdicts"));

	for (guint i = 0; i < PL_LAST_VERDICTS; i++) {
		/* oldest left, as one writes */
		guint at = PL_LAST_VERDICTS - 1 - i;
		gboolean known = at < s->n_last;
		const char *classes[] = {"verdict-dot", known ? pl_state_class (s->last[at]) : NULL,
					 NULL};

		gtk_label_set_text (self->dots[i], known ? pl_state_glyph (s->last[at]) : "·");
		gtk_widget_set_css_classes (GTK_WIDGET (self->dots[i]), classes);
		if (known)
			g_string_append_printf (spoken, " %s", pl_state_word (s->last[at]));
	}
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->last), GTK_ACCESSIBLE_PROPERTY_LABEL,
					spoken->str, -1);
}

void
pl_counters_update (PlCounters *self, const PlSnapshot *s)
{
	g_autofree char *takt = s->takt_s > 0 ? g_strdup_printf ("%s %.0f s", _ ("Test"), s->takt_s)
					      : g_strdup_printf ("%s – s", _ ("Test"));

	set_count (self->passed, PL_SLOT_PASSED, s->passed);
	set_count (self->failed, PL_SLOT_FAILED, s->failed);
	set_count (self->errors, PL_SLOT_ERROR, s->errors);
	gtk_label_set_text (self->takt, takt);
	update_last (self, s);
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
	gtk_widget_class_bind_template_child (widget, PlCounters, last);
}

static void
pl_counters_init (PlCounters *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
	for (guint i = 0; i < PL_LAST_VERDICTS; i++) {
		self->dots[i] = GTK_LABEL (gtk_label_new ("·"));
		gtk_box_append (self->last, GTK_WIDGET (self->dots[i]));
	}
}
