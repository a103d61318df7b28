/* SPDX-License-Identifier: Apache-2.0 */
#include "station/simulation.h"
#include "tests/suite.h"
#include "tests/ui/picture.h"
#include "ui/application.h"
#include "ui/fault_view.h"
#include "ui/instrument_card.h"
#include "ui/language.h"
#include "ui/technician_page.h"
#include "ui/traffic_view.h"
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* The technician's page, tab by tab, in light and dark, English and Chinese; each picture is kept
 * in the build folder. Warnings of GTK are fatal here. */
#define WIDTH 1800
#define HEIGHT 1080

static GtkWidget *window;
static PlTechnicianPage *page;
static PlStation station;
static PlDesk desk;
static PlPerson person = {.name = (char *)"4711", .role = PL_PERSON_TECHNICIAN};

static void
set_up (void)
{
	g_autofree char *bench =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "bench", "demo.yaml", NULL);
	g_autoptr (GError) error = NULL;

	adw_init ();
	pl_ui_set_up ();
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
	ck_assert_ok ((station.bench = pl_bench_load (bench, &error)) != NULL, error);
	station.name = (char *)"EOL-3";
	station.home = (char *)"/tmp";
	desk = (PlDesk){.station = &station, .person = &person};
	window = gtk_window_new ();
	page = g_object_new (PL_TYPE_TECHNICIAN_PAGE, NULL);
	gtk_widget_add_css_class (window, "packline");
	gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
	gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
	gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (page));
	pl_page_set_up (PL_PAGE (page), &desk);
	pl_page_refresh (PL_PAGE (page));
}

static void
tear_down (void)
{
	gtk_window_destroy (GTK_WINDOW (window));
	pl_bench_free (station.bench);
}

/* -- a bench in hand --------------------------------------------------------------------------- */

static void
add_number (PlServiceInstrument *instrument, const char *name, const char *unit, double value)
{
	g_array_append_val (pl_service_instrument_add (instrument, name, unit)->values, value);
}

static void
add_cells (PlServiceInstrument *instrument, const char *name)
{
	PlServiceValue *value = pl_service_instrument_add (instrument, name, "V");

	for (guint i = 0; i < 32; i++) {
		double v = 3.2981 + 0.0003 * sin (i);

		g_array_append_val (value->values, v);
	}
}

static PlServiceInstrument *
add_instrument (PlServiceSnapshot *s, PlRole role, const char *maker, const char *model,
		const char *serial, const char *due)
{
	PlServiceInstrument *at = pl_service_snapshot_add_instrument (s, role);

	at->known = TRUE;
	g_strlcpy (at->identity.maker, maker, sizeof at->identity.maker);
	g_strlcpy (at->identity.model, model, sizeof at->identity.model);
	g_strlcpy (at->identity.serial, serial, sizeof at->identity.serial);
	at->due = g_strdup (due);
	return at;
}

