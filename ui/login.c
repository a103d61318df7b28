/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/login.h"
#include "ui/language.h"
#include "ui/second_dialog.h"
#include "ui/worker.h"

#define TICK_S 2 /* of minutes: nobody sees whether it is two seconds later */

struct _PlLogin {
	PlDesk *desk;
	PlStation *station; /* the first: the desk's may be another one later */
	PlWindow *window;
	PlLoginFunc changed;
	gpointer data;
	gboolean managed; /* somebody is enrolled who may manage people */
	gboolean asking; /* a worker has a badge: the next one waits for nothing and is dropped */
	guint64 running; /* a bit a slot */
	gint64 input_us; /* monotonic, the last one */
	guint tick; /* source */
};

/* -- who stands there -------------------------------------------------------------------------- */

/* A station where nobody is enrolled is still being set up: who has started it may do all. */
static PlPerson *
started_by (const PlSettings *settings)
{
	PlPerson *person = g_new0 (PlPerson, 1);

	person->name =
	    g_strdup (settings->operator_id != NULL ? settings->operator_id : g_get_user_name ());
	person->may_all = TRUE;
	return person;
}

typedef struct {
	PlStation *station;
	PlPerson *person;
	const char *why; /* a word of the journal; static */
} Out;

static void
out_free (gpointer data)
{
	Out *out = data;

	pl_person_free (out->person);
	g_free (out);
}

/* On a worker: the journal is in the database. */
static void
keep_logout (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Out *out = data;
	g_autoptr (GError) error = NULL;

	if (!pl_people_log_out (out->station, out->person, out->why, &error))
		g_warning ("the logout of %s is not kept: %s", out->person->name, error->message);
	g_task_return_boolean (task, TRUE);
}

static void
say_logout (PlLogin *login, const char *why)
{
	const PlPerson *person = login->desk->person;
	Out *out;

	/* who is not enrolled has not logged in, either */
	if (person == NULL || person->id == 0)
		return;
	out = g_new0 (Out, 1);
	out->station = login->station;
	out->person = pl_person_copy (person);
	out->why = why;
	pl_worker_start (login->window, keep_logout, out, out_free, NULL, NULL);
}

/* What somebody has left open goes with them. */
static void
close_dialogs (PlLogin *login)
{
	g_autoptr (GList) all = gtk_window_list_toplevels ();

	for (GList *at = all; at != NULL; at = at->next)
		if (gtk_window_get_transient_for (at->data) == GTK_WINDOW (login->window))
			gtk_window_close (at->data);
}

/* Takes the person; NULL = nobody, which on a station that is not managed yet is its starter. */
static void
stand (PlLogin *login, PlPerson *person, const char *why_the_other_goes)
{
	PlDesk *desk = login->desk;

	/* before the person changes: what a dialog answers to its end is the old one's */
	close_dialogs (login);
	say_logout (login, why_the_other_goes);
	if (person == NULL && !login->managed)
		person = started_by (desk->settings);
	g_clear_pointer (&desk->person, pl_person_free);
	desk->person = person;
	pl_people_stand (login->station, person);
	/* the name that packs are recorded with is the option's then, and not that of the
	 * machine's account */
	if (person != NULL && person->may_all)
		pl_station_set_operator (login->station, desk->settings->operator_id);
	login->input_us = g_get_monotonic_time ();
	login->changed (login->data);
}

static void
log_out (PlLogin *login, const char *why)
{
	stand (login, NULL, why);
}

/* -- a badge ----------------------------------------------------------------------------------- */

typedef struct {
	PlStation *station;
	PlSecret *badge;
	gint64 first; /* who is logged in; 0 = nobody. Their badge again is SAME */
} Ask;

static void
ask_free (gpointer data)
{
	Ask *ask = data;

	pl_secret_free (ask->badge);
	g_free (ask);
}

/* Argon2 of a PIN takes a tenth of a second by design. */
static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	const Ask *ask = data;
	PlBadgeQuestion question = {ask->badge, NULL, PL_MAY_LAST, ask->first};
	GError *error = NULL;
	PlPerson *person = pl_people_ask (ask->station, &question, &error);

	if (person != NULL)
		g_task_return_pointer (task, person, (GDestroyNotify)pl_person_free);
	else
		g_task_return_error (task, error);
}

/* The dialog has had badge and PIN checked. */
static void
on_pin (gpointer data, const PlPerson *person, const char *reason)
{
	if (person != NULL)
		stand (data, pl_person_copy (person), "other-badge");
}

static void
say (PlLogin *login, const GError *error)
{
	g_autofree char *words = pl_sentence (error->message);

	pl_window_say (login->window, words);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
	PlLogin *login = data;
	const Ask *ask = g_task_get_task_data (G_TASK (result));
	g_autoptr (GError) error = NULL;
	PlPerson *person = g_task_propagate_pointer (G_TASK (result), &error);

	login->asking = FALSE;
	if (person != NULL)
		stand (login, person, "other-badge");
	else if (g_error_matches (error, PL_PEOPLE_ERROR, PL_PEOPLE_ERROR_SAME))
		log_out (login, "badge");
	else if (g_error_matches (error, PL_PEOPLE_ERROR, PL_PEOPLE_ERROR_PIN_MISSING))
		gtk_window_present (GTK_WINDOW (pl_second_dialog_new_login (
		    login->desk, GTK_WINDOW (login->window), ask->badge, on_pin, login)));
	else
		say (login, error);
}

