/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cycler_file/files.h"
#include <math.h>
#include <string.h>

/* What is wrong with a file is told with its line, and the step that it is in is unsure. */
#define HEAD                                                                                       \
	"DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(A),Voltage(V),"        \
	"Chg. Cap.(Ah),DChg. Cap.(Ah),Date\n"

/* Half an hour of 1 A, one record a minute; line 17 (the 16th record) is another one. */
static char *
with_line (const char *line17)
{
	g_autoptr (GString) text = g_string_new (HEAD);

	for (int i = 0; i <= 30; i++)
		if (i == 15 && line17 != NULL)
			g_string_append_printf (text, "%s\n", line17);
		else
			g_string_append_printf (text,
						"%d,1,1,CC Chg,00:%02d:00,00:%02d:00,1.0000,3.3000,"
						"%.6f,0,2026-11-25 08:%02d:00\n",
						i + 1, i, i, i / 60.0, i);
	return g_string_free (g_steal_pointer (&text), FALSE);
}

START_TEST (the_file_of_this_test_is_sound_without_damage)
{
	g_autofree char *text = with_line (NULL);
	g_autoptr (PlCyclerFile) file = pl_test_text_file (text);

	ck_assert_uint_eq (file->defects->len, 0);
	ck_assert_uint_eq (file->steps->len, 1);
	ck_assert_ptr_null (pl_test_step (file, 0)->doubt);
}
END_TEST

START_TEST (each_damage_is_named_with_its_line)
{
	static const struct {
		const char *line, *says;
		guint at; /* the line that it shows in */
		gboolean unsure;
	} cases[] = {
	    {"16,1,1,CC Chg,00:12:00,00:12:00,1.0000,3.3000,0.25,0,2026-11-25 08:15:00",
	     "the time goes back from 840 s to 720 s", 17, TRUE},
	    {"16,1,1,CC Chg,00:15:00,00:15:00,1.0000,3.3000,0.1,0,2026-11-25 08:15:00",
	     "charged Ah falls from 0.233333 to 0.1 within a step", 17, TRUE},
	    {"16,1,1,CC Chg,00:15:00,00:15:00,abc,3.3000,0.25,0,2026-11-25 08:15:00",
	     "column 7 holds \"abc\", which is no number", 17, TRUE},
	    {"16,1,1,CC Chg,00:15:00,00:15:00,inf,3.3000,0.25,0,2026-11-25 08:15:00",
	     "holds \"inf\"", 17, TRUE},
	    {"16,1,1,CC Chg,00:15:00,00:15:00,0x10,3.3000,0.25,0,2026-11-25 08:15:00",
	     "holds \"0x10\"", 17, TRUE},
	    {"16,1,1,CC Chg,00:15:00,00:15:00,-1.0000,3.3000,0.25,0,2026-11-25 08:15:00",
	     "a current of -1 A in a step of charge", 17, TRUE},
	    {"16,1,1,CC Chg,00:15:00", "5 fields instead of 11", 17, FALSE},
	    {"16,1,1,CC Chg,,,1.0000,3.3000,0.25,0,2026-11-25 08:15:00",
	     "without a time is left out", 17, FALSE},
	    {"16,1.5,1,CC Chg,00:15:00,00:15:00,1.0000,3.3000,0.25,0,2026-11-25 08:15:00",
	     "the cycle counter is 1.5, which counts nothing", 17, FALSE},
	    {"16,0,1,CC Chg,00:15:00,00:15:00,1.0000,3.3000,0.25,0,2026-11-25 08:15:00",
	     "goes back from 1 to 0", 17, FALSE},
	    {"16,1,1,CC Chg,00:15:00,00:15:00,1.0000,3.3000,0.25,0,2026-11-25 09:15:00",
	     "900 s have gone by its time and 4500 s by its date", 17, FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autofree char *text = with_line (cases[i].line);
		g_autoptr (PlCyclerFile) file = pl_test_text_file (text);

		pl_assert_defect (file, cases[i].at, cases[i].says);
		if (cases[i].unsure)
			ck_assert_msg (pl_test_step (file, 0)->doubt != NULL, "%s", cases[i].says);
	}
}
END_TEST

START_TEST (an_efficiency_that_no_cell_has_is_named_where_the_discharge_ends)
{
	g_autoptr (GString) text = g_string_new ("Test Time / s,Voltage / V,Current / A\n");
	g_autoptr (PlCyclerFile) file = NULL;

	for (guint i = 0; i < 120; i++)
		g_string_append_printf (text, "%u,3.3,%s\n", i * 10, i < 60 ? "1" : "-10");
	file = pl_test_text_file (text->str);
	pl_assert_defect (file, 121, "a coulombic efficiency of 10");
}
END_TEST

START_TEST (ten_defects_of_a_kind_have_rows_and_the_others_are_counted)
{
	g_autoptr (GString) text =
	    g_string_new ("Test Time / s,Voltage / V,Current / A,Cycle Count / 1\n");
	g_autoptr (PlCyclerFile) file = NULL;

	for (guint i = 0; i < 100; i++)
		g_string_append_printf (text, "%u,3.3,1,0.5\n", i);
	file = pl_test_text_file (text->str);
	ck_assert_uint_eq (file->defects->len, 10);
	ck_assert_uint_eq (((PlCyclerDefect *)file->defects->pdata[9])->more, 90);
}
END_TEST

START_TEST (a_last_line_that_was_cut_off_is_named)
{
	g_autofree char *text = with_line (NULL);
	g_autoptr (PlCyclerFile) file = NULL;

	text[strlen (text) - 40] = '\0';
	file = pl_test_text_file (text);
	pl_assert_defect (file, 32, "fields instead of 11");
}
END_TEST

/* -- what is refused altogether ---------------------------------------------------------------- */

START_TEST (what_is_no_cycler_file_is_refused_with_what_was_looked_for)
{
	static const char *const texts[] = {"", "\n\n\n", "serial,capacity_ah\nA1,100\n",
					    "{\"json\": true}\n"};

	for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
		g_autofree char *why = pl_test_refusal (texts[i]);

		ck_assert_msg (strstr (why, "Neware, PEC, Maccor, Arbin or BDF") != NULL, "%s",
			       why);
	}
}
END_TEST

