/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "ui/language.h"
#include "ui/sentence.h"
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

/* What the station says in English, said in the screen's language. */

/* -- a catalogue of a few formats -------------------------------------------------------------- */

static PlSentences *
few (const char *const (*rows)[2], guint n)
{
	PlSentences *sentences = pl_sentences_new ();

	for (guint i = 0; i < n; i++)
		ck_assert_msg (pl_sentences_add (sentences, rows[i][0], rows[i][1]), "%s",
			       rows[i][0]);
	return sentences;
}

static const char *const rows[][2] = {
    {"cell %u reads %.3f V, not %.2f .. %.2f V", "单体 %u 读得 %.3f V，不在 %.2f .. %.2f V 内"},
    {"no %s with serial \"%s\" is known", "没有序列号为“%2$s”的%1$s"},
    {"reading the supply: ", "读取电源："},
    {"could not %s: ", "无法%s："},
    {"switch off %s", "关断%s"},
    {": the far end is gone", "：对端已断开"},
    {"%s: wrote %g%s%s, reads back %g", "%s：写入 %g%s%s，回读 %g"},
    {"timed out %s", "%s超时"},
    {"waiting for bytes", "等待数据"},
    {"%u %% of it", "其 %u %%"},
    {"code %c at 0x%04x", "0x%2$04x 处的码 %1$c"},
    {"pack", "电池包"},
    {"over %d", "超过 %d"},
    {"over %d and more", "超过 %d 及以上"},
};

static const struct {
	const char *english, *chinese; /* NULL = not known */
} examples[] = {
    {"cell 7 reads 3.912 V, not 2.00 .. 3.65 V", "单体 7 读得 3.912 V，不在 2.00 .. 3.65 V 内"},
    {"no pack with serial \"P 1\" is known", "没有序列号为“P 1”的电池包"},
    {"no board with serial \"X\" is known", "没有序列号为“X”的board"},
    /* chains: what opens, what continues, and both */
    {"reading the supply: timed out waiting for bytes", "读取电源：等待数据超时"},
    {"reading the supply: EIO 5", "读取电源：EIO 5"},
    {"could not switch off K1: reading the supply: I know not", "无法关断K1：读取电源：I know not"},
    {"reading the supply: /dev/ttyUSB0: the far end is gone", "读取电源：/dev/ttyUSB0：对端已断开"},
    /* conversions side by side, with and without what stood there */
    {"x: wrote 1.5 V, reads back 2", "x：写入 1.5 V，回读 2"},
    {"x: wrote 1, reads back -2e-05", "x：写入 1，回读 -2e-05"},
    {"x: wrote inf, reads back nan", "x：写入 inf，回读 nan"},
    {"12 % of it", "其 12 %"},
    {"code ~ at 0x00ff", "0x00ff 处的码 ~"},
    /* joined by what the station strings together */
    {"timed out waiting for bytes; over 4", "等待数据超时；超过 4"},
    {"a, b: over 4", "a, b：超过 4"},
    {"this, over 4", NULL},
    {"over 4, over 5", "超过 4，超过 5"},
    /* the one that explains more is taken */
    {"over 4 and more", "超过 4 及以上"},
    /* not quite it */
    {"cell seven reads 3.912 V, not 2.00 .. 3.65 V", NULL},
    {"cell 7 reads 3.912 V, not 2.00 .. 3.65 V.", NULL},
    {"over x", NULL},
    {"", NULL},
    {"%s %u %%", NULL},
};

START_TEST (a_sentence_is_said_as_its_format_is)
{
	g_autoptr (PlSentences) sentences = few (rows, G_N_ELEMENTS (rows));

	for (guint i = 0; i < G_N_ELEMENTS (examples); i++) {
		g_autofree char *text = pl_sentences_say (sentences, examples[i].english);

		ck_assert_msg (g_strcmp0 (text, examples[i].chinese) == 0, "\"%s\" became \"%s\"",
			       examples[i].english, text != NULL ? text : "(unknown)");
	}
}
END_TEST

START_TEST (a_name_is_taken_as_it_is_before_any_format)
{
	g_autoptr (PlSentences) sentences = few (rows, G_N_ELEMENTS (rows));
	g_autofree char *text = NULL;

	pl_sentences_name (sentences, "Pack and 100 % of cells, 10 s", "内阻");
	pl_sentences_name (sentences, "over 4", "四以上");
	text = pl_sentences_say (sentences, "Pack and 100 % of cells, 10 s: over 4; over 5");
	ck_assert_str_eq (text, "内阻：四以上；超过 5");
}
END_TEST

START_TEST (lines_stay_lines)
{
	g_autoptr (PlSentences) sentences = few (rows, G_N_ELEMENTS (rows));
	g_autofree char *text = pl_sentences_say (sentences, "over 4\nI know not\npack");

	ck_assert_str_eq (text, "超过 4\nI know not\n电池包");
}
END_TEST

