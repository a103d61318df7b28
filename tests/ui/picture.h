/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gtk/gtk.h>

/* For suites that draw: what a page looks like, kept in BUILD/tests/ui/pictures for people to look
 * at. */

/* Draws the window, and not one of its children alone: the ground is the window's. */
void picture_keep (GtkWidget *window, const char *name, int width, int height);
/* Claims that nothing of a page is cut off in that room. */
void picture_assert_fits (GtkWidget *page, const char *name, int width, int height);
/* The first widget of that type, depth first; NULL = none. */
GtkWidget *picture_find (GtkWidget *root, GType type);
