/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/folder.h"
#include "tests/suite.h"
#include "ui/application.h"
#include "ui/language.h"
#include "ui/people_page.h"
#include "ui/person_dialog.h"
#include "ui/second_dialog.h"
#include <glib/gstdio.h>
#include <string.h>

/* The People page and its dialogs as they are drawn: light, dark and high contrast, English and
 * Chinese; each picture is kept in the build folder. Warnings of GTK are fatal here. */

#define WIDTH 1600
#define HEIGHT 900
#define PATIENCE_US (20 * G_USEC_PER_SEC)

static PlStation *station;
static PlDesk desk;
static GtkWidget *window;

static void
enrol (const char *name, PlPersonRole role, const char *badge, const char *pin)
{
	PlPersonForm form = {name, role, badge, pin};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_people_enrol (station, &form, "installer", &error), error);
}

static void
set_up (void)
{
	g_autofree char *home = test_folder ();
	g_autoptr (GError) error = NULL;

	ck_assert_ok ((station = pl_station_open (home, NULL, &error)) != NULL, error);
	desk = (PlDesk){.station = station};
}

static void
tear_down (void)
{
	gtk_window_destroy (GTK_WINDOW (window));
	pl_station_free (station);
}

/* -- pictures ---------------------------------------------------------------------------------- */

typedef struct {
	const char *name;
	gboolean dark, high;
} Look;

static const Look looks[] = {{"light", FALSE, FALSE}, {"dark", TRUE, FALSE}, {"high", FALSE, TRUE}};

/* What has changed since the last frame is not drawn yet: there is nothing to be kept until then.
 */
static GskRenderNode *
drawn (GtkWidget *of, int width, int height)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	GskRenderNode *node = NULL;

	while (node == NULL) {
		g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (of);
		GtkSnapshot *snapshot = gtk_snapshot_new ();

		ck_assert_msg (g_get_monotonic_time () < end, "nothing is drawn");
		gdk_paintable_snapshot (paintable, snapshot, width, height);
		node = gtk_snapshot_free_to_node (snapshot);
		if (node == NULL)
			gtk_test_widget_wait_for_draw (of);
	}
	return node;
}

static void
keep_picture (GtkWidget *of, const char *name)
{
	g_autofree char *folder =
	    g_build_filename (g_getenv ("PACKLINE_BUILD"), "tests", "ui", "pictures", NULL);
	g_autofree char *path = g_strdup_printf ("%s/people-%s.png", folder, name);
	int width = gtk_widget_get_width (of), height = gtk_widget_get_height (of);
	g_autoptr (GdkTexture) texture = NULL;
	GskRenderNode *node = drawn (of, width, height);

	texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (of)), node,
					       &GRAPHENE_RECT_INIT (0, 0, width, height));
	gsk_render_node_unref (node);
	g_mkdir_with_parents (folder, 0755);
	ck_assert (gdk_texture_save_to_png (texture, path));
}

static void
assert_fits (GtkWidget *of, const char *name)
{
	int least;

	gtk_widget_measure (of, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
	ck_assert_msg (least <= WIDTH, "%s: %d wide at least", name, least);
	gtk_widget_measure (of, GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (of), &least, NULL,
			    NULL, NULL);
	ck_assert_msg (least <= HEIGHT, "%s: %d high at least", name, least);
}

/* Every look in every language: i counts them. The library looks once for high contrast. */
static void
take_look (int i, const char *what, char **ret_name)
{
	const Look *look = &looks[i / PL_LANGUAGE_LAST];
	PlLanguage language = i % PL_LANGUAGE_LAST;

	if (look->high)
		g_setenv ("ADW_DEBUG_HIGH_CONTRAST", "1", TRUE);
	adw_init ();
	pl_ui_set_up ();
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
	adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
					    look->dark ? ADW_COLOR_SCHEME_FORCE_DARK
						       : ADW_COLOR_SCHEME_FORCE_LIGHT);
	pl_language_set (language);
	window = gtk_window_new ();
	gtk_widget_add_css_class (window, "packline");
	gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
	gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
	*ret_name = g_strdup_printf ("%s-%s-%s", what, look->name,
				     language == PL_LANGUAGE_EN ? "en" : "zh");
}
#define N_LOOKS ((int)G_N_ELEMENTS (looks) * PL_LANGUAGE_LAST)

