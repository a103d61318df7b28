/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "tests/ui/picture.h"
#include "ui/application.h"
#include "ui/language.h"
#include "ui/prompt_view.h"
#include "ui/run_page.h"
#include "ui/verdict_banner.h"
#include <glib/gstdio.h>
#include <string.h>

/* The three kinds of prompts on the run page, as they are drawn, and what their buttons answer. */
#define WIDTH 1920
#define HEIGHT 1080

static GtkWidget *window;
static PlRunPage *page;
static PlRecipe *recipe;
static PlStation station;
static char *answered;

static void
on_answered (PlRunPage *self, const char *answer)
{
	g_free (answered);
	answered = g_strdup (answer);
}

static char *
in_source (const char *folder, const char *name)
{
	return g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", folder, name, NULL);
}

static void
set_up (void)
{
	g_autofree char *bench = in_source ("bench", "demo.yaml");
	g_autofree char *file = in_source ("recipes", "pack-rework-32s.yaml");
	g_autoptr (GError) error = NULL;

	adw_init ();
	pl_ui_set_up ();
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
	ck_assert_ok ((recipe = pl_recipe_load (file, &error)) != NULL, error);
	ck_assert_ok ((station.bench = pl_bench_load (bench, &error)) != NULL, error);
	station.name = (char *)"EOL-3";
	station.operator_id = (char *)"4711";
	station.home = (char *)"/tmp";
	window = gtk_window_new ();
	page = g_object_new (PL_TYPE_RUN_PAGE, NULL);
	g_signal_connect (page, "answered", G_CALLBACK (on_answered), NULL);
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

/* -- a prompt, as the run announces it --------------------------------------------------------- */

static const struct {
	const char *step, *picture;
	PlAnswerKind kind;
} prompts[] = {
    {"reseat", "busbar-position.svg", PL_ANSWER_CONFIRM},
    {"torque-tool", "torque-tool.svg", PL_ANSWER_SCAN},
    {"look", "busbar-seated.svg", PL_ANSWER_PASS_FAIL},
};

static const PlRecipeStep *
step_named (const char *id)
{
	for (guint i = 0; i < recipe->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);

		if (g_str_equal (step->id, id))
			return step;
	}
	ck_abort_msg ("no step %s", id);
}

static void
tell (PlSnapshot *s, PlEventKind kind, const char *step, const PlPrompt *prompt, const char *text)
{
	PlStepResult result = {.step = step_named (step), .attempt = 1};
	PlRunEvent event = {
	    .kind = kind, .step = &result, .progress = 0.3, .prompt = prompt, .text = text};

	pl_snapshot_event (s, recipe, &event);
}

static PlSnapshot *
asking (guint which)
{
	g_autofree char *picture = in_source ("pictures", prompts[which].picture);
	PlPrompt prompt = {.kind = prompts[which].kind, .picture = picture};
	PlSnapshot *s = pl_snapshot_new ();

	pl_snapshot_set_up (s, &station, recipe);
	pl_snapshot_enter (s, PL_SLOT_RUNNING, "PL32-000123", NULL, NULL,
			   g_get_monotonic_time () - 61 * G_USEC_PER_SEC);
	tell (s, PL_EVENT_STEP_STARTED, prompts[which].step, NULL, NULL);
	tell (s, PL_EVENT_PROMPT, prompts[which].step, &prompt, NULL);
	return s;
}

