/* SPDX-License-Identifier: Apache-2.0 */
#include "station/canonical.h"
#include "station/keys.h"
#include "tests/suite.h"
#include "tests/folder.h"
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* -- numbers: IEEE 754 bits and the text that RFC 8785, appendix B, gives for them ------------- */

static const struct {
	guint64 bits;
	const char *text;
} numbers[] = {
    {0x0000000000000000, "0"},
    {0x8000000000000000, "0"},
    {0x0000000000000001, "5e-324"},
    {0x8000000000000001, "-5e-324"},
    {0x7fefffffffffffff, "1.7976931348623157e+308"},
    {0xffefffffffffffff, "-1.7976931348623157e+308"},
    {0x4340000000000000, "9007199254740992"},
    {0xc340000000000000, "-9007199254740992"},
    {0x4430000000000000, "295147905179352830000"},
    {0x44b52d02c7e14af5, "9.999999999999997e+22"},
    {0x44b52d02c7e14af6, "1e+23"},
    {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
    {0x444b1ae4d6e2ef4e, "999999999999999700000"},
    {0x444b1ae4d6e2ef4f, "999999999999999900000"},
    {0x444b1ae4d6e2ef50, "1e+21"},
    {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
    {0x3eb0c6f7a0b5ed8d, "0.000001"},
    {0x41b3de4355555553, "333333333.3333332"},
    {0x41b3de4355555554, "333333333.33333325"},
    {0x41b3de4355555555, "333333333.3333333"},
    {0x41b3de4355555556, "333333333.3333334"},
    {0x41b3de4355555557, "333333333.33333343"},
    {0xbecbf647612f3696, "-0.0000033333333333333333"},
    {0x43143ff3c1cb0959, "1424953923781206.2"},
    /* a power of two whose nearest 16 digits read back as another number */
    {0x0060000000000000, "7.120236347223045e-307"},
};

START_TEST (a_number_is_written_as_rfc_8785_writes_it)
{
	double value;
	g_autofree char *text = NULL;

	memcpy (&value, &numbers[_i].bits, sizeof value);
	text = pl_decimal_text (value);
	ck_assert_str_eq (text, numbers[_i].text);
}
END_TEST

START_TEST (every_number_reads_back_as_itself)
{
	g_autoptr (GRand) rand = g_rand_new_with_seed (8785);

	for (guint i = 0; i < 20000; i++) {
		guint64 bits = (guint64)g_rand_int (rand) << 32 | g_rand_int (rand), again;
		g_autofree char *text = NULL;
		double value, back;

		memcpy (&value, &bits, sizeof value);
		if (!isfinite (value))
			continue;
		text = pl_decimal_text (value);
		back = g_ascii_strtod (text, NULL);
		memcpy (&again, &back, sizeof back);
		ck_assert_msg (again == bits || (bits << 1) == 0, "%s", text);
		ck_assert_uint_le (strlen (text), 25);
	}
}
END_TEST

/* -- strings and structure --------------------------------------------------------------------- */

START_TEST (only_what_must_be_is_escaped_and_in_the_shortest_form)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();
	g_autofree char *text = NULL;

	pl_canonical_string (json, "\"\\/\b\f\n\r\t\x01\x1d\x7f \xe2\x82\xac\xf0\x9f\x98\x80<>&'");
	text = pl_canonical_text (json);
	ck_assert_str_eq (
	    text,
	    "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001d\x7f \xe2\x82\xac\xf0\x9f\x98\x80<>&'\"");
}
END_TEST

START_TEST (bytes_that_are_no_text_become_the_replacement_character)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();
	g_autofree char *text = NULL;

	pl_canonical_string (json, "a\xff"
				   "b");
	text = pl_canonical_text (json);
	ck_assert_str_eq (text, "\"a\xef\xbf\xbd"
				"b\"");
}
END_TEST

