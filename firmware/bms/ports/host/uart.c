/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/ports/host/uart.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

/* A client that does not read for so long loses bytes, as on any UART. */
#define WRITE_PATIENCE_MS 1000

static gboolean
system_error (GError **error, const char *doing, const char *what)
{
	int code = errno;

	g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s %s: %s", doing, what,
		     g_strerror (code));
	return FALSE;
}

/* -- pseudo terminal --------------------------------------------------------------------------- */

static gboolean
make_raw (int slave)
{
	struct termios settings;

	if (tcgetattr (slave, &settings) != 0)
		return FALSE;
	cfmakeraw (&settings);
	cfsetspeed (&settings, B115200);
	return tcsetattr (slave, TCSANOW, &settings) == 0;
}

/* A link that a killed process left behind is replaced; anything else at that path is not ours
 * to remove. */
static gboolean
link_to (const char *target, const char *path, GError **error)
{
	struct stat st;

	if (lstat (path, &st) == 0 && !S_ISLNK (st.st_mode)) {
		g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
			     "%s exists and is no symbolic link: name another path", path);
		return FALSE;
	}
	unlink (path);
	return symlink (target, path) == 0 || system_error (error, "linking", path);
}

static gboolean
open_pty (struct uart *u, const char *path, GError **error)
{
	char name[128];

	u->fd = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (u->fd < 0 || grantpt (u->fd) != 0 || unlockpt (u->fd) != 0 ||
	    ptsname_r (u->fd, name, sizeof name) != 0)
		return system_error (error, "making a pseudo terminal for", path);
	u->slave = open (name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (u->slave < 0 || !make_raw (u->slave))
		return system_error (error, "opening", name);
	if (!link_to (name, path, error))
		return FALSE;
	u->remove = g_strdup (path);
	return TRUE;
}

/* -- sockets ----------------------------------------------------------------------------------- */

static gboolean
listen_at (struct uart *u, const struct sockaddr *address, socklen_t len, const char *what,
	   GError **error)
{
	const int on = 1;

	u->listener = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (u->listener < 0)
		return system_error (error, "making a socket for", what);
	setsockopt (u->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	return (bind (u->listener, address, len) == 0 && listen (u->listener, 4) == 0) ||
	       system_error (error, "listening at", what);
}

static gboolean
open_unix (struct uart *u, const char *path, GError **error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat st;

	if (strlen (path) >= sizeof address.sun_path) {
		g_set_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
			     "a socket's path has at most %zu bytes: %s",
			     sizeof address.sun_path - 1, path);
		return FALSE;
	}
	strcpy (address.sun_path, path);
	if (lstat (path, &st) == 0 && S_ISSOCK (st.st_mode))
		unlink (path);
	if (!listen_at (u, (struct sockaddr *)&address, sizeof address, path, error))
		return FALSE;
	u->remove = g_strdup (path);
	return TRUE;
}

/* Loopback only: a BMS that anybody on the network may flash is none. */
static gboolean
open_tcp (struct uart *u, const char *where, GError **error)
{
	const char *colon = strrchr (where, ':');
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
	g_autofree char *host = colon != NULL ? g_strndup (where, colon - where) : NULL;
	guint64 port;

	if (host == NULL || !g_str_equal (host, "127.0.0.1") ||
	    !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL)) {
		g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			     "\"tcp:%s\": only tcp:127.0.0.1:PORT is served", where);
		return FALSE;
	}
	address.sin_port = htons ((guint16)port);
	return listen_at (u, (struct sockaddr *)&address, sizeof address, where, error);
}

/* The next client waits in the listener's queue until the line is free. */
static void
accept_client (struct uart *u)
{
	u->fd = accept4 (u->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* -- both -------------------------------------------------------------------------------------- */

gboolean
uart_open (struct uart *u, const char *address, GError **error)
{
	static const struct {
		const char *prefix;
		gboolean (*open) (struct uart *, const char *, GError **);
	} kinds[] = {{"pty:", open_pty}, {"unix:", open_unix}, {"tcp:", open_tcp}};

	*u = (struct uart){-1, -1, -1, NULL};
	for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
		if (g_str_has_prefix (address, kinds[i].prefix))
			return kinds[i].open (u, address + strlen (kinds[i].prefix), error);
	g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
		     "\"%s\" is no link: use pty:PATH, unix:PATH or tcp:127.0.0.1:PORT", address);
	return FALSE;
}

void
uart_close (struct uart *u)
{
	if (u->fd >= 0)
		close (u->fd);
	if (u->slave >= 0)
		close (u->slave);
	if (u->listener >= 0)
		close (u->listener);
	if (u->remove != NULL)
		unlink (u->remove);
	g_clear_pointer (&u->remove, g_free);
}

int
uart_poll_fd (const struct uart *u)
{
	return u->fd >= 0 ? u->fd : u->listener;
}

size_t
uart_read (struct uart *u, uint8_t *buf, size_t len)
{
	ssize_t n;

	if (u->fd < 0) {
		accept_client (u);
		return 0;
	}
	n = read (u->fd, buf, len);
	if (n > 0)
		return (size_t)n;
	if (u->listener >= 0 && (n == 0 || (errno != EAGAIN && errno != EINTR))) {
		close (u->fd);
		u->fd = -1;
	}
	return 0;
}

/* Nobody there is no error: a UART talks to an open plug too. */
void
uart_write (struct uart *u, const uint8_t *data, size_t len)
{
	while (u->fd >= 0 && len > 0) {
		ssize_t n = u->listener >= 0 ? send (u->fd, data, len, MSG_NOSIGNAL)
					     : write (u->fd, data, len);
		struct pollfd wait = {u->fd, POLLOUT, 0};

		if (n > 0) {
			data += n;
			len -= (size_t)n;
		} else if (n == 0 || errno != EAGAIN || poll (&wait, 1, WRITE_PATIENCE_MS) <= 0) {
			return;
		}
	}
}