static GtkWidget *
labelled (GtkWidget *root, const char *part)
{
	if (GTK_IS_LABEL (root) && strstr (gtk_label_get_text (GTK_LABEL (root)), part) != NULL)
		return root;
	for (GtkWidget *at = gtk_widget_get_first_child (root); at != NULL;
	     at = gtk_widget_get_next_sibling (at)) {
		GtkWidget *found = labelled (at, part);

		if (found != NULL)
			return found;
	}
	return NULL;
}

static void
await_label (GtkWidget *root, const char *part)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	while (labelled (root, part) == NULL) {
		ck_assert_msg (g_get_monotonic_time () < end, "nothing says \"%s\"", part);
		if (!g_main_context_iteration (NULL, FALSE))
			g_usleep (2000);
	}
}

static GtkWidget *
of_type (GtkWidget *root, GType type, guint *nth)
{
	if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && (*nth)-- == 0)
		return root;
	for (GtkWidget *at = gtk_widget_get_first_child (root); at != NULL;
	     at = gtk_widget_get_next_sibling (at)) {
		GtkWidget *found = of_type (at, type, nth);

		if (found != NULL)
			return found;
	}
	return NULL;
}

static void
fill (GtkWidget *root, GType type, guint nth, const char *text)
{
	gtk_editable_set_text (GTK_EDITABLE (of_type (root, type, &nth)), text);
}

static GtkWidget *
button_named (GtkWidget *root, const char *word)
{
	GtkWidget *found = NULL;

	if (GTK_IS_BUTTON (root) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), word) == 0)
		return root;
	for (GtkWidget *at = gtk_widget_get_first_child (root); found == NULL && at != NULL;
	     at = gtk_widget_get_next_sibling (at))
		found = button_named (at, word);
	return found;
}

static void
press (GtkWidget *root, const char *word)
{
	GtkWidget *button = button_named (root, word);

	ck_assert_msg (button != NULL && gtk_widget_is_sensitive (button), "%s cannot be pressed",
		       word);
	g_signal_emit_by_name (button, "clicked");
}

/* -- the page ---------------------------------------------------------------------------------- */

static PlPersonRow *
row (const char *name, const char *role, const char *login, gboolean locked)
{
	PlPersonRow *self = g_new0 (PlPersonRow, 1);
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	g_autoptr (GDateTime) later = g_date_time_add_seconds (now, 7 * 60 + 30);

	self->name = g_strdup (name);
	self->role = g_strdup (role);
	self->last_login = g_strdup (login);
	if (locked)
		self->locked_until = g_date_time_format (later, "%Y-%m-%dT%H:%M:%SZ");
	return self;
}

START_TEST (the_page_names_everybody_with_role_lock_and_last_login_in_every_look)
{
	g_autofree char *name = NULL;
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_person_row_free);
	PlPage *page;

	take_look (_i, "page", &name);
	page = g_object_new (PL_TYPE_PEOPLE_PAGE, NULL);
	g_ptr_array_add (rows, row ("4711", "operator", "2026-11-24T05:58:12.001Z", FALSE));
	g_ptr_array_add (rows, row ("4712 & co", "technician", "2026-11-25T06:01:00.000Z", TRUE));
	g_ptr_array_add (rows, row ("E-03", "engineer", NULL, FALSE));
	g_ptr_array_add (rows, row ("Q-11", "quality", "2026-11-23T13:45:30.500Z", FALSE));
	pl_page_set_up (page, &desk);
	gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (page));
	desk.station = NULL;
	pl_page_refresh (page);
	pl_people_page_show (PL_PEOPLE_PAGE (page), rows);
	gtk_window_present (GTK_WINDOW (window));
	gtk_test_widget_wait_for_draw (window);
	ck_assert_ptr_nonnull (labelled (window, "4712 & co"));
	ck_assert_ptr_nonnull (labelled (window, "8 min"));
	ck_assert_ptr_nonnull (labelled (window, pl_text ("not logged in lately")));
	assert_fits (GTK_WIDGET (page), name);
	keep_picture (window, name);
}
END_TEST

