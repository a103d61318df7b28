/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <adwaita.h>

/* How the window looks: "light", "dark", "high-contrast-light", "high-contrast-dark"; NULL is the
 * desktop's. */
gboolean pl_theme_check (const char *name, GError **error);
/* Before the toolkit and any thread is started. */
void pl_theme_prepare (const char *name);
/* The style sheet's colours, and no animations: a verdict appears, it does not fade in. */
void pl_theme_apply (const char *name);
/* Keeps two style classes of the window: "hc" while contrast is high, "compact" while it is smaller
 * than what the ordinary sizes are made for (1600 x 900). */
void pl_theme_follow (GtkWindow *window);
/* For what no style sheet can say: is the window of this widget compact? */
gboolean pl_theme_is_compact (GtkWidget *widget);
