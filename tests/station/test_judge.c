/* SPDX-License-Identifier: Apache-2.0 */
#include "station/grade.h"
#include "station/label.h"
#include "fixtures/yaml.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

/* Verdicts, grades and labels: pure functions. */

static PlLimit
bounds (double min, double max)
{
	return (PlLimit){min, max, NULL, (char *)"test"};
}

START_TEST (bounds_are_inclusive)
{
	PlLimit limit = bounds (1.5, 2.5);

	ck_assert_int_eq (pl_limit_judge (&limit, 1.5), PL_VERDICT_PASS);
	ck_assert_int_eq (pl_limit_judge (&limit, 2.5), PL_VERDICT_PASS);
	ck_assert_int_eq (pl_limit_judge (&limit, nextafter (1.5, 0)), PL_VERDICT_FAIL);
	ck_assert_int_eq (pl_limit_judge (&limit, nextafter (2.5, 3)), PL_VERDICT_FAIL);
}
END_TEST

START_TEST (one_bound_leaves_the_other_side_open)
{
	PlLimit low = bounds (1, NAN), high = bounds (NAN, 1);

	ck_assert_int_eq (pl_limit_judge (&low, 1e300), PL_VERDICT_PASS);
	ck_assert_int_eq (pl_limit_judge (&low, 0.9), PL_VERDICT_FAIL);
	ck_assert_int_eq (pl_limit_judge (&high, -1e300), PL_VERDICT_PASS);
	ck_assert_int_eq (pl_limit_judge (&high, 1.1), PL_VERDICT_FAIL);
}
END_TEST