/* -- the dialogs ------------------------------------------------------------------------------- */

static void
count (gpointer dialog, guint *n)
{
	(*n)++;
}

START_TEST (a_person_is_enrolled_with_a_badge_and_a_pin_typed_twice)
{
	g_autofree char *name = NULL;
	GtkWidget *dialog;
	guint changed = 0;
	g_autoptr (GPtrArray) rows = NULL;
	PlBadgeQuestion question = {"PLB-quality-1", "9-apricot", PL_MAY_LAST, 0};
	g_autoptr (PlPerson) person = NULL;

	take_look (_i, "enrol", &name);
	gtk_window_present (GTK_WINDOW (window));
	dialog =
	    GTK_WIDGET (pl_person_dialog_new (&desk, GTK_WINDOW (window), NULL, PL_PERSON_QUALITY));
	g_signal_connect (dialog, "changed", G_CALLBACK (count), &changed);
	gtk_window_present (GTK_WINDOW (dialog));
	gtk_test_widget_wait_for_draw (dialog);
	fill (dialog, GTK_TYPE_ENTRY, 0, "Q1");
	fill (dialog, GTK_TYPE_PASSWORD_ENTRY, 0, "PLB-quality-1");
	fill (dialog, GTK_TYPE_PASSWORD_ENTRY, 1, "9-apricot");
	fill (dialog, GTK_TYPE_PASSWORD_ENTRY, 2, "9-apricos");
	press (dialog, pl_text ("Enrol"));
	await_label (dialog, pl_text ("The two PINs are not the same: type both again"));
	ck_assert_uint_eq (changed, 0);
	gtk_test_widget_wait_for_draw (dialog);
	assert_fits (dialog, name);
	keep_picture (dialog, name);
	fill (dialog, GTK_TYPE_PASSWORD_ENTRY, 1, "9-apricot");
	fill (dialog, GTK_TYPE_PASSWORD_ENTRY, 2, "9-apricot");
	press (dialog, pl_text ("Enrol"));
	while (changed == 0)
		g_main_context_iteration (NULL, TRUE);
	person = pl_people_ask (station, &question, NULL);
	ck_assert_str_eq (person->name, "Q1");
	ck_assert_int_eq (person->role, PL_PERSON_QUALITY);
}
END_TEST

typedef struct {
	guint n;
	char *second, *reason;
} Answer;

static void
on_second (gpointer data, const PlPerson *second, const char *reason)
{
	Answer *answer = data;

	answer->n++;
	answer->second = second != NULL ? g_strdup (second->name) : NULL;
	answer->reason = g_strdup (reason);
}

static GtkWidget *
open_second (Answer *answer)
{
	GtkWidget *dialog;

	gtk_window_present (GTK_WINDOW (window));
	dialog = GTK_WIDGET (pl_second_dialog_new (&desk, GTK_WINDOW (window), PL_MAY_OVERRIDE,
						   pl_text ("Test it although it is blocked"),
						   on_second, answer));
	gtk_window_present (GTK_WINDOW (dialog));
	gtk_test_widget_wait_for_draw (dialog);
	return dialog;
}