void
pl_login_badge (PlLogin *login, const char *code)
{
	const PlPerson *person = login->desk->person;
	Ask *ask;

	login->input_us = g_get_monotonic_time ();
	/* a dialog waits for a badge: it is no login */
	if (login->desk->badge_func != NULL) {
		login->desk->badge_func (login->desk->badge_data, code);
		return;
	}
	if (login->asking)
		return;
	login->asking = TRUE;
	ask = g_new0 (Ask, 1);
	ask->station = login->station;
	ask->badge = pl_secret_copy (code);
	ask->first = person != NULL ? person->id : 0;
	pl_worker_start (login->window, work, ask, ask_free, on_answer, login);
}

/* -- who is enrolled --------------------------------------------------------------------------- */

typedef struct {
	PlDb *db;
	gint64 id; /* who was logged in when it was asked; 0 = nobody who is enrolled */
	PlPersonRole role;
	gboolean managed, stays;
} Look;

/* Enrolled, and with the role of their login. */
static gboolean
is_still (const Look *look, GError **error)
{
	g_autoptr (GPtrArray) rows = pl_people_list (look->db, error);
	gboolean still = look->id == 0;

	for (guint i = 0; rows != NULL && i < rows->len; i++) {
		const PlPersonRow *row = g_ptr_array_index (rows, i);

		still |= row->id == look->id && pl_person_role_find (row->role) == look->role;
	}
	return still;
}

static void
look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Look *look = data;
	GError *error = NULL;

	if (pl_people_is_managed (look->db, &look->managed, &error))
		look->stays = is_still (look, &error);
	if (error == NULL)
		g_task_return_boolean (task, TRUE);
	else
		g_task_return_error (task, error);
}

/* Whoever may do all may no longer, from the moment on that somebody else decides that; who is
 * retired, or has another role, comes in anew or not at all. */
static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
	PlLogin *login = data;
	const Look *look = g_task_get_task_data (G_TASK (result));
	const PlPerson *person = login->desk->person;

	if (!g_task_propagate_boolean (G_TASK (result), NULL))
		return;
	login->managed = look->managed;
	if (person != NULL && person->may_all && look->managed)
		log_out (login, "managed");
	/* another may have logged in while it was asked */
	else if (person != NULL && person->id == look->id && !look->stays)
		log_out (login, "changed");
}

void
pl_login_people_changed (PlLogin *login)
{
	const PlPerson *person = login->desk->person;
	Look *data = g_new0 (Look, 1);

	data->db = login->station->db;
	data->id = person != NULL ? person->id : 0;
	data->role = person != NULL ? person->role : 0;
	pl_worker_start (login->window, look, data, g_free, on_looked, login);
}

/* -- time without input ------------------------------------------------------------------------ */

/* Any input: a key, a pointer, a scan, whatever widget takes it. */
static gboolean
on_input (GtkEventController *controller, GdkEvent *event, gpointer data)
{
	PlLogin *login = data;

	login->input_us = g_get_monotonic_time ();
	return GDK_EVENT_PROPAGATE;
}

void
pl_login_set_running (PlLogin *login, guint slot, gboolean running)
{
	guint64 bit = G_GUINT64_CONSTANT (1) << (slot % 64);

	/* the time begins when the last run has ended */
	if ((login->running & bit) != 0)
		login->input_us = g_get_monotonic_time ();
	login->running = running ? login->running | bit : login->running & ~bit;
}

static gboolean
on_tick (gpointer data)
{
	PlLogin *login = data;
	gint64 idle_s = (g_get_monotonic_time () - login->input_us) / G_USEC_PER_SEC;
	const PlPerson *person = login->desk->person;

	if (person != NULL && person->id != 0 && login->running == 0 &&
	    idle_s >= (gint64)login->desk->settings->logout_minutes * 60)
		log_out (login, "idle");
	return G_SOURCE_CONTINUE;
}

/* -- life -------------------------------------------------------------------------------------- */

PlLogin *
pl_login_new (PlDesk *desk, PlWindow *window, PlLoginFunc changed, gpointer data)
{
	PlLogin *login = g_new0 (PlLogin, 1);
	GtkEventController *input = gtk_event_controller_legacy_new ();
	g_autoptr (GError) error = NULL;

	login->desk = desk;
	login->station = desk->station;
	login->window = g_object_ref (window);
	login->changed = changed;
	login->data = data;
	/* where nobody can tell, nobody may do all */
	login->managed = TRUE;
	if (!pl_people_is_managed (desk->station->db, &login->managed, &error))
		g_warning ("who is enrolled cannot be read: %s", error->message);
	/* before any widget can keep an event for itself */
	gtk_event_controller_set_propagation_phase (input, GTK_PHASE_CAPTURE);
	g_signal_connect (input, "event", G_CALLBACK (on_input), login);
	gtk_widget_add_controller (GTK_WIDGET (window), input);
	login->tick = g_timeout_add_seconds (TICK_S, on_tick, login);
	stand (login, NULL, NULL);
	return login;
}

void
pl_login_free (PlLogin *login)
{
	const PlPerson *person;

	if (login == NULL)
		return;
	person = login->desk->person;
	g_source_remove (login->tick);
	if (person != NULL && person->id != 0)
		/* no worker: the application is at its end and nobody would wait for it */
		pl_people_log_out (login->station, person, "closed", NULL);
	g_clear_pointer (&login->desk->person, pl_person_free);
	g_object_unref (login->window);
	g_free (login);
}
