/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/application.h"
#include "pl-ui-resources.h"
#include "station/preflight.h"
#include "ui/feed.h"
#include "ui/language.h"
#include "ui/window.h"
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#define EXIT_SETTINGS 3

struct _PlApplication {
	AdwApplication parent;
	PlSettings settings;
	PlDesk desk;
	PlStation *station;
	PlRecipe *recipe;
	PlFeed *feed;
	PlSlot *slot;
	PlWindow *window;
	gboolean closing;
	int exit;
};

G_DEFINE_FINAL_TYPE (PlApplication, pl_application, ADW_TYPE_APPLICATION)

/* -- what the window asks for ------------------------------------------------------------------ */

static void
on_scan (gpointer data, const char *code, const char *entry)
{
	pl_slot_scan (PL_APPLICATION (data)->slot, code, entry);
}

static void
on_stop (gpointer data)
{
	PlApplication *self = data;

	pl_slot_stop (self->slot, pl_desk_who (&self->desk));
}

static void
on_acknowledge (gpointer data)
{
	pl_slot_acknowledge (PL_APPLICATION (data)->slot, NULL);
}

/* The teardown of a run takes its time; the window stays until the slot says CLOSED. */
static gboolean
on_close (gpointer data)
{
	PlApplication *self = data;

	self->closing = TRUE;
	pl_slot_close (self->slot);
	return FALSE;
}

static const PlWindowHandler window_handler = {on_scan, on_stop, on_acknowledge, on_close};

static gboolean
on_signal (gpointer data)
{
	on_close (data);
	return G_SOURCE_CONTINUE;
}

static void
on_snapshot (gpointer data, const PlSnapshot *snapshot)
{
	PlApplication *self = data;

	if (self->window == NULL)
		return;
	pl_window_update (self->window, snapshot);
	if (snapshot->state == PL_SLOT_CLOSED) {
		gtk_window_destroy (GTK_WINDOW (self->window));
		self->window = NULL;
	}
}

/* -- start ------------------------------------------------------------------------------------- */