START_TEST (a_second_person_is_taken_with_reason_badge_and_pin_and_refused_without)
{
	g_autofree char *name = NULL;
	Answer answer = {0};
	GtkWidget *dialog, *confirm;

	take_look (_i, "second", &name);
	enrol ("T1", PL_PERSON_TECHNICIAN, "PLB-technician-1", "4-quince");
	dialog = open_second (&answer);
	confirm = button_named (dialog, pl_text ("Confirm"));
	fill (dialog, GTK_TYPE_PASSWORD_ENTRY, 0, "PLB-technician-1");
	fill (dialog, GTK_TYPE_ENTRY, 0, "  ");
	ck_assert (!gtk_widget_is_sensitive (confirm));
	fill (dialog, GTK_TYPE_ENTRY, 0, "label was torn ");
	fill (dialog, GTK_TYPE_PASSWORD_ENTRY, 1, "wrong");
	press (dialog, pl_text ("Confirm"));
	await_label (dialog, _i % 2 == PL_LANGUAGE_EN ? "the PIN is wrong" : "PIN 码错误");
	ck_assert_uint_eq (answer.n, 0);
	gtk_test_widget_wait_for_draw (dialog);
	assert_fits (dialog, name);
	keep_picture (dialog, name);
	fill (dialog, GTK_TYPE_PASSWORD_ENTRY, 1, "4-quince");
	press (dialog, pl_text ("Confirm"));
	while (answer.n == 0)
		g_main_context_iteration (NULL, TRUE);
	ck_assert_str_eq (answer.second, "T1");
	ck_assert_str_eq (answer.reason, "label was torn");
	ck_assert_uint_eq (answer.n, 1);
	g_free (answer.second);
	g_free (answer.reason);
}
END_TEST

START_TEST (where_nobody_is_enrolled_the_dialog_says_how_to_enrol_and_cannot_be_confirmed)
{
	g_autofree char *name = NULL;
	Answer answer = {0};
	GtkWidget *dialog;

	take_look (_i, "nobody", &name);
	dialog = open_second (&answer);
	await_label (dialog, "packline people enrol");
	fill (dialog, GTK_TYPE_PASSWORD_ENTRY, 0, "PLB-technician-1");
	fill (dialog, GTK_TYPE_ENTRY, 0, "label was torn");
	ck_assert (!gtk_widget_is_sensitive (button_named (dialog, pl_text ("Confirm"))));
	gtk_test_widget_wait_for_draw (dialog);
	assert_fits (dialog, name);
	keep_picture (dialog, name);
	gtk_window_close (GTK_WINDOW (dialog));
	ck_assert_uint_eq (answer.n, 1);
	ck_assert_ptr_null (answer.second);
}
END_TEST

START_TEST (a_pin_is_asked_for_alone_where_a_badge_wants_in)
{
	g_autofree char *name = NULL;
	Answer answer = {0};
	GtkWidget *dialog;

	take_look (_i, "pin", &name);
	enrol ("T1", PL_PERSON_TECHNICIAN, "PLB-technician-1", "4-quince");
	gtk_window_present (GTK_WINDOW (window));
	dialog = GTK_WIDGET (pl_second_dialog_new_login (&desk, GTK_WINDOW (window),
							 "PLB-technician-1", on_second, &answer));
	gtk_window_present (GTK_WINDOW (dialog));
	gtk_test_widget_wait_for_draw (dialog);
	assert_fits (dialog, name);
	keep_picture (dialog, name);
	fill (dialog, GTK_TYPE_PASSWORD_ENTRY, 1, "4-quince");
	press (dialog, pl_text ("Log in"));
	while (answer.n == 0)
		g_main_context_iteration (NULL, TRUE);
	ck_assert_str_eq (answer.second, "T1");
	ck_assert_ptr_null (answer.reason);
	g_free (answer.second);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-people");
	TCase *tcase = tcase_create ("people");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 120);
	tcase_add_loop_test (tcase,
			     the_page_names_everybody_with_role_lock_and_last_login_in_every_look,
			     0, N_LOOKS);
	tcase_add_loop_test (tcase, a_person_is_enrolled_with_a_badge_and_a_pin_typed_twice, 0,
			     N_LOOKS);
	tcase_add_loop_test (tcase,
			     a_second_person_is_taken_with_reason_badge_and_pin_and_refused_without,
			     0, N_LOOKS);
	tcase_add_loop_test (
	    tcase, where_nobody_is_enrolled_the_dialog_says_how_to_enrol_and_cannot_be_confirmed, 0,
	    N_LOOKS);
	tcase_add_loop_test (tcase, a_pin_is_asked_for_alone_where_a_badge_wants_in, 0, N_LOOKS);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
