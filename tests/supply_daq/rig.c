/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define TICK_S 0.1

GHashTable *
settings_of (const char *name, ...)
{
	GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
	va_list args;

	va_start (args, name);
	for (const char *key = name; key != NULL; key = va_arg (args, const char *))
		g_hash_table_insert (table, g_strdup (key), g_strdup (va_arg (args, const char *)));
	va_end (args);
	return table;
}

/* -- echo -------------------------------------------------------------------------------------- */

Echo *
echo_new (void)
{
	Echo *echo = g_new0 (Echo, 1);

	echo->memory = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
	echo->fixed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
	echo->heard = g_ptr_array_new_with_free_func (g_free);
	echo->inbox = g_string_new (NULL);
	echo->queued = g_queue_new ();
	echo->hang_up_after = -1;
	return echo;
}

void
echo_free (Echo *echo)
{
	g_hash_table_unref (echo->memory);
	g_hash_table_unref (echo->fixed);
	g_ptr_array_unref (echo->heard);
	g_string_free (echo->inbox, TRUE);
	g_queue_free_full (echo->queued, g_free);
	g_free (echo);
}

void
echo_set (Echo *echo, const char *header, const char *value)
{
	g_hash_table_insert (echo->memory, g_strdup (header), g_strdup (value));
}

void
echo_fix (Echo *echo, const char *header, const char *value)
{
	g_hash_table_add (echo->fixed, g_strdup (header));
	if (value != NULL)
		echo_set (echo, header, value);
	else
		g_hash_table_remove (echo->memory, header);
}

int
echo_place (Echo *echo, const char *message, int after)
{
	for (guint i = MAX (after, 0); i < echo->heard->len; i++)
		if (g_str_equal (g_ptr_array_index (echo->heard, i), message))
			return (int)i;
	return -1;
}

void
echo_queue (Echo *echo, const char *header, const char *first, const char *second)
{
	g_queue_push_tail (echo->queued, g_strdup (header));
	g_queue_push_tail (echo->queued, g_strdup (first));
	g_queue_push_tail (echo->queued, g_strdup (header));
	g_queue_push_tail (echo->queued, g_strdup (second));
}

static char *
answer_of (Echo *echo, const char *header)
{
	if (g_strcmp0 (g_queue_peek_head (echo->queued), header) != 0)
		return g_strdup (g_hash_table_lookup (echo->memory, header));
	g_free (g_queue_pop_head (echo->queued));
	return g_queue_pop_head (echo->queued);
}

static void
echo_take (Echo *echo, char *message)
{
	char *space = strchr (message, ' ');
	gsize len = strlen (message);

	g_ptr_array_add (echo->heard, g_strdup (message));
	if (len > 0 && message[len - 1] == '?') {
		g_autofree char *header = g_strndup (message, len - 1);
		g_autofree char *value = answer_of (echo, header);

		if (value != NULL)
			g_string_append_printf (echo->inbox, "%s\n", value);
	} else if (space != NULL) {
		*space = '\0';
		if (!g_hash_table_contains (echo->fixed, message))
			echo_set (echo, message,
				  g_str_equal (space + 1, "ON")	   ? "1"
				  : g_str_equal (space + 1, "OFF") ? "0"
								   : space + 1);
	}
}

/* Bytes that were answered before the hang-up are still read, as on a socket. */
static gboolean
echo_has_gone (Echo *echo, GError **error)
{
	if (echo->hang_up_after < 0 || echo->heard->len < (guint)echo->hang_up_after)
		return FALSE;
	g_set_error (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "the scripted instrument hung up");
	return TRUE;
}

static gssize
echo_read (gpointer self, guint8 *buf, gsize len, gint64 deadline, GError **error)
{
	Echo *echo = self;
	gsize n = MIN (len, echo->inbox->len);

	if (n == 0 && echo_has_gone (echo, error))
		return -1;
	if (n == 0) {
		g_set_error (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "silence");
		return -1;
	}
	memcpy (buf, echo->inbox->str, n);
	g_string_erase (echo->inbox, 0, (gssize)n);
	return (gssize)n;
}

static gboolean
echo_write (gpointer self, const guint8 *data, gsize len, gint64 deadline, GError **error)
{
	Echo *echo = self;
	g_autofree char *text = g_strndup ((const char *)data, len);

	if (echo_has_gone (echo, error))
		return FALSE;
	ck_assert_msg (len > 0 && text[len - 1] == '\n', "\"%s\" has no line end", text);
	echo_take (echo, g_strstrip (text));
	return TRUE;
}

static void
echo_free_link (gpointer self)
{
}

