/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/person.h"
#include <X11/XKBlib.h>
#include <X11/Xlib.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#include <atspi/atspi.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PATIENCE_US (60 * G_USEC_PER_SEC)
#define LOOK_US 20000

/* this version of the library declares none of its own */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAccessible, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAction, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiEditableText, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiStateSet, g_object_unref)

static Display *display;

/* -- what is on the screen --------------------------------------------------------------------- */

static AtspiAccessible *
find_application (Person *person)
{
	g_autoptr (AtspiAccessible) desktop = atspi_get_desktop (0);
	int n = desktop != NULL ? atspi_accessible_get_child_count (desktop, NULL) : 0;

	for (int i = 0; i < n; i++) {
		AtspiAccessible *at = atspi_accessible_get_child_at_index (desktop, i, NULL);

		if (at != NULL && (GPid)atspi_accessible_get_process_id (at, NULL) == person->pid)
			return at;
		g_clear_object (&at);
	}
	return NULL;
}

/* TRUE for the one that is sought. */
typedef gboolean (*Match) (AtspiAccessible *at, const char *name, gconstpointer data);

static AtspiAccessible *
search (AtspiAccessible *root, Match match, gconstpointer data)
{
	g_autofree char *name = atspi_accessible_get_name (root, NULL);
	int n;

	if (match (root, name != NULL ? name : "", data))
		return g_object_ref (root);
	n = atspi_accessible_get_child_count (root, NULL);
	for (int i = 0; i < n; i++) {
		g_autoptr (AtspiAccessible) child =
		    atspi_accessible_get_child_at_index (root, i, NULL);
		AtspiAccessible *found = child != NULL ? search (child, match, data) : NULL;

		if (found != NULL)
			return found;
	}
	return NULL;
}

static AtspiAccessible *
find (Person *person, Match match, gconstpointer data)
{
	g_autoptr (AtspiAccessible) root = NULL;

	/* nothing here may be answered from what was on the screen before */
	while (g_main_context_iteration (NULL, FALSE))
		;
	root = find_application (person);
	if (root == NULL)
		return NULL;
	atspi_accessible_clear_cache (root);
	return search (root, match, data);
}

static gboolean
is_banner (AtspiAccessible *at, const char *name, gconstpointer data)
{
	return atspi_accessible_get_role (at, NULL) == ATSPI_ROLE_STATUS_BAR;
}

static gboolean
is_button (AtspiAccessible *at, const char *name, gconstpointer data)
{
	return strstr (name, data) != NULL &&
	       atspi_accessible_get_role (at, NULL) == ATSPI_ROLE_PUSH_BUTTON;
}

static gboolean
has_text (AtspiAccessible *at, const char *name, gconstpointer data)
{
	return strstr (name, data) != NULL;
}

char *
person_verdict (Person *person)
{
	g_autoptr (AtspiAccessible) banner = find (person, is_banner, NULL);
	char *name = banner != NULL ? atspi_accessible_get_name (banner, NULL) : NULL;

	return name != NULL ? name : g_strdup ("");
}

char *
person_reason (Person *person)
{
	g_autoptr (AtspiAccessible) banner = find (person, is_banner, NULL);
	char *text = banner != NULL ? atspi_accessible_get_description (banner, NULL) : NULL;

	return text != NULL ? text : g_strdup ("");
}

void
person_await (Person *person, const char *beginning)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	g_autofree char *now = person_verdict (person);

	while (!g_str_has_prefix (now, beginning)) {
		ck_assert_msg (g_get_monotonic_time () < end, "the screen says \"%s\", not \"%s\"",
			       now, beginning);
		g_usleep (LOOK_US);
		g_free (now);
		now = person_verdict (person);
	}
}

void
person_await_text (Person *person, const char *part)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	g_autoptr (AtspiAccessible) found = NULL;

	while ((found = find (person, has_text, part)) == NULL) {
		ck_assert_msg (g_get_monotonic_time () < end, "nothing on the screen says \"%s\"",
			       part);
		g_usleep (LOOK_US);
	}
}

/* -- hands ------------------------------------------------------------------------------------- */

static void
press (KeySym sym)
{
	KeyCode code = XKeysymToKeycode (display, sym);
	gboolean shift = XkbKeycodeToKeysym (display, code, 0, 0) != sym;
	KeyCode shift_code = XKeysymToKeycode (display, XK_Shift_L);

	ck_assert_msg (code != 0, "no key gives keysym %lu", sym);
	if (shift)
		XTestFakeKeyEvent (display, shift_code, True, 0);
	XTestFakeKeyEvent (display, code, True, 0);
	XTestFakeKeyEvent (display, code, False, 0);
	if (shift)
		XTestFakeKeyEvent (display, shift_code, False, 0);
	XFlush (display);
}

void
person_press (const char *key)
{
	press (XStringToKeysym (key));
}

/* Keysyms of ASCII are its codes. */
void
person_type (const char *text)
{
	for (; *text != '\0'; text++)
		press ((KeySym)(guchar)*text);
}

void
person_scan (const char *code)
{
	press (XK_F12);
	person_type (code);
	press (XK_Return);
}

