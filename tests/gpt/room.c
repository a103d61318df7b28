/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gpt/room.h"
#include "tests/folder.h"
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define STEP_S 0.05
#define ARC_OHM 2000.0

World world;

/* -- the world --------------------------------------------------------------------------------- */

void
world_reset (void)
{
	world = (World){.ohm = 1e9, .farad = 10e-9, .bond_ohm = 0.02};
	world.fixture.interlock_ok = world.fixture.hv_enable = TRUE;
}

void
world_advance (double dt_s)
{
	world.time_s += dt_s;
	world.dt_s = dt_s;
	if (world.opens_at_s > 0 && world.time_s >= world.opens_at_s)
		world.fixture.interlock_ok = FALSE;
}

PlFixtureState *
pl_line_fixture (PlLine *line)
{
	return &world.fixture;
}

void
pl_line_set_hv (PlLine *line, PlHvKind kind, double level, double frequency_hz)
{
	if (kind != world.kind)
		world.broken = FALSE;
	world.level_before = kind == world.kind ? world.level : 0;
	world.kind = kind;
	world.level = level;
	world.frequency_hz = frequency_hz;
	world.highest = MAX (world.highest, level);
	if (world.breaks_v > 0 && kind != PL_HV_BOND && level > world.breaks_v)
		world.broken = TRUE;
}

double
pl_line_hv_current (PlLine *line)
{
	double charging = world.dt_s > 0 ? (world.level - world.level_before) / world.dt_s : 0;

	if (world.broken)
		return world.level / ARC_OHM;
	if (world.kind == PL_HV_AC)
		return world.level *
		       hypot (1 / world.ohm, 2 * M_PI * world.frequency_hz * world.farad);
	return world.level / world.ohm + world.farad * charging;
}

double
pl_line_bond_resistance (PlLine *line)
{
	return world.bond_ohm;
}

gboolean
pl_line_hv_broken_down (PlLine *line)
{
	return world.broken;
}

/* -- the simulator alone ----------------------------------------------------------------------- */

static void
collect (gpointer sink, const void *data, gsize len)
{
	g_string_append_len (sink, data, (gssize)len);
}

Tester
tester_new (const char *model)
{
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
	g_autoptr (GError) error = NULL;
	Tester tester = {.said = g_string_new (NULL)};

	g_hash_table_insert (settings, (gpointer) "model", (gpointer)model);
	g_hash_table_insert (settings, (gpointer) "serial", (gpointer) "EM110867");
	tester.sim = ROOM_SIM.create (NULL, settings, "/nonexistent", &error);
	ck_assert_ok (tester.sim != NULL, error);
	ROOM_SIM.attach (tester.sim, collect, tester.said);
	return tester;
}

void
tester_free (Tester *tester)
{
	ROOM_SIM.free (tester->sim);
	g_string_free (tester->said, TRUE);
}

void
tester_wait (Tester *tester, double seconds)
{
	while (seconds > 1e-9) {
		double dt = MIN (seconds, STEP_S);

		world_advance (dt);
		ROOM_SIM.tick (tester->sim, dt);
		seconds -= dt;
	}
}

const char *
tester_send (Tester *tester, const char *message)
{
	g_autofree char *line = g_strconcat (message, "\r\n", NULL);

	tester_wait (tester, 0.03);
	g_string_truncate (tester->said, 0);
	ROOM_SIM.receive (tester->sim, (const guint8 *)line, strlen (line));
	return tester->said->str;
}

/* -- both, and the clock ----------------------------------------------------------------------- */

static int
listen_at (const char *directory, const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_snprintf (address.sun_path, sizeof address.sun_path, "%s/%s", directory, name);
	ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq (listen (fd, 4), 0);
	return fd;
}

/* The driver writes before it waits: the wire is emptied before any request of the clock is
 * answered. */
static gboolean
serve_wire (Room *room, int fd)
{
	guint8 buf[256];
	gssize n;

	while ((n = recv (fd, buf, sizeof buf, MSG_DONTWAIT)) > 0)
		ROOM_SIM.receive (room->tester.sim, buf, n);
	if (room->tester.said->len > 0) {
		ck_assert_int_eq (
		    send (fd, room->tester.said->str, room->tester.said->len, MSG_NOSIGNAL),
		    (gssize)room->tester.said->len);
		g_string_truncate (room->tester.said, 0);
	}
	return n != 0;
}

static gboolean
serve_clock (Room *room, int fd, int wire)
{
	g_autofree char *answer = NULL;
	char buf[64] = "";
	gssize n = recv (fd, buf, sizeof buf - 1, 0);
	gint64 now;

	if (n <= 0)
		return FALSE;
	if (wire >= 0)
		serve_wire (room, wire);
	if (g_str_has_prefix (buf, "wait "))
		tester_wait (&room->tester, (double)g_ascii_strtoll (buf + 5, NULL, 10) / 1e6);
	if (wire >= 0)
		serve_wire (room, wire);
	now = llround (world.time_s * 1e6);
	answer = g_strdup_printf ("%s %" G_GINT64_FORMAT "\n",
				  g_str_has_prefix (buf, "join") ? "ok" : "now", now);
	ck_assert_int_eq (send (fd, answer, strlen (answer), MSG_NOSIGNAL),
			  (gssize)strlen (answer));
	return TRUE;
}

