/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "ui/application.h"
#include "ui/language.h"
#include "ui/run_area.h"
#include "ui/run_page.h"
#include "ui/slot_tile.h"
#include "ui/verdict_banner.h"
#include <glib/gstdio.h>
#include <string.h>

/* Many slots on one screen, as they are drawn; each picture is kept in the build folder. Warnings
 * of GTK are fatal here. */
#define WIDTH 1920
#define HEIGHT 1080
#define CAUSE                                                                                      \
	"Pack and cell resistance, 10 s: position 7: 0.593 mohm over the median of 0.571 mohm: "   \
	"loose busbar or weld at this cell"

static GtkWidget *window;
static PlRunArea *area;
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
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
	ck_assert_ok ((recipe = pl_recipe_load (file, &error)) != NULL, error);
	ck_assert_ok ((station.bench = pl_bench_load (bench, &error)) != NULL, error);
	station.name = (char *)"EOL-3";
	station.operator_id = (char *)"4711";
	station.home = (char *)"/tmp";
	window = gtk_window_new ();
	area = g_object_new (PL_TYPE_RUN_AREA, NULL);
	pl_run_area_set_up (area, "BIN-1");
	gtk_widget_add_css_class (window, "packline");
	gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
	gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
	gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (area));
}

static void
tear_down (void)
{
	gtk_window_destroy (GTK_WINDOW (window));
	pl_recipe_free (recipe);
	pl_bench_free (station.bench);
}

/* -- slots in states --------------------------------------------------------------------------- */

static PlSnapshot *
slot_in (guint slot, PlSlotState state)
{
	PlSnapshot *s = pl_snapshot_new ();
	g_autofree char *serial = g_strdup_printf ("PL32-%06u", slot + 123);
	gboolean has_pack = state >= PL_SLOT_RUNNING && state <= PL_SLOT_UNSAFE;
	gboolean has_cause = state > PL_SLOT_PASSED && has_pack;

	pl_snapshot_set_up (s, &station, recipe);
	s->slot = slot;
	if (state >= PL_SLOT_RUNNING && state <= PL_SLOT_ABORTED)
		pl_snapshot_enter (s, PL_SLOT_RUNNING, serial, NULL, NULL, 1);
	if (state != PL_SLOT_RUNNING)
		pl_snapshot_enter (s, state, has_pack ? serial : NULL, has_cause ? CAUSE : NULL,
				   state == PL_SLOT_PASSED ? "A" : NULL, 754 * G_USEC_PER_SEC);
	if (state != PL_SLOT_RUNNING)
		return s;
	s->began_us = g_get_monotonic_time () - (70 + slot * 13) * G_USEC_PER_SEC;
	s->running = (int)(slot % s->n_steps);
	s->progress = (slot % s->n_steps + 0.5) / s->n_steps;
	return s;
}

static void
ask (PlSnapshot *s)
{
	s->prompt = g_atomic_rc_box_new0 (PlPromptSnapshot);
	s->prompt->sentence[PL_LANGUAGE_EN] = g_strdup ("Close both clamps of the lid");
	s->prompt->sentence[PL_LANGUAGE_ZH_CN] = g_strdup ("合上盖板的两个夹具");
}

/* Mostly running, with one of each other state among them. */
static PlSlotState
state_at (guint i)
{
	static const PlSlotState states[] = {
	    PL_SLOT_RUNNING, PL_SLOT_FAILED,  PL_SLOT_PASSED,  PL_SLOT_READY,
	    PL_SLOT_RUNNING, PL_SLOT_ERROR,   PL_SLOT_BLOCKED, PL_SLOT_RUNNING,
	    PL_SLOT_ABORTED, PL_SLOT_RUNNING, PL_SLOT_UNSAFE,  PL_SLOT_HELD,
	    PL_SLOT_RUNNING, PL_SLOT_RUNNING, PL_SLOT_PASSED,  PL_SLOT_RECOVERING};

	return states[i % G_N_ELEMENTS (states)];
}

static void
show (guint slot, PlSlotState state)
{
	g_autoptr (PlSnapshot) s = slot_in (slot, state);

	if (slot % 16 == 4 && state == PL_SLOT_RUNNING)
		ask (s);
	pl_run_area_update (area, s);
}

