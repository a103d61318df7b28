/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/recipe_list.h"
#include "station/recipe_book.h"
#include "ui/language.h"

struct _PlRecipeList {
	GtkBox parent;
	GtkBox *rows;
};

G_DEFINE_FINAL_TYPE (PlRecipeList, pl_recipe_list, GTK_TYPE_BOX)

static GtkWidget *
add_label (GtkWidget *box, const char *text, const char *class)
{
	GtkWidget *label = gtk_label_new (text);

	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_label_set_wrap (GTK_LABEL (label), TRUE);
	gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_width_chars (GTK_LABEL (label), 20);
	gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
	gtk_widget_add_css_class (label, class);
	gtk_box_append (GTK_BOX (box), label);
	return label;
}

/* Minutes are enough for people; UTC, as in records. */
static char *
day_of (const char *utc)
{
	return g_strdup_printf ("%.10s %.5s UTC", utc, utc + 11);
}

typedef struct {
	const char *class, *text;
} Badge;

/* In the order in which they matter. */
static guint
badges_of (const PlRecipeVersion *version, gboolean approvals, Badge *ret)
{
	guint n = 0;

	if (version->loaded)
		ret[n++] = (Badge){"badge-use", N_ ("▶ in use")};
	if (version->next)
		ret[n++] = (Badge){"badge-use", N_ ("▷ from the next start")};
	if (version->approver != NULL)
		ret[n++] = (Badge){"badge-good", N_ ("✔ approved")};
	else if (approvals)
		ret[n++] = (Badge){"badge-open", N_ ("○ not approved")};
	if (version->fault != NULL)
		ret[n++] = (Badge){"badge-bad", N_ ("✘ approval forged")};
	return n;
}

static char *
add_badges (GtkWidget *card, const PlRecipeVersion *version, gboolean approvals)
{
	/* loaded, next, approved or not, forged */
	Badge badges[4];
	guint n = badges_of (version, approvals, badges);
	GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
	g_autoptr (GString) words = g_string_new (NULL);

	for (guint i = 0; i < n; i++) {
		GtkWidget *label = gtk_label_new (_ (badges[i].text));

		gtk_widget_add_css_class (label, "recipe-badge");
		gtk_widget_add_css_class (label, badges[i].class);
		gtk_box_append (GTK_BOX (box), label);
		/* a reader hears a button's name only */
		g_string_append_printf (words, ", %s", _ (badges[i].text));
	}
	gtk_widget_set_visible (box, n > 0);
	gtk_box_append (GTK_BOX (card), box);
	return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
add_story (GtkWidget *card, const PlRecipeVersion *version)
{
	g_autofree char *runs = g_strdup_printf (_ ("runs: %u"), (guint)version->runs);
	g_autofree char *hash = g_strdup_printf ("%.8s  ·  %s", version->hash, runs);
	g_autofree char *edited = NULL, *approved = NULL;

	add_label (card, hash, "recipe-hash");
	if (version->edited != NULL) {
		edited = g_strdup_printf ("%s: %s", version->author, version->reason);
		add_label (card, edited, "recipe-story");
	}
	if (version->approver != NULL) {
		g_autofree char *day = day_of (version->approved);

		approved = g_strdup_printf ("✔ %s  %s", version->approver, day);
		add_label (card, approved, "recipe-story");
	}
}

static void
on_clicked (PlRecipeList *self, GtkButton *button)
{
	g_signal_emit_by_name (self, "chosen", g_object_get_data (G_OBJECT (button), "hash"));
}

static void
add_version (PlRecipeList *self, const PlRecipeVersion *version, gboolean selected,
	     gboolean approvals)
{
	GtkWidget *button = gtk_button_new (), *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
	g_autofree char *title = g_strdup_printf ("%s  %u", version->name, version->version);
	g_autofree char *badges = NULL, *name = NULL;

	add_label (card, title, "recipe-name");
	badges = add_badges (card, version, approvals);
	add_story (card, version);
	name = g_strdup_printf ("%s@%u%s", version->name, version->version, badges);
	gtk_button_set_child (GTK_BUTTON (button), card);
	gtk_widget_add_css_class (button, "recipe-version");
	if (selected)
		gtk_widget_add_css_class (button, "recipe-selected");
	gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
					name, -1);
	g_object_set_data_full (G_OBJECT (button), "hash", g_strdup (version->hash), g_free);
	g_signal_connect_object (button, "clicked", G_CALLBACK (on_clicked), self,
				 G_CONNECT_SWAPPED);
	gtk_box_append (self->rows, button);
}

void
pl_recipe_list_update (PlRecipeList *self, GPtrArray *versions, const char *selected,
		       gboolean approvals)
{
	GtkWidget *child;

	while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
		gtk_box_remove (self->rows, child);
	for (guint i = 0; versions != NULL && i < versions->len; i++) {
		const PlRecipeVersion *version = g_ptr_array_index (versions, i);

		add_version (self, version, g_strcmp0 (version->hash, selected) == 0, approvals);
	}
}

static void
pl_recipe_list_class_init (PlRecipeListClass *class)
{
	g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
pl_recipe_list_init (PlRecipeList *self)
{
	GtkWidget *scroller = gtk_scrolled_window_new ();

	self->rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 8));
	gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
					GTK_POLICY_AUTOMATIC);
	gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->rows));
	gtk_widget_set_vexpand (scroller, TRUE);
	gtk_widget_set_hexpand (scroller, TRUE);
	/* as wide as it is asked to be, whatever its child would like */
	gtk_widget_set_hexpand (GTK_WIDGET (self), FALSE);
	gtk_box_append (GTK_BOX (self), scroller);
}