START_TEST (what_is_no_number_is_inconclusive)
{
	PlLimit limit = bounds (NAN, 1);

	ck_assert_int_eq (pl_limit_judge (&limit, NAN), PL_VERDICT_INCONCLUSIVE);
	ck_assert_int_eq (pl_limit_judge (&limit, -INFINITY), PL_VERDICT_INCONCLUSIVE);
	ck_assert_int_eq (pl_limit_judge (&limit, INFINITY), PL_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST (a_limit_without_a_bound_judges_nothing)
{
	PlLimit none = bounds (NAN, NAN), text = {NAN, NAN, (char *)"x", (char *)"test"};

	ck_assert_int_eq (pl_limit_judge (&none, 1), PL_VERDICT_INCONCLUSIVE);
	ck_assert_int_eq (pl_limit_judge (&text, 1), PL_VERDICT_INCONCLUSIVE);
	ck_assert_int_eq (pl_limit_judge_text (&none, "x"), PL_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST (text_is_equal_or_not_and_nothing_is_inconclusive)
{
	PlLimit limit = {NAN, NAN, (char *)"1.4.2", (char *)"test"};

	ck_assert_int_eq (pl_limit_judge_text (&limit, "1.4.2"), PL_VERDICT_PASS);
	ck_assert_int_eq (pl_limit_judge_text (&limit, "1.4.20"), PL_VERDICT_FAIL);
	ck_assert_int_eq (pl_limit_judge_text (&limit, " 1.4.2"), PL_VERDICT_FAIL);
	ck_assert_int_eq (pl_limit_judge_text (&limit, ""), PL_VERDICT_INCONCLUSIVE);
	ck_assert_int_eq (pl_limit_judge_text (&limit, NULL), PL_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST (limits_and_comparators_are_told_in_words)
{
	static const struct {
		double min, max;
		const char *equals, *unit, *text, *comparator;
	} cases[] = {
	    {0.02, 0.1, NULL, "V", "20 mV .. 100 mV", "GELE"},
	    {NAN, 0.1, NULL, "ohm", "<= 100 mohm", "LE"},
	    {20e6, NAN, NULL, "ohm", ">= 20 Mohm", "GE"},
	    {NAN, NAN, "1.4.2", "", "= 1.4.2", "EQ"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		PlLimit limit = {cases[i].min, cases[i].max, (char *)cases[i].equals,
				 (char *)"test"};
		g_autofree char *text = pl_limit_text (&limit, cases[i].unit);

		ck_assert_str_eq (text, cases[i].text);
		ck_assert_str_eq (pl_limit_comparator (&limit), cases[i].comparator);
	}
}
END_TEST

static const struct {
	double value;
	const char *unit, *text;
} quantities[] = {
    {0.0123, "ohm", "12.3 mohm"},
    {2.1e9, "ohm", "2.1 Gohm"},
    {-50.0, "A", "-50 A"},
    {0, "V", "0 V"},
    {3.3e-7, "A", "330 nA"},
    {25.31, "degC", "25.31 degC"},
    {32, "", "32"},
    {0.9999999, "V", "1 V"},
    {NAN, "V", "(no value) V"},
    {0.05, "%", "0.05 %"},
    {1234.5, "V", "1.234 kV"},
    {5e10, "ohm", "50 Gohm"},
};

START_TEST (a_quantity_is_told_with_the_prefix_that_people_use)
{
	g_autofree char *text = pl_quantity_text (quantities[_i].value, quantities[_i].unit);

	ck_assert_str_eq (text, quantities[_i].text);
}
END_TEST

/* -- grades ------------------------------------------------------------------------------------ */

#define HEAD "grades: pack\nversion: 7\nproduct: P\n"
#define BOUND(text) HEAD "table:\n  - grade: A\n    bounds:\n      " text "\n"

static const struct {
	const char *text, *says;
} bad_tables[] = {
    {"", "t.yaml:1: a grade table"},
    {HEAD, "\"table\""},
    {HEAD "table: []\n", "t.yaml:4: the table has no grade"},
    {HEAD "table: { grade: A }\n", "t.yaml:4: a list of grades"},
    {HEAD "table:\n  - A\n", "t.yaml:5: a grade ("},
    {HEAD "table:\n  - grad: A\n", "t.yaml:5: unknown key \"grad\" (did you mean \"grade\"?)"},
    {HEAD "table:\n  - grade: [A]\n", "t.yaml:5:"},
    {HEAD "table:\n  - grade: \"\"\n", "t.yaml:5: grade is empty"},
    {HEAD "tabel: []\n", "t.yaml:4: unknown key \"tabel\""},
    {"grades: pack\nversion: 0\nproduct: P\ntable:\n  - grade: A\n", "t.yaml:2:"},
    {"grades: pack\nversion: 1\ntable:\n  - grade: A\n", "\"product\""},
    {BOUND ("cell_spread_v: 3"), "t.yaml:7: a bound ("},
    {BOUND ("cell_spread_v: { max: 3 }"), "\"source\""},
    {BOUND ("cell_spread_v: { max: x, source: s }"), "t.yaml:7:"},
    {BOUND ("cell_spread_v: { source: s }"), "t.yaml:7: a bound needs min or max"},
    {BOUND ("cell_spread_v: { min: 2, max: 1, source: s }"), "t.yaml:7: min 2 is above max 1"},
    {BOUND ("cell_spred_v: { max: 1, source: s }"),
     "t.yaml:7: no step measures a number called \"cell_spred_v\""},
    {BOUND ("firmware_version: { max: 1, source: s }"), "no step measures a number"},
    {HEAD "table:\n  - grade: B\n  - grade: A\n", "t.yaml:6: grade \"A\" can never be given"},
    {BOUND ("cell_spread_v: { max: 1, source: s }") "  - grade: A\n",
     "t.yaml:8: grade \"A\" is given twice"},
};

START_TEST (a_bad_grade_table_is_refused_with_file_and_line)
{
	g_autoptr (GError) error = NULL;
	const char *text = bad_tables[_i].text;

	ck_assert_ptr_null (pl_grade_table_parse (text, strlen (text), "t.yaml", &error));
	ck_assert_ptr_nonnull (error);
	ck_assert_msg (strstr (error->message, bad_tables[_i].says) != NULL,
		       "\"%s\" does not say \"%s\"", error->message, bad_tables[_i].says);
}
END_TEST

static void
free_measurement (gpointer data)
{
	PlMeasurement *m = data;

	g_free (m->name);
	g_free (m);
}

static void
free_result (gpointer data)
{
	PlStepResult *result = data;

	g_ptr_array_unref (result->measurements);
	g_free (result);
}

static void
add_measurement (GPtrArray *results, const char *name, double value)
{
	PlStepResult *result = g_new0 (PlStepResult, 1);
	PlMeasurement *m = g_new0 (PlMeasurement, 1);

	m->name = g_strdup (name);
	m->value = value;
	result->measurements = g_ptr_array_new_with_free_func (free_measurement);
	g_ptr_array_add (result->measurements, m);
	g_ptr_array_add (results, result);
}

static const char table_text[] = HEAD "table:\n"
				      "  - grade: A\n"
				      "    bounds:\n"
				      "      cell_spread_v: { max: 0.010, source: s }\n"
				      "      pack_ohm_discharge: { max: 0.020, source: s }\n"
				      "  - grade: B\n"
				      "    bounds: { cell_spread_v: { max: 0.015, source: s } }\n";

START_TEST (the_first_grade_whose_bounds_all_hold_is_given)
{
	static const struct {
		double spread, ohm;
		const char *grade;
	} cases[] = {{0.010, 0.020, "A"},
		     {0.010, 0.021, "B"},
		     {0.011, 0.019, "B"},
		     {0.015, 9, "B"},
		     {0.016, 0.019, NULL}};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlGradeTable) table =
	    pl_grade_table_parse (table_text, strlen (table_text), "t.yaml", &error);

	ck_assert_ok (table != NULL, error);
	ck_assert_str_eq (pl_grade_table_name (table), "pack@7");
	ck_assert_str_eq (pl_grade_table_product (table), "P");
	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (free_result);

		add_measurement (results, "cell_spread_v", cases[i].spread);
		add_measurement (results, "pack_ohm_discharge", cases[i].ohm);
		ck_assert_msg (g_strcmp0 (pl_grade_of (table, results), cases[i].grade) == 0,
			       "case %u: %s", i, pl_grade_of (table, results));
	}
}
END_TEST

START_TEST (what_was_not_measured_never_grades_a)
{
	g_autoptr (PlGradeTable) table =
	    pl_grade_table_parse (table_text, strlen (table_text), "t.yaml", NULL);
	g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (free_result);

	ck_assert_ptr_null (pl_grade_of (table, results));
	add_measurement (results, "cell_spread_v", 0.001);
	ck_assert_str_eq (pl_grade_of (table, results), "B");
	add_measurement (results, "pack_ohm_discharge", NAN);
	ck_assert_str_eq (pl_grade_of (table, results), "B");
}
END_TEST

START_TEST (of_several_attempts_the_last_measurement_counts)
{
	g_autoptr (PlGradeTable) table =
	    pl_grade_table_parse (table_text, strlen (table_text), "t.yaml", NULL);
	g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (free_result);

	add_measurement (results, "pack_ohm_discharge", 0.01);
	add_measurement (results, "cell_spread_v", 0.5);
	add_measurement (results, "cell_spread_v", 0.001);
	ck_assert_str_eq (pl_grade_of (table, results), "A");
}
END_TEST

START_TEST (the_grade_table_that_ships_loads)
{
	g_autofree char *file = g_build_filename (g_getenv ("PACKLINE_SOURCE"),
						  "data/grades/PL-PACK-32S100.yaml", NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlGradeTable) table = pl_grade_table_load (file, &error);

	ck_assert_ok (table != NULL, error);
	ck_assert_str_eq (pl_grade_table_product (table), "PL-PACK-32S100");
}
END_TEST

START_TEST (a_grade_table_that_is_not_there_is_an_error)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_grade_table_load ("/nonexistent/P.yaml", &error));
	ck_assert_err (error, PL_YAML_ERROR, PL_YAML_ERROR_FILE);
}
END_TEST

/* -- text from wires ----------------------------------------------------------------------------
 */

START_TEST (text_from_a_wire_drives_no_terminal_and_breaks_no_record)
{
	static const char *const texts[][2] = {
	    {"GPT-9904", "GPT-9904"},
	    {"0.2 \xce\xa9, 25 \xc2\xb0\x43", "0.2 \xce\xa9, 25 \xc2\xb0\x43"},
	    {"two\nlines", "two\nlines"},
	    {"\033[2J\a", "\\033[2J\\007"},
	    {"\xc2\x9b"
	     "2J",
	     "\\2332J"}, /* CSI as one C1 character */
	    {"\r\x7f", "\\015\\177"},
	    {"\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd"}};

	for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
		g_autofree char *plain = pl_plain_text (texts[i][0]);

		ck_assert_str_eq (plain, texts[i][1]);
	}
	ck_assert_ptr_null (pl_plain_text (NULL));
}
END_TEST

/* -- labels ------------------------------------------------------------------------------------ */

START_TEST (the_label_carries_the_serial_as_text_and_as_data_matrix)
{
	g_autofree char *zpl = pl_label_zpl ("PL-PACK-32S100", "PL32-000123", "A", "2026-11-24");

	ck_assert (g_str_has_prefix (zpl, "^XA\n"));
	ck_assert (g_str_has_suffix (zpl, "^XZ\n"));
	ck_assert_ptr_nonnull (strstr (zpl, "^FDPL32-000123^FS"));
	ck_assert_ptr_nonnull (strstr (zpl, "^BXN,8,200^FDPL32-000123^FS"));
	ck_assert_ptr_nonnull (strstr (zpl, "Grade A"));
	ck_assert_ptr_nonnull (strstr (zpl, "2026-11-24"));
}
END_TEST

static const char *const injections[] = {"P^XZ~JR",
					 "~HS",
					 "A^B",
					 "A\nB",
					 "A\x1d"
					 "B",
					 "A\xc3\xa4",
					 "A\x7f"};

START_TEST (what_zpl_would_obey_is_refused_in_every_field)
{
	const char *bad = injections[_i];

	ck_assert_ptr_null (pl_label_zpl (bad, "S", "A", "D"));
	ck_assert_ptr_null (pl_label_zpl ("P", bad, "A", "D"));
	ck_assert_ptr_null (pl_label_zpl ("P", "S", bad, "D"));
	ck_assert_ptr_null (pl_label_zpl ("P", "S", "A", bad));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-judge");
	TCase *verdict = tcase_create ("verdicts"), *grade = tcase_create ("grades"),
	      *label = tcase_create ("labels");

	tcase_add_test (verdict, bounds_are_inclusive);
	tcase_add_test (verdict, one_bound_leaves_the_other_side_open);
	tcase_add_test (verdict, what_is_no_number_is_inconclusive);
	tcase_add_test (verdict, a_limit_without_a_bound_judges_nothing);
	tcase_add_test (verdict, text_is_equal_or_not_and_nothing_is_inconclusive);
	tcase_add_test (verdict, limits_and_comparators_are_told_in_words);
	tcase_add_loop_test (verdict, a_quantity_is_told_with_the_prefix_that_people_use, 0,
			     G_N_ELEMENTS (quantities));
	tcase_add_test (verdict, text_from_a_wire_drives_no_terminal_and_breaks_no_record);
	tcase_add_loop_test (grade, a_bad_grade_table_is_refused_with_file_and_line, 0,
			     G_N_ELEMENTS (bad_tables));
	tcase_add_test (grade, the_first_grade_whose_bounds_all_hold_is_given);
	tcase_add_test (grade, what_was_not_measured_never_grades_a);
	tcase_add_test (grade, of_several_attempts_the_last_measurement_counts);
	tcase_add_test (grade, the_grade_table_that_ships_loads);
	tcase_add_test (grade, a_grade_table_that_is_not_there_is_an_error);
	tcase_add_test (label, the_label_carries_the_serial_as_text_and_as_data_matrix);
	tcase_add_loop_test (label, what_zpl_would_obey_is_refused_in_every_field, 0,
			     G_N_ELEMENTS (injections));
	suite_add_tcase (suite, verdict);
	suite_add_tcase (suite, grade);
	suite_add_tcase (suite, label);
	return pl_suite_main (suite);
}
