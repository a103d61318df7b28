/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cycler_file/files.h"
#include <math.h>
#include <string.h>

/* The same hour of 1 A in and half an hour of 2 A out, as each cycler writes it. */

static void
assert_same (const char *text, const char *format)
{
	g_autoptr (PlCyclerFile) file = pl_test_text_file (text);
	const PlCyclerStep *in, *out;

	ck_assert_str_eq (pl_cycler_format_name (file->format), format);
	ck_assert_uint_eq (file->steps->len, 2);
	if (file->defects->len > 0)
		ck_abort_msg ("%s", ((PlCyclerDefect *)file->defects->pdata[0])->text);
	in = pl_test_step (file, 0);
	out = pl_test_step (file, 1);
	ck_assert (pl_cycler_kind_is_charge (in->kind));
	ck_assert (pl_cycler_kind_is_discharge (out->kind));
	ck_assert_msg (in->doubt == NULL && out->doubt == NULL, "%s / %s", in->doubt, out->doubt);
	ck_assert_double_eq_tol (in->charge.charge_ah, 1, 1e-9);
	ck_assert_double_eq_tol (in->charge.charge_wh, 3.3, 1e-9);
	ck_assert_double_eq_tol (out->charge.discharge_ah, 1, 1e-9);
	ck_assert_double_eq_tol (out->charge.discharge_wh, 3.2, 1e-9);
	ck_assert_double_eq_tol (in->charge.own_ah, 1, 1e-9);
	ck_assert_double_eq_tol (out->charge.own_ah, 1, 1e-9);
	ck_assert_double_eq_tol (pl_charge_seconds (&in->charge), 3600, 1e-9);
	ck_assert_uint_eq (file->turns->len, 1);
}

/* For each record of the hour and the half: `line` is called with its place and values. */
typedef void (*Writer) (GString *text, guint step, guint record, double test_s, double step_s,
			double volts, double amps, double ah, double wh);

static void
write_records (GString *text, Writer writer, double last_s)
{
	for (guint i = 0; i <= 60; i++)
		writer (text, 1, i + 1, i * 60, i * 60, 3.3, 1, i / 60.0, 3.3 * i / 60);
	for (guint i = 0; i <= 30; i++)
		writer (text, 2, i + 62, 3600 + last_s + i * 60, i * 60, 3.2, -2, i / 30.0,
			3.2 * i / 30);
}

