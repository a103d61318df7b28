/* SPDX-License-Identifier: Apache-2.0 */
#include "db/codec.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

/* In pieces, behind what is there already, as spans are read. */
static void
assert_packed_round_trip (const gint64 *const *columns, guint n_columns, guint n)
{
	g_autoptr (PlIntegers) from = pl_integers_new (n_columns),
			       back = pl_integers_new (n_columns);
	g_autoptr (GError) error = NULL;

	pl_integers_reserve (from, n);
	from->n = n;
	for (guint c = 0; c < n_columns; c++)
		memcpy (from->columns[c], columns[c], n * sizeof (gint64));
	for (guint at = 0, piece = 1; at < n; at += piece, piece = piece * 2 + 1) {
		guint len = MIN (piece, n - at);
		g_autoptr (GBytes) packed = pl_codec_pack (from, at, len);

		ck_assert_ok (pl_codec_unpack (g_bytes_get_data (packed, NULL),
					       g_bytes_get_size (packed), len, back, &error),
			      error);
	}
	ck_assert_uint_eq (back->n, n);
	for (guint c = 0; c < n_columns; c++)
		for (guint i = 0; i < n; i++)
			ck_assert_int_eq (back->columns[c][i], columns[c][i]);
}

static void
assert_round_trip (const gint64 *const *columns, guint n_columns, guint n)
{
	g_autoptr (GBytes) chunk = pl_codec_encode (columns, n_columns, n);
	g_autoptr (GPtrArray) back = NULL;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_codec_decode (chunk, n_columns, &back, &error), error);
	ck_assert_uint_eq (back->len, n_columns);
	for (guint c = 0; c < n_columns; c++) {
		GArray *column = g_ptr_array_index (back, c);

		ck_assert_uint_eq (column->len, n);
		for (guint i = 0; i < n; i++)
			ck_assert_int_eq (g_array_index (column, gint64, i), columns[c][i]);
	}
	assert_packed_round_trip (columns, n_columns, n);
}

START_TEST (random_walks_come_back_exactly)
{
	enum { N = 4096 };
	g_autofree gint64 *t = g_new (gint64, N), *v = g_new (gint64, N);
	const gint64 *columns[] = {t, v};
	g_autoptr (GRand) random = g_rand_new_with_seed (_i + 1);

	for (guint i = 0; i < N; i++) {
		t[i] = i * 100000ll + g_rand_int_range (random, -2000, 2000);
		v[i] = (i > 0 ? v[i - 1] : 32000) + g_rand_int_range (random, -3, 4);
	}
	assert_round_trip (columns, 2, N);
}
END_TEST

START_TEST (extremes_come_back_exactly)
{
	const gint64 column[] = {G_MAXINT64, G_MININT64, 0,	     -1,
				 1,	     G_MININT64, G_MAXINT64, G_MAXINT64};
	const gint64 *columns[] = {column};

	assert_round_trip (columns, 1, G_N_ELEMENTS (column));
}
END_TEST

/* Steps of every size, from none to the widest, in one column: times that stand still and jump
 * back, units that are common to all steps or to none. */
START_TEST (any_integers_come_back_exactly)
{
	enum { N = 700 };
	g_autofree gint64 *a = g_new (gint64, N), *b = g_new (gint64, N);
	const gint64 *columns[] = {a, b};
	g_autoptr (GRand) random = g_rand_new_with_seed (100 + _i);
	gint64 unit = _i % 3 == 0 ? 1 : g_rand_int_range (random, 2, 100000);

	for (guint i = 0; i < N; i++) {
		guint64 any = (guint64)g_rand_int (random) << 32 | g_rand_int (random);

		a[i] = (gint64)(any >> g_rand_int_range (random, 0, 64));
		if (g_rand_boolean (random))
			a[i] = -a[i];
		b[i] = i / 100 % 2 == 0 && i > 0 ? b[i - 1]
						 : g_rand_int_range (random, -100, 100) * unit;
	}
	assert_round_trip (columns, 2, N);
}
END_TEST

