/* SPDX-License-Identifier: Apache-2.0 */
#include "db/unit.h"
#include "firmware/bms/image.h"
#include "firmware/release.h"
#include "tests/station/room.h"
#include <string.h>

/* What frames a run and what is not measured: bench, parts, grade, label, firmware. */

#define ALL "hipot supply daq bms plc printer"
#define TEMPERATURES                                                                               \
	"main:\n  - step: temperatures\n    limits:\n      ambient_difference_k: { max: 3, "       \
	"source: s }\n"                                                                            \
	"      spread_k: { max: 3, source: s }\n"
#define READY                                                                                      \
	"main:\n  - step: bench-ready\n    limits:\n"                                              \
	"      calibrations_overdue_count: { max: 0, source: s }\n"

static Ran *
run (Room *room, const char *body)
{
	return room_run (room, room_recipe (body), "P0001", NULL);
}

/* -- the bench --------------------------------------------------------------------------------- */

static void
rewrite_bench (Room *room, const char *from, const char *to)
{
	g_autofree char *text = NULL;
	g_auto (GStrv) parts = NULL;
	g_autofree char *changed = NULL;

	ck_assert (g_file_get_contents (room->bench_file, &text, NULL, NULL));
	parts = g_strsplit (text, from, -1);
	ck_assert_uint_gt (g_strv_length (parts), 1);
	changed = g_strjoinv (to, parts);
	ck_assert (g_file_set_contents (room->bench_file, changed, -1, NULL));
	room_restart (room);
}

START_TEST (an_overdue_calibration_stops_the_run_before_main)
{
	g_autoptr (Room) room = room_new ("hipot supply daq bms", TRUE);
	g_autoptr (Ran) ran = NULL;

	rewrite_bench (room, "calibration_due: 2090-01-02", "calibration_due: 2020-06-30");
	ran = run (room, "setup:\n  - step: bench-ready\n    limits:\n"
			 "      calibrations_overdue_count: { max: 0, source: s }\n" TEMPERATURES);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run),
			"calibration of the hipot (fake) was due on 2020-06-30");
	ck_assert_double_eq (ran_measured (ran, "bench-ready", "calibrations_overdue_count")->value,
			     4);
	ck_assert_uint_eq (ran_attempts (ran, "temperatures"), 0);
}
END_TEST

START_TEST (a_meter_without_calibration_dates_counts_as_overdue_a_plc_does_not)
{
	g_autoptr (Room) room = room_new ("daq plc", TRUE);
	g_autoptr (Ran) ran = NULL;

	rewrite_bench (room, ", calibrated: 2020-01-02, calibration_due: 2090-01-02", "");
	ran = run (room, READY);
	ck_assert_step (ran, "bench-ready", PL_VERDICT_FAIL);
	ck_assert_says (ran_step (ran, "bench-ready")->message,
			"the daq (fake) has no calibration_due in the bench file");
	ck_assert_double_eq (ran_measured (ran, "bench-ready", "calibrations_overdue_count")->value,
			     1);
}
END_TEST

START_TEST (another_instrument_than_the_bench_file_names_is_refused)
{
	g_autoptr (Room) room = room_new ("daq", TRUE);
	g_autoptr (Ran) ran = NULL;

	rewrite_bench (room, "serial: SN-daq", "serial: MY58001234");
	ran = run (room, READY);
	ck_assert_step (ran, "bench-ready", PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (ran_step (ran, "bench-ready")->message,
			"the bench file expects MY58001234");
}
END_TEST

START_TEST (a_run_begins_with_a_bms_that_has_just_been_switched_on)
{
	g_autoptr (Room) room = room_new ("plc", TRUE);
	g_autoptr (Ran) ran = run (room, "main:\n  - step: fixture-close\n");
	int locked = fake_find ("plc write door_lock=1", -1), off, on;

	ck_assert_run (ran, PL_RUN_PASS);
	off = fake_find ("plc write bms_power=0", locked);
	on = fake_find ("plc write bms_power=1", off);
	ck_assert_int_gt (locked, 0);
	ck_assert_int_gt (off, locked);
	ck_assert_int_gt (on, off);
	ck_assert_double_ge (ran_step (ran, "fixture-close")->duration_s, 2.5);
}
END_TEST

/* -- parts, grade and label -------------------------------------------------------------------- */

static gboolean
build_in (sqlite3 *sql, gpointer data, GError **error)
{
	gint64 pack, part;

	if (!pl_unit_register (sql, "pack", "P0001", "plain", NULL, NULL, NULL, &pack, error))
		return FALSE;
	for (guint i = 1; i <= 32; i++) {
		g_autofree char *serial = g_strdup_printf ("C%u", i);

		if (!pl_unit_register (sql, "cell", serial, "plain", "maker", "L1",
				       i == 9 ? data : "A", &part, error) ||
		    !pl_unit_link (sql, part, pack, i, "built", "test", error))
			return FALSE;
	}
	return pl_unit_register (sql, "bms", "B1", "plain", NULL, NULL, NULL, &part, error) &&
	       pl_unit_link (sql, part, pack, 33, "built", "test", error);
}

#define IDENTIFY                                                                                   \
	"main:\n  - step: identify\n    limits:\n      cells_count: { min: 32, max: 32, source: "  \
	"s }\n"                                                                                    \
	"      boards_count: { min: 1, max: 1, source: s }\n      grades_count: { max: 1, "        \
	"source: s }\n"

START_TEST (a_pack_of_32_cells_of_one_grade_and_a_board_is_complete)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (GError) error = NULL;
	g_autoptr (Ran) ran = NULL;

	ck_assert_ok (pl_db_write (room->station->db, build_in, (gpointer) "A", &error), error);
	ran = run (room, IDENTIFY);
	ck_assert_run (ran, PL_RUN_PASS);
}
END_TEST