static char *
clock_text (double seconds)
{
	int s = (int)seconds;

	return g_strdup_printf ("%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
}

/* -- Neware ------------------------------------------------------------------------------------ */

static void
write_neware (GString *text, guint step, guint record, double test_s, double step_s, double volts,
	      double amps, double ah, double wh)
{
	g_autofree char *time = clock_text (step_s), *total = clock_text (test_s);

	g_string_append_printf (text, "%u,1,%u,%s,%s,%s,%.4f,%.4f,%.8f,%.8f,%.8f,%.8f,-\r\n",
				record, step, amps > 0 ? "CC Chg" : "CC DChg", time, total, amps,
				volts, amps > 0 ? ah : 0, amps > 0 ? 0 : ah, amps > 0 ? wh : 0,
				amps > 0 ? 0 : wh);
}

static char *
neware_text (void)
{
	g_autoptr (GString) text = g_string_new (
	    "\xef\xbb\xbf"
	    "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(A),"
	    "Voltage(V),Chg. Cap.(Ah),DChg. Cap.(Ah),Chg. Energy(Wh),DChg. Energy(Wh),Note\r\n");

	write_records (text, write_neware, 0);
	return g_string_free (g_steal_pointer (&text), FALSE);
}

START_TEST (neware_in_one_layer)
{
	g_autofree char *text = neware_text ();

	assert_same (text, "neware");
}
END_TEST

static void
write_layers (GString *text, guint step, guint record, double test_s, double step_s, double volts,
	      double amps, double ah, double wh)
{
	g_autofree char *time = clock_text (step_s);

	if (record == 1)
		g_string_append (text, "1,1.0,1.0,,,,,\n");
	if (record == 1 || record == 62)
		g_string_append_printf (text, ",%u,%s,1:00:00.000,1.0,,,\n", step,
					amps > 0 ? "恒流充电" : "恒流放电");
	g_string_append_printf (text, ",,%u,%s.000,%.4f,%.1f,%.6f,%.6f\n", record, time, volts,
				1000 * fabs (amps), 1000 * ah, 1000 * wh);
}

START_TEST (neware_in_three_layers_in_milliamperes_without_a_sign)
{
	g_autoptr (GString) text = g_string_new (
	    "Cycle ID,Cap_Chg(mAh),Cap_DChg(mAh),,,,,\n"
	    ",Step ID,Step Name,Step Time(h:min:s.ms),Capacity(mAh),,,\n"
	    ",,Record ID,Time(h:min:s.ms),Voltage(V),Current(mA),Capacity(mAh),Energy(mWh)\n");

	write_records (text, write_layers, 0);
	assert_same (text->str, "neware-layers");
}
END_TEST

/* -- Arbin ------------------------------------------------------------------------------------- */

/* Counts of the whole test, with blanks or underscores in the headings. */
static void
write_arbin (GString *text, guint step, guint record, double test_s, double step_s, double volts,
	     double amps, double ah, double wh)
{
	g_string_append_printf (text, "%u,%.4f,%.4f,1,%u,%.6f,%.6f,%.9f,%.9f,%.9f,%.9f\n", record,
				test_s, step_s, step, amps, volts, amps > 0 ? ah : 1,
				amps > 0 ? 0 : ah, amps > 0 ? wh : 3.3, amps > 0 ? 0 : wh);
}

START_TEST (arbin_with_its_headings_spelled_either_way)
{
	static const char *const headings[] = {
	    "Data_Point,Test_Time(s),Step_Time(s),Cycle_Index,Step_Index,Current(A),Voltage(V),"
	    "Charge_Capacity(Ah),Discharge_Capacity(Ah),Charge_Energy(Wh),Discharge_Energy(Wh)\n",
	    "Data Point,Test Time (s),Step Time (s),Cycle Index,Step Index,Current (A),Voltage (V),"
	    "Charge Capacity (Ah),Discharge Capacity (Ah),Charge Energy (Wh),Discharge Energy "
	    "(Wh)\n",
	    "Data_Point,Test_Time,Step_Time,Cycle_Index,Step_Index,Current,Voltage,Charge_Capacity,"
	    "Discharge_Capacity,Charge_Energy,Discharge_Energy\n",
	};

	for (guint i = 0; i < G_N_ELEMENTS (headings); i++) {
		g_autoptr (GString) text = g_string_new (headings[i]);

		write_records (text, write_arbin, 0.5);
		assert_same (text->str, "arbin");
	}
}
END_TEST

/* The schedule holds 3.65 V and logs each quarter of an hour while the current decays with ten
 * minutes; the cycler counts what flows. */
START_TEST (a_cv_step_with_sparse_records_is_reported_not_averaged)
{
	g_autoptr (GString) text = g_string_new (
	    "Data_Point,Test_Time(s),Step_Time(s),Cycle_Index,Step_Index,Current(A),Voltage(V),"
	    "Charge_Capacity(Ah),Discharge_Capacity(Ah)\n");
	g_autoptr (PlCyclerFile) file = NULL;
	const PlCyclerStep *cc, *cv;

	for (guint i = 0; i <= 60; i++)
		g_string_append_printf (text, "%u,%u,%u,1,1,1.0,3.4,%.6f,0\n", i, i * 60, i * 60,
					i / 60.0);
	for (guint i = 0; i <= 4; i++)
		g_string_append_printf (text, "%u,%u,%u,1,2,%.6f,3.65,%.6f,0\n", 61 + i,
					3600 + i * 900, i * 900, exp (-1.5 * i),
					1 + (1 - exp (-1.5 * i)) / 6);
	file = pl_test_text_file (text->str);
	cc = pl_test_step (file, 0);
	cv = pl_test_step (file, 1);
	ck_assert_ptr_null (cc->doubt);
	ck_assert_int_eq (cv->kind, PL_CYCLER_CV_CHARGE);
	ck_assert_double_gt (cv->ah.percent, 10);
	ck_assert_ptr_nonnull (cv->doubt);
	ck_assert_msg (strstr (cv->doubt, "4 pairs of records, up to 900 s apart") != NULL, "%s",
		       cv->doubt);
}
END_TEST

/* A record each minute, but none at the step's beginning. */
START_TEST (what_flowed_before_a_late_first_record_is_not_invented)
{
	g_autoptr (GString) text = g_string_new (
	    "Data_Point,Test_Time(s),Step_Time(s),Cycle_Index,Step_Index,Current(A),Voltage(V),"
	    "Charge_Capacity(Ah),Discharge_Capacity(Ah)\n");
	g_autoptr (PlCyclerFile) file = NULL;

	for (guint i = 1; i <= 60; i++)
		g_string_append_printf (text, "%u,%u,%u,1,1,1.0,3.4,%.6f,0\n", i, i * 60, i * 60,
					i / 60.0);
	file = pl_test_text_file (text->str);
	ck_assert_ptr_nonnull (pl_test_step (file, 0)->doubt);
	ck_assert_double_eq_tol (pl_test_step (file, 0)->charge.open_ah, 1.0 / 60, 1e-9);
}
END_TEST

/* -- PEC, Maccor, BDF -------------------------------------------------------------------------- */

static void
write_pec (GString *text, guint step, guint record, double test_s, double step_s, double volts,
	   double amps, double ah, double wh)
{
	g_string_append_printf (
	    text, "187,1,%u,1,%.3f,%.0f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,30,\n", step, test_s,
	    test_s, step_s, 1000 * volts, 1000 * amps, amps > 0 ? 1000 * ah : 1000,
	    amps > 0 ? 0 : 1000 * ah, amps > 0 ? 1000 * wh : 3300, amps > 0 ? 0 : 1000 * wh);
}

START_TEST (pec_behind_its_head)
{
	g_autoptr (GString) text = g_string_new (
	    "Request Year:,2026\nTest:,187\n#RESULTS CHECK\nReqYear,Test,CellNr,Type,Value,"
	    "Reason,\n#END RESULTS CHECK\nTest,Cell,Step,Cycle,Total Time (Seconds),Load On Time "
	    "(Seconds),Step Time (Seconds),Voltage (mV),Current (mA),Charge Capacity (mAh),"
	    "Discharge Capacity (mAh),Charge Capacity (mWh),Discharge Capacity (mWh),ReasonCode,"
	    "\n");

	write_records (text, write_pec, 0.002);
	assert_same (text->str, "pec");
}
END_TEST

static void
write_maccor (GString *text, guint step, guint record, double test_s, double step_s, double volts,
	      double amps, double ah, double wh)
{
	g_autofree char *test = clock_text (test_s), *time = clock_text (step_s);
	g_autofree char *line = g_strdup_printf (
	    "%u\t1\t%u\t  0d %s.00\t  0d %s.00\t%.9f\t%.9f\t%.4f\t%.4f\t%s\t1\t-\n", record, step,
	    test, time, ah, wh, fabs (amps), volts, amps > 0 ? "C" : "D");

	/* a PC with a decimal comma */
	if (g_str_has_prefix (text->str, "Heute"))
		for (char *at = strstr (line, "00\t"); at != NULL && *at != '\0'; at++)
			if (*at == '.')
				*at = ',';
	g_string_append (text, line);
}

START_TEST (maccor_with_tabs_days_and_either_decimal_sign)
{
	static const char *const heads[] = {"Today's Date\t11/25/2026\n\n", "Heute\t25.11.2026\n"};

	for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
		g_autoptr (GString) text = g_string_new (heads[i]);

		g_string_append (text, "Rec#\tCyc#\tStep\tTestTime\tStepTime\tAmp-hr\tWatt-hr\t"
				       "Amps\tVolts\tState\tES\tNote\n");
		write_records (text, write_maccor, 0);
		assert_same (text->str, "maccor");
	}
}
END_TEST

