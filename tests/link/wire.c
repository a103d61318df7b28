/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/link/wire.h"
#include "tests/folder.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

gint64
wire_cpu_us (void)
{
	struct timespec now;

	clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
	return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

int
wire_pty_master (char **ret_path)
{
	int fd = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios settings;

	ck_assert_int_ge (fd, 0);
	ck_assert_int_eq (grantpt (fd) | unlockpt (fd), 0);
	*ret_path = g_strdup (ptsname (fd));
	ck_assert_int_eq (tcgetattr (fd, &settings), 0);
	cfmakeraw (&settings);
	ck_assert_int_eq (tcsetattr (fd, TCSANOW, &settings), 0);
	return fd;
}

static int
listen_at (const struct sockaddr *address, socklen_t len)
{
	int fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge (fd, 0);
	ck_assert_int_eq (bind (fd, address, len), 0);
	ck_assert_int_eq (listen (fd, 1), 0);
	return fd;
}

static int
listen_tcp (char **ret_address)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = listen_at ((struct sockaddr *)&address, sizeof address);

	getsockname (fd, (struct sockaddr *)&address, &len);
	*ret_address = g_strdup_printf ("tcp:127.0.0.1:%u", ntohs (address.sin_port));
	return fd;
}

static int
listen_unix (const char *directory, char **ret_address)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	g_snprintf (address.sun_path, sizeof address.sun_path, "%s/sock", directory);
	*ret_address = g_strconcat ("unix:", address.sun_path, NULL);
	return listen_at ((struct sockaddr *)&address, sizeof address);
}

/* The serial kind goes through a link like those of /dev/serial/by-path. */
static char *
tty_address (Wire *wire, WireKind kind)
{
	g_autofree char *path = NULL,
			*symlink_path = g_build_filename (wire->directory, "by-path", NULL);

	wire->far = wire_pty_master (&path);
	if (kind == WIRE_PTY)
		return g_strconcat ("pty:", path, NULL);
	ck_assert_int_eq (symlink (path, symlink_path), 0);
	return g_strconcat ("serial:", symlink_path, NULL);
}

Wire
wire_open (WireKind kind, const char *options)
{
	Wire wire = {.kind = kind, .far = -1, .directory = test_folder ()};
	g_autofree char *base = NULL;
	g_autoptr (GError) error = NULL;
	int listener = -1;

	if (kind == WIRE_TCP)
		listener = listen_tcp (&base);
	else if (kind == WIRE_UNIX)
		listener = listen_unix (wire.directory, &base);
	else
		base = tty_address (&wire, kind);
	wire.address = g_strconcat (base, options, NULL);
	wire.link = pl_link_open (wire.address, &error);
	ck_assert_ok (wire.link != NULL, error);
	if (listener >= 0) {
		wire.far = accept (listener, NULL, NULL);
		close (listener);
	}
	ck_assert_int_ge (wire.far, 0);
	return wire;
}

void
wire_hang_up (Wire *wire)
{
	close (wire->far);
	wire->far = -1;
}

void
wire_close (Wire *wire)
{
	pl_link_free (wire->link);
	if (wire->far >= 0)
		close (wire->far);
	g_free (wire->directory);
	g_free (wire->address);
}

void
wire_send (Wire *wire, const void *data, gsize len)
{
	ck_assert_int_eq (write (wire->far, data, len), (gssize)len);
}

void
wire_expect (Wire *wire, const void *data, gsize len)
{
	g_autofree guint8 *got = g_malloc (len);
	gsize n = 0;

	while (n < len) {
		struct pollfd set = {.fd = wire->far, .events = POLLIN};
		gssize r;

		ck_assert_int_eq (poll (&set, 1, 5000), 1);
		r = read (wire->far, got + n, len - n);
		ck_assert_int_gt (r, 0);
		n += r;
	}
	ck_assert_mem_eq (got, data, len);
}

/* -- scripted peer ----------------------------------------------------------------------------- */

Script *
script_new (const char *const *answers)
{
	Script *script = g_new0 (Script, 1);

	script->answers = answers;
	script->inbox = g_byte_array_new ();
	script->written = g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref);
	return script;
}

void
script_free (Script *script)
{
	g_byte_array_unref (script->inbox);
	g_ptr_array_unref (script->written);
	g_free (script);
}

static gssize
script_read (gpointer self, guint8 *buf, gsize len, gint64 deadline, GError **error)
{
	Script *script = self;
	gsize n = MIN (len, script->inbox->len);

	if (n == 0) {
		g_set_error (error, PL_LINK_ERROR,
			     script->hung_up ? PL_LINK_ERROR_HANGUP : PL_LINK_ERROR_TIMEOUT,
			     "scripted");
		return -1;
	}
	memcpy (buf, script->inbox->data, n);
	g_byte_array_remove_range (script->inbox, 0, n);
	return n;
}

static gboolean
script_write (gpointer self, const guint8 *data, gsize len, gint64 deadline, GError **error)
{
	Script *script = self;
	GByteArray *copy = g_byte_array_new ();
	const char *answer = script->answers[script->next];

	g_byte_array_append (copy, data, len);
	g_ptr_array_add (script->written, copy);
	if (answer == NULL)
		return TRUE;
	script->next++;
	for (const char *p = answer; *p != '\0'; p++) {
		guint8 byte;

		if (*p == ' ')
			continue;
		byte = g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]);
		g_byte_array_append (script->inbox, &byte, 1);
		p++;
	}
	return TRUE;
}

static void
script_no_sleep (gpointer self, gint64 microseconds)
{
}

static void
script_no_free (gpointer self)
{
}

PlLink *
script_link (Script *script)
{
	static const PlLinkVtable vtable = {
	    .kind = "script",
	    .read = script_read,
	    .write = script_write,
	    .sleep = script_no_sleep,
	    .free = script_no_free,
	};

	return pl_link_new (&vtable, script, "script");
}

char *
script_wrote (const Script *script, guint i)
{
	GString *text = g_string_new (NULL);
	const GByteArray *bytes =
	    i < script->written->len ? g_ptr_array_index (script->written, i) : NULL;

	for (guint k = 0; bytes != NULL && k < bytes->len; k++)
		g_string_append_printf (text, "%02x", bytes->data[k]);
	return g_string_free (text, FALSE);
}
