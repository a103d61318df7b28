/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "tests/ui/picture.h"
#include "ui/application.h"
#include "ui/language.h"
#include "ui/signs.h"
#include "ui/verdict_banner.h"
#include <glib/gstdio.h>
#include <string.h>

/* The banner of a station that speaks Chinese: what it says of a pack or of itself has no English
 * in it but names, codes and units. Each picture is kept in the build folder. */
#define WIDTH 1000
#define HEIGHT 900

static GtkWidget *window;
static PlVerdictBanner *banner;

static void
set_up (void)
{
	adw_init ();
	pl_ui_set_up ();
	window = gtk_window_new ();
	banner = g_object_new (PL_TYPE_VERDICT_BANNER, NULL);
	gtk_widget_add_css_class (window, "packline");
	gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
	gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
	gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (banner));
}

static void
tear_down (void)
{
	gtk_window_destroy (GTK_WINDOW (window));
}

/* As the station has said them; the last words of some are the instrument's own. */
static const struct {
	PlSlotState state;
	const char *name, *cause, *says; /* says: a part of the Chinese */
} verdicts[] = {
    {PL_SLOT_FAILED, "busbar",
     "Pack and cell resistance (10 s): position 7: 0.593 mohm over the median of 0.571 mohm: loose "
     "busbar or weld at this cell",
     "位置 7：比中位数 0.571 mΩ 高 0.593 mΩ"},
    {PL_SLOT_FAILED, "cell",
     "Cell voltages: cell 12 reads 2.104 V, not 3.10 .. 3.45 V (DAQ reads 2.106 V)",
     "单体 12 读得 2.104 V，不在 3.10 … 3.45 V 内"},
    {PL_SLOT_FAILED, "withstand", "Dielectric withstand: breakdown on hv-chassis at 1043 V",
     "耐压：hv-chassis 在 1043 V 时击穿"},
    {PL_SLOT_FAILED, "leak", "Housing leak: decay_pa is 73 Pa, limit <= 50 Pa",
     "decay_pa 为 73 Pa，限值 ≤ 50 Pa"},
    {PL_SLOT_ERROR, "printer",
     "Grade and label: the label printer cannot print: it is out of labels: put in a new roll",
     "标签用完：请装入新标签卷"},
    {PL_SLOT_ERROR, "plc",
     "the safety chain cannot be watched: opening the plc: cannot connect: Connection refused: is "
     "the instrument on, and is this its address?",
     "打开PLC：无法连接：连接被拒绝：仪器是否开机"},
    {PL_SLOT_ERROR, "database",
     "the results could not be kept: committing a write: database or disk is full: the disk is "
     "full "
     "or failing; free space, nothing committed is lost",
     "已提交的数据不会丢失"},
    {PL_SLOT_ERROR, "supply",
     "Pack and cell resistance (10 s): while the station was reading, the supply's protection has "
     "switched its output off: over-voltage (OVP), mains (status 0x1001): look at the pack, the "
     "recipe's limits and the wiring; then clear the protection at the supply",
     "过压 (OVP)，市电（状态 0x1001）"},
    {PL_SLOT_ABORTED, "stopped", "stopped by 4711", "由 4711 停止"},
    {PL_SLOT_BLOCKED, "route", "PL32-000123 is blocked: it has not passed EOL-32; run that first",
     "尚未通过 EOL-32"},
    {PL_SLOT_BLOCKED, "foreign",
     "the code \"QX-77\" is not a serial of PL-PACK-32S100 (PL32-[0-9]{6}); scan the pack's own "
     "label",
     "条码“QX-77”不是 PL-PACK-32S100 的序列号"},
    {PL_SLOT_UNSAFE, "live",
     "may be live: supply output on the pack since 2026-11-25T08:00:00.000Z; pack terminals (main "
     "contactor closed) since 2026-11-25T08:00:00.000Z. ERROR: Short charge and discharge: reading "
     "the supply: timed out waiting for bytes",
     "可能带电：电池包上的电源输出（自 2026-11-25T08:00:00.000Z 起）；电池包端子"},
    {PL_SLOT_UNSAFE, "recovery",
     "what the last run left behind could not be proved safe: keep out, call the technician: "
     "making "
     "safe: opening the hipot: cannot find /dev/ttyUSB3: No such file or directory: is the adapter "
     "plugged in?",
     "打开耐压仪：找不到 /dev/ttyUSB3"},
    {PL_SLOT_UNSAFE, "discharge",
     "the teardown could not prove the fixture safe. FAIL: Open the fixture: the fixture still has "
     "71.5 V (inf = beyond the meter's range) after 20.0 s, limit 60.0 V: do not open the door; "
     "check the discharge relay",
     "工装仍有 71.5 V"},
};

