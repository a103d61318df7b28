/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/slot_tile.h"
#include "ui/language.h"
#include "ui/tile_plan.h"
#include "ui/verdict_banner.h"
#include <math.h>

/* A glyph of many letters leaves the word its place. */
#define GLYPH_MAX_EM 2.2
#define GAP_EM 0.35
#define CAP_MIDDLE_EM 0.5
#define DIM 0.8 /* alpha of clock and text, which come after word and serial */

enum { NUMBER, CLOCK, GLYPH, WORD, SERIAL, TEXT, N_PARTS };

struct _PlSlotTile {
	GtkButton parent;
	PlSnapshot *shown;
	PlLanguage language;
	gboolean chosen, running;
	int filled; /* px of the bar */
	PlTilePlan plan;
	PangoLayout *parts[N_PARTS]; /* NULL until the tile has a size */
	char *texts[N_PARTS];
	char *english, *said; /* the station's sentence, and as it is said in the language */
	PlLanguage spoken;
	double heights[N_PARTS]; /* px to the baseline */
	double word_x, glyph_up; /* px: a small glyph stands in the middle of its line */
};

G_DEFINE_FINAL_TYPE (PlSlotTile, pl_slot_tile, GTK_TYPE_BUTTON)

/* -- what it says ------------------------------------------------------------------------------ */

static char *
step_text (const PlSnapshot *s)
{
	if (s->running < 0 || (guint)s->running >= s->n_steps)
		return g_strdup ("…");
	return g_strdup_printf ("%d/%u  %s", s->running + 1, s->n_steps,
				s->steps[s->running].titles[pl_language ()]);
}

/* A sentence is put into the language once: to find its words takes far longer than to set them. */
static char *
sentence (PlSlotTile *self, const char *english)
{
	if (g_strcmp0 (english, self->english) != 0 || self->spoken != pl_language ()) {
		g_free (self->english);
		g_free (self->said);
		self->english = g_strdup (english);
		self->said = pl_sentence (english);
		self->spoken = pl_language ();
	}
	return g_strdup (self->said);
}

static char *
telling (PlSlotTile *self, const PlSnapshot *s)
{
	if (s->cause != NULL)
		return sentence (self, s->cause);
	if (s->prompt != NULL)
		return g_strdup (s->prompt->sentence[pl_language ()]);
	if (s->state == PL_SLOT_RUNNING)
		return step_text (s);
	return s->said != NULL ? sentence (self, s->said)
			       : g_strdup (pl_state_next (pl_face_of (s)));
}

static char *
part_text (PlSlotTile *self, const PlSnapshot *s, guint part)
{
	switch (part) {
	case NUMBER:
		return g_strdup_printf ("%u   %s", s->slot + 1, s->bench);
	case CLOCK:
		return pl_snapshot_clock (s, g_get_monotonic_time ());
	case GLYPH:
		return g_strdup (pl_state_glyph (pl_face_of (s)));
	case WORD:
		return g_strdup (pl_state_word (pl_face_of (s)));
	case SERIAL:
		return s->serial != NULL && s->grade != NULL
			   ? g_strdup_printf ("%s · %s", s->serial, s->grade)
			   : g_strdup (s->serial);
	default:
		return telling (self, s);
	}
}

/* -- how it is set ----------------------------------------------------------------------------- */

static const PlTileLine *
line_of (const PlSlotTile *self, guint part)
{
	const PlTilePlan *plan = &self->plan;
	const PlTileLine *lines[] = {&plan->number, &plan->clock,  &plan->glyph,
				     &plan->word,   &plan->serial, &plan->text};

	return lines[part];
}

