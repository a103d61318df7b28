/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/application.h"
#include "pl-ui-resources.h"
#include "station/preflight.h"
#include "station/recipe_book.h"
#include "ui/feed.h"
#include "ui/language.h"
#include "ui/login.h"
#include "ui/sound.h"
#include "ui/theme.h"
#include "ui/watchdog.h"
#include "ui/window.h"
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#define EXIT_SETTINGS 3 /* told from a crash: the same settings fail again */

/* A slot and what it stands on. */
typedef struct {
	PlStation *station;
	PlFeed *feed; /* NULL until the window is there */
	PlSlot *slot; /* same; its thread ends in pl_slot_free */
	gboolean closed; /* its last snapshot said CLOSED: what it had switched is off */
} Seat;

struct _PlApplication {
	AdwApplication parent;
	PlSettings settings;
	PlPace pace;
	PlSoundCard *sounds; /* NULL = the PLC makes them, or nobody */
	PlWatchdog *watchdog;
	gboolean tells_stalls; /* at its end */
	gboolean was_ready; /* any slot: from then on a stall is one of the window at work */
	PlDesk desk;
	PlLogin *login;
	PlRecipe *recipe;
	GPtrArray *seats; /* Seat*, in the order of their benches; the first's station is all's */
	PlWindow *window;
	int exit; /* of main(); 0 = fine */
};

G_DEFINE_FINAL_TYPE (PlApplication, pl_application, ADW_TYPE_APPLICATION)

static Seat *
seat_at (PlApplication *self, guint at)
{
	return g_ptr_array_index (self->seats, at);
}

/* -- what the window asks for ------------------------------------------------------------------ */

static void
on_scan (gpointer data, guint slot, const char *code, const char *entry)
{
	pl_slot_scan (seat_at (data, slot)->slot, code, entry);
}

static void
on_stop (gpointer data, guint slot)
{
	PlApplication *self = data;

	pl_slot_stop (seat_at (self, slot)->slot, pl_desk_who (&self->desk));
}

static void
on_acknowledge (gpointer data, guint slot)
{
	/* without a code: a button was pressed, no bin was scanned */
	pl_slot_acknowledge (seat_at (data, slot)->slot, NULL);
}

static void
on_answer (gpointer data, guint slot, const char *answer)
{
	PlApplication *self = data;

	pl_slot_answer (seat_at (self, slot)->slot, answer, pl_desk_who (&self->desk));
}

static void
on_refused (gpointer data, guint slot)
{
	PlApplication *self = data;

	pl_slot_refuse (seat_at (self, slot)->slot);
	if (self->sounds != NULL)
		pl_sound_card_refuse (self->sounds);
}

/* Pages look at the bench of the slot that was looked at last; none is in view now. */
static void
on_opened (gpointer data, guint slot)
{
	PlApplication *self = data;

	self->desk.at = slot;
	self->desk.station = seat_at (self, slot)->station;
	self->desk.slot = seat_at (self, slot)->slot;
}

typedef struct {
	PlApplication *application;
	guint slot;
	char *serial;
} Override;

static void
on_second (gpointer data, const PlPerson *second, const char *reason)
{
	Override *override = data;

	/* the slot asks again whether this pack still stands there blocked: the dialog takes its
	 * time */
	if (second != NULL)
		pl_slot_override (seat_at (override->application, override->slot)->slot,
				  override->serial, second->name, reason);
	g_free (override->serial);
	g_free (override);
}

static void
on_override (gpointer data, guint slot, const char *serial)
{
	PlApplication *self = data;
	Override *override = g_new0 (Override, 1);
	g_autofree char *what =
	    g_strdup_printf ("%s: %s", _ ("Test it although it is blocked"), serial);

	override->application = self;
	override->slot = slot;
	override->serial = g_strdup (serial);
	pl_desk_ask_second (&self->desk, GTK_WIDGET (self->window), PL_MAY_OVERRIDE, what,
			    on_second, override);
}

static void
on_badge (gpointer data, const char *code)
{
	pl_login_badge (((PlApplication *)data)->login, code);
}