/* Only what is on the screen. */
static GtkButton *
button_named (GtkWidget *root, const char *part)
{
	if (GTK_IS_BUTTON (root) && gtk_widget_get_mapped (root) &&
	    gtk_button_get_label (GTK_BUTTON (root)) != NULL &&
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

static gboolean
on_late (gpointer late)
{
	*(gboolean *)late = TRUE;
	return G_SOURCE_REMOVE;
}

/* Until the picture, which a worker draws, is there. */
static void
show (const PlSnapshot *s)
{
	GtkPicture *picture = GTK_PICTURE (picture_find (GTK_WIDGET (page), GTK_TYPE_PICTURE));
	gboolean late = FALSE;
	guint source = g_timeout_add_seconds (20, on_late, &late);

	pl_run_page_update (page, s);
	gtk_window_present (GTK_WINDOW (window));
	while (s->prompt != NULL && gtk_picture_get_paintable (picture) == NULL && !late)
		g_main_context_iteration (NULL, TRUE);
	ck_assert_msg (!late, "no picture after 20 s");
	g_source_remove (source);
	gtk_test_widget_wait_for_draw (window);
}

static void
press (const char *name)
{
	GtkButton *button = button_named (GTK_WIDGET (page), name);

	ck_assert_msg (button != NULL, "no button %s", name);
	ck_assert_int_ge (gtk_widget_get_height (GTK_WIDGET (button)), 64);
	g_signal_emit_by_name (button, "clicked");
}

static void
keep_picture (const char *name)
{
	g_autofree char *whole = g_strdup_printf ("prompt-%s", name);

	picture_keep (window, whole, WIDTH, HEIGHT);
}

/* -- claims ------------------------------------------------------------------------------------ */

static void
try_theme (guint which, PlLanguage language, gboolean dark)
{
	g_autoptr (PlSnapshot) s = asking (which);
	g_autofree char *name =
	    g_strdup_printf ("%s-%s-%s", prompts[which].step, dark ? "dark" : "light",
			     language == PL_LANGUAGE_EN ? "en" : "zh");

	adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
					    dark ? ADW_COLOR_SCHEME_FORCE_DARK
						 : ADW_COLOR_SCHEME_FORCE_LIGHT);
	pl_language_set (language);
	show (s);
	gtk_test_accessible_assert_property (
	    picture_find (GTK_WIDGET (page), PL_TYPE_VERDICT_BANNER), GTK_ACCESSIBLE_PROPERTY_LABEL,
	    language == PL_LANGUAGE_EN ? "YOUR TURN PL32-000123" : "请操作 PL32-000123");
	gtk_test_accessible_assert_property (
	    picture_find (GTK_WIDGET (page), PL_TYPE_PROMPT_VIEW), GTK_ACCESSIBLE_PROPERTY_LABEL,
	    pl_recipe_step_words (step_named (prompts[which].step), "sentence",
				  pl_language_name (language)));
	picture_assert_fits (GTK_WIDGET (page), name, WIDTH, HEIGHT);
	keep_picture (name);
}

START_TEST (each_kind_is_named_fits_and_is_drawn_in_both_themes_and_languages)
{
	for (guint i = 0; i < 4; i++)
		try_theme (_i, i % 2 == 0 ? PL_LANGUAGE_EN : PL_LANGUAGE_ZH_CN, i >= 2);
}
END_TEST

START_TEST (the_one_button_confirms)
{
	g_autoptr (PlSnapshot) s = asking (0);

	show (s);
	press ("It is done");
	ck_assert_str_eq (answered, "confirmed");
}
END_TEST

/* What is recorded does not hang on the language of the screen. */
START_TEST (a_fail_is_for_a_reason_and_answers_with_the_recipes_own_word)
{
	g_autoptr (PlSnapshot) s = asking (2);

	pl_language_set (PL_LANGUAGE_ZH_CN);
	show (s);
	press ("不合格");
	ck_assert_ptr_null (answered);
	gtk_test_widget_wait_for_draw (window);
	keep_picture ("reasons-zh");
	press ("扭力标记未对齐");
	ck_assert_str_eq (answered, "torque mark out of line");
}
END_TEST

START_TEST (from_the_reasons_there_is_a_way_back_and_pass_is_one_press)
{
	g_autoptr (PlSnapshot) s = asking (2);

	show (s);
	press ("Fail");
	gtk_test_widget_wait_for_draw (window);
	press ("Back");
	gtk_test_widget_wait_for_draw (window);
	press ("Pass");
	ck_assert_str_eq (answered, "pass");
}
END_TEST

START_TEST (the_language_changes_under_an_open_prompt_and_keeps_where_it_was)
{
	g_autoptr (PlSnapshot) s = asking (2);

	show (s);
	press ("Fail");
	pl_language_set (PL_LANGUAGE_ZH_CN);
	show (s);
	ck_assert_ptr_nonnull (button_named (GTK_WIDGET (page), "绝缘损伤"));
	ck_assert_ptr_null (button_named (GTK_WIDGET (page), "damaged insulation"));
}
END_TEST

START_TEST (a_code_that_is_not_taken_is_said_and_only_a_scan_may_be_typed)
{
	for (guint i = 0; i < G_N_ELEMENTS (prompts); i++) {
		g_autoptr (PlSnapshot) s = asking (i);

		tell (s, PL_EVENT_NOTE, prompts[i].step, NULL,
		      "the code \"X\" is not the one that is asked for (TQ-[0-9]{4}); scan the "
		      "right one");
		ck_assert_str_eq (s->said, "the code \"X\" is not the one that is asked for "
					   "(TQ-[0-9]{4}); scan the right one");
		show (s);
		ck_assert_int_eq (
		    gtk_widget_is_sensitive (GTK_WIDGET (button_named (GTK_WIDGET (page), "F2"))),
		    prompts[i].kind == PL_ANSWER_SCAN);
		ck_assert (gtk_widget_is_sensitive (
		    GTK_WIDGET (button_named (GTK_WIDGET (page), "Stop"))));
	}
}
END_TEST

START_TEST (a_double_press_answers_one_question_and_not_the_next_at_the_same_place)
{
	g_autoptr (PlSnapshot) s = asking (0);
	g_autoptr (PlSnapshot) next = asking (0);

	show (s);
	g_signal_emit_by_name (button_named (GTK_WIDGET (page), "It is done"), "clicked");
	ck_assert_str_eq (answered, "confirmed");
	g_clear_pointer (&answered, g_free);
	g_signal_emit_by_name (button_named (GTK_WIDGET (page), "It is done"), "clicked");
	ck_assert_ptr_null (answered);
	show (next);
	g_signal_emit_by_name (button_named (GTK_WIDGET (page), "It is done"), "clicked");
	ck_assert_ptr_null (answered);
	g_usleep (G_USEC_PER_SEC / 2);
	g_signal_emit_by_name (button_named (GTK_WIDGET (page), "It is done"), "clicked");
	ck_assert_str_eq (answered, "confirmed");
}
END_TEST

START_TEST (with_the_answer_the_steps_are_back)
{
	g_autoptr (PlSnapshot) s = asking (0);
	g_autoptr (PlSnapshot) before = pl_snapshot_copy (s);

	show (s);
	ck_assert_ptr_nonnull (button_named (GTK_WIDGET (page), "It is done"));
	tell (s, PL_EVENT_PROMPT, "reseat", NULL, NULL);
	show (s);
	ck_assert_ptr_null (button_named (GTK_WIDGET (page), "It is done"));
	ck_assert_ptr_nonnull (before->prompt);
	gtk_test_accessible_assert_property (
	    picture_find (GTK_WIDGET (page), PL_TYPE_VERDICT_BANNER), GTK_ACCESSIBLE_PROPERTY_LABEL,
	    "TESTING PL32-000123");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-prompt");
	TCase *tcase = tcase_create ("prompt");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 120);
	tcase_add_loop_test (tcase,
			     each_kind_is_named_fits_and_is_drawn_in_both_themes_and_languages, 0,
			     G_N_ELEMENTS (prompts));
	tcase_add_test (tcase, the_one_button_confirms);
	tcase_add_test (tcase, a_fail_is_for_a_reason_and_answers_with_the_recipes_own_word);
	tcase_add_test (tcase, from_the_reasons_there_is_a_way_back_and_pass_is_one_press);
	tcase_add_test (tcase, the_language_changes_under_an_open_prompt_and_keeps_where_it_was);
	tcase_add_test (tcase, a_code_that_is_not_taken_is_said_and_only_a_scan_may_be_typed);
	tcase_add_test (tcase,
			a_double_press_answers_one_question_and_not_the_next_at_the_same_place);
	tcase_add_test (tcase, with_the_answer_the_steps_are_back);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