static void
add_bench (PlServiceSnapshot *s)
{
	static const struct {
		const char *name, *unit;
		double value;
	} bms[] = {{"contactor", "", 1},
		   {"insulation_monitor", "", 1},
		   {"pack_voltage", "V", 105.53},
		   {"stack_voltage", "V", 105.54},
		   {"terminal_voltage", "V", 105.49},
		   {"current", "A", 5.002},
		   {"soc", "%", 34.6},
		   {"main_aux", "", 1},
		   {"precharge_time", "ms", 812},
		   {"protection", "", 0},
		   {"insulation", "kohm", NAN},
		   {"contactor_fault", "", 0}};
	static const char *const plc[] = {"estop_ok",	  "door_closed",  "door_locked",
					  "interlock_ok", "clamp_closed", "load_relay",
					  "hv_enable",	  "door_lock"};
	PlServiceInstrument *at = add_instrument (s, PL_ROLE_HIPOT, "", "", "", "2027-05-04");

	at->known = FALSE;
	at->trouble = g_strdup ("opening the hipot: pty:hipot: cannot open: No such file or "
				"directory");
	at = add_instrument (s, PL_ROLE_SUPPLY, "ITECH", "IT6054C-800-225", "800104020777110001",
			     "2026-12-01");
	add_number (at, "voltage", "V", 105.512);
	add_number (at, "current", "A", 5.001);
	add_number (at, "power", "W", 527.7);
	add_number (at, "output", "", 1);
	at = add_instrument (s, PL_ROLE_DAQ, "Keysight", "DAQ970A", "MY58001234", "2025-06-22");
	add_number (at, "ambient", "degC", 25.03);
	add_cells (at, "cell*");
	add_number (at, "fixture", "V", 0.02);
	add_number (at, "shunt", "A", 5.0);
	add_number (at, "terminal", "V", 105.49);
	at = add_instrument (s, PL_ROLE_BMS, "", "PL-BMS-32S", "BMS-0042", NULL);
	for (guint i = 0; i < G_N_ELEMENTS (bms); i++)
		add_number (at, bms[i].name, bms[i].unit, bms[i].value);
	add_cells (at, "cell_voltage");
	at = add_instrument (s, PL_ROLE_PLC, "", "", "", NULL);
	for (guint i = 0; i < G_N_ELEMENTS (plc); i++)
		add_number (at, plc[i], "", i != 6);
	add_number (at, "leak_pressure", "Pa", 2);
	at = add_instrument (s, PL_ROLE_SCANNER, "", "", "", NULL);
	pl_service_instrument_add (at, "state", "")->text = g_strdup ("ready");
	add_instrument (s, PL_ROLE_PRINTER, "", "", "", NULL);
}

static PlServiceSnapshot *
in_hand (void)
{
	PlServiceSnapshot *s = pl_service_snapshot_new ();
	guint n;
	const PlServiceOutput *outputs = pl_service_outputs (&n);

	s->state = PL_SERVICE_IN_HAND;
	s->who = g_strdup ("4711");
	s->said = g_strdup ("contactor = 1: done");
	s->said_seq = 1;
	add_bench (s);
	for (guint i = 0; i < n; i++) {
		PlServiceSwitch *at = g_new (PlServiceSwitch, 1);
		gboolean on = g_str_equal (outputs[i].name, "contactor") ||
			      g_str_equal (outputs[i].name, "door_lock");

		*at = (PlServiceSwitch){&outputs[i], on, on};
		g_ptr_array_add (s->switches, at);
	}
	return s;
}

static PlSimulation *
line (void)
{
	return pl_simulation_parse (
	    "off  loose-busbar               Loose busbar after a cell [cell=7,ohm=0.0006]\n"
	    "on   low-capacity-cell          Weak cell [cell=15,ah=60,soc=25]\n"
	    "off  soft-short                 Leaking [cell=20,ohm=100,weeks=4]\n"
	    "off  open-probe                 Open [cell=7,side=bms]\n"
	    "off  stuck-ntc                  NTC open [ntc=2,degc=-40]\n"
	    "off  bms-silent                 Silent\noff  welded-contactor           Welded\n"
	    "off  insulation-monitor-left-on Left on\n"
	    "off  door-opened-under-hv       The door\n"
	    "off  instrument-unplugged       Out [role=hipot]",
	    "hv_level 0\ntime_s 12.300000\ndoor_closed 1\ndoor_lock 1\nestop_ok 1\n"
	    "main_contactor 1\nsupply_on 1\nfixture_v 0.02\nterminal_v 105.49\nsupply_a 5.001");
}

/* -- drawing ----------------------------------------------------------------------------------- */