static void
set_size (PlSlotTile *self, guint part, double size)
{
	PangoContext *context = pango_layout_get_context (self->parts[part]);
	g_autoptr (PangoFontDescription) font =
	    pango_font_description_copy (pango_context_get_font_description (context));

	pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
	pango_font_description_set_weight (font, part == SERIAL || part == WORD || part == NUMBER
						     ? PANGO_WEIGHT_BOLD
						     : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description (self->parts[part], font);
}

static double
width_of (PangoLayout *layout)
{
	PangoRectangle logical;

	pango_layout_get_extents (layout, NULL, &logical);
	return (double)logical.width / PANGO_SCALE;
}

static void
set_width (PlSlotTile *self, guint part, double width)
{
	pango_layout_set_width (self->parts[part], (int)(MAX (width, 1) * PANGO_SCALE));
}

/* Written smaller where it would be wider than `most`. Returns how much: 1 = not at all. */
static double
fit (PlSlotTile *self, guint part, double size, double most)
{
	double width;

	set_size (self, part, size);
	width = width_of (self->parts[part]);
	if (width <= most)
		return 1;
	set_size (self, part, size * most / width);
	return most / width;
}

/* The clock and the glyph take what they need, number and word the rest of their lines. */
static void
share_lines (PlSlotTile *self)
{
	const PlTilePlan *plan = &self->plan;
	double size = plan->glyph.size, before;

	set_width (self, NUMBER,
		   plan->number.width - width_of (self->parts[CLOCK]) - GAP_EM * plan->clock.size);
	self->glyph_up = CAP_MIDDLE_EM * size * (1 - fit (self, GLYPH, size, GLYPH_MAX_EM * size));
	before = width_of (self->parts[GLYPH]) + GAP_EM * plan->word.size;
	self->word_x = plan->word.x + before;
	fit (self, WORD, plan->word.size, MAX (plan->word.width - before, 1));
}

static void
set_texts (PlSlotTile *self)
{
	const PlTilePlan *plan = &self->plan;

	for (guint i = 0; i < N_PARTS; i++)
		pango_layout_set_text (self->parts[i], self->texts[i] != NULL ? self->texts[i] : "",
				       -1);
	/* negative: lines, and not px */
	pango_layout_set_height (self->parts[TEXT],
				 -(int)(self->running ? plan->lines_with_bar : plan->lines));
	share_lines (self);
	for (guint i = 0; i < N_PARTS; i++)
		self->heights[i] = (double)pango_layout_get_baseline (self->parts[i]) / PANGO_SCALE;
}

/* Anew for each size and language: Han letters have another form in each. */
static void
make_parts (PlSlotTile *self)
{
	PangoContext *context = gtk_widget_create_pango_context (GTK_WIDGET (self));

	pango_context_set_language (context, pango_language_from_string (pl_language_tag ()));
	for (guint i = 0; i < N_PARTS; i++) {
		g_clear_object (&self->parts[i]);
		self->parts[i] = pango_layout_new (context);
		set_size (self, i, line_of (self, i)->size);
		/* these are fitted to what is left of their line */
		if (i == CLOCK || i == GLYPH || i == WORD)
			continue;
		set_width (self, i, line_of (self, i)->width);
		pango_layout_set_ellipsize (self->parts[i], i == SERIAL ? PANGO_ELLIPSIZE_MIDDLE
									: PANGO_ELLIPSIZE_END);
	}
	pango_layout_set_wrap (self->parts[TEXT], PANGO_WRAP_WORD_CHAR);
	set_texts (self);
	g_object_unref (context);
}

/* -- how it is painted ------------------------------------------------------------------------- */

static void
paint_lines (PlSlotTile *self, GtkSnapshot *snapshot, guint part, double x, const GdkRGBA *ink)
{
	double y = line_of (self, part)->y - self->heights[part];

	gtk_snapshot_save (snapshot);
	gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)x, (float)round (y)));
	gtk_snapshot_append_layout (snapshot, self->parts[part], ink);
	gtk_snapshot_restore (snapshot);
}

static void
paint_bar (PlSlotTile *self, GtkSnapshot *snapshot, const GdkRGBA *ink)
{
	const PlTilePlan *plan = &self->plan;
	GdkRGBA trough = *ink;

	trough.alpha *= 0.2f;
	gtk_snapshot_append_color (snapshot, &trough,
				   &GRAPHENE_RECT_INIT ((float)plan->bar_x, (float)plan->bar_y,
							(float)plan->bar_width,
							(float)plan->bar_height));
	gtk_snapshot_append_color (snapshot, ink,
				   &GRAPHENE_RECT_INIT ((float)plan->bar_x, (float)plan->bar_y,
							(float)self->filled,
							(float)plan->bar_height));
}

