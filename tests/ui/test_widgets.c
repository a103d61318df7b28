/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "tests/ui/picture.h"
#include "station/signals.h"
#include "ui/application.h"
#include "ui/entry_dialog.h"
#include "ui/language.h"
#include "ui/run_page.h"
#include "ui/theme.h"
#include "ui/verdict_banner.h"
#include <glib/gstdio.h>
#include <string.h>

/* Every state of the run page, in light and dark, English and Chinese, as it is drawn; each picture
 * is kept in the build folder. Warnings of GTK are fatal here. */
#define WIDTH 1920
#define HEIGHT 1080
#define LONG_CAUSE                                                                                 \
	"Pack and cell resistance, 10 s: position 7: 0.593 mohm over the median of 0.571 mohm: "   \
	"loose busbar or weld at this cell; busbar_excess_ohm_discharge is 593 uohm, limit <= "    \
	"100 "                                                                                     \
	"uohm; the fixture's own contact resistance was checked before and is not the cause of it"

#define CAUSE                                                                                      \
	"Pack and cell resistance, 10 s: position 7: 0.593 mohm over the median of 0.571 mohm: "   \
	"loose busbar or weld at this cell; busbar_excess_ohm_discharge is 593 uohm, limit <= "    \
	"100 uohm"

/* what the blue line says of a code that is not taken (station/slot.c, station/route.c) */
#define EARLY "PL32-000124 is not taken: acknowledge the failed pack first"
#define TORN                                                                                       \
	"the code \"PL32-0\" is not a serial of PL-PACK-32S100 (PL32-[0-9]{6}); scan the pack's "  \
	"own "                                                                                     \
	"label"

static GtkWidget *window;
static PlRunPage *page;
static PlRecipe *recipe;
static PlStation station;

static void
set_up (void)
{
	g_autofree char *bench =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "bench", "demo.yaml", NULL);
	g_autofree char *file = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "recipes",
						  "pack-eol-32s.yaml", NULL);
	g_autoptr (GError) error = NULL;

	adw_init ();
	pl_ui_set_up ();
	pl_theme_apply ("light");
	ck_assert_ok ((recipe = pl_recipe_load (file, &error)) != NULL, error);
	for (guint i = 0; i < recipe->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);

		pl_sentence_teach (step->title, pl_recipe_step_title (step, "zh_CN"));
	}
	ck_assert_ok ((station.bench = pl_bench_load (bench, &error)) != NULL, error);
	station.name = (char *)"EOL-3";
	station.operator_id = (char *)"4711";
	station.home = (char *)"/tmp";
	window = gtk_window_new ();
	page = g_object_new (PL_TYPE_RUN_PAGE, NULL);
	gtk_widget_add_css_class (window, "packline");
	gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
	gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
	gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (page));
}

static void
tear_down (void)
{
	gtk_window_destroy (GTK_WINDOW (window));
	pl_recipe_free (recipe);
	pl_bench_free (station.bench);
}

/* -- a page in a state ------------------------------------------------------------------------- */

static const struct {
	const char *serial, *cause, *grade;
} said[PL_SLOT_STATES] = {
    [PL_SLOT_RUNNING] = {"PL32-000123", NULL, NULL},
    [PL_SLOT_PASSED] = {"PL32-000123", NULL, "A"},
    [PL_SLOT_FAILED] = {"PL32-000123", CAUSE, NULL},
    [PL_SLOT_ERROR] = {"PL32-000123", LONG_CAUSE, NULL},
    [PL_SLOT_ABORTED] = {"PL32-000123", "Cell voltages: stopped by 4711", NULL},
    [PL_SLOT_BLOCKED] = {"PL32-000123", LONG_CAUSE, NULL},
    [PL_SLOT_UNSAFE] = {NULL, LONG_CAUSE, NULL},
    [PL_SLOT_HELD] = {NULL, "4711", NULL},
};

/* A shift that has work behind it: the longest that these marks get. */
static PlSurvey *
busy_survey (GDateTime *now)
{
	static const PlPace pace;
	PlSurvey *survey = pl_survey_make (&station, &pace, now, NULL);

	survey->has_waiting = TRUE;
	survey->waiting = 12;
	survey->partners = g_strdup ("cells-east 11, oem-portal 1");
	survey->shift = (PlShift){.passed = 328,
				  .failed = 12,
				  .errors = 3,
				  .judged_first = 340,
				  .passed_first = 326,
				  .cycle_s = 96,
				  .n_last = PL_LAST_RUNS};
	for (guint i = 0; i < PL_LAST_RUNS; i++)
		survey->shift.last[i] = i % 5 == 4 ? PL_RUN_FAIL : PL_RUN_PASS;
	return survey;
}