void
pl_ui_set_up (void)
{
	static gboolean done;
	g_autoptr (GtkCssProvider) css = NULL;

	if (done)
		return;
	done = TRUE;
	g_resources_register (pl_ui_get_resource ());
	css = gtk_css_provider_new ();
	gtk_css_provider_load_from_resource (css, "/packline/ui/style.css");
	gtk_style_context_add_provider_for_display (gdk_display_get_default (),
						    GTK_STYLE_PROVIDER (css),
						    GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
set_theme (const char *theme)
{
	AdwStyleManager *style = adw_style_manager_get_default ();

	adw_style_manager_set_color_scheme (
	    style, g_strcmp0 (theme, "dark") == 0    ? ADW_COLOR_SCHEME_FORCE_DARK
		   : g_strcmp0 (theme, "light") == 0 ? ADW_COLOR_SCHEME_FORCE_LIGHT
						     : ADW_COLOR_SCHEME_DEFAULT);
	/* a verdict appears, it does not fade in */
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

static gboolean
open_station (PlApplication *self, GError **error)
{
	self->recipe = pl_recipe_load (self->settings.recipe, error);
	if (self->recipe == NULL)
		return FALSE;
	self->station = pl_station_open (self->settings.home, self->settings.bench, error);
	if (self->station == NULL)
		return FALSE;
	g_free (self->station->operator_id);
	self->station->operator_id = g_strdup (self->settings.operator_id);
	return pl_preflight (
	    self->station, self->recipe,
	    &(PlRunOptions){.kind = "production", .release_file = self->settings.release}, error);
}

/* A station where nobody is enrolled is still being set up: who has started it may do all. */
static PlPerson *
started_by (PlApplication *self)
{
	PlPerson *person = g_new0 (PlPerson, 1);

	person->name = g_strdup (self->settings.operator_id != NULL ? self->settings.operator_id
								    : g_get_user_name ());
	person->may_all = TRUE;
	return person;
}

static void
activate (GApplication *application)
{
	PlApplication *self = PL_APPLICATION (application);
	PlSlotPlan plan = {.station = self->station,
			   .recipe = self->recipe,
			   .kind = "production",
			   .release_file = self->settings.release,
			   .reject_code = self->settings.reject_code};

	if (self->window != NULL) {
		gtk_window_present (GTK_WINDOW (self->window));
		return;
	}
	pl_ui_set_up ();
	set_theme (self->settings.theme);
	self->desk = (PlDesk){.station = self->station,
			      .recipe = self->recipe,
			      .settings = &self->settings,
			      .person = started_by (self)};
	self->window = pl_window_new (GTK_APPLICATION (self), &self->desk, &window_handler, self);
	if (self->settings.kiosk)
		gtk_window_fullscreen (GTK_WINDOW (self->window));
	self->feed = pl_feed_new (self->station, self->recipe, on_snapshot, self);
	pl_feed_show (self->feed);
	gtk_window_present (GTK_WINDOW (self->window));
	self->slot = pl_slot_new (&plan, &pl_feed_observer, self->feed);
	g_unix_signal_add (SIGINT, on_signal, self);
	g_unix_signal_add (SIGTERM, on_signal, self);
	g_unix_signal_add (SIGHUP, on_signal, self);
}

static int
refuse (PlApplication *self, const GError *error)
{
	fprintf (stderr, "packline-station: %s\n", error->message);
	return self->exit = EXIT_SETTINGS;
}

static void
take (GVariantDict *options, const char *name, char **at)
{
	g_autofree char *text = NULL;

	if (g_variant_dict_lookup (options, name, "^ay", &text)) {
		g_free (*at);
		*at = g_steal_pointer (&text);
	}
}

/* Everything that can be known to be wrong is said before there is a window. -1 = go on. */
static int
handle_options (GApplication *application, GVariantDict *options)
{
	PlApplication *self = PL_APPLICATION (application);
	PlSettings *s = &self->settings;
	g_autoptr (GError) error = NULL;
	g_autofree char *file = NULL;

	take (options, "settings", &file);
	take (options, "bench", &s->bench);
	take (options, "recipe", &s->recipe);
	take (options, "release", &s->release);
	take (options, "home", &s->home);
	take (options, "operator", &s->operator_id);
	take (options, "language", &s->language);
	take (options, "theme", &s->theme);
	s->kiosk = g_variant_dict_contains (options, "kiosk");
	if ((file != NULL && !pl_settings_load (s, file, &error)) || !pl_settings_check (s, &error))
		return refuse (self, error);
	pl_settings_fill (s);
	pl_language_set (pl_language_find (s->language));
	return open_station (self, &error) ? -1 : refuse (self, error);
}

static const GOptionEntry entries[] = {
    {"settings", 0, 0, G_OPTION_ARG_FILENAME, NULL, "key file with what follows", "FILE"},
    {"bench", 'b', 0, G_OPTION_ARG_FILENAME, NULL, "the bench file (needed)", "FILE"},
    {"recipe", 'r', 0, G_OPTION_ARG_FILENAME, NULL, "the recipe (needed)", "FILE"},
    {"release", 0, 0, G_OPTION_ARG_FILENAME, NULL,
     "signed firmware release; needed if the recipe flashes", "FILE"},
    {"home", 0, 0, G_OPTION_ARG_FILENAME, NULL, "the station's folder", "DIR"},
    {"operator", 0, 0, G_OPTION_ARG_FILENAME, NULL, "who stands in front of it", "ID"},
    {"language", 0, 0, G_OPTION_ARG_FILENAME, NULL, "en or zh_CN; F9 changes it", "NAME"},
    {"theme", 0, 0, G_OPTION_ARG_FILENAME, NULL, "light, dark, or the desktop's", "NAME"},
    {"kiosk", 0, 0, G_OPTION_ARG_NONE, NULL, "full screen", NULL},
    {NULL},
};

/* -- end --------------------------------------------------------------------------------------- */

static void
shut_down (GApplication *application)
{
	PlApplication *self = PL_APPLICATION (application);

	g_clear_pointer (&self->slot, pl_slot_free);
	g_clear_pointer (&self->feed, pl_feed_free);
	g_clear_pointer (&self->desk.person, pl_person_free);
	g_clear_pointer (&self->recipe, pl_recipe_free);
	g_clear_pointer (&self->station, pl_station_free);
	G_APPLICATION_CLASS (pl_application_parent_class)->shutdown (application);
}

static void
finalize (GObject *object)
{
	pl_settings_clear (&PL_APPLICATION (object)->settings);
	G_OBJECT_CLASS (pl_application_parent_class)->finalize (object);
}

static void
pl_application_class_init (PlApplicationClass *class)
{
	G_OBJECT_CLASS (class)->finalize = finalize;
	G_APPLICATION_CLASS (class)->activate = activate;
	G_APPLICATION_CLASS (class)->shutdown = shut_down;
	G_APPLICATION_CLASS (class)->handle_local_options = handle_options;
}

static void
pl_application_init (PlApplication *self)
{
	g_application_add_main_option_entries (G_APPLICATION (self), entries);
}

/* Not unique: two benches on one machine are two stations; the database refuses a second writer. */
PlApplication *
pl_application_new (void)
{
	return g_object_new (PL_TYPE_APPLICATION, "application-id", "org.packline.Station", "flags",
			     G_APPLICATION_NON_UNIQUE, NULL);
}

int
pl_application_exit (PlApplication *self)
{
	return self->exit;
}
