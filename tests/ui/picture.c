/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/picture.h"
#include "tests/suite.h"

void
picture_keep (GtkWidget *window, const char *name, int width, int height)
{
	g_autofree char *folder =
	    g_build_filename (g_getenv ("PACKLINE_BUILD"), "tests", "ui", "pictures", NULL);
	g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
	g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
	GtkSnapshot *snapshot = gtk_snapshot_new ();
	g_autoptr (GdkTexture) texture = NULL;
	GskRenderNode *node;

	gdk_paintable_snapshot (paintable, snapshot, width, height);
	node = gtk_snapshot_free_to_node (snapshot);
	ck_assert_ptr_nonnull (node);
	texture =
	    gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
					 &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
	gsk_render_node_unref (node);
	g_mkdir_with_parents (folder, 0755);
	ck_assert (gdk_texture_save_to_png (texture, path));
}

void
picture_assert_fits (GtkWidget *page, const char *name, int width, int height)
{
	int least;

	gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
	ck_assert_msg (least <= width, "%s: %d wide at least, not %d", name, least, width);
	gtk_widget_measure (page, GTK_ORIENTATION_VERTICAL, width, &least, NULL, NULL, NULL);
	ck_assert_msg (least <= height, "%s: %d high at least, not %d", name, least, height);
}

GtkWidget *
picture_find (GtkWidget *root, GType type)
{
	if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
		return root;
	for (GtkWidget *at = gtk_widget_get_first_child (root); at != NULL;
	     at = gtk_widget_get_next_sibling (at)) {
		GtkWidget *found = picture_find (at, type);

		if (found != NULL)
			return found;
	}
	return NULL;
}