/* fds: the two listeners, the wire, then clients of the clock. */
static gpointer
serve (gpointer data)
{
	Room *room = data;
	struct pollfd fds[8] = {{room->clock_listener, POLLIN, 0},
				{room->wire_listener, POLLIN, 0},
				{-1, POLLIN, 0},
				{-1, POLLIN, 0},
				{-1, POLLIN, 0},
				{-1, POLLIN, 0},
				{-1, POLLIN, 0},
				{-1, POLLIN, 0}};

	while (!g_atomic_int_get (&room->stop)) {
		poll (fds, G_N_ELEMENTS (fds), 10);
		if (fds[1].revents != 0) {
			if (fds[2].fd >= 0)
				close (fds[2].fd);
			fds[2].fd = accept (fds[1].fd, NULL, NULL);
		}
		for (guint i = 3; fds[0].revents != 0 && i < G_N_ELEMENTS (fds); i++) {
			if (fds[i].fd >= 0)
				continue;
			fds[i].fd = accept (fds[0].fd, NULL, NULL);
			break;
		}
		for (guint i = 2; i < G_N_ELEMENTS (fds); i++) {
			if (fds[i].fd < 0 || fds[i].revents == 0 ||
			    (i == 2 ? serve_wire (room, fds[2].fd)
				    : serve_clock (room, fds[i].fd, fds[2].fd)))
				continue;
			close (fds[i].fd);
			fds[i].fd = -1;
			fds[i].revents = 0;
		}
	}
	for (guint i = 2; i < G_N_ELEMENTS (fds); i++)
		if (fds[i].fd >= 0)
			close (fds[i].fd);
	return NULL;
}

static Room *
room_with_clock (const char *model)
{
	g_autofree char *clock = NULL;
	g_autoptr (GError) error = NULL;
	Room *room = g_new0 (Room, 1);

	world_reset ();
	room->directory = test_folder ();
	room->tester = tester_new (model);
	room->clock_listener = listen_at (room->directory, "clock");
	room->wire_listener = listen_at (room->directory, "wire");
	room->thread = g_thread_new ("line", serve, room);
	clock = g_strdup_printf ("unix:%s/clock", room->directory);
	room->clock = pl_clock_new_line (clock, TRUE, &error);
	ck_assert_ok (room->clock != NULL, error);
	ck_assert_ok (pl_clock_join (room->clock, &error), error);
	return room;
}

static void
connect_wire (Room *room, const char *options)
{
	g_autofree char *address = g_strdup_printf ("unix:%s/wire%s", room->directory, options);
	g_autoptr (GError) error = NULL;

	room->link = pl_link_open (address, &error);
	ck_assert_ok (room->link != NULL, error);
}

Room *
room_new_unopened (const char *model, const char *options)
{
	Room *room = room_with_clock (model);

	connect_wire (room, options);
	return room;
}

static gssize
direct_read (gpointer self, guint8 *buf, gsize len, gint64 deadline, GError **error)
{
	GString *said = ((Room *)self)->tester.said;
	gsize n = MIN (len, said->len);

	if (n == 0) {
		g_set_error (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "silence");
		return -1;
	}
	memcpy (buf, said->str, n);
	g_string_erase (said, 0, (gssize)n);
	return n;
}

static gboolean
direct_write (gpointer self, const guint8 *data, gsize len, gint64 deadline, GError **error)
{
	ROOM_SIM.receive (((Room *)self)->tester.sim, data, len);
	return TRUE;
}

static void
direct_free (gpointer self)
{
}

Room *
room_new_direct (const char *model, const char *fault)
{
	static const PlLinkVtable vtable = {
	    .kind = "direct", .read = direct_read, .write = direct_write, .free = direct_free};
	Room *room = room_with_clock (model);
	g_autoptr (GError) error = NULL;

	room->link = pl_link_fault (pl_link_new (&vtable, room, "direct"), fault, &error);
	ck_assert_ok (room->link != NULL, error);
	return room;
}

gboolean
room_open (Room *room, const char *model, GError **error)
{
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);

	g_hash_table_insert (settings, (gpointer) "model", (gpointer)model);
	room->hipot = ROOM_DRIVER.open (PL_ROLE_HIPOT, room->link, room->clock, settings, error);
	if (room->hipot != NULL)
		room->link = NULL;
	return room->hipot != NULL;
}

Room *
room_new (const char *model, const char *options)
{
	g_autoptr (GError) error = NULL;
	Room *room = room_new_unopened (model, options);

	ck_assert_ok (room_open (room, model, &error), error);
	return room;
}

void
room_reconnect (Room *room, const char *model)
{
	g_autoptr (GError) error = NULL;

	g_clear_pointer (&room->hipot, pl_instrument_free);
	connect_wire (room, "");
	ck_assert_ok (room_open (room, model, &error), error);
}

void
room_free (Room *room)
{
	pl_instrument_free (room->hipot);
	pl_link_free (room->link);
	g_atomic_int_set (&room->stop, 1);
	pl_clock_free (room->clock); /* which wakes the thread */
	g_thread_join (room->thread);
	close (room->clock_listener);
	close (room->wire_listener);
	tester_free (&room->tester);
	g_free (room->directory);
	g_free (room);
}