START_TEST (headings_without_a_record_are_refused)
{
	g_autofree char *why = pl_test_refusal (HEAD);

	ck_assert_msg (strstr (why, "Neware CSV and no record") != NULL, "%s", why);
}
END_TEST

/* Ten times too much current is worse than none. */
START_TEST (a_unit_that_is_not_known_is_refused_with_its_column)
{
	g_autofree char *why = pl_test_refusal (
	    "DataPoint,Cycle Index,Step Index,Step Type,Time,Current(dA),Voltage(V)\n");

	ck_assert_msg (strstr (why, "line 1: column 6 is headed \"Current(dA)\"") != NULL, "%s",
		       why);
}
END_TEST

START_TEST (a_nul_byte_and_utf_16_are_no_text)
{
	static const char text[] = "T\0e\0s\0t\0\n\0";
	g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text);
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_cycler_file_parse (bytes, "utf16.csv", &error));
	ck_assert_err (error, PL_CYCLER_FILE_ERROR, PL_CYCLER_FILE_ERROR_READ);
	ck_assert_msg (strstr (error->message, "utf16.csv: line 1 is no text") != NULL, "%s",
		       error->message);
}
END_TEST

START_TEST (a_line_without_end_is_refused_before_it_fills_the_memory)
{
	g_autofree char *text = g_malloc (4 * 1024 * 1024);
	g_autofree char *why = NULL;

	memset (text, 'x', 4 * 1024 * 1024 - 1);
	text[4 * 1024 * 1024 - 1] = '\0';
	why = pl_test_refusal (text);
	ck_assert_msg (strstr (why, "it does not end") != NULL, "%s", why);
}
END_TEST

START_TEST (a_gzip_that_was_cut_off_is_refused)
{
	g_autofree char *path = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "tests", "data",
						  "cellpy", "pec.csv.gz", NULL);
	g_autofree char *packed = NULL;
	g_autoptr (GBytes) half = NULL;
	g_autoptr (GError) error = NULL;
	gsize len;

	ck_assert (g_file_get_contents (path, &packed, &len, NULL));
	half = g_bytes_new (packed, len / 2);
	ck_assert_ptr_null (pl_cycler_file_parse (half, "half.gz", &error));
	ck_assert_err (error, PL_CYCLER_FILE_ERROR, PL_CYCLER_FILE_ERROR_READ);
	ck_assert_msg (strstr (error->message, "behind line") != NULL, "%s", error->message);
}
END_TEST

START_TEST (a_file_that_is_not_there_is_named)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_cycler_file_load ("/nonexistent/a.csv", &error));
	ck_assert_err (error, PL_CYCLER_FILE_ERROR, PL_CYCLER_FILE_ERROR_READ);
	ck_assert_msg (strstr (error->message, "/nonexistent/a.csv") != NULL, "%s", error->message);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cycler-file-damage");
	TCase *told = tcase_create ("told"), *refused = tcase_create ("refused");

	tcase_add_test (told, the_file_of_this_test_is_sound_without_damage);
	tcase_add_test (told, each_damage_is_named_with_its_line);
	tcase_add_test (told, an_efficiency_that_no_cell_has_is_named_where_the_discharge_ends);
	tcase_add_test (told, ten_defects_of_a_kind_have_rows_and_the_others_are_counted);
	tcase_add_test (told, a_last_line_that_was_cut_off_is_named);
	suite_add_tcase (suite, told);
	tcase_add_test (refused, what_is_no_cycler_file_is_refused_with_what_was_looked_for);
	tcase_add_test (refused, headings_without_a_record_are_refused);
	tcase_add_test (refused, a_unit_that_is_not_known_is_refused_with_its_column);
	tcase_add_test (refused, a_nul_byte_and_utf_16_are_no_text);
	tcase_add_test (refused, a_line_without_end_is_refused_before_it_fills_the_memory);
	tcase_add_test (refused, a_gzip_that_was_cut_off_is_refused);
	tcase_add_test (refused, a_file_that_is_not_there_is_named);
	suite_add_tcase (suite, refused);
	return pl_suite_main (suite);
}