START_TEST (words_that_lose_an_argument_or_ask_for_another_are_refused)
{
	static const char *const bad[][2] = {
	    {"cell %u of %u", "单体 %u"},	 {"cell %u", "单体 %u %s"},
	    {"cell %u of %u", "单体 %1$u %3$u"}, {"a pointer %p", "指针 %p"},
	    {"it ends in %", "结尾 %"},		 {"%s%s", "%s%s"}};
	g_autoptr (PlSentences) sentences = pl_sentences_new ();

	for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
		ck_assert_msg (!pl_sentences_add (sentences, bad[i][0], bad[i][1]), "%s",
			       bad[i][0]);
	ck_assert_ptr_null (pl_sentences_say (sentences, "cell 1 of 2"));
}
END_TEST

START_TEST (a_sentence_of_endless_ambiguity_ends_soon)
{
	static const char *const worst[][2] = {{"a%s%s%s%s%sb", "甲%s%s%s%s%s乙"},
					       {"%s, %s, %s, %sa", "%s，%s，%s，%s甲"}};
	g_autoptr (PlSentences) sentences = few (worst, G_N_ELEMENTS (worst));
	g_autofree char *blanks = g_strnfill (900, ' ');
	g_autoptr (GString) joints = g_string_new (NULL);
	g_autofree char *long_one = g_strdup_printf ("a%sb, a: b; a. %s, , , , a", blanks, blanks);
	gint64 began = g_get_monotonic_time ();

	while (joints->len < 1990)
		g_string_append (joints, "a; b: c, ");
	g_free (pl_sentences_say (sentences, long_one));
	g_free (pl_sentences_say (sentences, joints->str));
	ck_assert_int_lt (g_get_monotonic_time () - began, 2 * G_USEC_PER_SEC);
	/* nobody reads that */
	g_string_append (joints, blanks);
	ck_assert_ptr_null (pl_sentences_say (sentences, joints->str));
}
END_TEST

/* -- the whole catalogue ----------------------------------------------------------------------- */

typedef struct {
	GRand *rand;
	GPtrArray *formats; /* format, words, format, words: borrowed */
} Catalogue;

GResource *pl_ui_get_resource (void); /* asked for, so that the linker takes it */

static void
collect (gpointer data, const char *format, const char *words)
{
	g_ptr_array_add (data, (gpointer)format);
	g_ptr_array_add (data, (gpointer)words);
}

/* What such a conversion may have written; the texts are codes that no catalogue knows. */
static char *
argument (GRand *rand, char letter)
{
	static const char *const texts[] = {"P0001", "x.y-7", "hv_zq", "QQ", ""};
	double number = g_rand_double_range (rand, -1000, 1000);

	if (letter == 's')
		return g_strdup (texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (texts))]);
	if (letter == 'c')
		return g_strdup ("Z");
	if (letter == 'x')
		return g_strdup_printf ("%08x", g_rand_int (rand));
	if (letter == 'd')
		return g_strdup_printf ("%d", g_rand_int_range (rand, -99, 99));
	if (letter == 'u')
		return g_strdup_printf ("%d", g_rand_int_range (rand, 0, 99));
	ck_assert_msg (strchr ("fg", letter) != NULL, "a conversion %%%c", letter);
	return g_strdup_printf (letter == 'f' ? "%.3f" : "%g", number);
}

/* `format` with its n-th argument in place of the n-th conversion, or of the one that names it. */
static char *
fill (const char *format, GPtrArray *arguments, GRand *rand)
{
	GString *out = g_string_new (NULL);
	guint next = 0;

	for (const char *at = format; *at != '\0'; at++) {
		const char *end = at + 1 + strcspn (at + 1, "%scuxdfg");
		char *dollar = memchr (at, '$', (gsize)(end - at));
		guint n;

		if (*at != '%' || at[1] == '%') {
			g_string_append_c (out, *at);
			at += *at == '%';
			continue;
		}
		n = dollar != NULL ? (guint)strtoul (at + 1, NULL, 10) - 1 : next++;
		while (rand != NULL && n >= arguments->len)
			g_ptr_array_add (arguments, argument (rand, *end));
		ck_assert_uint_lt (n, arguments->len);
		g_string_append (out, g_ptr_array_index (arguments, n));
		at = end;
	}
	return g_string_free (out, FALSE);
}

static void
check_format (PlSentences *sentences, const char *format, const char *words, GRand *rand)
{
	g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
	g_autofree char *body = fill (format, arguments, rand);
	g_autofree char *expected = fill (words, arguments, NULL);
	gboolean opens = g_str_has_suffix (format, " "), goes_on = strchr (" :;,", *format) != NULL;
	g_autofree char *english =
	    g_strconcat (goes_on ? "K7" : "", body, opens ? "EZ 5" : "", NULL);
	g_autofree char *wanted =
	    g_strconcat (goes_on ? "K7" : "", expected, opens ? "EZ 5" : "", NULL);
	g_autofree char *said = pl_sentences_say (sentences, english);

	ck_assert_msg (g_strcmp0 (said, wanted) == 0, "\"%s\"\nbecame \"%s\"\nnot    \"%s\"",
		       english, said != NULL ? said : "(unknown)", wanted);
}

