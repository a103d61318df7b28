/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/registers/world.h"
#include "fixtures/line/rack.h"
#include "tests/folder.h"
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

PlFixtureState *
pl_line_fixture (PlLine *line)
{
	return &line->fixture;
}

PlTowerState *
pl_line_tower (PlLine *line)
{
	return &line->tower;
}

double
pl_line_leak_pressure (PlLine *line)
{
	return line->leak_pressure;
}

double
pl_line_fixture_voltage (PlLine *line)
{
	return line->fixture_voltage;
}

void
pl_line_rack_set_air (PlLine *line, double degc)
{
	line->air_degc = degc;
}

gboolean
pl_line_has_fault (PlLine *line, const char *name)
{
	return line->paper_out && g_str_equal (name, "printer-paper-out");
}

static void
send_out (gpointer sink, const void *data, gsize len)
{
	Rig *rig = sink;

	if (write (rig->far, data, len) != (gssize)len)
		g_debug ("the client has gone");
}

static gboolean
take_bytes (Rig *rig)
{
	guint8 buf[300];
	gssize n = read (rig->far, buf, sizeof buf);

	if (n > 0)
		rig->type->receive (rig->sim, buf, n);
	return n > 0;
}

static void
tick_by_clock (Rig *rig)
{
	gint64 now;

	g_mutex_lock (&rig->lock);
	now = rig->clock != NULL ? pl_clock_now (rig->clock) : 0;
	if (now > rig->ticked && rig->type->tick != NULL)
		rig->type->tick (rig->sim, (double)(now - rig->ticked) / G_USEC_PER_SEC);
	rig->ticked = now;
	g_mutex_unlock (&rig->lock);
}

static gpointer
serve (gpointer data)
{
	Rig *rig = data;
	struct pollfd set = {.fd = rig->far, .events = POLLIN};
	gboolean alive = TRUE;

	while (alive && !g_atomic_int_get (&rig->stop)) {
		tick_by_clock (rig);
		if (poll (&set, 1, 2) <= 0)
			continue;
		g_mutex_lock (&rig->lock);
		alive = rig->type->serve_fd != NULL ? rig->type->serve_fd (rig->sim, rig->far)
						    : take_bytes (rig);
		g_mutex_unlock (&rig->lock);
	}
	rig->refused = !alive;
	return NULL;
}

/* The ends of a wire without its bookkeeping. */
static PlLink *
link_to (int *ret_far)
{
	Wire wire = wire_open (WIRE_TCP, "");
	PlLink *link = g_steal_pointer (&wire.link);

	*ret_far = wire.far;
	g_free (wire.directory);
	g_free (wire.address);
	return link;
}

Rig *
rig_new (const PlSimType *type, int *ret_near)
{
	return rig_new_as (type, NULL, ret_near);
}

Rig *
rig_new_as (const PlSimType *type, const char *role, int *ret_near)
{
	Rig *rig = g_new0 (Rig, 1);
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
	g_autoptr (GError) error = NULL;
	int pair[2];

	if (role != NULL)
		g_hash_table_insert (settings, (gpointer) "role", (gpointer)role);
	rig->type = type;
	rig->line.fixture.estop_ok = rig->line.fixture.door_closed = TRUE;
	rig->directory = test_folder ();
	rig->sim = type->create (&rig->line, settings, rig->directory, &error);
	ck_assert_ok (rig->sim != NULL, error);
	if (ret_near == NULL) {
		rig->link = link_to (&rig->far);
	} else {
		ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), 0);
		*ret_near = pair[0];
		rig->far = pair[1];
	}
	g_mutex_init (&rig->lock);
	type->attach (rig->sim, send_out, rig);
	rig->thread = g_thread_new ("sim", serve, rig);
	return rig;
}

PlLink *
rig_take_link (Rig *rig)
{
	return g_steal_pointer (&rig->link);
}

void
rig_follow (Rig *rig, PlClock *clock)
{
	g_mutex_lock (&rig->lock);
	rig->clock = clock;
	rig->ticked = pl_clock_now (clock);
	g_mutex_unlock (&rig->lock);
}

void
rig_tick (Rig *rig, double seconds)
{
	for (double t = 0; t < seconds - 1e-9; t += 0.1) {
		g_mutex_lock (&rig->lock);
		rig->type->tick (rig->sim, 0.1);
		g_mutex_unlock (&rig->lock);
	}
}

void
rig_free (Rig *rig)
{
	g_atomic_int_set (&rig->stop, 1);
	g_thread_join (rig->thread);
	rig->type->free (rig->sim);
	pl_link_free (rig->link);
	close (rig->far);
	g_free (rig->directory);
	g_mutex_clear (&rig->lock);
	g_free (rig);
}
