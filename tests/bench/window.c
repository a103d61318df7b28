/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/window.h"
#include <errno.h>
#include <gio/gio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#ifdef PL_HAVE_XTST
#include <X11/Xlib.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#endif

#define PATIENCE_US (20 * G_USEC_PER_SEC)
#define RECIPE                                                                                     \
	"recipe: window\nversion: 1\ntitle: Window\nproduct: P\nserial: \"p[0-9]+\"\nmain:\n"      \
	"  - { step: identify, limits: { cells_count: { min: 0, source: none },"                   \
	" boards_count: { min: 0, source: none }, grades_count: { min: 0, source: none } } }\n"

struct _PlBenchWindow {
	char *directory, *display;
	GSubprocess *server, *station;
	int log; /* of the station; -1 = none */
	GString *said; /* of the log, not yet looked at */
#ifdef PL_HAVE_XTST
	Display *keys;
#endif
};

static gboolean
fail (GError **error, const char *why)
{
	g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", why);
	return FALSE;
}

/* A mark that is killed leaves no X server behind. */
static void
die_with_parent (gpointer data)
{
	prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* The next line; NULL with an error after a while, or at its end. */
static char *
read_line (int fd, GString *said, GError **error)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	for (;;) {
		struct pollfd set = {.fd = fd, .events = POLLIN};
		char *newline = strchr (said->str, '\n');
		char bytes[4096];
		gssize n;

		if (newline != NULL) {
			char *line = g_strndup (said->str, (gsize)(newline - said->str));

			g_string_erase (said, 0, newline - said->str + 1);
			return line;
		}
		if (poll (&set, 1, (int)((end - g_get_monotonic_time ()) / 1000)) <= 0 ||
		    (n = read (fd, bytes, sizeof bytes)) <= 0)
			break;
		g_string_append_len (said, bytes, n);
	}
	g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "it said no more than \"%s\"",
		     said->str);
	return NULL;
}

/* -- the X server ------------------------------------------------------------------------------ */

/* It picks a number that is free and writes it to its descriptor 3. */
static gboolean
start_server (PlBenchWindow *self, GError **error)
{
	g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
	    G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
	g_autoptr (GString) said = g_string_new (NULL);
	g_autofree char *number = NULL;
	int ends[2];

	if (pipe (ends) != 0)
		return fail (error, g_strerror (errno));
	g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
	g_subprocess_launcher_take_fd (launcher, ends[1], 3);
	self->server =
	    g_subprocess_launcher_spawn (launcher, error, "Xvfb", "-displayfd", "3", "-noreset",
					 "-screen", "0", "1920x1080x24", "-nolisten", "tcp", NULL);
	g_subprocess_launcher_close (launcher);
	number = self->server != NULL ? read_line (ends[0], said, error) : NULL;
	close (ends[0]);
	if (number == NULL)
		return FALSE;
	self->display = g_strconcat (":", number, NULL);
	return TRUE;
}

static gboolean
write_files (PlBenchWindow *self, GError **error)
{
	g_autofree char *bench = g_build_filename (self->directory, "bench.yaml", NULL);
	g_autofree char *recipe = g_build_filename (self->directory, "recipe.yaml", NULL);

	return g_file_set_contents (bench, "bench: none\ninstruments: []\n", -1, error) &&
	       g_file_set_contents (recipe, RECIPE, -1, error);
}

PlBenchWindow *
pl_bench_window_new (const char *directory, GError **error)
{
	PlBenchWindow *self = g_new0 (PlBenchWindow, 1);

	self->directory = g_strdup (directory);
	self->log = -1;
	self->said = g_string_new (NULL);
	if (write_files (self, error) && start_server (self, error))
		return self;
	g_prefix_error (error, "no X server: ");
	pl_bench_window_free (self);
	return NULL;
}

const char *
pl_bench_window_display (const PlBenchWindow *self)
{
	return self->display;
}