START_TEST (objects_and_arrays_nest_without_a_space)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();
	g_autofree char *text = NULL;

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "a", NULL); /* leaves nothing */
	pl_canonical_key (json, "b");
	pl_canonical_begin_array (json);
	pl_canonical_integer (json, -12);
	pl_canonical_bool (json, TRUE);
	pl_canonical_begin_object (json);
	pl_canonical_end_object (json);
	pl_canonical_string (json, NULL);
	pl_canonical_decimal (json, 0.1);
	pl_canonical_decimal (json, NAN);
	pl_canonical_end_array (json);
	pl_canonical_member (json, "c", "d");
	pl_canonical_end_object (json);
	text = pl_canonical_text (json);
	ck_assert_str_eq (text, "{\"b\":[-12,true,{},null,\"0.1\",null],\"c\":\"d\"}");
}
END_TEST

START_TEST (keys_are_ordered_by_utf_16_code_units)
{
	/* RFC 8785 3.2.3: the surrogates of the smiley stand before the Hebrew ligature */
	static const char *const ordered[] = {
	    "\r", "1", "\xc2\x80", "\xc3\xb6", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xef\xac\xb3"};

	for (guint i = 0; i < G_N_ELEMENTS (ordered); i++)
		for (guint j = 0; j < G_N_ELEMENTS (ordered); j++) {
			int order = pl_canonical_compare (ordered[i], ordered[j]);

			ck_assert_msg ((order < 0) == (i < j) && (order > 0) == (i > j), "%s %s",
				       ordered[i], ordered[j]);
		}
	ck_assert_int_lt (pl_canonical_compare ("ab", "abc"), 0);
}
END_TEST

START_TEST (a_key_out_of_order_stops_the_program)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();

	/* GLib's last words would be taken for this suite's */
	ck_assert (freopen ("/dev/null", "w", stdout) != NULL &&
		   freopen ("/dev/null", "w", stderr) != NULL);
	pl_canonical_begin_object (json);
	pl_canonical_member (json, "b", "1");
	pl_canonical_member (json, "a", "2");
}
END_TEST

/* -- keys -------------------------------------------------------------------------------------- */

static char *
new_home (void)
{
	char *home = test_folder ();
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_keys_ensure (home, &error), error);
	return home;
}

static char *
in (const char *home, const char *name)
{
	return g_build_filename (home, name, NULL);
}

START_TEST (a_signature_fits_its_text_and_key_only)
{
	g_autofree char *home = new_home (), *other_home = new_home ();
	g_autoptr (GError) error = NULL;
	g_autofree char *key = pl_keys_public (home, &error),
			*other = pl_keys_public (other_home, &error);
	g_autofree char *signature = pl_keys_sign (home, "text", &error);
	g_autofree char *upper = g_ascii_strup (signature, -1);

	ck_assert_ok (signature != NULL, error);
	ck_assert_uint_eq (strlen (signature), 128);
	ck_assert_ok (pl_keys_verify (key, "text", signature, &error), error);
	ck_assert (!pl_keys_verify (key, "text ", signature, NULL));
	ck_assert (!pl_keys_verify (other, "text", signature, NULL));
	ck_assert (!pl_keys_verify (key, "text", other, NULL));
	ck_assert (!pl_keys_verify ("", "text", signature, NULL));
	/* a second spelling of the same bytes would be a second record of the same run */
	ck_assert (!pl_keys_verify (key, "text", upper, &error));
	ck_assert_err (error, PL_KEYS_ERROR, PL_KEYS_ERROR_SIGNATURE);
}
END_TEST

START_TEST (the_secret_is_readable_by_its_owner_only)
{
	g_autofree char *home = new_home ();
	g_autofree char *secret = in (home, "station.key"), *public = in (home, "station.pub");
	struct stat state;

	ck_assert_int_eq (stat (secret, &state), 0);
	ck_assert_int_eq (state.st_mode & 0777, 0600);
	ck_assert_int_eq (stat (public, &state), 0);
	ck_assert_int_eq (state.st_mode & 0777, 0644);
}
END_TEST

START_TEST (a_secret_that_others_can_read_signs_nothing)
{
	g_autofree char *home = new_home ();
	g_autofree char *secret = in (home, "station.key");
	g_autoptr (GError) error = NULL;

	ck_assert_int_eq (g_chmod (secret, 0640), 0);
	ck_assert_ptr_null (pl_keys_sign (home, "text", &error));
	ck_assert_err (error, PL_KEYS_ERROR, PL_KEYS_ERROR_FILE);
	ck_assert_ptr_nonnull (strstr (error->message, "chmod 600"));
}
END_TEST

