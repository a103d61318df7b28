/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/instrument.h"
#include "fixtures/line/sim.h"
#include <math.h>
#include <string.h>
#include <unistd.h>

/*
 * packline-sim's table with instruments that tell what happened to them: "probe" by receive(),
 * "probe-fd" reads its connection itself. Words, a line each: time?     process time in us ticks?
 * how many ticks, the longest and their sum in us who?      role and serial             late S
 * answers "late TIME" S seconds later lock N    the door's bolt             flood N   N kB of
 * answers door?     since when in us the door is open
 */
extern const PlSimType pl_sim_serial_scanner;

struct _PlSim {
	PlLine *line;
	char *role, *serial;
	PlSimSend send;
	gpointer sink;
	GString *in;
	guint ticks;
	double longest_s, sum_s, late_s, door_open_s;
	int fd;
};

static PlSim *
create (PlLine *line, GHashTable *settings, const char *directory, GError **error)
{
	PlSim *sim;

	if (g_hash_table_contains (settings, "broken")) {
		g_set_error (error, g_quark_from_string ("probe"), 1, "settings, broken: so it is");
		return NULL;
	}
	sim = g_new0 (PlSim, 1);
	sim->line = line;
	sim->role = g_strdup (g_hash_table_lookup (settings, "role"));
	sim->serial = g_strdup (g_hash_table_lookup (settings, "serial"));
	sim->in = g_string_new (NULL);
	return sim;
}

static void
attach (PlSim *sim, PlSimSend send, gpointer sink)
{
	sim->send = send;
	sim->sink = sink;
	g_string_truncate (sim->in, 0);
}

static void
reply (PlSim *sim, const char *text)
{
	g_autofree char *line = g_strconcat (text, "\n", NULL);

	if (sim->fd > 0)
		g_assert_cmpint (write (sim->fd, line, strlen (line)), >, 0);
	else if (sim->sink != NULL)
		sim->send (sim->sink, line, strlen (line));
}

static gint64
us (double seconds)
{
	return llround (seconds * 1e6);
}

static void
obey (PlSim *sim, const char *line)
{
	g_autofree char *answer = NULL;
	double number = strchr (line, ' ') != NULL ? g_ascii_strtod (strchr (line, ' '), NULL) : 0;

	if (g_str_equal (line, "time?"))
		answer = g_strdup_printf ("%" G_GINT64_FORMAT, us (pl_line_time (sim->line)));
	else if (g_str_equal (line, "ticks?"))
		answer = g_strdup_printf ("%u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, sim->ticks,
					  us (sim->longest_s), us (sim->sum_s));
	else if (g_str_equal (line, "who?"))
		answer = g_strdup_printf ("%s %s", sim->role, sim->serial);
	else if (g_str_equal (line, "door?"))
		answer = g_strdup_printf ("%" G_GINT64_FORMAT, us (sim->door_open_s));
	else if (g_str_has_prefix (line, "late "))
		sim->late_s = number;
	else if (g_str_has_prefix (line, "lock "))
		pl_line_fixture (sim->line)->door_lock = number > 0;
	else if (g_str_has_prefix (line, "flood "))
		answer = g_strnfill ((gsize)number * 1024, 'x');
	if (answer != NULL)
		reply (sim, answer);
}

static void
receive (PlSim *sim, const guint8 *data, gsize len)
{
	char *end;

	g_string_append_len (sim->in, (const char *)data, (gssize)len);
	while ((end = strchr (sim->in->str, '\n')) != NULL) {
		*end = '\0';
		obey (sim, sim->in->str);
		g_string_erase (sim->in, 0, end + 1 - sim->in->str);
	}
}

static gboolean
serve_fd (PlSim *sim, int fd)
{
	guint8 bytes[64];
	gssize n = read (fd, bytes, sizeof bytes);

	if (n <= 0)
		return FALSE;
	sim->fd = fd;
	receive (sim, bytes, (gsize)n);
	sim->fd = 0;
	return TRUE;
}

static void
tick (PlSim *sim, double dt_s)
{
	g_autofree char *answer = NULL;

	sim->ticks++;
	sim->longest_s = MAX (sim->longest_s, dt_s);
	sim->sum_s += dt_s;
	if (!pl_line_fixture (sim->line)->door_closed && sim->door_open_s <= 0)
		sim->door_open_s = pl_line_time (sim->line) - dt_s;
	if (sim->late_s <= 0)
		return;
	sim->late_s -= dt_s;
	if (sim->late_s > 1e-9)
		return;
	sim->late_s = 0;
	answer = g_strdup_printf ("late %" G_GINT64_FORMAT, us (pl_line_time (sim->line)));
	reply (sim, answer);
}

static void
probe_free (PlSim *sim)
{
	g_free (sim->role);
	g_free (sim->serial);
	g_string_free (sim->in, TRUE);
	g_free (sim);
}

static const PlSimType probe = {
    .driver = "probe",
    .create = create,
    .attach = attach,
    .receive = receive,
    .tick = tick,
    .free = probe_free,
};

static const PlSimType probe_fd = {
    .driver = "probe-fd",
    .create = create,
    .attach = attach,
    .serve_fd = serve_fd,
    .tick = tick,
    .free = probe_free,
};

static const PlSimType *const sims[] = {&probe, &probe_fd, &pl_sim_serial_scanner, NULL};

const PlSimType *const *
pl_sims (void)
{
	return sims;
}

const PlSimType *
pl_sim_find (const char *driver)
{
	for (guint i = 0; sims[i] != NULL; i++)
		if (g_str_equal (sims[i]->driver, driver))
			return sims[i];
	return NULL;
}

/* -- what the bench file may name -------------------------------------------------------------- */

#define ANY_ROLE ((1u << PL_ROLE_LAST) - 1)

static const PlDriver rows[] = {
    {.name = "probe", .roles = ANY_ROLE},
    {.name = "probe-fd", .roles = ANY_ROLE},
    {.name = "serial-scanner", .roles = 1u << PL_ROLE_SCANNER},
    {.name = "modbus-rtu", .roles = ANY_ROLE},
};
static const PlDriver *const drivers[] = {&rows[0], &rows[1], &rows[2], &rows[3], NULL};

const PlDriver *const *
pl_drivers (void)
{
	return drivers;
}

const PlDriver *
pl_driver_find (const char *name)
{
	for (guint i = 0; drivers[i] != NULL; i++)
		if (g_str_equal (drivers[i]->name, name))
			return drivers[i];
	return NULL;
}