/* By force: what is measured is over, and a clean end would be another second. */
static void
end (GSubprocess **process)
{
	if (*process == NULL)
		return;
	g_subprocess_force_exit (*process);
	g_subprocess_wait (*process, NULL, NULL);
	g_clear_object (process);
}

void
pl_bench_window_free (PlBenchWindow *self)
{
	pl_bench_window_stop (self);
#ifdef PL_HAVE_XTST
	g_clear_pointer (&self->keys, XCloseDisplay);
#endif
	end (&self->server);
	g_string_free (self->said, TRUE);
	g_free (self->directory);
	g_free (self->display);
	g_free (self);
}

/* -- the station ------------------------------------------------------------------------------- */

/* No accessibility bus, no GL, no settings daemon: what differs from one machine to the next is not
 * Packline's. The log is the window's own debug lines, which say what it shows. */
gboolean
pl_bench_window_start (PlBenchWindow *self, GError **error)
{
	static const char *const fixed[][2] = {
	    {"GDK_BACKEND", "x11"},	 {"GSK_RENDERER", "cairo"},
	    {"GDK_DEBUG", "gl-disable"}, {"GSETTINGS_BACKEND", "memory"},
	    {"GTK_A11Y", "none"},	 {"DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere"},
	    {"LC_ALL", "C.UTF-8"},	 {"G_MESSAGES_DEBUG", "packline-ui"},
	};
	g_autoptr (GSubprocessLauncher) launcher =
	    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
	int ends[2];

	if (pipe (ends) != 0)
		return fail (error, g_strerror (errno));
	for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
		g_subprocess_launcher_setenv (launcher, fixed[i][0], fixed[i][1], TRUE);
	g_subprocess_launcher_setenv (launcher, "DISPLAY", self->display, TRUE);
	g_subprocess_launcher_set_cwd (launcher, self->directory);
	g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
	g_subprocess_launcher_take_stdout_fd (launcher, ends[1]);
	self->log = ends[0];
	self->station = g_subprocess_launcher_spawn (launcher, error, PL_STATION_PROGRAM, "--bench",
						     "bench.yaml", "--recipe", "recipe.yaml",
						     "--home", "home", "--operator", "4711", NULL);
	g_subprocess_launcher_close (launcher);
	return self->station != NULL;
}

void
pl_bench_window_stop (PlBenchWindow *self)
{
	end (&self->station);
	if (self->log >= 0)
		close (self->log);
	self->log = -1;
	g_string_truncate (self->said, 0);
}

gboolean
pl_bench_window_await (PlBenchWindow *self, const char *part, GError **error)
{
	for (;;) {
		g_autofree char *line = read_line (self->log, self->said, error);

		if (line == NULL) {
			g_prefix_error (error, "waiting for \"%s\": ", part);
			return FALSE;
		}
		if (strstr (line, part) != NULL)
			return TRUE;
	}
}

/* -- keys -------------------------------------------------------------------------------------- */

#ifdef PL_HAVE_XTST
static void
press (Display *display, KeySym sym)
{
	KeyCode code = XKeysymToKeycode (display, sym);

	XTestFakeKeyEvent (display, code, True, 0);
	XTestFakeKeyEvent (display, code, False, 0);
}

gboolean
pl_bench_window_scan (PlBenchWindow *self, const char *code, GError **error)
{
	if (self->keys == NULL)
		self->keys = XOpenDisplay (self->display);
	if (self->keys == NULL)
		return fail (error, "the X server takes no keys");
	/* without a window manager the focus follows the pointer */
	XTestFakeMotionEvent (self->keys, -1, 300, 60, 0);
	press (self->keys, XK_F12);
	for (; *code != '\0'; code++)
		press (self->keys, (KeySym)(guchar)*code);
	press (self->keys, XK_Return);
	XFlush (self->keys);
	return TRUE;
}
#else
gboolean
pl_bench_window_scan (PlBenchWindow *self, const char *code, GError **error)
{
	return fail (error, "the X test extension was not there when this was built");
}
#endif
