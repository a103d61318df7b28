/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gpt/room.h"
#include <string.h>

/* The simulated Chroma, without any driver. */

static Tester tester;

static void
set_up (void)
{
	world_reset ();
	tester = tester_new ("19032");
}

static void
tear_down (void)
{
	tester_free (&tester);
}

static void
say (const char *message, const char *answer)
{
	g_autofree char *line =
	    *answer != '\0' ? g_strconcat (answer, "\r\n", NULL) : g_strdup ("");
	const char *said = tester_send (&tester, message);

	ck_assert_msg (g_str_equal (said, line), "\"%s\": \"%s\"", message, said);
}

static void
build_dc (const char *seconds)
{
	g_autofree char *time = g_strconcat ("SAFE:STEP1:DC:TIME ", seconds, NULL);

	say ("SAFE:STEP1:DC 1000", "");
	say ("SAFE:STEP1:DC:LIM 0.001", "");
	say ("SAFE:STEP1:DC:TIME:RAMP 1", "");
	say (time, "");
	say ("SYST:ERR?", "+0,\"No error\"");
}

START_TEST (it_says_who_it_is_and_keeps_errors_in_a_queue)
{
	say ("*IDN?", "Chroma,19032-P,EM110867,5.14");
	say ("SAFE:NONSENSE", "");
	say ("SAFE:STEP1:DC 9000", "");
	say ("SYST:ERR?", "-113,\"Undefined header\"");
	say ("SYST:ERR?", "-222,\"Data out of range\"");
	say ("SYST:ERR?", "+0,\"No error\"");
}
END_TEST

START_TEST (a_step_is_made_by_its_level_read_back_and_deleted)
{
	say ("SAFE:SNUM?", "+0");
	build_dc ("2");
	say ("SAFE:SNUM?", "+1");
	say ("SAFE:STEP1:SET?",
	     "1,DC,+1.000000E+03,+1.000000E-03,+0.000000E+00,+0.000000E+00,+2.300000E+05,"
	     "+2.000000E+00,+1.000000E+00,+0.000000E+00,(0),(0)");
	say ("SAFE:STEP1:MODE?", "DC");
	say ("SAFE:STEP1:DC:TIME:RAMP?", "+1.000000E+00");
	say ("SAFE:STEP2:IR 500", "");
	say ("SAFE:STEP1:DEL", "");
	say ("SAFE:SNUM?", "+1");
	say ("SAFE:STEP1:MODE?", "IR"); /* moved up */
}
END_TEST

START_TEST (the_manuals_blank_before_the_number_and_long_forms_are_understood)
{
	say ("SOURce:SAFEty:STEP 1:AC:LEVel 1500", "");
	say ("SOUR:SAFE:STEP 1:AC:LIM:HIGH 0.01", "");
	say (":SAFE:STEP 1:AC?", "+1.500000E+03");
	say ("safe:step1:ac:lim?", "+1.000000E-02");
	say ("SYST:ERR?", "+0,\"No error\"");
}
END_TEST

START_TEST (insulations_plain_limit_is_the_low_one)
{
	say ("SAFE:STEP1:IR 500", "");
	say ("SAFE:STEP1:IR:LIM 4E6", "");
	say ("SAFE:STEP1:IR:LIM:HIGH 0", "");
	ck_assert (g_str_has_prefix (tester_send (&tester, "SAFE:STEP1:SET?"),
				     "1,IR,+5.000000E+02,+4.000000E+06,+0.000000E+00,"));
}
END_TEST

static const char *const refused[] = {"SAFE:STEP1:DC:LIM 0.5",	   "SAFE:STEP1:DC:LIM:LOW 0.002",
				      "SAFE:STEP1:DC:TIME 0.1",	   "SAFE:STEP3:DC 500",
				      "SAFE:STEP1:DC x",	   "SAFE:STEP1:AC:LIM 0.001",
				      "SAFE:STEP1:DC:TIME:DWEL 1", "SAFE:PRES:AC:FREQ 400"};

START_TEST (what_is_out_of_range_is_refused_into_the_queue_and_changes_nothing)
{
	g_autofree char *before = NULL;

	build_dc ("2");
	before = g_strdup (tester_send (&tester, "SAFE:STEP1:SET?"));
	say (refused[_i], "");
	ck_assert (!g_str_has_prefix (tester_send (&tester, "SYST:ERR?"), "+0"));
	ck_assert_str_eq (tester_send (&tester, "SAFE:STEP1:SET?"), before);
	say ("SAFE:SNUM?", "+1");
}
END_TEST

START_TEST (a_test_ramps_stands_its_time_and_passes)
{
	build_dc ("2");
	say ("SAFE:STAR", "");
	say ("SAFE:STAT?", "RUNNING");
	say ("SAFE:RES:LAST?", "115");
	say ("SAFE:RES:COMP?", "0");
	tester_wait (&tester, 0.5);
	ck_assert (world.level > 300 && world.level < 700);
	say ("SAFE:STEP1:DC 500", ""); /* not while it runs */
	say ("SYST:ERR?", "-200,\"Execution error\"");
	tester_wait (&tester, 1.5);
	ck_assert_double_eq_tol (world.level, 1000, 1e-9);
	ck_assert (g_str_has_prefix (tester_send (&tester, "SAFE:FETC? STEP,MODE,OMET"),
				     "1,DC,+1.000000E+03"));
	tester_wait (&tester, 1.2);
	say ("SAFE:STAT?", "STOPPED");
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	say ("SAFE:RES:ALL?", "116");
	say ("SAFE:RES:ALL:MODE?", "DC");
	say ("SAFE:RES:ALL:OMET?", "+1.000000E+03");
	say ("SAFE:RES:ALL:TIME?", "+2.000000E+00");
	say ("SAFE:RES:ALL:TIME:RAMP?", "+1.000000E+00");
}
END_TEST