static void
wait_for_draw (void)
{
	/* the grid draws all tiles at once, a tenth of a second later at most */
	gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC / 5;

	gtk_window_present (GTK_WINDOW (window));
	while (g_get_monotonic_time () < end)
		g_main_context_iteration (NULL, FALSE);
	gtk_test_widget_wait_for_draw (window);
}

static void
show_many (guint n)
{
	for (guint i = 0; i < n; i++)
		show (i, state_at (i));
	wait_for_draw ();
}

static void
find_all (GtkWidget *root, GType type, GPtrArray *found)
{
	if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
		g_ptr_array_add (found, root);
	for (GtkWidget *at = gtk_widget_get_first_child (root); at != NULL;
	     at = gtk_widget_get_next_sibling (at))
		find_all (at, type, found);
}

static GPtrArray *
all_of (GType type)
{
	GPtrArray *found = g_ptr_array_new ();

	find_all (GTK_WIDGET (area), type, found);
	return found;
}

static gboolean
is_in_view (GType type)
{
	g_autoptr (GPtrArray) found = all_of (type);

	return found->len > 0 && gtk_widget_get_mapped (g_ptr_array_index (found, 0));
}

static GtkWidget *
tile_at (guint slot)
{
	g_autoptr (GPtrArray) tiles = all_of (PL_TYPE_SLOT_TILE);

	ck_assert_uint_gt (tiles->len, slot);
	return g_ptr_array_index (tiles, slot);
}

/* -- pictures ---------------------------------------------------------------------------------- */

static GdkTexture *
draw (void)
{
	g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
	GtkSnapshot *snapshot = gtk_snapshot_new ();
	GdkTexture *texture;
	GskRenderNode *node;

	gdk_paintable_snapshot (paintable, snapshot, WIDTH, HEIGHT);
	node = gtk_snapshot_free_to_node (snapshot);
	ck_assert_ptr_nonnull (node);
	texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
					       &GRAPHENE_RECT_INIT (0, 0, WIDTH, HEIGHT));
	gsk_render_node_unref (node);
	return texture;
}

static void
keep_picture (const char *name)
{
	g_autofree char *folder =
	    g_build_filename (g_getenv ("PACKLINE_BUILD"), "tests", "ui", "pictures", NULL);
	g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
	g_autoptr (GdkTexture) texture = draw ();

	g_mkdir_with_parents (folder, 0755);
	ck_assert (gdk_texture_save_to_png (texture, path));
}

static void
assert_fits (void)
{
	int least;

	gtk_widget_measure (GTK_WIDGET (area), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL,
			    NULL);
	ck_assert_int_le (least, WIDTH);
	gtk_widget_measure (GTK_WIDGET (area), GTK_ORIENTATION_VERTICAL, WIDTH, &least, NULL, NULL,
			    NULL);
	ck_assert_int_le (least, HEIGHT);
}

static const guint sizes[] = {2, 3, 4, 16, 64};

START_TEST (a_grid_of_2_to_64_slots_fits_and_is_drawn_in_both_themes_and_languages)
{
	for (guint i = 0; i < 4; i++) {
		PlLanguage language = i % 2 == 0 ? PL_LANGUAGE_EN : PL_LANGUAGE_ZH_CN;
		g_autofree char *name =
		    g_strdup_printf ("slots-%02u-%s-%s", sizes[_i], i >= 2 ? "dark" : "light",
				     language == PL_LANGUAGE_EN ? "en" : "zh");

		adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
						    i >= 2 ? ADW_COLOR_SCHEME_FORCE_DARK
							   : ADW_COLOR_SCHEME_FORCE_LIGHT);
		pl_language_set (language);
		show_many (sizes[_i]);
		pl_run_area_scan (area, "PL32-000999", "scanned");
		pl_run_area_choose (area, 1);
		wait_for_draw ();
		assert_fits ();
		keep_picture (name);
	}
}
END_TEST

/* -- claims ------------------------------------------------------------------------------------ */

START_TEST (each_tile_is_a_button_that_says_slot_state_and_pack)
{
	show_many (4);
	for (guint i = 0; i < 4; i++) {
		g_autofree char *name =
		    i == 3 ? g_strdup ("Slot 4 READY")
			   : g_strdup_printf ("Slot %u %s PL32-%06u", i + 1,
					      pl_state_word (state_at (i)), i + 123);

		gtk_test_accessible_assert_role (tile_at (i), GTK_ACCESSIBLE_ROLE_BUTTON);
		gtk_test_accessible_assert_property (tile_at (i), GTK_ACCESSIBLE_PROPERTY_LABEL,
						     name);
	}
	/* on the tile the cause is cut short; whoever asks gets all of it, with its signs */
	gtk_test_accessible_assert_property (tile_at (1), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
					     "Pack and cell resistance, 10 s: position 7: 0.593 mΩ "
					     "over the median of 0.571 mΩ: loose busbar or weld at "
					     "this cell");
}
END_TEST