static void
talk_on_wires (void)
{
	PlTap *daq = pl_bench_tap (station.bench, PL_ROLE_DAQ);
	PlTap *bms = pl_bench_tap (station.bench, PL_ROLE_BMS);
	static const guint8 asked[] = {0x01, 0x04, 0x00, 0x64, 0x00, 0x01, 0x71, 0xd5};
	static const guint8 told[] = {0x01, 0x04, 0x02, 0x29, 0x39, 0x67, 0x52};
	g_autoptr (GError) error =
	    g_error_new (PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "timed out waiting for bytes");

	pl_tap_switch (daq, TRUE);
	pl_tap_switch (bms, TRUE);
	for (guint i = 0; i < 6; i++) {
		pl_tap_bytes (daq, '>', "READ?\n", 6);
		pl_tap_bytes (bms, '>', asked, sizeof asked);
		pl_tap_bytes (bms, '<', told, sizeof told);
		pl_tap_bytes (daq, '<', "+2.50312000E+01,+3.29812000E+00\r\n", 33);
	}
	pl_tap_error (bms, "read", error);
	pl_traffic_view_catch_up (
	    PL_TRAFFIC_VIEW (picture_find (GTK_WIDGET (page), PL_TYPE_TRAFFIC_VIEW)));
}

static void
draw (const char *tab, PlLanguage language, gboolean dark)
{
	g_autoptr (PlServiceSnapshot) s = in_hand ();
	g_autoptr (PlSimulation) simulation = line ();
	g_autofree char *name =
	    g_strdup_printf ("technician-%s-%s-%s", tab, dark ? "dark" : "light",
			     language == PL_LANGUAGE_EN ? "en" : "zh");

	adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
					    dark ? ADW_COLOR_SCHEME_FORCE_DARK
						 : ADW_COLOR_SCHEME_FORCE_LIGHT);
	pl_language_set (language);
	pl_page_refresh (PL_PAGE (page));
	if (!g_str_equal (tab, "empty"))
		pl_technician_page_show (page, s);
	pl_fault_view_update (PL_FAULT_VIEW (picture_find (GTK_WIDGET (page), PL_TYPE_FAULT_VIEW)),
			      simulation);
	gtk_stack_set_visible_child_name (
	    GTK_STACK (picture_find (GTK_WIDGET (page), GTK_TYPE_STACK)),
	    g_str_equal (tab, "empty") ? "bench" : tab);
	gtk_window_present (GTK_WINDOW (window));
	gtk_test_widget_wait_for_draw (window);
	gtk_test_widget_wait_for_draw (window);
	picture_assert_fits (GTK_WIDGET (page), name, WIDTH, HEIGHT);
	picture_keep (window, name, WIDTH, HEIGHT);
}

static const char *const tabs[] = {"empty", "bench", "wires", "calibration", "faults"};

START_TEST (each_tab_fits_and_is_drawn_in_both_themes_and_languages)
{
	talk_on_wires ();
	for (guint i = 0; i < 4; i++)
		draw (tabs[_i], i % 2 == 0 ? PL_LANGUAGE_EN : PL_LANGUAGE_ZH_CN, i >= 2);
}
END_TEST

/* -- claims ------------------------------------------------------------------------------------ */

static GtkWidget *
labelled (GtkWidget *root, GType type, const char *part)
{
	if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && gtk_widget_get_visible (root)) {
		const char *text = GTK_IS_BUTTON (root) ? gtk_button_get_label (GTK_BUTTON (root))
							: gtk_label_get_text (GTK_LABEL (root));

		if (text != NULL && strstr (text, part) != NULL)
			return root;
	}
	for (GtkWidget *at = gtk_widget_get_first_child (root); at != NULL;
	     at = gtk_widget_get_next_sibling (at)) {
		GtkWidget *found = labelled (at, type, part);

		if (found != NULL)
			return found;
	}
	return NULL;
}

START_TEST (an_instrument_that_is_unplugged_says_so_and_what_to_do)
{
	g_autoptr (PlServiceSnapshot) s = in_hand ();

	pl_technician_page_show (page, s);
	ck_assert_ptr_nonnull (labelled (GTK_WIDGET (page), GTK_TYPE_LABEL, "does not answer"));
	ck_assert_ptr_nonnull (
	    labelled (GTK_WIDGET (page), GTK_TYPE_LABEL, "Check its cable and its power"));
}
END_TEST

