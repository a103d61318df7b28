/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/rail.h"
#include "ui/language.h"

struct _PlRail {
	GtkBox parent;
	GPtrArray *buttons; /* GtkToggleButton*, borrowed from the box; Run, then pl_pages */
};

G_DEFINE_FINAL_TYPE (PlRail, pl_rail, GTK_TYPE_BOX)

/* Run is no PlPage: the window holds it, and everybody sees it. */
static const PlPageRow run = {"run",	  N_ ("Run"), "media-playback-start-symbolic",
			      GDK_KEY_F1, PL_MAY_RUN, NULL};

static const PlPageRow *
row_at (guint at)
{
	return at == 0 ? &run : &pl_pages[at - 1];
}

static void
on_clicked (PlRail *self, GtkButton *button)
{
	const PlPageRow *row = g_object_get_data (G_OBJECT (button), "row");

	g_signal_emit_by_name (self, "chosen", row->name);
}

static void
add (PlRail *self, const PlPageRow *row)
{
	GtkWidget *button = gtk_toggle_button_new ();
	GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
	GtkWidget *label = gtk_label_new (NULL);

	gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (row->icon));
	gtk_box_append (GTK_BOX (box), label);
	gtk_button_set_child (GTK_BUTTON (button), box);
	gtk_widget_add_css_class (button, "rail-button");
	g_object_set_data (G_OBJECT (button), "row", (gpointer)row);
	g_object_set_data (G_OBJECT (button), "label", label);
	g_signal_connect_object (button, "clicked", G_CALLBACK (on_clicked), self,
				 G_CONNECT_SWAPPED);
	gtk_box_append (GTK_BOX (self), button);
	g_ptr_array_add (self->buttons, button);
}

static void
word (GtkWidget *button, const PlPageRow *row)
{
	GtkLabel *label = g_object_get_data (G_OBJECT (button), "label");
	g_autofree char *name =
	    g_strdup_printf ("%s (%s)", _ (row->title), gdk_keyval_name (row->key));

	gtk_label_set_text (label, _ (row->title));
	gtk_widget_set_tooltip_text (button, name);
	gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
					_ (row->title), -1);
}

void
pl_rail_update (PlRail *self, const PlDesk *desk, const char *in_view)
{
	guint n_shown = 0;

	for (guint i = 0; i < self->buttons->len; i++) {
		GtkWidget *button = g_ptr_array_index (self->buttons, i);
		const PlPageRow *row = row_at (i);
		gboolean shown = i == 0 || pl_desk_may (desk, row->may);

		word (button, row);
		gtk_widget_set_visible (button, shown);
		/* a press has turned it already: the page in view decides, not the press */
		gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button),
					      g_str_equal (in_view, row->name));
		n_shown += shown;
	}
	gtk_widget_set_visible (GTK_WIDGET (self), n_shown > 1);
}

static void
finalize (GObject *object)
{
	g_ptr_array_unref (PL_RAIL (object)->buttons);
	G_OBJECT_CLASS (pl_rail_parent_class)->finalize (object);
}

static void
pl_rail_class_init (PlRailClass *class)
{
	G_OBJECT_CLASS (class)->finalize = finalize;
	g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 1, G_TYPE_STRING);
	gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class),
					      GTK_ACCESSIBLE_ROLE_NAVIGATION);
}

static void
pl_rail_init (PlRail *self)
{
	self->buttons = g_ptr_array_new ();
	gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
	gtk_widget_add_css_class (GTK_WIDGET (self), "rail");
	/* until it is known who is logged in */
	gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
	add (self, &run);
	for (const PlPageRow *row = pl_pages; row->name != NULL; row++)
		add (self, row);
}
