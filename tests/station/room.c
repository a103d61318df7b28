/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/station/room.h"
#include "tests/folder.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A socket that takes every connection and says nothing: the fakes need a link, not a wire. */
static int
listen_at (const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket (AF_UNIX, SOCK_STREAM, 0);

	g_strlcpy (address.sun_path, path, sizeof address.sun_path);
	ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq (listen (fd, 4096), 0);
	return fd;
}

static void
write_bench (Room *room, const char *roles)
{
	g_auto (GStrv) words = g_strsplit (roles, " ", -1);
	g_autoptr (GString) text = g_string_new ("bench: fakes\n");

	if (room->line != NULL)
		g_string_append_printf (text, "simulated: true\ntime_scale: 0\nline: %s\n",
					room->line->address);
	g_string_append (text, *roles != '\0' ? "instruments:\n" : "instruments: []\n");
	for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++)
		g_string_append_printf (
		    text,
		    "  - { role: %s, driver: fake, link: unix:wire, serial: SN-%s, calibrated: "
		    "2020-01-02, calibration_due: 2090-01-02, certificate: C-%u }\n",
		    words[i], words[i], i);
	ck_assert (g_file_set_contents (room->bench_file, text->str, -1, NULL));
}

void
room_restart (Room *room)
{
	g_autoptr (GError) error = NULL;

	g_clear_pointer (&room->station, pl_station_free);
	room->station = pl_station_open (room->home, room->bench_file, &error);
	ck_assert_ok (room->station != NULL, error);
}

void
room_unplug (Room *room)
{
	g_autofree char *wire = g_build_filename (room->dir, "wire", NULL);

	g_unlink (wire);
}

Room *
room_new (const char *roles, gboolean simulated)
{
	Room *room = g_new0 (Room, 1);
	g_autofree char *wire = NULL;

	fake_reset ();
	room->dir = test_folder ();
	room->home = g_build_filename (room->dir, "home", NULL);
	room->bench_file = g_build_filename (room->dir, "bench.yaml", NULL);
	wire = g_build_filename (room->dir, "wire", NULL);
	room->wire = listen_at (wire);
	if (simulated)
		room->line = line_new ();
	write_bench (room, roles);
	room_restart (room);
	return room;
}

void
room_free (Room *room)
{
	pl_station_free (room->station);
	g_clear_pointer (&room->line, line_free);
	close (room->wire);
	g_free (room->dir);
	g_free (room->home);
	g_free (room->bench_file);
	g_free (room);
}

PlRecipe *
room_recipe_named (const char *name, const char *head, const char *body)
{
	g_autofree char *text = g_strdup_printf ("recipe: %s\nversion: 3\ntitle: Test\nproduct: P\n"
						 "serial: \"P[0-9]{4}\"\n%s%s",
						 name, head, body);
	g_autoptr (GError) error = NULL;
	PlRecipe *recipe = pl_recipe_parse (text, strlen (text), "test.yaml", &error);

	ck_assert_ok (recipe != NULL, error);
	return recipe;
}

PlRecipe *
room_recipe (const char *body)
{
	return room_recipe_named ("test", "", body);
}

static void
observe (gpointer data, const PlRunEvent *event)
{
	static const char *const words[] = {"STARTED", "step",	"measured", "sample", "progress",
					    "note",    "ended", "ENDED",    "prompt"};
	const char *what = event->measurement != NULL ? event->measurement->name
			   : event->step != NULL      ? event->step->step->id
						      : "";

	g_ptr_array_add (data, g_strstrip (g_strdup_printf ("%s %s", words[event->kind], what)));
}

Ran *
room_run (Room *room, PlRecipe *recipe, const char *serial, const PlRunOptions *options)
{
	PlRunOptions with = {.kind = "engineering", .entry = "scanned"};
	Ran *ran = g_new0 (Ran, 1);
	g_autoptr (GError) error = NULL;

	if (options != NULL)
		with = *options;
	ran->recipe = recipe;
	ran->events = g_ptr_array_new_with_free_func (g_free);
	if (with.observer == NULL) {
		with.observer = observe;
		with.observer_data = ran->events;
	}
	ran->run = pl_run_new (room->station, recipe, serial, &with, &error);
	ck_assert_ok (ran->run != NULL, error);
	pl_run_execute (ran->run, &ran->error);
	return ran;
}

void
ran_free (Ran *ran)
{
	pl_run_free (ran->run);
	pl_recipe_free (ran->recipe);
	g_clear_error (&ran->error);
	g_ptr_array_unref (ran->events);
	g_free (ran);
}

const PlStepResult *
ran_step (const Ran *ran, const char *id)
{
	GPtrArray *results = pl_run_results (ran->run);

	for (guint i = results->len; i > 0; i--) {
		const PlStepResult *result = g_ptr_array_index (results, i - 1);

		if (g_str_equal (result->step->id, id))
			return result;
	}
	ck_abort_msg ("step %s did not run: %s", id, pl_run_cause (ran->run));
}

guint
ran_attempts (const Ran *ran, const char *id)
{
	GPtrArray *results = pl_run_results (ran->run);
	guint n = 0;

	for (guint i = 0; i < results->len; i++)
		n += g_str_equal (((PlStepResult *)g_ptr_array_index (results, i))->step->id, id);
	return n;
}

const PlMeasurement *
ran_measured (const Ran *ran, const char *id, const char *name)
{
	const PlStepResult *result = ran_step (ran, id);

	for (guint i = 0; i < result->measurements->len; i++) {
		const PlMeasurement *m = g_ptr_array_index (result->measurements, i);

		if (g_str_equal (m->name, name))
			return m;
	}
	ck_abort_msg ("%s did not measure %s: %s", id, name,
		      result->message != NULL ? result->message : "");
}

typedef struct {
	const char *sql;
	char *text;
} Query;

static gboolean
query (sqlite3 *sql, gpointer data, GError **error)
{
	Query *q = data;
	g_autoptr (sqlite3_stmt) row = pl_sql (sql, error, q->sql, "");
	int more = row != NULL ? pl_sql_step (sql, row, error) : -1;

	if (more == 1)
		q->text = g_strdup ((const char *)sqlite3_column_text (row, 0));
	return more >= 0;
}

char *
room_query (Room *room, const char *sql)
{
	Query q = {sql, NULL};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_read (room->station->db, query, &q, &error), error);
	return q.text;
}