START_TEST (a_tile_whose_run_asks_a_person_says_so_and_no_longer_than_it_asks)
{
	g_autoptr (PlSnapshot) before = slot_in (0, PL_SLOT_RUNNING);
	g_autoptr (PlSnapshot) asks = pl_snapshot_copy (before);
	g_autoptr (PlSnapshot) after = pl_snapshot_copy (before);

	ask (asks);
	show (0, PL_SLOT_READY);
	show (1, PL_SLOT_READY);
	pl_run_area_update (area, before);
	wait_for_draw ();
	pl_run_area_update (area, asks);
	wait_for_draw ();
	gtk_test_accessible_assert_property (tile_at (0), GTK_ACCESSIBLE_PROPERTY_LABEL,
					     "Slot 1 YOUR TURN PL32-000123");
	gtk_test_accessible_assert_property (tile_at (0), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
					     "Close both clamps of the lid");
	ck_assert (gtk_widget_has_css_class (tile_at (0), "asks"));
	pl_run_area_update (area, after);
	wait_for_draw ();
	ck_assert (!gtk_widget_has_css_class (tile_at (0), "asks"));
}
END_TEST

static guint
rgb_at (GdkTexture *texture, GtkWidget *tile)
{
	g_autofree guchar *pixels = g_malloc ((gsize)WIDTH * HEIGHT * 4);
	graphene_rect_t bounds;
	gsize at;

	ck_assert (gtk_widget_compute_bounds (tile, window, &bounds));
	gdk_texture_download (texture, pixels, WIDTH * 4);
	/* left of the lines, above the first: ground and nothing else */
	at = ((gsize)bounds.origin.y + 12) * WIDTH + (gsize)(bounds.origin.x + 12);
	return pixels[at * 4 + 2] << 16 | pixels[at * 4 + 1] << 8 | pixels[at * 4];
}

static double
luminance (guint rgb)
{
	return 0.2126 * (rgb >> 16 & 255) + 0.7152 * (rgb >> 8 & 255) + 0.0722 * (rgb & 255);
}

START_TEST (a_passed_tile_is_light_and_a_failed_one_dark_in_every_theme)
{
	for (guint dark = 0; dark < 2; dark++) {
		g_autoptr (GdkTexture) texture = NULL;

		adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
						    dark ? ADW_COLOR_SCHEME_FORCE_DARK
							 : ADW_COLOR_SCHEME_FORCE_LIGHT);
		show_many (4);
		texture = draw ();
		ck_assert_double_lt (luminance (rgb_at (texture, tile_at (1))), 80);
		ck_assert_double_gt (luminance (rgb_at (texture, tile_at (2))), 150);
	}
}
END_TEST

START_TEST (one_slot_has_no_grid)
{
	show (0, PL_SLOT_READY);
	wait_for_draw ();
	ck_assert (is_in_view (PL_TYPE_VERDICT_BANNER));
	pl_run_area_home (area);
	pl_run_area_choose (area, 0);
	ck_assert (is_in_view (PL_TYPE_VERDICT_BANNER));
	ck_assert (!is_in_view (PL_TYPE_SLOT_TILE));
}
END_TEST

static void
on_opened (PlRunArea *self, guint slot, guint *ret)
{
	*ret = slot;
}

START_TEST (a_tile_opens_its_slots_page_and_there_is_a_way_back)
{
	g_autoptr (GPtrArray) banners = NULL;
	guint opened = 99;

	show_many (4);
	g_signal_connect (area, "opened", G_CALLBACK (on_opened), &opened);
	ck_assert (is_in_view (PL_TYPE_SLOT_TILE));
	g_signal_emit_by_name (tile_at (1), "clicked");
	wait_for_draw ();
	ck_assert_uint_eq (opened, 1);
	ck_assert (!is_in_view (PL_TYPE_SLOT_TILE));
	banners = all_of (PL_TYPE_VERDICT_BANNER);
	gtk_test_accessible_assert_property (g_ptr_array_index (banners, 0),
					     GTK_ACCESSIBLE_PROPERTY_LABEL, "FAIL PL32-000124");
	assert_fits ();
	keep_picture ("slots-04-opened");
	pl_run_area_home (area);
	wait_for_draw ();
	ck_assert (is_in_view (PL_TYPE_SLOT_TILE));
}
END_TEST