static AtspiAccessible *
await_button (Person *person, const char *name)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	AtspiAccessible *button;

	while ((button = find (person, is_button, name)) == NULL) {
		ck_assert_msg (g_get_monotonic_time () < end, "there is no button \"%s\"", name);
		g_usleep (LOOK_US);
	}
	return button;
}

/* By its action: what a pointer does is GTK's own business. */
void
person_click (Person *person, const char *name)
{
	g_autoptr (AtspiAccessible) button = await_button (person, name);
	g_autoptr (AtspiAction) action = atspi_accessible_get_action_iface (button);
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_nonnull (action);
	ck_assert_ok (atspi_action_do_action (action, 0, &error), error);
}

static gboolean
is_focused (AtspiAccessible *at, const char *name, gconstpointer data)
{
	g_autoptr (AtspiStateSet) states = NULL;

	if (!is_button (at, name, data))
		return FALSE;
	states = atspi_accessible_get_state_set (at);
	return atspi_state_set_contains (states, ATSPI_STATE_FOCUSED);
}

void
person_focus (Person *person, const char *name)
{
	for (guint i = 0; i < 20; i++) {
		g_autoptr (AtspiAccessible) button = find (person, is_focused, name);

		if (button != NULL)
			return;
		press (XK_Tab);
		g_usleep (LOOK_US * 2);
	}
	ck_abort_msg ("no number of Tabs brings the focus to \"%s\"", name);
}

static gboolean
is_field (AtspiAccessible *at, const char *name, gconstpointer data)
{
	g_autoptr (AtspiEditableText) editable = NULL;

	if (!g_str_equal (name, data))
		return FALSE;
	editable = atspi_accessible_get_editable_text_iface (at);
	return editable != NULL;
}

void
person_fill (Person *person, const char *name, const char *text)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	g_autoptr (AtspiAccessible) field = NULL;
	g_autoptr (AtspiEditableText) editable = NULL;
	g_autoptr (GError) error = NULL;

	while ((field = find (person, is_field, name)) == NULL) {
		ck_assert_msg (g_get_monotonic_time () < end, "there is no field \"%s\"", name);
		g_usleep (LOOK_US);
	}
	editable = atspi_accessible_get_editable_text_iface (field);
	ck_assert_ok (atspi_editable_text_set_text_contents (editable, text, &error), error);
}

/* -- coming and going -------------------------------------------------------------------------- */

/* A slot a line. */
static GPtrArray *
words_of (Line *line, const char *program)
{
	const char *const words[] = {program,	    "--bench",	  "bench.yaml",	   "--recipe",
				     "recipe.yaml", "--release",  "release.plrel", "--home",
				     line->home,    "--operator", "4711",	   "--language",
				     "en",	    "--theme",	  "light",	   "--watchdog"};
	GPtrArray *all = g_ptr_array_new_with_free_func (g_free);

	for (guint i = 0; i < G_N_ELEMENTS (words); i++)
		g_ptr_array_add (all, g_strdup (words[i]));
	for (guint i = 0; i < line->beside->len; i++) {
		const Line *more = g_ptr_array_index (line->beside, i);

		g_ptr_array_add (all, g_strdup ("--bench"));
		g_ptr_array_add (all, g_build_filename (more->dir, "bench.yaml", NULL));
	}
	g_ptr_array_add (all, NULL);
	return all;
}

static GPid
spawn (Line *line)
{
	g_autofree char *program =
	    g_build_filename (g_getenv ("PACKLINE_BUILD"), "ui", "packline-station", NULL);
	g_autofree char *log = g_build_filename (line->dir, "station.log", NULL);
	g_autoptr (GPtrArray) words = words_of (line, program);
	GPid pid = fork ();

	ck_assert_int_ge (pid, 0);
	if (pid > 0)
		return pid;
	prctl (PR_SET_PDEATHSIG, SIGKILL);
	g_setenv ("G_DEBUG", "fatal-criticals", TRUE);
	if (chdir (line->dir) != 0 || freopen (log, "w", stdout) == NULL || dup2 (1, 2) < 0)
		_exit (126);
	execv (program, (char *const *)words->pdata);
	_exit (127);
}

Person *
person_start (Line *line)
{
	Person *person = g_new0 (Person, 1);

	if (display == NULL) {
		ck_assert_int_le (atspi_init (), 1);
		display = XOpenDisplay (NULL);
		ck_assert_ptr_nonnull (display);
	}
	person->line = line;
	person->pid = spawn (line);
	/* without a window manager the focus follows the pointer; this is in the dialog, too */
	XTestFakeMotionEvent (display, -1, 300, 60, 0);
	XFlush (display);
	if (line->beside->len == 0)
		person_await (person, "READY");
	for (guint i = 0; line->beside->len > 0 && i <= line->beside->len; i++) {
		g_autofree char *tile = g_strdup_printf ("Slot %u READY", i + 1);

		person_await_text (person, tile);
	}
	return person;
}

void
person_stop (Person *person)
{
	kill (person->pid, SIGTERM);
	ck_assert_int_eq (line_wait (person->pid, 60), 0);
	g_free (person);
}

void
person_kill (Person *person)
{
	kill (person->pid, SIGKILL);
	ck_assert_int_eq (line_wait (person->pid, 60), -SIGKILL);
	g_free (person);
}
