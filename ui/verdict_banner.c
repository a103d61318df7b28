/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/verdict_banner.h"
#include "ui/language.h"
#include "ui/theme.h"
#include <string.h>

struct _PlVerdictBanner {
	GtkBox parent;
	GtkBox *verdict;
	GtkLabel *glyph, *word, *serial, *cause, *next, *clock;
	GtkProgressBar *progress;
	GtkButton *acknowledge, *override;
	guint shown; /* face */
};

G_DEFINE_FINAL_TYPE (PlVerdictBanner, pl_verdict_banner, GTK_TYPE_BOX)

/* Told apart by word, glyph, luminance (light pass, dark fail) and frame, never by hue alone. */
static const struct {
	const char *class, *glyph, *word, *next;
} states[PL_FACES] = {
    [PL_SLOT_RECOVERING] = {"recovering", "…", N_ ("STARTING"),
			    N_ ("The station looks for what an interrupted run left behind")},
    [PL_SLOT_READY] = {"ready", "▌║█║▌│▌", N_ ("READY"), N_ ("Scan the next pack")},
    [PL_SLOT_RUNNING] = {"running", "▶", N_ ("TESTING"), N_ ("Keep hands off the pack")},
    [PL_SLOT_PASSED] = {"pass", "✔", N_ ("PASS"),
			N_ ("Stick the label on the pack, then scan the next one")},
    [PL_SLOT_FAILED] = {"fail", "✘", N_ ("FAIL"),
			N_ ("Put the pack on the red rack, then acknowledge")},
    [PL_SLOT_ERROR] = {"error", "?", N_ ("ERROR"),
		       N_ ("Nothing is said about the pack: call the technician, then retest")},
    [PL_SLOT_ABORTED] = {"aborted", "■", N_ ("ABORTED"),
			 N_ ("Nothing is said about the pack: run it again from the start")},
    [PL_SLOT_BLOCKED] = {"blocked", "⊘", N_ ("BLOCKED"),
			 N_ ("The pack was not touched: clear the reason, or scan another pack")},
    [PL_SLOT_UNSAFE] = {"unsafe", "⚠", N_ ("UNSAFE"),
			N_ ("Keep out. The technician makes the bench safe, then tries again")},
    [PL_SLOT_HELD] = {"held", "⚒", N_ ("HELD"),
		      N_ ("A technician works at the bench by hand: codes are not taken")},
    [PL_SLOT_CLOSED] = {"closed", "■", N_ ("CLOSED"), N_ ("The station is closed")},
    [PL_FACE_ASKS] = {"asks", "☛", N_ ("YOUR TURN"),
		      N_ ("The test waits for you: do what stands beside this, then answer")},
};

guint
pl_face_of (const PlSnapshot *s)
{
	return s->prompt != NULL ? PL_FACE_ASKS : s->state;
}

/* Of a pack that is blocked: who clears it, and what happens next. */
static const char *const clears[PL_PERSON_ROLES] = {
    [PL_PERSON_OPERATOR] = N_ ("You clear this yourself, then scan the pack again"),
    [PL_PERSON_TECHNICIAN] = N_ ("The technician clears this: call them, the pack waits"),
    [PL_PERSON_ENGINEER] = N_ ("The engineer clears this: call them, the pack waits"),
    [PL_PERSON_QUALITY] = N_ ("Quality clears this: set the pack aside and call them"),
};

const char *
pl_state_word (guint state)
{
	return _ (states[state].word);
}

const char *
pl_state_glyph (guint state)
{
	return states[state].glyph;
}

const char *
pl_state_next (guint state)
{
	return _ (states[state].next);
}

const char *
pl_state_class (guint state)
{
	return states[state].class;
}

