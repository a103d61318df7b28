/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run_head.h"
#include "station/row_text.h"
#include "ui/language.h"
#include "ui/verdict_look.h"

typedef enum {
	BEGUN,
	TOOK,
	RECIPE,
	HASH,
	APPROVED,
	OPERATOR,
	STATION,
	SOFTWARE,
	RUN,
	N_FACTS
} Fact;

#define FACT_COLUMNS 3 /* nine facts in three lines */

static const char *const fact_names[N_FACTS] = {
    N_ ("Begun"),    N_ ("Took"),    N_ ("Recipe"),   N_ ("Recipe's SHA-256"), N_ ("Approved by"),
    N_ ("Operator"), N_ ("Station"), N_ ("Software"), N_ ("Id of the run"),
};

struct _PlRunHead {
	GtkBox parent;
	GtkBox *card;
	GtkLabel *glyph, *word, *serial, *grade, *kind, *simulated, *cause;
	GtkGrid *facts;
	GtkLabel *names[N_FACTS], *values[N_FACTS];
};

G_DEFINE_FINAL_TYPE (PlRunHead, pl_run_head, GTK_TYPE_BOX)

/* By the clock on the wall: what a simulated line's time is, steps say. */
static char *
took (const PlRunRow *run)
{
	g_autoptr (GDateTime) begun = g_date_time_new_from_iso8601 (run->started, NULL);
	g_autoptr (GDateTime) ended =
	    run->ended != NULL ? g_date_time_new_from_iso8601 (run->ended, NULL) : NULL;

	if (begun == NULL || ended == NULL)
		return NULL;
	return pl_duration_text ((double)g_date_time_difference (ended, begun) /
				 G_TIME_SPAN_SECOND);
}

/* NULL = nothing is known. */
static char *
fact_text (Fact fact, const PlStory *story)
{
	const PlRunRow *run = story->run;

	switch (fact) {
	case BEGUN: {
		g_autofree char *here = pl_local_text (run->started);
		g_autofree char *utc = pl_utc_text (run->started);

		/* records are in UTC, people live in their own time: both, where they differ */
		return g_str_equal (here, utc) ? g_strdup_printf ("%s UTC", utc)
					       : g_strdup_printf ("%s (%s UTC)", here, utc + 11);
	}
	case TOOK:
		return took (run);
	case RECIPE:
		return g_strdup_printf ("%s@%d", run->recipe, (int)run->recipe_version);
	case HASH:
		/* enough to tell versions apart; all of it is in the tooltip */
		return g_strndup (run->recipe_hash, 16);
	case APPROVED:
		return g_strdup (story->approved_by);
	case OPERATOR:
		return run->operator_name != NULL
			   ? g_strdup_printf ("%s (%s)", run->operator_name,
					      g_str_equal (run->entry, "typed") ? _ ("typed")
										: _ ("scanned"))
			   : NULL;
	case STATION:
		return g_strdup_printf ("%s / %s", run->station, run->bench);
	case SOFTWARE:
		return g_strdup_printf ("Packline %s", run->software);
	default:
		return g_strdup (run->uuid);
	}
}

static void
set_text (GtkLabel *label, const char *text)
{
	gtk_label_set_text (label, text != NULL ? text : "");
	gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
update_verdict (PlRunHead *self, const PlRunRow *run)
{
	const PlVerdictLook *look = pl_verdict_look (run->verdict);
	const char *classes[] = {"verdict-card", look->class, NULL};
	g_autofree char *spoken = g_strdup_printf ("%s %s", _ (look->word), run->serial);

	gtk_widget_set_css_classes (GTK_WIDGET (self->card), classes);
	gtk_label_set_text (self->glyph, look->glyph);
	gtk_label_set_text (self->word, _ (look->word));
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->card), GTK_ACCESSIBLE_PROPERTY_LABEL,
					spoken, -1);
}

void
pl_run_head_update (PlRunHead *self, const PlStory *story)
{
	const PlRunRow *run = story->run;
	gboolean simulated = g_str_equal (run->kind, "simulated");
	g_autofree char *grade = run->grade != NULL && *run->grade != '\0'
				     ? g_strdup_printf ("%s %s", _ ("grade"), run->grade)
				     : NULL;
	g_autofree char *cause = pl_sentence (run->cause);

	update_verdict (self, run);
	gtk_label_set_text (self->serial, run->serial);
	set_text (self->grade, grade);
	/* a simulated run has its own sign, which no other kind may be mistaken for */
	set_text (self->kind, simulated ? NULL : pl_kind_word (run->kind));
	set_text (self->simulated, simulated ? _ ("SIMULATED") : NULL);
	set_text (self->cause, cause);
	for (guint i = 0; i < N_FACTS; i++) {
		g_autofree char *value = fact_text (i, story);

		gtk_label_set_text (self->names[i], _ (fact_names[i]));
		gtk_label_set_text (self->values[i], value != NULL ? value : "–");
		gtk_accessible_update_property (GTK_ACCESSIBLE (self->values[i]),
						GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
						_ (fact_names[i]), -1);
	}
	gtk_widget_set_tooltip_text (GTK_WIDGET (self->values[HASH]), run->recipe_hash);
}

static void
pl_run_head_class_init (PlRunHeadClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/run_head.ui");
	gtk_widget_class_bind_template_child (widget, PlRunHead, card);
	gtk_widget_class_bind_template_child (widget, PlRunHead, glyph);
	gtk_widget_class_bind_template_child (widget, PlRunHead, word);
	gtk_widget_class_bind_template_child (widget, PlRunHead, serial);
	gtk_widget_class_bind_template_child (widget, PlRunHead, grade);
	gtk_widget_class_bind_template_child (widget, PlRunHead, kind);
	gtk_widget_class_bind_template_child (widget, PlRunHead, simulated);
	gtk_widget_class_bind_template_child (widget, PlRunHead, cause);
	gtk_widget_class_bind_template_child (widget, PlRunHead, facts);
}

static GtkLabel *
add_label (PlRunHead *self, int column, int row, const char *class)
{
	GtkWidget *label = gtk_label_new (NULL);

	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_label_set_selectable (GTK_LABEL (label), g_str_equal (class, "fact"));
	gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
	gtk_widget_set_hexpand (label, TRUE);
	gtk_widget_add_css_class (label, class);
	gtk_grid_attach (self->facts, label, column, row, 1, 1);
	return GTK_LABEL (label);
}

/* A name over its value, three beside each other: a loop says it shorter than a template. */
static void
pl_run_head_init (PlRunHead *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
	for (int i = 0; i < N_FACTS; i++) {
		int column = i % FACT_COLUMNS, row = i / FACT_COLUMNS * 2;

		self->names[i] = add_label (self, column, row, "dim");
		self->values[i] = add_label (self, column, row + 1, "fact");
	}
}