typedef struct {
	guint n, slot;
	char *code, *entry;
} Scan;

static void
on_scan (PlRunArea *self, guint slot, const char *code, const char *entry, Scan *scan)
{
	scan->n++;
	scan->slot = slot;
	g_free (scan->code);
	scan->code = g_strdup (code);
	g_free (scan->entry);
	scan->entry = g_strdup (entry);
}

static gboolean
says (const char *part)
{
	g_autoptr (GPtrArray) labels = all_of (GTK_TYPE_LABEL);
	g_autoptr (GPtrArray) lines = all_of (GTK_TYPE_INSCRIPTION);
	gboolean said = FALSE;

	for (guint i = 0; i < labels->len; i++)
		said |= gtk_widget_get_mapped (labels->pdata[i]) &&
			strstr (gtk_label_get_text (labels->pdata[i]), part) != NULL;
	for (guint i = 0; i < lines->len; i++) {
		const char *text = gtk_inscription_get_text (lines->pdata[i]);

		said |= gtk_widget_get_mapped (lines->pdata[i]) && text != NULL &&
			strstr (text, part) != NULL;
	}
	return said;
}

START_TEST (a_pack_goes_to_the_slot_that_was_chosen_once_and_no_further)
{
	Scan scan = {0};

	show (0, PL_SLOT_READY);
	show (1, PL_SLOT_READY);
	show (2, PL_SLOT_RUNNING);
	g_signal_connect (area, "scan", G_CALLBACK (on_scan), &scan);
	pl_run_area_scan (area, "PL32-000001", "scanned");
	ck_assert_uint_eq (scan.n, 0);
	ck_assert (!pl_run_area_may_type (area));
	wait_for_draw ();
	ck_assert (says ("Several slots are free"));
	pl_run_area_scan (area, "SLOT-2", "scanned");
	wait_for_draw ();
	ck_assert (says ("Slot 2: scan its pack now"));
	gtk_test_accessible_assert_property (tile_at (1), GTK_ACCESSIBLE_PROPERTY_LABEL,
					     "Slot 2 READY, chosen");
	ck_assert (pl_run_area_may_type (area));
	pl_run_area_scan (area, "PL32-000001", "typed");
	ck_assert_uint_eq (scan.n, 1);
	ck_assert_uint_eq (scan.slot, 1);
	ck_assert_str_eq (scan.code, "PL32-000001");
	ck_assert_str_eq (scan.entry, "typed");
	/* the choice is used up */
	pl_run_area_scan (area, "PL32-000002", "scanned");
	ck_assert_uint_eq (scan.n, 1);
	/* with one slot left it goes there by itself */
	show (1, PL_SLOT_RUNNING);
	pl_run_area_scan (area, "PL32-000002", "scanned");
	ck_assert_uint_eq (scan.n, 2);
	ck_assert_uint_eq (scan.slot, 0);
	show (0, PL_SLOT_RUNNING);
	pl_run_area_scan (area, "PL32-000003", "scanned");
	ck_assert_uint_eq (scan.n, 2);
	wait_for_draw ();
	ck_assert (says ("No slot is free"));
	g_free (scan.code);
	g_free (scan.entry);
}
END_TEST

START_TEST (a_slot_whose_page_is_open_is_the_chosen_one)
{
	Scan scan = {0};

	show_many (4);
	g_signal_connect (area, "scan", G_CALLBACK (on_scan), &scan);
	pl_run_area_choose (area, 3);
	g_signal_emit_by_name (tile_at (3), "clicked");
	pl_run_area_scan (area, "PL32-000001", "scanned");
	pl_run_area_scan (area, "PL32-000002", "scanned");
	ck_assert_uint_eq (scan.n, 2);
	ck_assert_uint_eq (scan.slot, 3);
	/* by its own code another one's page comes into view */
	pl_run_area_scan (area, "SLOT-1", "scanned");
	pl_run_area_scan (area, "PL32-000003", "scanned");
	ck_assert_uint_eq (scan.n, 2);
	wait_for_draw ();
	ck_assert (says ("A test is running"));
	g_free (scan.code);
	g_free (scan.entry);
}
END_TEST