START_TEST (every_format_of_the_catalogue_with_any_arguments_comes_back_as_its_chinese)
{
	g_autoptr (PlSentences) sentences = pl_sentences_new ();
	g_autoptr (GPtrArray) all = g_ptr_array_new ();
	g_autoptr (GRand) rand = g_rand_new_with_seed (20261125);

	ck_assert_ptr_nonnull (pl_ui_get_resource ());
	pl_catalogue_each (PL_CATALOGUE_STATION, collect, all);
	ck_assert_uint_gt (all->len, 2 * 400);
	for (guint i = 0; i < all->len; i += 2)
		ck_assert_msg (pl_sentences_add (sentences, all->pdata[i], all->pdata[i + 1]), "%s",
			       (char *)all->pdata[i]);
	for (guint i = 0; i < all->len; i += 2)
		for (guint round = 0; round < 10; round++)
			check_format (sentences, all->pdata[i], all->pdata[i + 1], rand);
}
END_TEST

/* -- as the screen says it --------------------------------------------------------------------- */

static const struct {
	const char *english, *chinese;
} shown[] = {
    {"Pack and cell resistance (10 s): position 7: 1.250 mohm over the median of 0.400 mohm: "
     "loose busbar or weld at this cell",
     "电池包与单体内阻（10 s）：位置 7：比中位数 0.400 mΩ 高 1.250 "
     "mΩ：该单体处汇流排松动或焊接不良"},
    {"may be live: hipot output, 1500 V on hv-chassis since 2026-11-25T08:00:00Z. ERROR: Grade and "
     "label: the label printer cannot print: it is out of labels: put in a new roll",
     "可能带电：耐压仪输出，1500 V，hv-chassis（自 2026-11-25T08:00:00Z "
     "起）。异常：分级与标签：标签打印机无法打印：标签用完：请装入新标签卷"},
    {"PL32-000001 is blocked: it passed eol at 2026-11-25T08:00:00Z and may have shipped; a "
     "second person with the right to do so lets it run again (Override)",
     "PL32-000001 已拦截：已于 2026-11-25T08:00:00Z 通过 "
     "eol，可能已出货；须由有权限的第二个人放行重测"
     "（放行）"},
    {"reading the safety chain: tcp:127.0.0.1:502: reading holding register 64 (x3) of unit 1, "
     "function 3, tried 3 times: timed out waiting for bytes",
     "读取安全链：tcp:127.0.0.1:502：读保持寄存器 64 (x3)，单元 1，功能 3，已尝试 3 "
     "次：等待数据超时"},
    {"making safe: opening the hipot: cannot open /dev/ttyUSB3: No such file or directory: is the "
     "adapter plugged in?",
     NULL},
};

START_TEST (what_the_station_says_is_shown_in_the_language_of_the_screen)
{
	for (guint i = 0; i < G_N_ELEMENTS (shown); i++) {
		g_autofree char *english = NULL, *chinese = NULL, *back = NULL;

		pl_language_set (PL_LANGUAGE_ZH_CN);
		chinese = pl_sentence (shown[i].english);
		if (shown[i].chinese != NULL)
			ck_assert_str_eq (chinese, shown[i].chinese);
		pl_language_set (PL_LANGUAGE_EN);
		english = pl_sentence (shown[i].english);
		back = pl_sentence (shown[i].english);
		ck_assert_str_eq (english, back);
		ck_assert_str_ne (english, chinese);
	}
	ck_assert_ptr_null (pl_sentence (NULL));
}
END_TEST

/* The main loop has 8 ms for everything; sanitizers take a few times what it takes without. */
START_TEST (the_longest_chain_of_sentences_is_said_in_a_few_milliseconds)
{
	gint64 best = G_MAXINT64;

	pl_language_set (PL_LANGUAGE_ZH_CN);
	for (guint i = 0; i < 20; i++) {
		gint64 began = g_get_monotonic_time ();

		g_free (pl_sentence (
		    "may be live: supply output on the pack since 2026-11-25T08:00:00.000Z; pack "
		    "terminals (main contactor closed) since 2026-11-25T08:00:00.000Z. ERROR: "
		    "Short charge and discharge: reading the supply: timed out waiting for "
		    "bytes"));
		best = MIN (best, g_get_monotonic_time () - began);
	}
	ck_assert_int_lt (best, 5000);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-sentence");
	TCase *tcase = tcase_create ("sentence");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, a_sentence_is_said_as_its_format_is);
	tcase_add_test (tcase, a_name_is_taken_as_it_is_before_any_format);
	tcase_add_test (tcase, lines_stay_lines);
	tcase_add_test (tcase, words_that_lose_an_argument_or_ask_for_another_are_refused);
	tcase_add_test (tcase, a_sentence_of_endless_ambiguity_ends_soon);
	tcase_add_test (tcase,
			every_format_of_the_catalogue_with_any_arguments_comes_back_as_its_chinese);
	tcase_add_test (tcase, what_the_station_says_is_shown_in_the_language_of_the_screen);
	tcase_add_test (tcase, the_longest_chain_of_sentences_is_said_in_a_few_milliseconds);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
