/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/theme.h"
#include <string.h>

#define ROOMY_WIDTH 1600
#define ROOMY_HEIGHT 900

/* high: libadwaita's own high contrast, and the class "hc" of ours */
static const struct {
	const char *name;
	AdwColorScheme scheme;
	gboolean high;
} themes[] = {
    {"light", ADW_COLOR_SCHEME_FORCE_LIGHT, FALSE},
    {"dark", ADW_COLOR_SCHEME_FORCE_DARK, FALSE},
    {"high-contrast-light", ADW_COLOR_SCHEME_FORCE_LIGHT, TRUE},
    {"high-contrast-dark", ADW_COLOR_SCHEME_FORCE_DARK, TRUE},
};

static int
find (const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
		if (g_strcmp0 (name, themes[i].name) == 0)
			return (int)i;
	return -1;
}

gboolean
pl_theme_check (const char *name, GError **error)
{
	if (name == NULL || find (name) >= 0)
		return TRUE;
	g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		     "there is no theme \"%s\": light, dark, high-contrast-light and "
		     "high-contrast-dark are there; without one it is the desktop's",
		     name);
	return FALSE;
}

/* This version of libadwaita follows the desktop's contrast and lets nobody set it but by this
 * word, which it reads once. */
void
pl_theme_prepare (const char *name)
{
	int at = find (name);

	if (at >= 0 && themes[at].high)
		g_setenv ("ADW_DEBUG_HIGH_CONTRAST", "1", TRUE);
}

void
pl_theme_apply (const char *name)
{
	int at = find (name);

	adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
					    at >= 0 ? themes[at].scheme : ADW_COLOR_SCHEME_DEFAULT);
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

static void
set_class (GtkWidget *widget, const char *class, gboolean on)
{
	if (on)
		gtk_widget_add_css_class (widget, class);
	else
		gtk_widget_remove_css_class (widget, class);
}

static void
on_contrast (AdwStyleManager *style, GParamSpec *spec, GtkWidget *window)
{
	set_class (window, "hc", adw_style_manager_get_high_contrast (style));
}

static void
set_size (GtkWidget *window, int width, int height)
{
	set_class (window, "compact", width < ROOMY_WIDTH || height < ROOMY_HEIGHT);
}

static void
on_size (GdkSurface *surface, GParamSpec *spec, GtkWidget *window)
{
	set_size (window, gdk_surface_get_width (surface), gdk_surface_get_height (surface));
}

/* A window never gets smaller than its content asks for: on a small screen the content must know
 * before the window is there. */
static void
on_realize (GtkWidget *window)
{
	GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));
	GdkMonitor *monitor =
	    gdk_display_get_monitor_at_surface (gdk_surface_get_display (surface), surface);
	GdkRectangle screen;

	g_signal_connect_object (surface, "notify::width", G_CALLBACK (on_size), window, 0);
	g_signal_connect_object (surface, "notify::height", G_CALLBACK (on_size), window, 0);
	if (monitor == NULL)
		return;
	gdk_monitor_get_geometry (monitor, &screen);
	/* a guess by the screen; the first allocation says how it is */
	set_size (window, screen.width, screen.height);
}

void
pl_theme_follow (GtkWindow *window)
{
	AdwStyleManager *style = adw_style_manager_get_default ();

	g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (on_contrast), window,
				 0);
	g_signal_connect (window, "realize", G_CALLBACK (on_realize), NULL);
	on_contrast (style, NULL, GTK_WIDGET (window));
}

gboolean
pl_theme_is_compact (GtkWidget *widget)
{
	GtkRoot *root = gtk_widget_get_root (widget);

	return root != NULL && gtk_widget_has_css_class (GTK_WIDGET (root), "compact");
}