static void
set_text (GtkLabel *label, const char *text)
{
	gtk_label_set_text (label, text != NULL ? text : "");
	gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static char *
serial_text (const PlSnapshot *s)
{
	if (s->serial == NULL)
		/* without a pack it is said what this station tests */
		return g_strdup (s->product);
	if (s->grade != NULL)
		return g_strdup_printf ("%s   %s %s", s->serial, _ ("grade"), s->grade);
	return g_strdup (s->serial);
}

/* Without anybody who answers for it there is no pack to be scanned. */
static const char *
next_of (const PlSnapshot *s)
{
	if (s->state == PL_SLOT_BLOCKED && s->cleared_by < PL_PERSON_ROLES)
		return _ (clears[s->cleared_by]);
	return s->state == PL_SLOT_READY && s->nobody ? _ ("Scan your badge")
						      : pl_state_next (pl_face_of (s));
}

static void
update_button (PlVerdictBanner *self, const PlSnapshot *s)
{
	PlSlotState state = s->state;
	gboolean asks = state == PL_SLOT_FAILED || state == PL_SLOT_UNSAFE;

	gtk_widget_set_visible (GTK_WIDGET (self->acknowledge), asks);
	gtk_button_set_label (self->acknowledge,
			      state == PL_SLOT_UNSAFE ? _ ("Try again") : _ ("Acknowledge"));
	/* a second person needs a first */
	gtk_widget_set_visible (GTK_WIDGET (self->override), s->overridable && !s->nobody);
	gtk_button_set_label (self->override, _ ("Override …"));
}

static void
update_progress (PlVerdictBanner *self, const PlSnapshot *s)
{
	gboolean runs = s->state == PL_SLOT_RUNNING;
	g_autofree char *clock = pl_snapshot_clock (s, g_get_monotonic_time ());

	gtk_widget_set_visible (GTK_WIDGET (self->progress), runs);
	gtk_progress_bar_set_fraction (self->progress, CLAMP (s->progress, 0, 1));
	set_text (self->clock, clock);
}

/* The one live element that a screen reader is told about as it changes. */
static void
update_accessible (PlVerdictBanner *self, const PlSnapshot *s, const char *cause)
{
	g_autofree char *name =
	    g_strdup_printf ("%s%s%s", pl_state_word (pl_face_of (s)), s->serial != NULL ? " " : "",
			     s->serial != NULL ? s->serial : "");

	gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
					GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
					cause != NULL ? cause : next_of (s), -1);
}

void
pl_verdict_banner_update (PlVerdictBanner *self, const PlSnapshot *s)
{
	g_autofree char *serial = serial_text (s), *cause = pl_sentence (s->cause);
	guint face = pl_face_of (s);

	/* one class of the states only: it carries ground and frame */
	gtk_widget_remove_css_class (GTK_WIDGET (self), states[self->shown].class);
	gtk_widget_add_css_class (GTK_WIDGET (self), states[face].class);
	self->shown = face;
	if (s->cause != NULL)
		gtk_widget_add_css_class (GTK_WIDGET (self), "reason");
	else
		gtk_widget_remove_css_class (GTK_WIDGET (self), "reason");
	/* a reason needs the height: glyph and word stand side by side then, if there is the width
	 */
	gtk_orientable_set_orientation (GTK_ORIENTABLE (self->verdict),
					s->cause != NULL && !pl_theme_is_compact (GTK_WIDGET (self))
					    ? GTK_ORIENTATION_HORIZONTAL
					    : GTK_ORIENTATION_VERTICAL);
	/* several lines below need it, too: the word alone stays */
	set_text (self->glyph,
		  s->said != NULL && strchr (s->said, '\n') != NULL ? NULL : states[face].glyph);
	set_text (self->word, pl_state_word (face));
	set_text (self->serial, serial);
	set_text (self->cause, cause);
	set_text (self->next, next_of (s));
	update_progress (self, s);
	update_button (self, s);
	update_accessible (self, s, cause);
}

static void
on_override (PlVerdictBanner *self)
{
	g_signal_emit_by_name (self, "overridden");
}

static void
on_acknowledge (PlVerdictBanner *self)
{
	g_signal_emit_by_name (self, "acknowledged");
}

static void
pl_verdict_banner_class_init (PlVerdictBannerClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	g_signal_new ("overridden", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
		      NULL, G_TYPE_NONE, 0);
	g_signal_new ("acknowledged", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
		      NULL, G_TYPE_NONE, 0);
	gtk_widget_class_set_accessible_role (widget, GTK_ACCESSIBLE_ROLE_STATUS);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/verdict_banner.ui");
	gtk_widget_class_bind_template_child (widget, PlVerdictBanner, verdict);
	gtk_widget_class_bind_template_child (widget, PlVerdictBanner, glyph);
	gtk_widget_class_bind_template_child (widget, PlVerdictBanner, word);
	gtk_widget_class_bind_template_child (widget, PlVerdictBanner, serial);
	gtk_widget_class_bind_template_child (widget, PlVerdictBanner, cause);
	gtk_widget_class_bind_template_child (widget, PlVerdictBanner, next);
	gtk_widget_class_bind_template_child (widget, PlVerdictBanner, clock);
	gtk_widget_class_bind_template_child (widget, PlVerdictBanner, progress);
	gtk_widget_class_bind_template_child (widget, PlVerdictBanner, acknowledge);
	gtk_widget_class_bind_template_child (widget, PlVerdictBanner, override);
	gtk_widget_class_bind_template_callback (widget, on_acknowledge);
	gtk_widget_class_bind_template_callback (widget, on_override);
}

static void
pl_verdict_banner_init (PlVerdictBanner *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
}
