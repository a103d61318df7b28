/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/health_strip.h"
#include "ui/language.h"
#include "ui/role_words.h"
#include "ui/theme.h"

#define SOON_DAYS 14 /* time enough to send an instrument away and get it back */

struct _PlHealthStrip {
	GtkBox parent;
	GtkBox *marks;
	GPtrArray *labels; /* GtkLabel*, borrowed from the box */
	GtkMenuButton *details;
	GtkLabel *all; /* in its popover */
	guint n; /* marks that are shown */
	GString *text; /* of the details, while they are made */
};

G_DEFINE_FINAL_TYPE (PlHealthStrip, pl_health_strip, GTK_TYPE_BOX)

static const struct {
	const char *class, *glyph;
} healths[] = {
    [PL_HEALTH_GOOD] = {"health-good", "●"},
    [PL_HEALTH_SOON] = {"health-soon", "▲"},
    [PL_HEALTH_BAD] = {"health-bad", "✘"},
};

/* Made once and hidden where there are fewer: a strip is told 20 times a second. */
static GtkWidget *
mark_at (PlHealthStrip *self, guint at)
{
	while (self->labels->len <= at) {
		GtkWidget *label = gtk_label_new (NULL);

		gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
		gtk_box_append (self->marks, label);
		g_ptr_array_add (self->labels, label);
	}
	return g_ptr_array_index (self->labels, at);
}

static void
mark (PlHealthStrip *self, PlHealth health, const char *text)
{
	GtkWidget *label = mark_at (self, self->n++);
	const char *classes[] = {"health", healths[health].class, NULL};

	gtk_label_set_text (GTK_LABEL (label), text);
	gtk_widget_set_css_classes (label, classes);
	gtk_widget_set_visible (label, TRUE);
}

/* A mark is glyph and words; detail says the rest, with the same glyph before it. On a small panel
 * an instrument that is well has its place among the details only. */
static void
show (PlHealthStrip *self, PlHealth health, gboolean always, const char *text, const char *detail)
{
	g_autofree char *shown = g_strdup_printf ("%s %s", healths[health].glyph, text);

	if (always || health != PL_HEALTH_GOOD || !pl_theme_is_compact (GTK_WIDGET (self)))
		mark (self, health, shown);
	g_string_append_printf (self->text, "%s%s%s%s", self->text->len > 0 ? "\n" : "", shown,
				detail != NULL ? "   " : "", detail != NULL ? detail : "");
}

/* "14:05": of today; what has been silent for days has other witnesses. */
static char *
time_text (gint64 unix_s)
{
	g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (unix_s);

	return at != NULL ? g_date_time_format (at, "%H:%M") : g_strdup ("");
}

/* -- instruments ------------------------------------------------------------------------------- */

static char *
silence (const PlInstrumentSnapshot *at, const PlInstrumentHealth *seen)
{
	g_autofree char *since = time_text (seen->since_s);

	g_autofree char *words = g_strdup_printf (_ ("no answer since %s"), since);

	return g_strdup_printf ("%s: %s", pl_role_title (at->role), words);
}

static char *
calibration (const PlInstrumentSnapshot *at)
{
	if (!at->has_days)
		return g_strdup (pl_role_title (at->role));
	if (at->days < 0)
		return g_strdup_printf ("%s: %s", pl_role_title (at->role),
					_ ("calibration is over"));
	return g_strdup_printf ("%s %d %s", pl_role_title (at->role), at->days, _ ("days"));
}

static void
show_instrument (PlHealthStrip *self, const PlInstrumentSnapshot *at,
		 const PlInstrumentHealth *seen)
{
	gboolean silent = seen->seen == PL_SEEN_SILENT;
	g_autofree char *text = silent ? silence (at, seen) : calibration (at);
	g_autofree char *days =
	    at->has_days ? g_strdup_printf ("   %s: %d %s", _ ("calibration"), at->days, _ ("days"))
			 : g_strdup ("");
	g_autofree char *detail = g_strdup_printf ("%s   %s   %s%s", at->model, at->link,
						   seen->seen == PL_SEEN_NEVER ? _ ("not asked yet")
						   : silent		       ? ""
									       : _ ("works"),
						   days);

	show (self,
	      silent || (at->has_days && at->days < 0) ? PL_HEALTH_BAD
	      : at->has_days && at->days < SOON_DAYS   ? PL_HEALTH_SOON
						       : PL_HEALTH_GOOD,
	      FALSE, text, detail);
}

/* -- the station ------------------------------------------------------------------------------- */