PlLink *
echo_link (Echo *echo)
{
	static const PlLinkVtable vtable = {
	    .kind = "echo", .read = echo_read, .write = echo_write, .free = echo_free_link};

	return pl_link_new (&vtable, echo, "echo");
}

/* -- alone ------------------------------------------------------------------------------------- */

static void
keep (gpointer sink, const void *data, gsize len)
{
	g_string_append_len (sink, data, (gssize)len);
}

Alone *
alone_new (const PlSimType *type, GHashTable *settings)
{
	Alone *alone = g_new0 (Alone, 1);
	g_autoptr (GError) error = NULL;

	alone->type = type;
	alone->line = fake_line_new ();
	alone->out = g_string_new (NULL);
	alone->sim = type->create (alone->line, settings, NULL, &error);
	ck_assert_ok (alone->sim != NULL, error);
	type->attach (alone->sim, keep, alone->out);
	return alone;
}

void
alone_free (Alone *alone)
{
	alone->type->free (alone->sim);
	g_free (alone->line);
	g_string_free (alone->out, TRUE);
	g_free (alone);
}

const char *
alone_say (Alone *alone, const char *message)
{
	g_autofree char *line = g_strconcat (message, "\n", NULL);

	g_string_truncate (alone->out, 0);
	alone->type->receive (alone->sim, (const guint8 *)line, strlen (line));
	return alone->out->str;
}

static void
advance (const PlSimType *type, PlSim *sim, PlLine *line, double seconds)
{
	for (double left = seconds; left > 1e-9; left -= TICK_S) {
		double dt_s = MIN (left, TICK_S);

		fake_line_advance (line, dt_s);
		if (type->tick != NULL)
			type->tick (sim, dt_s);
	}
}

void
alone_advance (Alone *alone, double seconds)
{
	advance (alone->type, alone->sim, alone->line, seconds);
}

/* -- rig --------------------------------------------------------------------------------------- */

static void
send_to_driver (gpointer sink, const void *data, gsize len)
{
	Rig *rig = sink;

	g_assert_cmpint (write (rig->wire.far, data, len), ==, (gssize)len);
}

/* Whole or in pieces, as the socket has them: the simulators put lines together themselves. */
static gpointer
pump (gpointer data)
{
	Rig *rig = data;

	while (!g_atomic_int_get (&rig->stop)) {
		struct pollfd set = {.fd = rig->wire.far, .events = POLLIN};
		guint8 buf[1024];
		gssize n = poll (&set, 1, 20) > 0 ? read (rig->wire.far, buf, sizeof buf) : 0;

		if (n > 0) {
			g_mutex_lock (&rig->lock);
			rig->type->receive (rig->sim, buf, (gsize)n);
			g_mutex_unlock (&rig->lock);
		}
	}
	return NULL;
}

Rig *
rig_new (const PlSimType *type, const PlDriver *driver, PlRole role, GHashTable *settings)
{
	Rig *rig = g_new0 (Rig, 1);
	g_autoptr (GError) error = NULL;

	rig->type = type;
	rig->line = fake_line_new ();
	rig->wire = wire_open (WIRE_UNIX, "");
	g_mutex_init (&rig->lock);
	rig->sim = type->create (rig->line, settings, NULL, &error);
	ck_assert_ok (rig->sim != NULL, error);
	type->attach (rig->sim, send_to_driver, rig);
	rig->pump = g_thread_new ("pump", pump, rig);
	rig->clock = pl_clock_new_real ();
	rig->instrument = driver->open (role, rig->wire.link, rig->clock, settings, &error);
	ck_assert_ok (rig->instrument != NULL, error);
	rig->instrument->name = g_strdup (pl_role_name (role));
	return rig;
}

void
rig_free (Rig *rig)
{
	g_atomic_int_set (&rig->stop, 1);
	if (rig->pump != NULL)
		g_thread_join (rig->pump);
	rig->instrument->link = NULL; /* wire_close's */
	pl_instrument_free (rig->instrument);
	rig->type->free (rig->sim);
	wire_close (&rig->wire);
	pl_clock_free (rig->clock);
	g_mutex_clear (&rig->lock);
	g_free (rig->line);
	g_free (rig);
}

void
rig_advance (Rig *rig, double seconds)
{
	g_mutex_lock (&rig->lock);
	advance (rig->type, rig->sim, rig->line, seconds);
	g_mutex_unlock (&rig->lock);
}

PlLink *
recording_open (const char *name)
{
	g_autofree char *path =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "tests", "supply_daq", name, NULL);
	g_autoptr (GError) error = NULL;
	PlLink *link = pl_link_replay (path, &error);

	ck_assert_ok (link != NULL, error);
	return link;
}