START_TEST (outputs_can_be_switched_only_while_the_bench_is_in_hand)
{
	g_autoptr (PlServiceSnapshot) s = in_hand ();
	GtkWidget *key;

	pl_technician_page_show (page, s);
	key = labelled (GTK_WIDGET (page), GTK_TYPE_BUTTON, "Switch off");
	ck_assert_ptr_nonnull (key);
	ck_assert (gtk_widget_is_sensitive (key));
	s->state = PL_SERVICE_LEAVING;
	pl_technician_page_show (page, s);
	ck_assert (!gtk_widget_is_sensitive (key));
}
END_TEST

static void
on_switched (gpointer list, const PlServiceOutput *output, double value, GString *heard)
{
	g_string_append_printf (heard, "%s=%g ", output->name, value);
}

START_TEST (a_key_asks_for_the_other_state_and_a_snapshot_asks_for_nothing)
{
	g_autoptr (PlServiceSnapshot) s = in_hand ();
	g_autoptr (GString) heard = g_string_new (NULL);
	GType type = g_type_from_name ("PlOutputList");
	GtkWidget *list = picture_find (GTK_WIDGET (page), type);

	g_signal_connect (list, "switched", G_CALLBACK (on_switched), heard);
	pl_technician_page_show (page, s);
	pl_technician_page_show (page, s);
	ck_assert_str_eq (heard->str, "");
	g_signal_emit_by_name (labelled (list, GTK_TYPE_BUTTON, "Switch off"), "clicked");
	ck_assert_str_eq (heard->str, "door_lock=0 ");
	g_signal_emit_by_name (labelled (list, GTK_TYPE_BUTTON, "Switch on"), "clicked");
	ck_assert_str_eq (heard->str, "door_lock=0 clamp=1 ");
}
END_TEST

START_TEST (a_double_press_on_off_leaves_it_off)
{
	g_autoptr (PlServiceSnapshot) s = in_hand ();
	g_autoptr (GString) heard = g_string_new (NULL);
	GtkWidget *list = picture_find (GTK_WIDGET (page), g_type_from_name ("PlOutputList"));
	GtkWidget *button;

	g_signal_connect (list, "switched", G_CALLBACK (on_switched), heard);
	pl_technician_page_show (page, s);
	button = labelled (list, GTK_TYPE_BUTTON, "Switch off");
	g_signal_emit_by_name (button, "clicked");
	for (guint i = 0; i < s->switches->len; i++) {
		PlServiceSwitch *at = g_ptr_array_index (s->switches, i);

		at->value = at->held = 0;
	}
	pl_technician_page_show (page, s);
	ck_assert_str_eq (gtk_button_get_label (GTK_BUTTON (button)), "Switch on");
	g_signal_emit_by_name (button, "clicked");
	ck_assert_str_eq (heard->str, "door_lock=0 ");
	g_usleep (G_USEC_PER_SEC / 2);
	g_signal_emit_by_name (button, "clicked");
	ck_assert_str_eq (heard->str, "door_lock=0 door_lock=1 ");
}
END_TEST

START_TEST (a_look_at_a_wire_is_switched_by_its_key_and_shown_line_by_line)
{
	GtkWidget *view = picture_find (GTK_WIDGET (page), PL_TYPE_TRAFFIC_VIEW);
	GtkTextView *text = GTK_TEXT_VIEW (picture_find (view, GTK_TYPE_TEXT_VIEW));
	GtkTextBuffer *buffer = gtk_text_view_get_buffer (text);
	PlTap *plc = pl_bench_tap (station.bench, PL_ROLE_PLC);
	g_autofree char *shown = NULL;
	GtkTextIter start, end;

	ck_assert (!pl_tap_is_on (plc));
	gtk_toggle_button_set_active (
	    GTK_TOGGLE_BUTTON (labelled (view, GTK_TYPE_BUTTON, "Fixture")), TRUE);
	ck_assert (pl_tap_is_on (plc));
	talk_on_wires ();
	gtk_text_buffer_get_bounds (buffer, &start, &end);
	shown = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
	ck_assert_msg (strstr (shown, "daq      > \"READ?\\n\"") != NULL, "%s", shown);
	ck_assert_msg (strstr (shown, "bms      ! read timeout") != NULL, "%s", shown);
}
END_TEST