/* The teardown of a run takes its time; the window stays until every slot says CLOSED. */
static gboolean
on_close (gpointer data)
{
	PlApplication *self = data;

	/* a page gives back what it holds of the bench: the slot waits for that */
	if (self->window != NULL)
		pl_window_go (self->window, "run");
	for (guint i = 0; i < self->seats->len; i++)
		pl_slot_close (seat_at (self, i)->slot);
	return FALSE;
}

static const PlWindowHandler window_handler = {on_scan,	  on_stop,     on_acknowledge,
					       on_answer, on_close,    on_refused,
					       on_opened, on_override, on_badge};

/* A service manager's SIGTERM ends a run as the window's cross does: safe first, then away. The
 * source stays, so that a second signal does not kill what is being made safe. */
static gboolean
on_signal (gpointer data)
{
	on_close (data);
	return G_SOURCE_CONTINUE;
}

static gboolean
all_are_closed (PlApplication *self)
{
	for (guint i = 0; i < self->seats->len; i++)
		if (!seat_at (self, i)->closed)
			return FALSE;
	return TRUE;
}

static void
on_snapshot (gpointer data, const PlSnapshot *snapshot)
{
	PlApplication *self = data;

	if (self->window == NULL)
		return;
	pl_window_update (self->window, snapshot);
	if (self->sounds != NULL)
		pl_sound_card_follow (self->sounds, snapshot);
	/* what came before is the making of a window, which nobody works at yet */
	if (!self->was_ready && snapshot->state == PL_SLOT_READY && self->watchdog != NULL)
		pl_watchdog_reset (self->watchdog);
	self->was_ready |= snapshot->state == PL_SLOT_READY;
	/* before the window may go: the login has nobody to tell then */
	pl_login_set_running (self->login, snapshot->slot, snapshot->state == PL_SLOT_RUNNING);
	seat_at (self, snapshot->slot)->closed = snapshot->state == PL_SLOT_CLOSED;
	if (all_are_closed (self)) {
		gtk_window_destroy (GTK_WINDOW (self->window));
		self->window = NULL;
	}
}

/* -- who is logged in ---------------------------------------------------------------------------
 */

static void
on_person (gpointer data)
{
	PlApplication *self = data;

	for (guint i = 0; i < self->seats->len; i++)
		if (seat_at (self, i)->feed != NULL)
			pl_feed_set_person (seat_at (self, i)->feed, self->desk.person);
	/* a worker's answer may come while the last of it goes */
	if (self->window != NULL)
		pl_window_refresh (self->window);
}

static void
on_people (gpointer data)
{
	pl_login_people_changed (((PlApplication *)data)->login);
}

typedef struct {
	PlApplication *application;
	PlSecret *code;
} BenchBadge;

static void
bench_badge_free (gpointer data)
{
	BenchBadge *badge = data;

	pl_secret_free (badge->code);
	g_free (badge);
}

static gboolean
take_bench_badge (gpointer data)
{
	BenchBadge *badge = data;

	if (badge->application->window != NULL)
		on_badge (badge->application, badge->code);
	return G_SOURCE_REMOVE;
}

/* On a slot's thread. */
static void
on_bench_badge (gpointer data, const char *code)
{
	BenchBadge *badge = g_new0 (BenchBadge, 1);

	badge->application = data;
	badge->code = pl_secret_copy (code);
	/* the last function wipes the badge, whether it was taken or not */
	g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, take_bench_badge, badge,
				    bench_badge_free);
}

/* -- start ------------------------------------------------------------------------------------- */

/* Once a process: tests make several windows, and a provider that is added twice is matched
 * twice. */
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

/* The first opens the database, the others share it: it has one writer. */
static Seat *
seat_new (PlApplication *self, const char *bench, GError **error)
{
	PlStation *station =
	    self->seats->len == 0
		? pl_station_open (self->settings.home, bench, error)
		: pl_station_open_beside (seat_at (self, 0)->station, bench, error);
	Seat *seat;

	if (station == NULL)
		return NULL;
	seat = g_new0 (Seat, 1);
	seat->station = station;
	return seat;
}