/* Nine rows passed and the tenth, pack and cell resistance, did not. */
static void
fail_the_tenth (PlSnapshot *s)
{
	PlStepSnapshot *tenth = &s->steps[9];

	for (guint i = 0; i < 9; i++)
		s->steps[i].result = PL_ROW_PASS;
	tenth->result = PL_ROW_FAIL;
	tenth->measurement = g_strdup ("busbar_excess_ohm_discharge");
	tenth->value = g_strdup ("593");
	tenth->unit = g_strdup ("µΩ");
	tenth->limit = g_strdup ("≤ 100 µΩ");
	s->running = 9;
}

static PlSnapshot *
in_state (PlSlotState state)
{
	PlSnapshot *s = pl_snapshot_new ();
	g_autoptr (GDateTime) today = g_date_time_new_local (2026, 6, 1, 10, 0, 0);

	pl_snapshot_set_up (s, &station, recipe);
	pl_snapshot_take_survey (s, busy_survey (today));
	s->takt_s = 90;
	s->chain = PL_CHAIN_DOOR;
	s->seen[PL_ROLE_PRINTER] = (PlInstrumentHealth){PL_SEEN_SILENT, 1780000000};
	if (state >= PL_SLOT_RUNNING && state <= PL_SLOT_ABORTED)
		pl_snapshot_enter (s, PL_SLOT_RUNNING, said[state].serial, NULL, NULL, 1);
	if (state != PL_SLOT_RUNNING)
		pl_snapshot_enter (s, state, said[state].serial, said[state].cause,
				   said[state].grade, 61 * G_USEC_PER_SEC);
	if (state == PL_SLOT_FAILED)
		fail_the_tenth (s);
	s->live[PL_LIVE_PACK_V] = 105.12;
	s->live[PL_LIVE_CURRENT_A] = -50;
	return s;
}

static void
show (const PlSnapshot *s)
{
	pl_run_page_update (page, s);
	gtk_window_present (GTK_WINDOW (window));
	gtk_test_widget_wait_for_draw (window);
}

/* -- claims ------------------------------------------------------------------------------------ */

static void
try_state (PlSlotState state, const char *theme, int width, int height)
{
	g_autoptr (PlSnapshot) s = in_state (state);
	g_autofree char *name = g_strdup_printf ("%s-%s-%s", pl_slot_state_name (state), theme,
						 pl_language () == PL_LANGUAGE_EN ? "en" : "zh");
	g_autofree char *label =
	    said[state].serial != NULL
		? g_strdup_printf ("%s %s", pl_state_word (state), said[state].serial)
		: g_strdup (pl_state_word (state));

	pl_snapshot_say (s, state == PL_SLOT_FAILED ? EARLY : TORN);
	show (s);
	gtk_test_accessible_assert_property (
	    picture_find (GTK_WIDGET (page), PL_TYPE_VERDICT_BANNER), GTK_ACCESSIBLE_PROPERTY_LABEL,
	    label);
	picture_assert_fits (GTK_WIDGET (page), name, width, height);
	picture_keep (window, name, gtk_widget_get_width (window), gtk_widget_get_height (window));
}

static const char *const themes[] = {"light", "dark", "high-contrast-light"};

/* Contrast is settled once a process: before the toolkit. */
static void
set_up_theme (guint at)
{
	pl_theme_prepare (themes[at]);
	set_up ();
	pl_theme_apply (themes[at]);
	pl_theme_follow (GTK_WINDOW (window));
}

START_TEST (each_state_is_named_fits_and_is_drawn_in_three_themes_and_two_languages)
{
	set_up_theme ((guint)_i / PL_LANGUAGE_LAST);
	pl_language_set ((PlLanguage)_i % PL_LANGUAGE_LAST);
	for (guint state = 0; state < PL_SLOT_STATES; state++)
		try_state (state, themes[_i / PL_LANGUAGE_LAST], WIDTH, HEIGHT);
	tear_down ();
}
END_TEST

/* Beside the rail of pages. */
#define RAIL 106

START_TEST (on_a_small_panel_nothing_is_cut_off_and_the_verdict_is_as_large_as_a_hand)
{
	static const int sizes[][2] = {{1366, 768}, {1280, 800}};
	const int *size = sizes[_i / PL_LANGUAGE_LAST];
	g_autofree char *theme = g_strdup_printf ("%d", size[0]);

	set_up ();
	gtk_widget_add_css_class (window, "compact");
	gtk_window_set_default_size (GTK_WINDOW (window), size[0] - RAIL, size[1]);
	pl_language_set ((PlLanguage)_i % PL_LANGUAGE_LAST);
	for (guint state = 0; state < PL_SLOT_STATES; state++)
		try_state (state, theme, size[0] - RAIL, size[1]);
	tear_down ();
}
END_TEST