START_TEST (the_page_follows_the_desk_to_another_bench)
{
	g_autofree char *folder = g_dir_make_tmp ("packline-XXXXXX", NULL);
	g_autofree char *file = g_build_filename (folder, "bench.yaml", NULL);
	g_autoptr (PlServiceSnapshot) s = in_hand ();
	PlStation other = {.name = (char *)"EOL-3", .home = (char *)"/tmp"};
	g_autoptr (GError) error = NULL;

	ck_assert (g_file_set_contents (file,
					"bench: two\ninstruments:\n  - { role: printer, driver: "
					"zpl-printer, link: \"tcp:127.0.0.1:9100\" }\n",
					-1, NULL));
	ck_assert_ok ((other.bench = pl_bench_load (file, &error)) != NULL, error);
	pl_technician_page_show (page, s);
	ck_assert_ptr_nonnull (picture_find (GTK_WIDGET (page), PL_TYPE_INSTRUMENT_CARD));
	desk.station = &other;
	pl_page_refresh (PL_PAGE (page));
	ck_assert_ptr_null (picture_find (GTK_WIDGET (page), PL_TYPE_INSTRUMENT_CARD));
	ck_assert_ptr_null (labelled (GTK_WIDGET (page), GTK_TYPE_BUTTON, "Simulated faults"));
	ck_assert_ptr_null (labelled (picture_find (GTK_WIDGET (page), PL_TYPE_TRAFFIC_VIEW),
				      GTK_TYPE_BUTTON, "DAQ"));
	ck_assert_ptr_nonnull (labelled (picture_find (GTK_WIDGET (page), PL_TYPE_TRAFFIC_VIEW),
					 GTK_TYPE_BUTTON, "Printer"));
	desk.station = &station;
	pl_page_refresh (PL_PAGE (page));
	pl_bench_free (other.bench);
	g_remove (file);
	g_rmdir (folder);
}
END_TEST

START_TEST (a_page_that_is_gone_leaves_nothing_behind)
{
	g_autoptr (PlServiceSnapshot) s = in_hand ();
	gpointer kept = page;

	pl_technician_page_show (page, s);
	g_object_add_weak_pointer (G_OBJECT (page), &kept);
	gtk_window_set_child (GTK_WINDOW (window), NULL);
	while (g_main_context_iteration (NULL, FALSE))
		;
	ck_assert_ptr_null (kept);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-technician");
	TCase *tcase = tcase_create ("technician");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 120);
	tcase_add_loop_test (tcase, each_tab_fits_and_is_drawn_in_both_themes_and_languages, 0,
			     G_N_ELEMENTS (tabs));
	tcase_add_test (tcase, an_instrument_that_is_unplugged_says_so_and_what_to_do);
	tcase_add_test (tcase, outputs_can_be_switched_only_while_the_bench_is_in_hand);
	tcase_add_test (tcase, a_key_asks_for_the_other_state_and_a_snapshot_asks_for_nothing);
	tcase_add_test (tcase, a_double_press_on_off_leaves_it_off);
	tcase_add_test (tcase, a_look_at_a_wire_is_switched_by_its_key_and_shown_line_by_line);
	tcase_add_test (tcase, the_page_follows_the_desk_to_another_bench);
	tcase_add_test (tcase, a_page_that_is_gone_leaves_nothing_behind);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