START_TEST (mixed_or_missing_grades_fail)
{
	static const char *const others[] = {"B", NULL};
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (GError) error = NULL;
	g_autoptr (Ran) ran = NULL;

	ck_assert_ok (pl_db_write (room->station->db, build_in, (gpointer)others[_i], &error),
		      error);
	ran = run (room, IDENTIFY);
	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_says (pl_run_cause (ran->run), "grades_count is 2, limit <= 1");
}
END_TEST

#define LABEL "  - step: label\n    limits:\n      labels_printed_count: { min: 1, source: s }\n"

/* The station's data in the room's folder, with a grade table for product P. */
static void
give_grades (Room *room, const char *product)
{
	g_autofree char *dir = g_build_filename (room->dir, "grades", NULL),
			*file = g_build_filename (dir, "P.yaml", NULL);
	g_autofree char *text = g_strdup_printf (
	    "grades: p\nversion: 4\nproduct: %s\ntable:\n  - grade: A\n    bounds:\n"
	    "      spread_k: { max: 1, source: s }\n  - grade: B\n",
	    product);

	ck_assert_int_eq (g_mkdir_with_parents (dir, 0755), 0);
	ck_assert (g_file_set_contents (file, text, -1, NULL));
	g_setenv ("PACKLINE_DATA", room->dir, TRUE);
}

START_TEST (a_pack_that_passed_is_graded_and_its_label_printed_and_kept)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *row = NULL, *kept = NULL;

	give_grades (room, "P");
	fake.ntc_degc[0] = 26.5;
	ran = run (room, TEMPERATURES LABEL);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_str_eq (pl_run_grade (ran->run), "B");
	row = room_query (room, "SELECT grade FROM run");
	kept = room_query (room, "SELECT zpl || result FROM label");
	ck_assert_str_eq (row, "B");
	ck_assert_says (fake.printed, "^FDP0001^FS");
	ck_assert_says (fake.printed, "Grade B");
	ck_assert (g_str_has_prefix (kept, fake.printed) && g_str_has_suffix (kept, "printed"));
}
END_TEST

START_TEST (a_pack_that_failed_a_step_gets_neither_grade_nor_label)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *row = NULL;

	give_grades (room, "P");
	fake.ntc_degc[0] = 50;
	ran = run (room, TEMPERATURES "    on_fail: continue\n" LABEL);
	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_step (ran, "label", PL_VERDICT_INCONCLUSIVE);
	ck_assert_ptr_null (fake.printed);
	row = room_query (room, "SELECT grade FROM run");
	ck_assert_ptr_null (row);
	ck_assert_ptr_null (pl_run_fact (ran->run, "grade"));
}
END_TEST

static void
cool_at_second_look (const char *call)
{
	static guint looks;

	if (g_str_equal (call, "bms read temperature") && ++looks == 2)
		fake.ntc_degc[0] = 25;
}

START_TEST (a_step_that_passed_on_retry_does_not_cost_the_label)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	give_grades (room, "P");
	fake.ntc_degc[0] = 50;
	fake.on_call = cool_at_second_look;
	ran = run (room, TEMPERATURES "    retries: 1\n" LABEL);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_str_eq (pl_run_grade (ran->run), "A");
}
END_TEST

