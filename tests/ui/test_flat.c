/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/person.h"
#include <stdio.h>
#include <string.h>

/*
 * Pack after pack through one window: what it holds of memory does not grow with them. The first
 * ones bring in fonts, statements and threads and do not count. PACKLINE_PACKS sets how many (200
 * in the slow suite, a short form otherwise).
 */
#define GROWTH_MB 3.0

static guint
packs (void)
{
	const char *text = g_getenv ("PACKLINE_PACKS");

	return text != NULL ? (guint)g_ascii_strtoull (text, NULL, 10) : 30;
}

static double
resident_mb (GPid pid)
{
	g_autofree char *file = g_strdup_printf ("/proc/%d/status", (int)pid), *text = NULL;
	const char *at;

	ck_assert (g_file_get_contents (file, &text, NULL, NULL));
	at = strstr (text, "VmRSS:");
	ck_assert_ptr_nonnull (at);
	return g_ascii_strtod (at + strlen ("VmRSS:"), NULL) / 1024;
}

/* Of two packs in turn: each verdict is news on the screen. */
static void
test_pack (Person *person, guint i)
{
	const char *serial = i % 2 == 0 ? "PL32-000001" : "PL32-000002";
	g_autofree char *verdict = g_strconcat ("PASS ", serial, NULL);

	person_scan (serial);
	person_await (person, verdict);
}

START_TEST (pack_after_pack_the_window_holds_no_more_memory)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;
	gint64 began = g_get_monotonic_time ();
	double warm = 0, last;
	guint n = packs (), first = MIN (20, n / 3);

	line_assemble (line, "PL32-000001");
	line_assemble (line, "PL32-000002");
	person = person_start (line);
	for (guint i = 0; i < n; i++) {
		if (i == first)
			warm = resident_mb (person->pid);
		test_pack (person, i);
		if (i % 10 == 9)
			printf ("# %u packs: %.1f MB\n", i + 1, resident_mb (person->pid));
	}
	last = resident_mb (person->pid);
	printf ("# %.1f MB after %u packs, %.1f MB after %u, %.2f s a pack\n", warm, first, last, n,
		(double)(g_get_monotonic_time () - began) / G_USEC_PER_SEC / n);
	fflush (stdout);
#ifdef __SANITIZE_ADDRESS__
	/* what was freed is kept from being used again, and counts */
	return;
#endif
	ck_assert_msg (last - warm <= GROWTH_MB, "%.1f MB after %u packs, %.1f MB after %u", warm,
		       first, last, n);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-flat");
	TCase *tcase = tcase_create ("flat");

	tcase_set_timeout (tcase, 3600);
	tcase_add_test (tcase, pack_after_pack_the_window_holds_no_more_memory);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