static void
show_chain (PlHealthStrip *self, const PlSnapshot *s)
{
	static const struct {
		PlHealth health;
		const char *word;
	} chains[] = {
	    [PL_CHAIN_UNKNOWN] = {PL_HEALTH_SOON, N_ ("Safety chain not known")},
	    [PL_CHAIN_CLOSED] = {PL_HEALTH_GOOD, N_ ("Door closed")},
	    /* whoever puts a pack in has it open */
	    [PL_CHAIN_DOOR] = {PL_HEALTH_GOOD, N_ ("Door open")},
	    [PL_CHAIN_ESTOP] = {PL_HEALTH_BAD, N_ ("Emergency stop pressed")},
	    [PL_CHAIN_OPEN] = {PL_HEALTH_BAD, N_ ("Interlock open")},
	};

	if (s->has_plc)
		show (self, chains[s->chain].health, TRUE, _ (chains[s->chain].word), NULL);
}

static void
show_waiting (PlHealthStrip *self, const PlSurvey *survey)
{
	g_autofree char *text = NULL;

	/* a station that has no partners, or has told them all, need not say so */
	if (!survey->has_waiting || survey->waiting == 0)
		return;
	text = g_strdup_printf ("%s %u", _ ("Waiting to be sent"), survey->waiting);
	show (self, PL_HEALTH_SOON, TRUE, text, survey->partners);
}

static void
show_station (PlHealthStrip *self, const PlSurvey *survey)
{
	g_autofree char *disk = g_strdup_printf ("%s %.0f GB", _ ("Disk"), survey->disk_free_gb);

	show (self, survey->disk, TRUE, disk, NULL);
	if (survey->has_shift && survey->shift.clock_is_behind)
		show (self, PL_HEALTH_BAD, TRUE, _ ("Clock is behind"),
		      _ ("a run was recorded later than it is now: set the clock"));
}

/* Where a station is checked, when it last was. */
static void
show_check (PlHealthStrip *self, const PlSurvey *survey)
{
	g_autoptr (GDateTime) utc = NULL;
	g_autoptr (GDateTime) at = NULL;
	g_autofree char *time = NULL, *text = NULL;

	utc = survey->checked != NULL ? g_date_time_new_from_iso8601 (survey->checked, NULL) : NULL;
	if (utc == NULL)
		return;
	at = g_date_time_to_local (utc);
	time = g_date_time_format (at, "%m-%d %H:%M");
	text = g_strdup_printf ("%s %s", survey->check_passed ? _ ("Checked") : _ ("Check failed"),
				time);
	show (self, survey->check_passed ? PL_HEALTH_GOOD : PL_HEALTH_BAD, FALSE, text, NULL);
}

void
pl_health_strip_update (PlHealthStrip *self, const PlSnapshot *s)
{
	const PlSurvey *survey = s->survey;

	self->n = 0;
	self->text = g_string_new (NULL);
	show_chain (self, s);
	for (guint i = 0; i < survey->n_instruments; i++) {
		const PlInstrumentSnapshot *at = &survey->instruments[i];

		show_instrument (self, at, &s->seen[at->role]);
	}
	show_waiting (self, survey);
	show_check (self, survey);
	/* before the first survey nothing is known of the disk, either */
	if (survey->n_instruments > 0 || survey->has_shift)
		show_station (self, survey);
	for (guint i = self->n; i < self->labels->len; i++)
		gtk_widget_set_visible (g_ptr_array_index (self->labels, i), FALSE);
	gtk_label_set_text (self->all, self->text->str);
	gtk_menu_button_set_label (self->details, _ ("Details"));
	g_string_free (g_steal_pointer (&self->text), TRUE);
}

static void
finalize (GObject *object)
{
	g_ptr_array_unref (PL_HEALTH_STRIP (object)->labels);
	G_OBJECT_CLASS (pl_health_strip_parent_class)->finalize (object);
}

static void
pl_health_strip_class_init (PlHealthStripClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	gtk_widget_class_set_accessible_role (widget, GTK_ACCESSIBLE_ROLE_GROUP);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/health_strip.ui");
	gtk_widget_class_bind_template_child (widget, PlHealthStrip, marks);
	gtk_widget_class_bind_template_child (widget, PlHealthStrip, details);
	gtk_widget_class_bind_template_child (widget, PlHealthStrip, all);
}

static void
pl_health_strip_init (PlHealthStrip *self)
{
	self->labels = g_ptr_array_new ();
	gtk_widget_init_template (GTK_WIDGET (self));
}