START_TEST (a_printer_that_says_nothing_is_not_believed_and_the_label_may_be_retried)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) once = NULL, twice = NULL;
	g_autofree char *kept = NULL;

	give_grades (room, "P");
	fake_break ("printer print", 2, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT,
		    "no reply is unknown, not healthy");
	once = run (room, TEMPERATURES LABEL);
	ck_assert_run (once, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (once->run), "no reply is unknown");
	ck_assert_ptr_null (pl_run_grade (once->run));
	twice = run (room, TEMPERATURES LABEL "    retries: 1\n");
	ck_assert_run (twice, PL_RUN_PASS);
	kept = room_query (room, "SELECT group_concat (result, '; ') FROM label");
	ck_assert_str_eq (
	    kept, "no reply is unknown, not healthy; no reply is unknown, not healthy; printed");
}
END_TEST

START_TEST (a_grade_table_of_another_product_is_refused)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	give_grades (room, "Q");
	ran = run (room, TEMPERATURES LABEL);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run), "grades product Q, this recipe is for P");
	ck_assert_ptr_null (fake.printed);
}
END_TEST

/* -- firmware ---------------------------------------------------------------------------------- */

#define FLASH "main:\n  - step: flash\n    limits:\n      image_matches: { min: 1, source: s }\n"
#define CRC 0x12345678u

static char *
make_release (Room *room)
{
	g_autofree char *secret = g_build_filename (room->dir, "key", NULL);
	g_autofree char *public = g_build_filename (room->home, "release.pub", NULL);
	char *file = g_build_filename (room->dir, "r.plrel", NULL);
	g_autoptr (PlImage) image = pl_image_new ();
	PlManifest manifest = {(char *)"PL-BMS-32S",	      (char *)"1.4.2", 1, 5, 4,
			       (char *)"2026-11-24T00:00:00Z"};
	struct bms_image_header header = {.magic = BMS_IMAGE_MAGIC,
					  .header_size = 64,
					  .crc32 = CRC,
					  .version = 1u << 24 | 4u << 16 | 2u};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_release_keygen (secret, public, &error), error);
	ck_assert_ok (
	    pl_image_add (image, BMS_SLOT_ADDRESS, (const guint8 *)&header, sizeof header, &error),
	    error);
	ck_assert_ok (pl_release_make (file, &manifest, image, secret, &error), error);
	return file;
}

#define SET_SOC                                                                                    \
	"  - step: set-soc\n    with: { soc_percent: 30, rated_ah: 100 }\n    limits:\n"           \
	"      soc_percent: { min: 28, max: 32, source: s }\n"                                     \
	"      bms_restarts_count: { max: 0, source: s }\n"                                        \
	"teardown:\n  - step: make-safe\n"

static void
pack_runs (guint32 crc, guint hardware, guint32 counter)
{
	fake_set ("bms firmware_version", 1u << 24 | 4u << 16 | 2u);
	fake_set ("bms firmware_crc", crc);
	fake_set ("bms hardware_revision", hardware);
	fake_set ("bms security_counter", counter);
}

static Ran *
flash_with (Room *room, const char *body, const char *file)
{
	PlRunOptions options = {.kind = "engineering", .release_file = file};

	return room_run (room, room_recipe (body), "P0001", &options);
}

START_TEST (a_pack_that_runs_the_approved_release_is_not_flashed_again)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *file = make_release (room);
	g_autoptr (Ran) ran = NULL;

	pack_runs (CRC, 3, 4);
	ran = flash_with (room, FLASH, file);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_str_eq (ran_measured (ran, "flash", "firmware_version")->words, "1.4.2");
	ck_assert_str_eq (pl_run_fact (ran->run, "firmware_version"), "1.4.2");
	ck_assert_uint_eq (strlen (pl_run_fact (ran->run, "firmware_release")), 64);
	ck_assert_int_lt (fake_find ("plc write bms_boot=1", -1), 0);
}
END_TEST

static const struct {
	guint hardware;
	guint32 counter;
	const char *body, *says;
} inadmissible[] = {
    {6, 4, FLASH, "this BMS is revision 6: nothing was erased"},
    {3, 5, FLASH, "has security counter 4, this BMS already has 5"},
    {3, 4, FLASH "    with: { bms_product: PL-BMS-16S }\n",
     "release 1.4.2 is for BMS PL-BMS-32S, this recipe's packs have "},
};

static double restart_cause;

static void
restart_before_set_soc (const char *call)
{
	if (!g_str_equal (call, "bms read soc"))
		return;
	fake_set ("bms boot_count", 8);
	fake_set ("bms reset_cause", restart_cause);
}