START_TEST (a_slot_that_is_chosen_twice_opens)
{
	show_many (4);
	pl_run_area_choose (area, 2);
	ck_assert (is_in_view (PL_TYPE_SLOT_TILE));
	pl_run_area_choose (area, 2);
	wait_for_draw ();
	ck_assert (!is_in_view (PL_TYPE_SLOT_TILE));
	/* there is no such slot: nothing happens */
	pl_run_area_home (area);
	pl_run_area_choose (area, 4);
	pl_run_area_choose (area, 4);
	ck_assert (is_in_view (PL_TYPE_SLOT_TILE));
}
END_TEST

START_TEST (what_a_slot_says_of_a_code_is_said_with_its_number)
{
	g_autoptr (PlSnapshot) s = slot_in (1, PL_SLOT_FAILED);

	show_many (4);
	pl_snapshot_say (s, "PL32-000009 is not taken: acknowledge the failed pack first");
	pl_run_area_update (area, s);
	wait_for_draw ();
	ck_assert (says ("Slot 2: PL32-000009 is not taken"));
}
END_TEST

static void
on_painted (GdkPaintable *paintable, guint *n)
{
	(*n)++;
}

START_TEST (a_tile_is_painted_again_only_if_its_own_slot_has_news)
{
	guint painted[4] = {0};
	g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_object_unref);
	g_autoptr (PlSnapshot) news = slot_in (2, PL_SLOT_FAILED);

	/* nothing runs: no clock ticks */
	for (guint i = 0; i < 4; i++)
		show (i, i == 1 ? PL_SLOT_PASSED : PL_SLOT_READY);
	wait_for_draw ();
	for (guint i = 0; i < 4; i++) {
		g_ptr_array_add (seen, gtk_widget_paintable_new (tile_at (i)));
		g_signal_connect (seen->pdata[i], "invalidate-contents", G_CALLBACK (on_painted),
				  &painted[i]);
	}
	/* the same again, and one that has changed */
	show (0, PL_SLOT_READY);
	show (1, PL_SLOT_PASSED);
	pl_run_area_update (area, news);
	wait_for_draw ();
	/* a paintable tells of it a little later */
	wait_for_draw ();
	ck_assert_uint_eq (painted[0], 0);
	ck_assert_uint_eq (painted[1], 0);
	ck_assert_uint_gt (painted[2], 0);
	ck_assert_uint_eq (painted[3], 0);
}
END_TEST

START_TEST (the_tiles_of_an_area_that_is_gone_leave_nothing_behind)
{
	gpointer tile, kept = area;

	show_many (16);
	tile = tile_at (5);
	g_object_add_weak_pointer (G_OBJECT (tile), &tile);
	g_object_add_weak_pointer (G_OBJECT (area), &kept);
	gtk_window_set_child (GTK_WINDOW (window), NULL);
	gtk_test_widget_wait_for_draw (window);
	ck_assert_ptr_null (tile);
	ck_assert_ptr_null (kept);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-slots");
	TCase *tcase = tcase_create ("slots");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 120);
	tcase_add_loop_test (tcase,
			     a_grid_of_2_to_64_slots_fits_and_is_drawn_in_both_themes_and_languages,
			     0, G_N_ELEMENTS (sizes));
	tcase_add_test (tcase, each_tile_is_a_button_that_says_slot_state_and_pack);
	tcase_add_test (tcase, a_tile_whose_run_asks_a_person_says_so_and_no_longer_than_it_asks);
	tcase_add_test (tcase, a_passed_tile_is_light_and_a_failed_one_dark_in_every_theme);
	tcase_add_test (tcase, one_slot_has_no_grid);
	tcase_add_test (tcase, a_tile_opens_its_slots_page_and_there_is_a_way_back);
	tcase_add_test (tcase, a_pack_goes_to_the_slot_that_was_chosen_once_and_no_further);
	tcase_add_test (tcase, a_slot_whose_page_is_open_is_the_chosen_one);
	tcase_add_test (tcase, a_slot_that_is_chosen_twice_opens);
	tcase_add_test (tcase, what_a_slot_says_of_a_code_is_said_with_its_number);
	tcase_add_test (tcase, a_tile_is_painted_again_only_if_its_own_slot_has_news);
	tcase_add_test (tcase, the_tiles_of_an_area_that_is_gone_leave_nothing_behind);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