static void
snapshot_ (GtkWidget *widget, GtkSnapshot *snapshot)
{
	PlSlotTile *self = PL_SLOT_TILE (widget);
	const PlTilePlan *plan = &self->plan;
	GdkRGBA ink, dim;

	if (self->shown == NULL || self->parts[0] == NULL)
		return;
	gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
	dim = ink;
	dim.alpha *= (float)DIM;
	paint_lines (self, snapshot, NUMBER, plan->number.x, &ink);
	paint_lines (self, snapshot, CLOCK,
		     plan->clock.x + plan->clock.width - width_of (self->parts[CLOCK]), &dim);
	paint_lines (self, snapshot, GLYPH, plan->glyph.x, &ink);
	paint_lines (self, snapshot, WORD, self->word_x, &ink);
	paint_lines (self, snapshot, SERIAL, plan->serial.x, &ink);
	paint_lines (self, snapshot, TEXT, plan->text.x, &dim);
	if (self->running)
		paint_bar (self, snapshot, &ink);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
	PlSlotTile *self = PL_SLOT_TILE (widget);

	pl_tile_plan (&self->plan, width, height);
	make_parts (self);
}

/* -- how it changes ---------------------------------------------------------------------------- */

/* TRUE: something is said that was not said before. */
static gboolean
say_anew (PlSlotTile *self, const PlSnapshot *s)
{
	gboolean anew = FALSE;

	for (guint i = 0; i < N_PARTS; i++) {
		g_autofree char *text = part_text (self, s, i);

		if (g_strcmp0 (text, self->texts[i]) == 0)
			continue;
		g_free (self->texts[i]);
		self->texts[i] = g_steal_pointer (&text);
		anew = TRUE;
	}
	return anew;
}

static void
update_classes (PlSlotTile *self, const PlSnapshot *s, gboolean chosen)
{
	const char *classes[] = {"tile", pl_state_class (pl_face_of (s)), chosen ? "chosen" : NULL,
				 NULL};

	gtk_widget_set_css_classes (GTK_WIDGET (self), classes);
}

static void
update_accessible (PlSlotTile *self, const PlSnapshot *s)
{
	g_autofree char *name = g_strdup_printf (
	    "%s %u %s%s%s%s", _ ("Slot"), s->slot + 1, pl_state_word (pl_face_of (s)),
	    s->serial != NULL ? " " : "", s->serial != NULL ? s->serial : "",
	    self->chosen ? _ (", chosen") : "");

	gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
					GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, self->texts[TEXT], -1);
}

static void
take_words (PlSlotTile *self, const PlSnapshot *s, gboolean chosen)
{
	if (self->shown == NULL || pl_face_of (self->shown) != pl_face_of (s) ||
	    self->chosen != chosen)
		update_classes (self, s, chosen);
	self->chosen = chosen;
	self->running = s->state == PL_SLOT_RUNNING;
	update_accessible (self, s);
	if (self->parts[0] != NULL && self->language != pl_language ())
		make_parts (self);
	else if (self->parts[0] != NULL)
		set_texts (self);
	self->language = pl_language ();
}

void
pl_slot_tile_update (PlSlotTile *self, const PlSnapshot *s, gboolean chosen)
{
	int filled = (int)round (CLAMP (s->progress, 0, 1) * self->plan.bar_width);
	gboolean anew = say_anew (self, s) || self->chosen != chosen ||
			self->language != pl_language () || self->shown == NULL;
	PlSnapshot *before = self->shown;

	if (anew)
		take_words (self, s, chosen);
	self->shown = pl_snapshot_ref (s);
	pl_snapshot_unref (before);
	/* 64 tiles ten times a second: what looks the same is not drawn anew */
	if (anew || filled != self->filled)
		gtk_widget_queue_draw (GTK_WIDGET (self));
	self->filled = filled;
}

static void
dispose (GObject *object)
{
	PlSlotTile *self = PL_SLOT_TILE (object);

	for (guint i = 0; i < N_PARTS; i++) {
		g_clear_object (&self->parts[i]);
		g_clear_pointer (&self->texts[i], g_free);
	}
	g_clear_pointer (&self->english, g_free);
	g_clear_pointer (&self->said, g_free);
	g_clear_pointer (&self->shown, pl_snapshot_unref);
	G_OBJECT_CLASS (pl_slot_tile_parent_class)->dispose (object);
}

static void
pl_slot_tile_class_init (PlSlotTileClass *class)
{
	G_OBJECT_CLASS (class)->dispose = dispose;
	GTK_WIDGET_CLASS (class)->snapshot = snapshot_;
	GTK_WIDGET_CLASS (class)->size_allocate = size_allocate;
}

static void
pl_slot_tile_init (PlSlotTile *self)
{
	/* a button has one for its child; here there is none, and the size is our own business */
	gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
	gtk_widget_add_css_class (GTK_WIDGET (self), "tile");
}