static const struct {
	double cause;
	PlVerdict verdict;
	const char *says;
} restarts[] = {
    {1, PL_VERDICT_INCONCLUSIVE, "its supply failed"},
    {2, PL_VERDICT_INCONCLUSIVE, "it was reset"},
    {3, PL_VERDICT_FAIL, "bms_restarts_count is 1, limit <= 0"},
};

START_TEST (a_bms_that_restarts_between_two_steps_is_noticed)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *file = make_release (room);
	g_autoptr (Ran) sound = NULL, ran = NULL;

	pack_runs (CRC, 3, 4);
	sound = flash_with (room, FLASH SET_SOC, file);
	ck_assert_run (sound, PL_RUN_PASS);
	ck_assert_double_eq (ran_measured (sound, "set-soc", "bms_restarts_count")->value, 0);
	restart_cause = restarts[_i].cause;
	fake.on_call = restart_before_set_soc;
	ran = flash_with (room, FLASH SET_SOC, file);
	ck_assert_step (ran, "set-soc", restarts[_i].verdict);
	ck_assert_says (ran_step (ran, "set-soc")->message, restarts[_i].says);
}
END_TEST

START_TEST (what_may_not_go_into_this_pack_is_refused_before_anything_is_erased)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *file = make_release (room);
	g_autoptr (Ran) ran = NULL;

	pack_runs (1, inadmissible[_i].hardware, inadmissible[_i].counter);
	ran = flash_with (room, inadmissible[_i].body, file);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run), inadmissible[_i].says);
	ck_assert_int_lt (fake_find ("plc write bms_boot=1", -1), 0);
}
END_TEST

START_TEST (without_a_release_nothing_is_flashed)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = flash_with (room, FLASH, NULL);

	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run), "no firmware release is chosen for product P");
}
END_TEST

START_TEST (a_release_that_another_key_signed_is_refused)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *file = make_release (room);
	g_autofree char *trusted = g_build_filename (room->home, "release.pub", NULL);
	g_autofree char *other = g_build_filename (room->home, "station.pub", NULL), *key = NULL;
	g_autoptr (Ran) ran = NULL;

	ck_assert (g_file_get_contents (other, &key, NULL, NULL));
	ck_assert (g_file_set_contents (trusted, key, -1, NULL));
	pack_runs (1, 3, 4);
	ran = flash_with (room, FLASH, file);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run), "sign");
	ck_assert_int_lt (fake_find ("plc write bms_boot=1", -1), 0);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-frame");
	TCase *bench = tcase_create ("bench"), *label = tcase_create ("parts and label"),
	      *firmware = tcase_create ("firmware");

	tcase_add_test (bench, an_overdue_calibration_stops_the_run_before_main);
	tcase_add_test (bench, a_meter_without_calibration_dates_counts_as_overdue_a_plc_does_not);
	tcase_add_test (bench, another_instrument_than_the_bench_file_names_is_refused);
	tcase_add_test (bench, a_run_begins_with_a_bms_that_has_just_been_switched_on);
	tcase_add_test (label, a_pack_of_32_cells_of_one_grade_and_a_board_is_complete);
	tcase_add_loop_test (label, mixed_or_missing_grades_fail, 0, 2);
	tcase_add_test (label, a_pack_that_passed_is_graded_and_its_label_printed_and_kept);
	tcase_add_test (label, a_pack_that_failed_a_step_gets_neither_grade_nor_label);
	tcase_add_test (label, a_step_that_passed_on_retry_does_not_cost_the_label);
	tcase_add_test (label,
			a_printer_that_says_nothing_is_not_believed_and_the_label_may_be_retried);
	tcase_add_test (label, a_grade_table_of_another_product_is_refused);
	tcase_add_test (firmware, a_pack_that_runs_the_approved_release_is_not_flashed_again);
	tcase_add_loop_test (firmware, a_bms_that_restarts_between_two_steps_is_noticed, 0,
			     G_N_ELEMENTS (restarts));
	tcase_add_loop_test (firmware,
			     what_may_not_go_into_this_pack_is_refused_before_anything_is_erased, 0,
			     G_N_ELEMENTS (inadmissible));
	tcase_add_test (firmware, without_a_release_nothing_is_flashed);
	tcase_add_test (firmware, a_release_that_another_key_signed_is_refused);
	tcase_set_timeout (bench, 60);
	tcase_set_timeout (label, 60);
	tcase_set_timeout (firmware, 60);
	suite_add_tcase (suite, bench);
	suite_add_tcase (suite, label);
	suite_add_tcase (suite, firmware);
	return pl_suite_main (suite);
}