static void
write_bdf (GString *text, guint step, guint record, double test_s, double step_s, double volts,
	   double amps, double ah, double wh)
{
	g_string_append_printf (text, "%.3f,%.4f,%.4f,1,%u,%.9f,%.9f,%.9f,%.9f\n", test_s, volts,
				amps, step, amps > 0 ? ah : 1, amps > 0 ? 0 : ah,
				amps > 0 ? wh : 3.3, amps > 0 ? 0 : wh);
}

START_TEST (bdf_with_preferred_labels_and_with_machine_names)
{
	static const char *const headings[] = {
	    "Test Time / s,Voltage / V,Current / A,Cycle Count / 1,Step Count / 1,Charging "
	    "Capacity / Ah,Discharging Capacity / Ah,Charging Energy / Wh,Discharging Energy / "
	    "Wh\n",
	    "test_time_second,voltage_volt,current_ampere,cycle_count,step_count,charging_capacity_"
	    "ah,discharging_capacity_ah,charging_energy_wh,discharging_energy_wh\n",
	};

	for (guint i = 0; i < G_N_ELEMENTS (headings); i++) {
		g_autoptr (GString) text = g_string_new (headings[i]);

		write_records (text, write_bdf, 0);
		assert_same (text->str, "bdf");
	}
}
END_TEST

