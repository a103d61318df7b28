/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/room.h"
#include "tests/folder.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 10000

/* A port that was free a moment ago. */
static guint
free_port (void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket (AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, sizeof address), 0);
	getsockname (fd, (struct sockaddr *)&address, &len);
	close (fd);
	return ntohs (address.sin_port);
}

Room *
room_new_with (const char *bench)
{
	Room *room = g_new0 (Room, 1);

	room->directory = test_folder ();
	room->bench = room_path (room, "bench.yaml");
	room->port = free_port ();
	room->out = -1;
	ck_assert (g_file_set_contents (room->bench, bench, -1, NULL));
	return room;
}

Room *
room_new (const char *time_scale, const char *extra)
{
	Room *room = room_new_with ("");
	g_autofree char *text = NULL;

	text = g_strdup_printf (
	    "bench: room\nsimulated: true\ntime_scale: %s\nline: unix:line.sock\ninstruments:\n"
	    "  - role: hipot\n    driver: probe\n    link: pty:hipot\n    serial: H1\n"
	    "  - role: supply\n    driver: probe\n    link: unix:supply.sock\n"
	    "  - role: plc\n    driver: probe-fd\n    link: tcp:127.0.0.1:%u\n"
	    "  - role: scanner\n    driver: serial-scanner\n    link: pty:scanner\n%s",
	    time_scale, room->port, extra);
	ck_assert (g_file_set_contents (room->bench, text, -1, NULL));
	return room;
}

void
room_free (Room *room)
{
	if (room->pid != 0) {
		kill (room->pid, SIGKILL);
		waitpid (room->pid, NULL, 0);
	}
	if (room->out >= 0)
		close (room->out);
	g_free (room->directory);
	g_free (room->bench);
	g_free (room->errors);
	g_free (room);
}

char *
room_path (Room *room, const char *name)
{
	return g_build_filename (room->directory, name, NULL);
}

gboolean
room_has (Room *room, const char *name)
{
	g_autofree char *path = room_path (room, name);
	struct stat status;

	return lstat (path, &status) == 0;
}

char *
room_text (Room *room, const char *name)
{
	g_autofree char *path = room_path (room, name);
	char *text = NULL;

	g_file_get_contents (path, &text, NULL, NULL);
	return text;
}

/* -- the process ------------------------------------------------------------------------------- */