/* -- what stands in the banner ----------------------------------------------------------------- */

static void
collect (GtkWidget *at, GString *text)
{
	if (GTK_IS_LABEL (at) && gtk_widget_get_visible (at))
		g_string_append_printf (text, "%s\n", gtk_label_get_text (GTK_LABEL (at)));
	for (GtkWidget *child = gtk_widget_get_first_child (at); child != NULL;
	     child = gtk_widget_get_next_sibling (child))
		collect (child, text);
}

/* Units, and what has a digit, an underscore or no small letter, are no English words. */
static void
assert_no_english (const char *text)
{
	static const char *const known[] = {"hv-chassis", "Pa", "inf", "dev"};
	g_autoptr (GRegex) word = g_regex_new ("[A-Za-z0-9_][A-Za-z0-9_.:-]*", 0, 0, NULL);
	g_autoptr (GRegex) english = g_regex_new ("^[A-Za-z]?[a-z]{2,}[a-z-]*$", 0, 0, NULL);
	g_autoptr (GMatchInfo) match = NULL;

	g_regex_match (word, text, 0, &match);
	for (; g_match_info_matches (match); g_match_info_next (match, NULL)) {
		g_autofree char *found = g_match_info_fetch (match, 0);
		gboolean is_known = FALSE;

		for (guint i = 0; i < G_N_ELEMENTS (known); i++)
			is_known |= g_str_equal (known[i], found);
		ck_assert_msg (is_known || !g_regex_match (english, found, 0, NULL),
			       "\"%s\" in:\n%s", found, text);
	}
}

static PlSnapshot *
snapshot_of (PlSlotState state, const char *cause)
{
	PlSnapshot *s = pl_snapshot_new ();

	pl_snapshot_enter (s, PL_SLOT_RUNNING, "PL32-000123", NULL, NULL, 1);
	pl_snapshot_enter (s, state, "PL32-000123", cause, NULL, 61 * G_USEC_PER_SEC);
	return s;
}

static void
keep_picture (const char *name)
{
	g_autofree char *whole = g_strdup_printf ("banner-%s-zh", name);

	picture_keep (window, whole, WIDTH, HEIGHT);
}

START_TEST (a_verdict_in_chinese_has_no_english_words_but_names_units_and_codes)
{
	g_autoptr (PlSnapshot) s = snapshot_of (verdicts[_i].state, verdicts[_i].cause);
	g_autoptr (GString) text = g_string_new (NULL);
	int least;

	pl_language_set (PL_LANGUAGE_ZH_CN);
	pl_verdict_banner_update (banner, s);
	gtk_window_present (GTK_WINDOW (window));
	gtk_test_widget_wait_for_draw (window);
	keep_picture (verdicts[_i].name);
	collect (GTK_WIDGET (banner), text);
	ck_assert_msg (strstr (text->str, verdicts[_i].says) != NULL, "%s", text->str);
	assert_no_english (text->str);
	gtk_widget_measure (GTK_WIDGET (banner), GTK_ORIENTATION_VERTICAL, WIDTH, &least, NULL,
			    NULL, NULL);
	ck_assert_msg (least <= HEIGHT, "%d high", least);
}
END_TEST

START_TEST (the_language_changes_a_standing_verdict_there_and_back)
{
	g_autoptr (PlSnapshot) s = snapshot_of (verdicts[_i].state, verdicts[_i].cause);
	g_autofree char *english = pl_with_signs (verdicts[_i].cause);

	for (guint i = 0; i < 4; i++) {
		g_autofree char *cause = NULL;
		g_autoptr (GString) text = g_string_new (NULL);

		pl_language_set (i % 2 == 0 ? PL_LANGUAGE_ZH_CN : PL_LANGUAGE_EN);
		pl_verdict_banner_update (banner, s);
		collect (GTK_WIDGET (banner), text);
		ck_assert_int_eq (strstr (text->str, english) != NULL, i % 2 == 1);
		/* a screen reader says the same */
		cause = pl_sentence (verdicts[_i].cause);
		gtk_test_accessible_assert_property (GTK_WIDGET (banner),
						     GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, cause);
	}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-banner");
	TCase *tcase = tcase_create ("banner");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 60);
	tcase_add_loop_test (tcase,
			     a_verdict_in_chinese_has_no_english_words_but_names_units_and_codes, 0,
			     G_N_ELEMENTS (verdicts));
	tcase_add_loop_test (tcase, the_language_changes_a_standing_verdict_there_and_back, 0,
			     G_N_ELEMENTS (verdicts));
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
