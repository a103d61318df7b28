/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cli/cli.h"
#include <string.h>

/* What the program says of itself, and what it says to a wrong command line. */

/* Lines of the hidden table: "NAME" and "NAME --option". */
static char **
command_table (Place *place)
{
	g_autoptr (Reply) reply = packline (place, "--commands", NULL);
	char **lines;

	ck_assert_code (reply, 0);
	lines = g_strsplit (g_strchomp (reply->out), "\n", -1);
	ck_assert_uint_gt (g_strv_length (lines), 10);
	return lines;
}

static gboolean
is_option (const char *line)
{
	return strstr (line, " --") != NULL;
}

/* "recipe check" -> packline recipe check --help */
static Reply *
help_of (Place *place, const char *name)
{
	g_auto (GStrv) words = g_strsplit (name, " ", -1);

	return packline (place, words[0], words[1] != NULL ? words[1] : "--help",
			 words[1] != NULL ? "--help" : NULL, NULL);
}

START_TEST (every_help_is_complete)
{
	g_autoptr (Place) place = place_new ();
	g_auto (GStrv) lines = command_table (place);
	g_autoptr (Reply) help = NULL;

	for (guint i = 0; lines[i] != NULL; i++) {
		if (!is_option (lines[i])) {
			g_clear_pointer (&help, reply_free);
			help = help_of (place, lines[i]);
			ck_assert_code (help, 0);
			ck_assert_says (help->out, "Usage: packline ");
			ck_assert_says (help->out, "Example:\n  packline ");
			ck_assert_says (help->out, "Exit codes:");
			ck_assert_str_eq (help->err, "");
			continue;
		}
		ck_assert_says (help->out, strstr (lines[i], "--"));
	}
	ck_assert (!g_file_test (place->home, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (the_list_names_every_command)
{
	g_autoptr (Place) place = place_new ();
	g_auto (GStrv) lines = command_table (place);
	g_autoptr (Reply) list = packline (place, "--help", NULL);

	ck_assert_code (list, 0);
	for (guint i = 0; lines[i] != NULL; i++) {
		g_autofree char *entry = g_strdup_printf ("\n  %s ", lines[i]);

		if (!is_option (lines[i]))
			ck_assert_says (list->out, entry);
	}
}
END_TEST

START_TEST (help_fits_a_terminal_of_80_columns)
{
	g_autoptr (Place) place = place_new ();
	g_auto (GStrv) names = command_table (place);

	for (guint i = 0; names[i] != NULL; i++) {
		g_autoptr (Reply) help = NULL;
		g_auto (GStrv) lines = NULL;

		if (is_option (names[i]))
			continue;
		help = help_of (place, names[i]);
		lines = g_strsplit (help->out, "\n", -1);
		for (guint n = 0; lines[n] != NULL; n++)
			ck_assert_msg (g_utf8_strlen (lines[n], -1) <= 80, "%s: %s", names[i],
				       lines[n]);
	}
}
END_TEST

/* The man page without roff's escapes. */
static char *
man_page (void)
{
	g_autofree char *file =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "docs", "packline.1", NULL);
	g_autofree char *text = NULL;
	g_auto (GStrv) parts = NULL;

	ck_assert (g_file_get_contents (file, &text, NULL, NULL));
	parts = g_strsplit (text, "\\-", -1);
	return g_strjoinv ("-", parts);
}

/* From a command's entry to the next one's; NULL if it has none. */
static char *
man_entry (const char *page, const char *name)
{
	for (guint i = 0; i < 2; i++) {
		g_autofree char *start = i == 0 ? g_strdup_printf ("\n.BI \"packline %s\" ", name)
						: g_strdup_printf ("\n.B packline %s\n", name);
		const char *at = strstr (page, start);
		const char *end = at != NULL ? strstr (at, "\n.SH ") : NULL;

		if (at == NULL)
			continue;
		for (const char *next = strstr (at + 1, "\n.B"); next != NULL && next < end;
		     next = strstr (next + 1, "\n.B"))
			if (g_str_has_prefix (next, "\n.B packline ") ||
			    g_str_has_prefix (next, "\n.BI \"packline "))
				return g_strndup (at, next - at);
		return g_strndup (at, end - at);
	}
	return NULL;
}

START_TEST (the_man_page_has_every_command_with_every_option)
{
	g_autoptr (Place) place = place_new ();
	g_auto (GStrv) lines = command_table (place);
	g_autofree char *page = man_page (), *entry = NULL;

	for (guint i = 0; lines[i] != NULL; i++) {
		if (is_option (lines[i])) {
			ck_assert_msg (strstr (entry, strstr (lines[i], "--")) != NULL,
				       "%s is not in the man page", lines[i]);
			continue;
		}
		g_free (entry);
		entry = man_entry (page, lines[i]);
		ck_assert_msg (entry != NULL, "%s is not in the man page", lines[i]);
	}
}
END_TEST

START_TEST (the_man_page_has_no_option_that_the_program_lacks)
{
	g_autoptr (Place) place = place_new ();
	g_auto (GStrv) lines = command_table (place);
	g_autofree char *page = man_page ();

	for (guint i = 0; lines[i] != NULL; i++) {
		g_autofree char *entry = is_option (lines[i]) ? NULL : man_entry (page, lines[i]);
		g_auto (GStrv) words = g_strsplit_set (entry != NULL ? entry : "", " \n", -1);

		for (guint w = 0; words[w] != NULL; w++) {
			g_autofree char *full = NULL;

			if (!g_str_has_prefix (words[w], "--") ||
			    g_ascii_ispunct (words[w][strlen (words[w]) - 1]))
				continue; /* prose */
			full = g_strdup_printf ("%s %s", lines[i], words[w]);
			ck_assert_msg (g_strv_contains ((const char *const *)lines, full) ||
					   strstr (entry, ".nf") < strstr (entry, words[w]),
				       "the man page's %s does not exist", full);
		}
	}
}
END_TEST

START_TEST (a_mistyped_command_gets_the_nearest_one)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) word = packline (place, "asemble", NULL);
	g_autoptr (Reply) second = packline (place, "recipe", "chekc", "x", NULL);
	g_autoptr (Reply) far = packline (place, "qqqqqq", NULL);

	ck_assert_code (word, 3);
	ck_assert_says (word->err, "did you mean \"assemble\"?");
	ck_assert_code (second, 3);
	ck_assert_says (second->err, "did you mean \"recipe check\"?");
	ck_assert_code (far, 3);
	ck_assert_ptr_null (strstr (far->err, "did you mean"));
}
END_TEST

