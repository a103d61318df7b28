/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/slot_grid.h"
#include "ui/language.h"
#include "ui/slot_tile.h"
#include "ui/verdict_banner.h"
#include "ui/who.h"

struct _PlSlotGrid {
	GtkBox parent;
	GtkLabel *station, *simulated, *counts;
	GtkInscription *said;
	GtkButton *type, *language;
	GtkGrid *tiles;
	GPtrArray *slots; /* PlSlotTile*, borrowed from the grid */
};

G_DEFINE_FINAL_TYPE (PlSlotGrid, pl_slot_grid, GTK_TYPE_BOX)

enum { OPENED, TYPING, LANGUAGE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* -- tiles ------------------------------------------------------------------------------------- */

static void
on_pressed (PlSlotGrid *self, GtkWidget *tile)
{
	guint slot;

	if (g_ptr_array_find (self->slots, tile, &slot))
		g_signal_emit (self, signals[OPENED], 0, slot);
}

/* As many columns as rows, or one more: tiles are about as wide as the screen is, then. */
static guint
columns (guint n)
{
	guint least = 1;

	while (least * least < n)
		least++;
	return least;
}

static void
set_n_tiles (PlSlotGrid *self, guint n)
{
	/* slots are added at the start only, and a grid that is made anew blinks */
	if (self->slots->len == n)
		return;
	for (guint i = 0; i < self->slots->len; i++)
		gtk_grid_remove (self->tiles, g_ptr_array_index (self->slots, i));
	g_ptr_array_set_size (self->slots, 0);
	for (guint i = 0; i < n; i++) {
		GtkWidget *tile = g_object_new (PL_TYPE_SLOT_TILE, "hexpand", TRUE, NULL);

		g_signal_connect_object (tile, "clicked", G_CALLBACK (on_pressed), self,
					 G_CONNECT_SWAPPED);
		gtk_grid_attach (self->tiles, tile, (int)(i % columns (n)), (int)(i / columns (n)),
				 1, 1);
		g_ptr_array_add (self->slots, tile);
	}
}

/* -- head -------------------------------------------------------------------------------------- */

static void
set_text (GtkLabel *label, const char *text)
{
	if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
		gtk_label_set_text (label, text);
}

static void
update_station (PlSlotGrid *self, const PlSnapshot *s)
{
	g_autofree char *who = pl_who_text (s);
	g_autofree char *text = g_strdup_printf ("%s   %s", s->station, who);

	set_text (self->station, text);
	set_text (self->simulated, _ ("SIMULATED"));
	gtk_widget_set_visible (GTK_WIDGET (self->simulated), s->simulated);
}

static void
update_counts (PlSlotGrid *self, const GPtrArray *snapshots)
{
	guint passed = 0, failed = 0, errors = 0;
	g_autofree char *text = NULL;

	for (guint i = 0; i < snapshots->len; i++) {
		const PlSnapshot *s = g_ptr_array_index (snapshots, i);

		/* each slot's figures are of its own bench */
		passed += s->survey->shift.passed;
		failed += s->survey->shift.failed;
		errors += s->survey->shift.errors;
	}
	text = g_strdup_printf ("%s %s %u   %s %s %u   %s %s %u", pl_state_glyph (PL_SLOT_PASSED),
				pl_state_word (PL_SLOT_PASSED), passed,
				pl_state_glyph (PL_SLOT_FAILED), pl_state_word (PL_SLOT_FAILED),
				failed, pl_state_glyph (PL_SLOT_ERROR),
				pl_state_word (PL_SLOT_ERROR), errors);
	set_text (self->counts, text);
}

static void
set_word (GtkButton *button, const char *word)
{
	if (g_strcmp0 (gtk_button_get_label (button), word) != 0)
		gtk_button_set_label (button, word);
}

void
pl_slot_grid_update (PlSlotGrid *self, const GPtrArray *snapshots, int chosen, const char *said)
{
	set_n_tiles (self, snapshots->len);
	for (guint i = 0; i < snapshots->len; i++)
		pl_slot_tile_update (g_ptr_array_index (self->slots, i),
				     g_ptr_array_index (snapshots, i), chosen == (int)i);
	/* one station, one person: any slot knows them */
	update_station (self, g_ptr_array_index (snapshots, 0));
	update_counts (self, snapshots);
	gtk_inscription_set_text (self->said, said);
	/* invisible, but its place stays: tiles do not move */
	gtk_widget_set_opacity (GTK_WIDGET (self->said), said != NULL ? 1 : 0);
	set_word (self->type, _ ("Type a serial (F2)"));
	/* in the other language: who needs the key cannot read this one */
	set_word (self->language, pl_language () == PL_LANGUAGE_EN ? "中文 (F9)" : "English (F9)");
}

static void
on_type (PlSlotGrid *self)
{
	g_signal_emit (self, signals[TYPING], 0);
}

static void
on_language (PlSlotGrid *self)
{
	g_signal_emit (self, signals[LANGUAGE], 0);
}

static void
finalize (GObject *object)
{
	g_ptr_array_unref (PL_SLOT_GRID (object)->slots);
	G_OBJECT_CLASS (pl_slot_grid_parent_class)->finalize (object);
}

static void
pl_slot_grid_class_init (PlSlotGridClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);
	GType type = G_TYPE_FROM_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	signals[OPENED] = g_signal_new ("opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
					G_TYPE_NONE, 1, G_TYPE_UINT);
	signals[TYPING] =
	    g_signal_new ("typing", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
	signals[LANGUAGE] =
	    g_signal_new ("language", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/slot_grid.ui");
	gtk_widget_class_bind_template_child (widget, PlSlotGrid, station);
	gtk_widget_class_bind_template_child (widget, PlSlotGrid, simulated);
	gtk_widget_class_bind_template_child (widget, PlSlotGrid, said);
	gtk_widget_class_bind_template_child (widget, PlSlotGrid, counts);
	gtk_widget_class_bind_template_child (widget, PlSlotGrid, type);
	gtk_widget_class_bind_template_child (widget, PlSlotGrid, language);
	gtk_widget_class_bind_template_child (widget, PlSlotGrid, tiles);
	gtk_widget_class_bind_template_callback (widget, on_type);
	gtk_widget_class_bind_template_callback (widget, on_language);
}

static void
pl_slot_grid_init (PlSlotGrid *self)
{
	self->slots = g_ptr_array_new ();
	gtk_widget_init_template (GTK_WIDGET (self));
}