START_TEST (all_that_an_interrupted_run_left_behind_is_said_a_line_each_and_fits)
{
	static const char *const lines[] = {
	    "may be live since 2026-11-25T08:00:00.000Z: hipot output, 1000 V on hv-chassis (pack "
	    "PL32-000123)",
	    "may be live since 2026-11-25T07:59:00.000Z: pack terminals (main contactor closed) "
	    "(pack PL32-000123)",
	    "interrupted: run of pack PL32-000123 begun 2026-11-25T07:55:00.000Z",
	    "all outputs are off, the fixture is discharged, interrupted runs are ERROR"};
	g_autoptr (PlSnapshot) s = in_state (PL_SLOT_RECOVERING);

	for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
		g_autofree char *line = g_strconcat ("after the last stop: ", lines[i], NULL);

		pl_snapshot_say (s, line);
	}
	pl_snapshot_enter (s, PL_SLOT_READY, NULL, NULL, NULL, 1);
	for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
		ck_assert_ptr_nonnull (strstr (s->said, lines[i]));
	for (PlLanguage language = 0; language < PL_LANGUAGE_LAST; language++) {
		const char *name = language == PL_LANGUAGE_EN ? "RECOVERED-en" : "RECOVERED-zh";

		pl_language_set (language);
		show (s);
		picture_assert_fits (GTK_WIDGET (page), name, WIDTH, HEIGHT);
		picture_keep (window, name, WIDTH, HEIGHT);
	}
}
END_TEST

/* Screen, tower light and sound have a table each: a state that is new must be in all of them. */
START_TEST (no_state_is_missing_from_screen_or_tower)
{
	for (guint state = 0; state < PL_SLOT_STATES; state++) {
		const PlSignal *signal = pl_signal_of (state, FALSE);
		guint lit = 0;

		for (guint i = 0; i < PL_LAMPS; i++)
			lit += signal->lamps[i] != PL_LIGHT_OFF;
		ck_assert_msg (lit > 0 || state == PL_SLOT_CLOSED, "%s is dark",
			       pl_slot_state_name (state));
		ck_assert_ptr_nonnull (pl_state_word (state));
		ck_assert_ptr_nonnull (pl_state_glyph (state));
		ck_assert_ptr_nonnull (pl_state_class (state));
	}
}
END_TEST

START_TEST (no_two_states_share_word_glyph_or_style)
{
	for (guint language = 0; language < PL_LANGUAGE_LAST; language++) {
		pl_language_set (language);
		for (guint a = 0; a < PL_SLOT_STATES; a++)
			for (guint b = a + 1; b < PL_SLOT_STATES; b++) {
				ck_assert_str_ne (pl_state_word (a), pl_state_word (b));
				ck_assert_str_ne (pl_state_class (a), pl_state_class (b));
			}
	}
}
END_TEST

START_TEST (each_word_of_the_screen_is_another_in_chinese)
{
	for (guint i = 0; i < PL_SLOT_STATES; i++) {
		const char *english, *chinese;

		pl_language_set (PL_LANGUAGE_EN);
		english = pl_state_word (i);
		pl_language_set (PL_LANGUAGE_ZH_CN);
		chinese = pl_state_word (i);
		ck_assert_str_ne (english, chinese);
	}
}
END_TEST

static GtkButton *
button_named (GtkWidget *root, const char *part)
{
	if (GTK_IS_BUTTON (root) && gtk_button_get_label (GTK_BUTTON (root)) != NULL &&
	    strstr (gtk_button_get_label (GTK_BUTTON (root)), part) != NULL)
		return GTK_BUTTON (root);
	for (GtkWidget *at = gtk_widget_get_first_child (root); at != NULL;
	     at = gtk_widget_get_next_sibling (at)) {
		GtkButton *found = button_named (at, part);

		if (found != NULL)
			return found;
	}
	return NULL;
}