START_TEST (steps_run_one_after_the_other_until_one_fails)
{
	say ("SAFE:STEP1:GB 25", "");
	say ("SAFE:STEP1:GB:TIME 0.5", "");
	say ("SAFE:STEP2:IR 500", "");
	say ("SAFE:STEP2:IR:LIM 5E9", "");
	say ("SAFE:STEP2:IR:TIME 0.5", "");
	say ("SAFE:STEP3:DC 500", "");
	say ("SAFE:STAR", "");
	tester_wait (&tester, 3);
	say ("SAFE:RES:ALL?", "116,66,112");
	ck_assert_ptr_nonnull (
	    strstr (tester_send (&tester, "SAFE:RES:ALL:OMET?"), "+9.910000E+37"));
}
END_TEST

START_TEST (a_breakdown_trips_at_once_beyond_the_meter)
{
	world.breaks_v = 600;
	build_dc ("2");
	say ("SAFE:STAR", "");
	tester_wait (&tester, 1);
	say ("SAFE:RES:ALL?", "55");
	say ("SAFE:RES:ALL:MMET?", "+9.900000E+37");
	ck_assert_double_le (world.highest, 700);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
}
END_TEST

START_TEST (leakage_above_the_limit_is_a_high_fail)
{
	world.ohm = 0.5e6;
	build_dc ("2");
	say ("SAFE:STAR", "");
	tester_wait (&tester, 2);
	say ("SAFE:RES:ALL?", "49");
}
END_TEST

START_TEST (insulation_beyond_its_meter_is_more_than_it_can_show)
{
	world.ohm = 1e12;
	world.farad = 0;
	say ("SAFE:STEP1:IR 500", "");
	say ("SAFE:STEP1:IR:TIME 0.5", "");
	say ("SAFE:STAR", "");
	tester_wait (&tester, 1);
	say ("SAFE:RES:ALL?", "116");
	say ("SAFE:RES:ALL:MMET?", "+9.900000E+37");
}
END_TEST

START_TEST (with_the_interlock_open_it_can_not_test)
{
	build_dc ("2");
	world.fixture.interlock_ok = FALSE;
	say ("SAFE:STAR", "");
	say ("SAFE:STAT?", "STOPPED");
	say ("SAFE:RES:LAST?", "114");
	ck_assert_int_eq (world.kind, PL_HV_OFF);
}
END_TEST

START_TEST (an_interlock_that_opens_is_like_the_stop_key)
{
	build_dc ("5");
	say ("SAFE:STAR", "");
	tester_wait (&tester, 2);
	world.fixture.interlock_ok = FALSE;
	tester_wait (&tester, 0.1);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	say ("SAFE:RES:LAST?", "113");
}
END_TEST

START_TEST (asked_to_it_reports_its_code_by_itself)
{
	build_dc ("0.5");
	say ("SAFE:RES:AREP ON", "");
	say ("SAFE:STAR", "");
	tester_wait (&tester, 2);
	ck_assert_str_eq (tester.said->str, "116\r\n");
	say ("SAFE:RES:AREP?", "1");
}
END_TEST

START_TEST (a_model_that_does_not_exist_is_not_simulated)
{
	static const char *const names[] = {"19073", "1905", "GPT-9904"};
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
	g_autoptr (GError) error = NULL;

	g_hash_table_insert (settings, (gpointer) "model", (gpointer)names[_i]);
	ck_assert_ptr_null (ROOM_SIM.create (NULL, settings, "/", &error));
	ck_assert_ptr_nonnull (error);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("chroma-sim");
	TCase *tcase = tcase_create ("sim");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, it_says_who_it_is_and_keeps_errors_in_a_queue);
	tcase_add_test (tcase, a_step_is_made_by_its_level_read_back_and_deleted);
	tcase_add_test (tcase, the_manuals_blank_before_the_number_and_long_forms_are_understood);
	tcase_add_test (tcase, insulations_plain_limit_is_the_low_one);
	tcase_add_loop_test (tcase,
			     what_is_out_of_range_is_refused_into_the_queue_and_changes_nothing, 0,
			     G_N_ELEMENTS (refused));
	tcase_add_test (tcase, a_test_ramps_stands_its_time_and_passes);
	tcase_add_test (tcase, steps_run_one_after_the_other_until_one_fails);
	tcase_add_test (tcase, a_breakdown_trips_at_once_beyond_the_meter);
	tcase_add_test (tcase, leakage_above_the_limit_is_a_high_fail);
	tcase_add_test (tcase, insulation_beyond_its_meter_is_more_than_it_can_show);
	tcase_add_test (tcase, with_the_interlock_open_it_can_not_test);
	tcase_add_test (tcase, an_interlock_that_opens_is_like_the_stop_key);
	tcase_add_test (tcase, asked_to_it_reports_its_code_by_itself);
	tcase_add_loop_test (tcase, a_model_that_does_not_exist_is_not_simulated, 0, 3);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