/* What it says on standard error is kept, for tests of messages. */
static void
spawn (Room *room, va_list options)
{
	g_autoptr (GPtrArray) argv = g_ptr_array_new ();
	g_autofree char *log = room_path (room, "errors");
	g_autoptr (GError) error = NULL;
	const char *option;
	int log_fd = open (log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	g_ptr_array_add (argv, (gpointer)g_getenv ("PACKLINE_SIM"));
	while ((option = va_arg (options, const char *)) != NULL)
		g_ptr_array_add (argv, (gpointer)option);
	g_ptr_array_add (argv, room->bench);
	g_ptr_array_add (argv, NULL);
	if (room->out >= 0)
		close (room->out);
	ck_assert_ok (g_spawn_async_with_pipes_and_fds (NULL, (const char *const *)argv->pdata,
							NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
							-1, -1, log_fd, NULL, NULL, 0, &room->pid,
							NULL, &room->out, NULL, &error),
		      error);
	close (log_fd);
}

void
room_start (Room *room, ...)
{
	g_autofree char *line = NULL;
	va_list options;

	va_start (options, room);
	spawn (room, options);
	va_end (options);
	line = hear (room->out);
	if (line == NULL)
		ck_abort_msg ("it ended before it was ready, with %d: %s", room_end (room),
			      room->errors);
	ck_assert_str_eq (line, "ready");
}

void
room_signal (Room *room, int number)
{
	ck_assert_int_eq (kill (room->pid, number), 0);
}

int
room_end (Room *room)
{
	gint64 deadline = g_get_monotonic_time () + PATIENCE_MS * 1000;
	int status, got;

	while ((got = waitpid (room->pid, &status, WNOHANG)) == 0) {
		ck_assert_msg (g_get_monotonic_time () < deadline, "it does not end");
		g_usleep (2000);
	}
	ck_assert_int_eq (got, room->pid);
	room->pid = 0;
	g_free (room->errors);
	room->errors = room_text (room, "errors");
	return WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
}

int
room_fails (Room *room, ...)
{
	va_list options;

	va_start (options, room);
	spawn (room, options);
	va_end (options);
	return room_end (room);
}

/* -- conversations ----------------------------------------------------------------------------- */

static int
connect_unix (const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy (address.sun_path, path, sizeof address.sun_path);
	if (connect (fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close (fd);
	return -1;
}

static int
connect_tcp (guint port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons ((guint16)port),
				      .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
	int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect (fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close (fd);
	return -1;
}

int
room_try_connect (Room *room, const char *name)
{
	g_autofree char *path = room_path (room, name);

	if (g_str_equal (name, "tcp"))
		return connect_tcp (room->port);
	if (g_str_has_suffix (name, ".sock"))
		return connect_unix (path);
	return open (path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int
room_connect (Room *room, const char *name)
{
	int fd = room_try_connect (room, name);

	ck_assert_msg (fd >= 0, "cannot connect to %s: %s", name, g_strerror (errno));
	return fd;
}

void
say (int fd, const char *text)
{
	ck_assert_int_eq (write (fd, text, strlen (text)), (gssize)strlen (text));
}

char *
hear (int fd)
{
	g_autoptr (GString) line = g_string_new (NULL);
	char byte;

	while (TRUE) {
		struct pollfd set = {.fd = fd, .events = POLLIN};

		ck_assert_msg (poll (&set, 1, PATIENCE_MS / 2) == 1, "nothing after \"%s\"",
			       line->str);
		if (read (fd, &byte, 1) <= 0)
			return NULL;
		if (byte == '\n' || byte == '\r')
			return g_string_free (g_steal_pointer (&line), FALSE);
		g_string_append_c (line, byte);
	}
}

void
expect (int fd, const char *line)
{
	g_autofree char *got = hear (fd);

	ck_assert_pstr_eq (got, line);
}

gboolean
is_silent (int fd, guint ms)
{
	struct pollfd set = {.fd = fd, .events = POLLIN};

	return poll (&set, 1, (int)ms) == 0;
}

static gboolean
is_list (const char *words)
{
	return g_str_equal (words, "faults") || g_str_equal (words, "state") ||
	       g_str_equal (words, "cells") || g_str_equal (words, "help");
}

char *
tell (Room *room, const char *words)
{
	g_autoptr (GString) whole = g_string_new (NULL);
	int fd = room_connect (room, "line.sock");
	gboolean more = TRUE;

	say (fd, words);
	say (fd, "\n");
	while (more) {
		g_autofree char *line = hear (fd);

		ck_assert_ptr_nonnull (line);
		g_string_append (whole, line);
		more = is_list (words) && !g_str_equal (line, ".");
		g_string_append (whole, more ? "\n" : "");
	}
	close (fd);
	return g_string_free (g_steal_pointer (&whole), FALSE);
}

void
expect_tell (Room *room, const char *words, const char *answer)
{
	g_autofree char *got = tell (room, words);

	ck_assert_str_eq (got, answer);
}

double
state (Room *room, const char *key)
{
	g_autofree char *all = tell (room, "state");
	g_auto (GStrv) lines = g_strsplit (all, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++)
		if (g_str_has_prefix (lines[i], key) && lines[i][strlen (key)] == ' ')
			return g_ascii_strtod (lines[i] + strlen (key), NULL);
	ck_abort_msg ("state has no %s:\n%s", key, all);
}

static gint64
time_behind (const char *line, const char *word)
{
	ck_assert_msg (line != NULL && g_str_has_prefix (line, word), "\"%s\" is not \"%sTIME\"",
		       line, word);
	return g_ascii_strtoll (line + strlen (word), NULL, 10);
}

int
join (Room *room, gint64 *ret_now)
{
	g_autofree char *line = NULL;
	int fd = room_connect (room, "line.sock");

	say (fd, "join\n");
	line = hear (fd);
	*ret_now = time_behind (line, "ok ");
	return fd;
}

gint64
wait_us (int fd, gint64 us)
{
	g_autofree char *request = g_strdup_printf ("wait %" G_GINT64_FORMAT "\n", us),
			*line = NULL;

	say (fd, request);
	line = hear (fd);
	return time_behind (line, "now ");
}