START_TEST (a_packed_span_that_is_cut_or_longer_is_refused)
{
	g_autoptr (PlIntegers) from = pl_integers_new (2), back = pl_integers_new (2);
	g_autoptr (GBytes) packed = NULL;
	g_autofree guint8 *longer = NULL;
	gsize len;

	pl_integers_reserve (from, 500);
	from->n = 500;
	for (guint i = 0; i < 500; i++) {
		from->columns[0][i] = i * 1000 + i % 3;
		from->columns[1][i] = i % 17 == 0 ? G_MININT64 : i % 5;
	}
	packed = pl_codec_pack (from, 0, 500);
	len = g_bytes_get_size (packed);
	longer = g_malloc0 (len + 1);
	memcpy (longer, g_bytes_get_data (packed, NULL), len);
	for (gsize cut = 0; cut <= len + 1; cut++) {
		g_autoptr (GError) error = NULL;

		if (cut == len)
			continue;
		ck_assert (!pl_codec_unpack (longer, cut, 500, back, &error));
		ck_assert_err (error, PL_CODEC_ERROR, PL_CODEC_ERROR_DAMAGED);
		ck_assert_uint_eq (back->n, 0);
	}
}
END_TEST

START_TEST (an_empty_curve_comes_back_empty)
{
	const gint64 none[1] = {0};
	const gint64 *columns[] = {none, none};

	assert_round_trip (columns, 2, 0);
}
END_TEST

START_TEST (a_quiet_curve_takes_less_than_two_bytes_a_sample)
{
	enum { N = 4096 };
	g_autofree gint64 *v = g_new (gint64, N);
	const gint64 *columns[] = {v};
	g_autoptr (GRand) random = g_rand_new_with_seed (7);
	g_autoptr (GBytes) chunk = NULL;

	for (guint i = 0; i < N; i++)
		v[i] = 33000 + g_rand_int_range (random, -2, 3);
	chunk = pl_codec_encode (columns, 1, N);
	ck_assert_uint_lt (g_bytes_get_size (chunk), 2 * N);
}
END_TEST

/* Every prefix and every flipped byte is either refused or still decodes; never a crash or a wild
 * allocation. */
START_TEST (a_cut_chunk_is_refused)
{
	const gint64 column[] = {5, 6, 7, 900, -4, 12345678};
	const gint64 *columns[] = {column};
	g_autoptr (GBytes) chunk = pl_codec_encode (columns, 1, G_N_ELEMENTS (column));

	for (gsize len = 0; len < g_bytes_get_size (chunk); len++) {
		g_autoptr (GBytes) cut = g_bytes_new_from_bytes (chunk, 0, len);
		g_autoptr (GPtrArray) back = NULL;
		g_autoptr (GError) error = NULL;

		ck_assert (!pl_codec_decode (cut, 1, &back, &error));
		ck_assert_err (error, PL_CODEC_ERROR, PL_CODEC_ERROR_DAMAGED);
	}
}
END_TEST

START_TEST (a_lying_head_is_refused)
{
	const gint64 column[] = {1, 2, 3};
	const gint64 *columns[] = {column};
	g_autoptr (GBytes) chunk = pl_codec_encode (columns, 1, 3);
	gsize len;
	const guint8 *data = g_bytes_get_data (chunk, &len);

	for (guint i = 0; i < 16; i++) {
		g_autofree guint8 *copy = g_memdup2 (data, len);
		g_autoptr (GBytes) bad = NULL;
		g_autoptr (GPtrArray) back = NULL;
		g_autoptr (GError) error = NULL;

		copy[i] ^= 0x80;
		bad = g_bytes_new (copy, len);
		ck_assert (!pl_codec_decode (bad, 1, &back, &error));
		ck_assert_err (error, PL_CODEC_ERROR, PL_CODEC_ERROR_DAMAGED);
	}
}
END_TEST

START_TEST (a_value_that_is_no_number_is_refused)
{
	g_autoptr (GError) error = NULL;
	gint64 out = 42;

	ck_assert (!pl_codec_scale (NAN, 1e-6, &out, &error));
	ck_assert_err (error, PL_CODEC_ERROR, PL_CODEC_ERROR_RANGE);
	ck_assert_int_eq (out, 42);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("codec");
	TCase *tests = tcase_create ("codec");

	tcase_add_loop_test (tests, random_walks_come_back_exactly, 0, 8);
	tcase_add_test (tests, extremes_come_back_exactly);
	tcase_add_loop_test (tests, any_integers_come_back_exactly, 0, 30);
	tcase_add_test (tests, a_packed_span_that_is_cut_or_longer_is_refused);
	tcase_add_test (tests, an_empty_curve_comes_back_empty);
	tcase_add_test (tests, a_quiet_curve_takes_less_than_two_bytes_a_sample);
	tcase_add_test (tests, a_cut_chunk_is_refused);
	tcase_add_test (tests, a_lying_head_is_refused);
	tcase_add_test (tests, a_value_that_is_no_number_is_refused);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