/* The slot's thread tells the feed and uses the station, so it goes first. */
static void
seat_free (gpointer data)
{
	Seat *seat = data;

	pl_slot_free (seat->slot);
	g_clear_pointer (&seat->feed, pl_feed_free);
	pl_station_free (seat->station);
	g_free (seat);
}

/* What was approved on the Recipes page takes the place of the older file that the settings name;
 * only here, before there is a slot: never under a running test. */
static gboolean
take_approved (PlApplication *self, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	PlRecipe *newer = pl_recipe_book_current (seat_at (self, 0)->station, self->recipe, &wrong);

	if (newer != NULL) {
		pl_recipe_free (self->recipe);
		self->recipe = newer;
	}
	if (wrong == NULL)
		return TRUE;
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

static gboolean
open_seats (PlApplication *self, GError **error)
{
	PlRunOptions options = {.kind = "production", .release_file = self->settings.release};

	self->recipe = pl_recipe_load (self->settings.recipe, error);
	if (self->recipe == NULL)
		return FALSE;
	for (char **bench = self->settings.benches; *bench != NULL; bench++) {
		Seat *seat = seat_new (self, *bench, error);

		if (seat == NULL)
			return FALSE;
		g_ptr_array_add (self->seats, seat);
		/* needs a station's database; must be known before any bench is checked against
		 * the recipe */
		if (self->seats->len == 1 && !take_approved (self, error))
			return FALSE;
		if (!pl_preflight (seat->station, self->recipe, &options, error))
			return FALSE;
	}
	seat_at (self, 0)->station->badge_prefix = g_strdup (self->settings.badge_prefix);
	return TRUE;
}

/* The thread begins at once; the window has shown the slot before. */
static void
take_seat (PlApplication *self, guint at)
{
	Seat *seat = seat_at (self, at);
	PlSlotPlan plan = {.station = seat->station,
			   .recipe = self->recipe,
			   .kind = "production",
			   .release_file = self->settings.release,
			   .no_buzzer = g_strcmp0 (self->settings.sound, "card") == 0 ||
					g_strcmp0 (self->settings.sound, "off") == 0,
			   .reject_code = self->settings.reject_code,
			   .badge = on_bench_badge,
			   .badge_data = self,
			   .setup_check_hours =
			       pl_settings_hours (self->settings.setup_check_hours, 0),
			   .golden_serial = self->settings.golden_serial};

	seat->feed = pl_feed_new (seat->station, self->recipe, at, &self->pace, on_snapshot, self);
	pl_feed_set_person (seat->feed, self->desk.person);
	/* the window knows of the slot before its thread can say anything of it */
	pl_feed_show (seat->feed);
	seat->slot = pl_slot_new (&plan, &pl_feed_observer, seat->feed);
}

static void
activate (GApplication *application)
{
	PlApplication *self = PL_APPLICATION (application);

	if (self->window != NULL) {
		gtk_window_present (GTK_WINDOW (self->window));
		return;
	}
	if (self->tells_stalls || PL_DEBUG_BUILD)
		self->watchdog = pl_watchdog_new ();
	if (g_strcmp0 (self->settings.sound, "card") == 0)
		self->sounds = pl_sound_card_new (NULL, NULL);
	pl_ui_set_up ();
	pl_theme_apply (self->settings.theme);
	self->desk = (PlDesk){.station = seat_at (self, 0)->station,
			      .recipe = self->recipe,
			      .settings = &self->settings,
			      .people_changed = on_people,
			      .people_data = self};
	self->window = pl_window_new (GTK_APPLICATION (self), &self->desk, &window_handler, self);
	self->login = pl_login_new (&self->desk, self->window, on_person, self);
	if (self->settings.kiosk)
		gtk_window_fullscreen (GTK_WINDOW (self->window));
	for (guint i = 0; i < self->seats->len; i++)
		take_seat (self, i);
	gtk_window_present (GTK_WINDOW (self->window));
	self->desk.slot = seat_at (self, 0)->slot;
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

/* Options are bytes ("^ay"): a file's name need not be UTF-8. */
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
	char **benches;

	take (options, "settings", &file);
	if (g_variant_dict_lookup (options, "bench", "^aay", &benches)) {
		g_strfreev (s->benches);
		s->benches = benches;
	}
	take (options, "recipe", &s->recipe);
	take (options, "release", &s->release);
	take (options, "home", &s->home);
	take (options, "operator", &s->operator_id);
	take (options, "language", &s->language);
	take (options, "theme", &s->theme);
	s->kiosk = g_variant_dict_contains (options, "kiosk");
	self->tells_stalls = g_variant_dict_contains (options, "watchdog");
	if ((file != NULL && !pl_settings_load (s, file, &error)) || !pl_settings_check (s, &error))
		return refuse (self, error);
	if (!pl_pace_parse (s->shifts, s->takt, &self->pace, &error) ||
	    !pl_theme_check (s->theme, &error) || !pl_sound_check (s->sound, &error))
		return refuse (self, error);
	/* here and not in activate: libadwaita reads its environment once, and no thread runs
	 * yet */
	pl_theme_prepare (s->theme);
	pl_settings_fill (s);
	pl_language_set (pl_language_find (s->language));
	return open_seats (self, &error) ? -1 : refuse (self, error);
}

static const GOptionEntry entries[] = {
    {"settings", 0, 0, G_OPTION_ARG_FILENAME, NULL, "key file with what follows", "FILE"},
    {"bench", 'b', 0, G_OPTION_ARG_FILENAME_ARRAY, NULL,
     "the bench file (needed); once more for each further slot", "FILE"},
    {"recipe", 'r', 0, G_OPTION_ARG_FILENAME, NULL, "the recipe (needed)", "FILE"},
    {"release", 0, 0, G_OPTION_ARG_FILENAME, NULL,
     "signed firmware release; needed if the recipe flashes", "FILE"},
    {"home", 0, 0, G_OPTION_ARG_FILENAME, NULL, "the station's folder", "DIR"},
    {"operator", 0, 0, G_OPTION_ARG_FILENAME, NULL, "who stands in front of it", "ID"},
    {"language", 0, 0, G_OPTION_ARG_FILENAME, NULL, "en or zh_CN; F9 changes it", "NAME"},
    {"theme", 0, 0, G_OPTION_ARG_FILENAME, NULL,
     "light, dark, high-contrast-light, high-contrast-dark, or the desktop's", "NAME"},
    {"kiosk", 0, 0, G_OPTION_ARG_NONE, NULL, "full screen", NULL},
    {"watchdog", 0, 0, G_OPTION_ARG_NONE, NULL,
     "at the end, say how long the main loop stood still at a stretch", NULL},
    {NULL},
};

/* -- end --------------------------------------------------------------------------------------- */

/* All are told before one is waited for; the first's station goes last. */
static void
leave_seats (PlApplication *self)
{
	for (guint i = 0; i < self->seats->len; i++)
		if (seat_at (self, i)->slot != NULL)
			pl_slot_close (seat_at (self, i)->slot);
	while (self->seats->len > 0)
		g_ptr_array_set_size (self->seats, (int)self->seats->len - 1);
}

static void
call_off_watchdog (PlApplication *self)
{
	g_autofree char *text = NULL;

	if (self->watchdog == NULL)
		return;
	text = pl_watchdog_text (self->watchdog);
	if (self->tells_stalls)
		fputs (text, stdout);
	g_clear_pointer (&self->watchdog, pl_watchdog_free);
}

static void
shut_down (GApplication *application)
{
	PlApplication *self = PL_APPLICATION (application);

	call_off_watchdog (self);
	g_clear_pointer (&self->sounds, pl_sound_card_free);
	g_clear_pointer (&self->login, pl_login_free);
	leave_seats (self);
	g_clear_pointer (&self->recipe, pl_recipe_free);
	G_APPLICATION_CLASS (pl_application_parent_class)->shutdown (application);
}

static void
finalize (GObject *object)
{
	leave_seats (PL_APPLICATION (object)); /* where the start was refused */
	g_ptr_array_unref (PL_APPLICATION (object)->seats);
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
	self->seats = g_ptr_array_new_with_free_func (seat_free);
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