START_TEST (keys_that_are_there_are_kept)
{
	g_autofree char *home = new_home ();
	g_autofree char *before = pl_keys_public (home, NULL), *after = NULL;

	ck_assert (pl_keys_ensure (home, NULL));
	after = pl_keys_public (home, NULL);
	ck_assert_str_eq (before, after);
}
END_TEST

START_TEST (a_lost_public_half_comes_back_from_the_secret)
{
	g_autofree char *home = new_home ();
	g_autofree char *public = in (home, "station.pub");
	g_autofree char *before = pl_keys_public (home, NULL), *after = NULL;

	ck_assert_int_eq (g_remove (public), 0);
	ck_assert (pl_keys_ensure (home, NULL));
	after = pl_keys_public (home, NULL);
	ck_assert_str_eq (before, after);
}
END_TEST

START_TEST (a_lost_secret_is_not_replaced_behind_the_public_halfs_back)
{
	g_autofree char *home = new_home ();
	g_autofree char *secret = in (home, "station.key");
	g_autoptr (GError) error = NULL;

	ck_assert_int_eq (g_remove (secret), 0);
	ck_assert (!pl_keys_ensure (home, &error));
	ck_assert_err (error, PL_KEYS_ERROR, PL_KEYS_ERROR_FILE);
	ck_assert_ptr_nonnull (strstr (error->message, "backup"));
}
END_TEST

START_TEST (halves_of_different_pairs_are_refused)
{
	g_autofree char *home = new_home (), *other = new_home ();
	g_autofree char *to = in (home, "station.pub"), *from = in (other, "station.pub");
	g_autoptr (GError) error = NULL;

	ck_assert_int_eq (g_rename (from, to), 0);
	ck_assert (!pl_keys_ensure (home, &error));
	ck_assert_err (error, PL_KEYS_ERROR, PL_KEYS_ERROR_FILE);
	ck_assert_ptr_nonnull (strstr (error->message, "does not belong"));
}
END_TEST

START_TEST (a_damaged_key_is_an_error)
{
	g_autofree char *home = new_home ();
	g_autofree char *secret = in (home, "station.key");
	g_autoptr (GError) error = NULL;

	ck_assert (g_file_set_contents (secret, "deadbeef", -1, NULL));
	ck_assert_int_eq (g_chmod (secret, 0600), 0);
	ck_assert_ptr_null (pl_keys_sign (home, "text", &error));
	ck_assert_err (error, PL_KEYS_ERROR, PL_KEYS_ERROR_FILE);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-canonical");
	TCase *json = tcase_create ("canonical JSON"), *keys = tcase_create ("keys");

	tcase_add_loop_test (json, a_number_is_written_as_rfc_8785_writes_it, 0,
			     G_N_ELEMENTS (numbers));
	tcase_add_test (json, every_number_reads_back_as_itself);
	tcase_add_test (json, only_what_must_be_is_escaped_and_in_the_shortest_form);
	tcase_add_test (json, bytes_that_are_no_text_become_the_replacement_character);
	tcase_add_test (json, objects_and_arrays_nest_without_a_space);
	tcase_add_test (json, keys_are_ordered_by_utf_16_code_units);
	tcase_add_test_raise_signal (json, a_key_out_of_order_stops_the_program, SIGABRT);
	tcase_add_test (keys, a_signature_fits_its_text_and_key_only);
	tcase_add_test (keys, the_secret_is_readable_by_its_owner_only);
	tcase_add_test (keys, a_secret_that_others_can_read_signs_nothing);
	tcase_add_test (keys, keys_that_are_there_are_kept);
	tcase_add_test (keys, a_lost_public_half_comes_back_from_the_secret);
	tcase_add_test (keys, a_lost_secret_is_not_replaced_behind_the_public_halfs_back);
	tcase_add_test (keys, halves_of_different_pairs_are_refused);
	tcase_add_test (keys, a_damaged_key_is_an_error);
	tcase_set_timeout (json, 60);
	tcase_set_timeout (keys, 60);
	suite_add_tcase (suite, json);
	suite_add_tcase (suite, keys);
	return pl_suite_main (suite);
}