START_TEST (stop_can_be_pressed_while_a_test_runs_and_only_then)
{
	for (guint state = 0; state < PL_SLOT_STATES; state++) {
		g_autoptr (PlSnapshot) s = in_state (state);
		GtkButton *stop, *type;

		show (s);
		stop = button_named (GTK_WIDGET (page), "Stop");
		type = button_named (GTK_WIDGET (page), "F2");
		ck_assert_int_eq (gtk_widget_is_sensitive (GTK_WIDGET (stop)),
				  state == PL_SLOT_RUNNING);
		ck_assert_int_eq (gtk_widget_is_sensitive (GTK_WIDGET (type)),
				  state != PL_SLOT_RUNNING);
		ck_assert_int_ge (gtk_widget_get_height (GTK_WIDGET (stop)), 64);
	}
}
END_TEST

START_TEST (the_table_keeps_a_row_a_step_and_changes_only_what_changed)
{
	g_autoptr (PlSnapshot) s = in_state (PL_SLOT_RUNNING);
	GtkWidget *view;
	GListModel *rows;
	g_autoptr (GObject) second = NULL;
	g_autoptr (GObject) second_again = NULL;
	g_autoptr (PlSnapshot) next = NULL;

	show (s);
	view = picture_find (GTK_WIDGET (page), GTK_TYPE_COLUMN_VIEW);
	rows = G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)));
	ck_assert_uint_eq (g_list_model_get_n_items (rows), recipe->steps->len);
	second = g_list_model_get_item (rows, 1);
	next = pl_snapshot_copy (s);
	next->steps[0].result = PL_ROW_PASS;
	show (next);
	ck_assert_uint_eq (g_list_model_get_n_items (rows), recipe->steps->len);
	second_again = g_list_model_get_item (rows, 1);
	ck_assert_ptr_eq (second, second_again);
}
END_TEST

START_TEST (a_page_that_is_gone_leaves_nothing_behind)
{
	g_autoptr (PlSnapshot) s = in_state (PL_SLOT_PASSED);
	gpointer kept = page;

	show (s);
	g_object_add_weak_pointer (G_OBJECT (page), &kept);
	gtk_window_set_child (GTK_WINDOW (window), NULL);
	gtk_test_widget_wait_for_draw (window);
	ck_assert_ptr_null (kept);
}
END_TEST

static void
on_entered (PlEntryDialog *dialog, const char *text, char **ret)
{
	*ret = g_strdup (text);
}

START_TEST (the_dialog_gives_what_was_typed_without_its_blanks)
{
	PlEntryDialog *dialog = pl_entry_dialog_new (GTK_WINDOW (window), FALSE);
	GtkWidget *entry;
	g_autofree char *entered = NULL;

	gtk_window_present (GTK_WINDOW (dialog));
	g_signal_connect (dialog, "entered", G_CALLBACK (on_entered), &entered);
	entry = picture_find (GTK_WIDGET (dialog), GTK_TYPE_ENTRY);
	gtk_test_accessible_assert_property (entry, GTK_ACCESSIBLE_PROPERTY_LABEL, "Serial");
	ck_assert (
	    !gtk_widget_is_sensitive (GTK_WIDGET (button_named (GTK_WIDGET (dialog), "Start"))));
	gtk_editable_set_text (GTK_EDITABLE (entry), " PL32-000123 ");
	g_signal_emit_by_name (entry, "activate");
	ck_assert_str_eq (entered, "PL32-000123");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-widgets");
	TCase *tcase = tcase_create ("widgets"), *looks = tcase_create ("looks");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 120);
	tcase_add_test (tcase,
			all_that_an_interrupted_run_left_behind_is_said_a_line_each_and_fits);
	tcase_add_test (tcase, no_state_is_missing_from_screen_or_tower);
	tcase_add_test (tcase, no_two_states_share_word_glyph_or_style);
	tcase_add_test (tcase, each_word_of_the_screen_is_another_in_chinese);
	tcase_add_test (tcase, stop_can_be_pressed_while_a_test_runs_and_only_then);
	tcase_add_test (tcase, the_table_keeps_a_row_a_step_and_changes_only_what_changed);
	tcase_add_test (tcase, a_page_that_is_gone_leaves_nothing_behind);
	tcase_add_test (tcase, the_dialog_gives_what_was_typed_without_its_blanks);
	suite_add_tcase (suite, tcase);
	tcase_set_timeout (looks, 120);
	tcase_add_loop_test (
	    looks, each_state_is_named_fits_and_is_drawn_in_three_themes_and_two_languages, 0,
	    G_N_ELEMENTS (themes) * PL_LANGUAGE_LAST);
	tcase_add_loop_test (
	    looks, on_a_small_panel_nothing_is_cut_off_and_the_verdict_is_as_large_as_a_hand, 0,
	    2 * PL_LANGUAGE_LAST);
	suite_add_tcase (suite, looks);
	return pl_suite_main (suite);
}