START_TEST (a_mistyped_option_gets_the_nearest_one)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) reply = packline (place, "run", "--benhc", "x", NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "packline run: ");
	ck_assert_says (reply->err, "did you mean --bench?");
}
END_TEST

START_TEST (wrong_use_exits_3_and_says_what_is_missing)
{
	static const struct {
		const char *words[8];
		const char *says;
	} cases[] = {
	    {{NULL}, ""},
	    {{"recipe", NULL}, "needs a second word"},
	    {{"run", NULL}, "--bench FILE"},
	    {{"run", "--bench", "b", NULL}, "--recipe FILE"},
	    {{"run", "--bench", "b", "--recipe", "r", "--kind", "test", NULL}, "production"},
	    {{"run", "--bench", "b", "--recipe", "r", "--quiet", "--json", NULL}, "exclude"},
	    {{"run", "--count", "many", NULL}, "many"},
	    {{"run", "extra", NULL}, "extra"},
	    {{"assemble", NULL}, "PACK"},
	    {{"assemble", "P1", NULL}, "no cells"},
	    {{"disassemble", "C1", NULL}, "--reason"},
	    {{"show", NULL}, "SERIAL"},
	    {{"record", "verify", "x", NULL}, "--key"},
	    {{"release", "make", "--image", "x", NULL}, "--product PRODUCT is missing"},
	    {{"recipe", "steps", "no-such", NULL}, "no-such"},
	    {{"runs", "--count", "0", NULL}, "at least one"},
	    {{"recover", NULL}, "--bench FILE"},
	    {{"db", NULL}, "needs a second word"},
	    {{"db", "repair", NULL}, "no command \"db repair\""},
	    {{"bench-file", "check", NULL}, "FILE"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		const char *const *w = cases[i].words;
		g_autoptr (Place) place = place_new ();
		g_autoptr (Reply) reply =
		    packline (place, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], NULL);

		ck_assert_code (reply, 3);
		ck_assert_says (reply->err, cases[i].says);
		ck_assert (!g_file_test (place->home, G_FILE_TEST_EXISTS));
	}
}
END_TEST

START_TEST (the_version_is_the_build_s)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) reply = packline (place, "--version", NULL);

	ck_assert_code (reply, 0);
	ck_assert_says (reply->out, "packline " PL_VERSION " ");
}
END_TEST

START_TEST (control_characters_of_an_argument_do_not_reach_the_terminal)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) made = packline (place, "assemble", "P1", "C1", NULL);
	g_autoptr (Reply) reply = packline (place, "show", "P\033[2J\007", NULL);

	ck_assert_code (made, 0);
	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "P\\033[2J\\007");
	ck_assert_ptr_null (strchr (reply->err, '\033'));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cli-words");
	TCase *tests = tcase_create ("words");

	tcase_set_timeout (tests, 60);
	tcase_add_test (tests, every_help_is_complete);
	tcase_add_test (tests, the_list_names_every_command);
	tcase_add_test (tests, help_fits_a_terminal_of_80_columns);
	tcase_add_test (tests, the_man_page_has_every_command_with_every_option);
	tcase_add_test (tests, the_man_page_has_no_option_that_the_program_lacks);
	tcase_add_test (tests, a_mistyped_command_gets_the_nearest_one);
	tcase_add_test (tests, a_mistyped_option_gets_the_nearest_one);
	tcase_add_test (tests, wrong_use_exits_3_and_says_what_is_missing);
	tcase_add_test (tests, the_version_is_the_build_s);
	tcase_add_test (tests, control_characters_of_an_argument_do_not_reach_the_terminal);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