START_TEST (bdf_with_the_three_required_columns_is_parted_by_the_currents_way)
{
	g_autoptr (GString) text = g_string_new ("Test Time / s,Voltage / V,Current / A\n");
	g_autoptr (PlCyclerFile) file = NULL;

	for (guint i = 0; i <= 180; i++)
		g_string_append_printf (text, "%u,3.3,%d\n", i * 10, i < 60 ? 1 : i < 120 ? 0 : -1);
	file = pl_test_text_file (text->str);
	ck_assert_uint_eq (file->steps->len, 3);
	ck_assert_int_eq (pl_test_step (file, 0)->kind, PL_CYCLER_CC_CHARGE);
	ck_assert_int_eq (pl_test_step (file, 1)->kind, PL_CYCLER_REST);
	ck_assert_int_eq (pl_test_step (file, 2)->kind, PL_CYCLER_CC_DISCHARGE);
}
END_TEST

START_TEST (words_of_steps_are_known_in_the_languages_of_cyclers)
{
	static const struct {
		const char *word;
		PlCyclerKind kind;
	} words[] = {
	    {"Rest", PL_CYCLER_REST},
	    {"搁置", PL_CYCLER_REST},
	    {"CC Chg", PL_CYCLER_CC_CHARGE},
	    {"CCCV_CHG", PL_CYCLER_CCCV_CHARGE},
	    {"恒流恒压充电", PL_CYCLER_CCCV_CHARGE},
	    {"CV_CHG", PL_CYCLER_CV_CHARGE},
	    {"CC DChg", PL_CYCLER_CC_DISCHARGE},
	    {"CC_DCH", PL_CYCLER_CC_DISCHARGE},
	    {"恒流放电", PL_CYCLER_CC_DISCHARGE},
	    {"Discharge", PL_CYCLER_DISCHARGE},
	    {"C", PL_CYCLER_CHARGE},
	    {"D", PL_CYCLER_DISCHARGE},
	    {"S", PL_CYCLER_UNKNOWN},
	    {"", PL_CYCLER_UNKNOWN},
	};

	for (guint i = 0; i < G_N_ELEMENTS (words); i++)
		ck_assert_msg (pl_cycler_kind_of_word (words[i].word) == words[i].kind, "%s",
			       words[i].word);
	for (PlCyclerKind kind = PL_CYCLER_REST; kind <= PL_CYCLER_DISCHARGE; kind++)
		ck_assert_int_eq (pl_cycler_kind_of_word (pl_cycler_kind_word (kind)), kind);
}
END_TEST

START_TEST (every_format_has_a_name_and_a_title_of_its_own)
{
	for (const PlCyclerFormat *const *a = pl_cycler_formats (); *a != NULL; a++)
		for (const PlCyclerFormat *const *b = a + 1; *b != NULL; b++) {
			ck_assert_str_ne (pl_cycler_format_name (*a), pl_cycler_format_name (*b));
			ck_assert_str_ne (pl_cycler_format_title (*a), pl_cycler_format_title (*b));
		}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cycler-file-formats");
	TCase *tcase = tcase_create ("formats");

	tcase_add_test (tcase, neware_in_one_layer);
	tcase_add_test (tcase, neware_in_three_layers_in_milliamperes_without_a_sign);
	tcase_add_test (tcase, arbin_with_its_headings_spelled_either_way);
	tcase_add_test (tcase, a_cv_step_with_sparse_records_is_reported_not_averaged);
	tcase_add_test (tcase, what_flowed_before_a_late_first_record_is_not_invented);
	tcase_add_test (tcase, pec_behind_its_head);
	tcase_add_test (tcase, maccor_with_tabs_days_and_either_decimal_sign);
	tcase_add_test (tcase, bdf_with_preferred_labels_and_with_machine_names);
	tcase_add_test (tcase, bdf_with_the_three_required_columns_is_parted_by_the_currents_way);
	tcase_add_test (tcase, words_of_steps_are_known_in_the_languages_of_cyclers);
	tcase_add_test (tcase, every_format_has_a_name_and_a_title_of_its_own);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
