/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The colours of the states, measured from the style sheet as WCAG 2.1 measures contrast; and once
 * more as people see them who lack one kind of cone. */

typedef struct {
	double r, g, b; /* linear light, 0..1 */
} Light;

static char *css;

static void
set_up (void)
{
	g_autofree char *file =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "ui", "style.css", NULL);

	ck_assert (g_file_get_contents (file, &css, NULL, NULL));
}

static void
tear_down (void)
{
	g_free (css);
}

/* WCAG 2.1, relative luminance: sRGB to linear light. */
static double
linear (unsigned long byte)
{
	double c = (double)byte / 255;

	return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static Light
colour (const char *name)
{
	g_autofree char *words = g_strdup_printf ("@define-color %s #", name);
	const char *at = strstr (css, words);
	unsigned long rgb;

	ck_assert_msg (at != NULL, "the style sheet defines no %s", name);
	rgb = strtoul (at + strlen (words), NULL, 16);
	return (Light){linear (rgb >> 16 & 0xff), linear (rgb >> 8 & 0xff), linear (rgb & 0xff)};
}

static double
contrast (Light a, Light b)
{
	double x = 0.2126 * a.r + 0.7152 * a.g + 0.0722 * a.b;
	double y = 0.2126 * b.r + 0.7152 * b.g + 0.0722 * b.b;

	return (MAX (x, y) + 0.05) / (MIN (x, y) + 0.05);
}

/* Machado, Oliveira and Fernandes 2009, severity 1.0: on linear light. */
static const struct {
	const char *name;
	double m[9];
	double least; /* of PASS against FAIL */
} eyes[] = {
    {"all cones", {1, 0, 0, 0, 1, 0, 0, 0, 1}, 4.5},
    {"protanopia",
     {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
     4.5},
    {"deuteranopia",
     {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
     3.5},
    {"tritanopia",
     {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
     4.0},
};

static Light
seen (Light c, const double *m)
{
	return (Light){CLAMP (m[0] * c.r + m[1] * c.g + m[2] * c.b, 0, 1),
		       CLAMP (m[3] * c.r + m[4] * c.g + m[5] * c.b, 0, 1),
		       CLAMP (m[6] * c.r + m[7] * c.g + m[8] * c.b, 0, 1)};
}

/* What is written on what. */
static const char *const pairs[][2] = {
    {"pass_fg", "pass_bg"},	  {"fail_fg", "fail_bg"}, {"error_ink", "error_ground"},
    {"blocked_fg", "blocked_bg"}, {"held_fg", "held_bg"}, {"aborted_fg", "aborted_bg"},
    {"error_ground", "fail_bg"}, /* the frame of UNSAFE */
};

START_TEST (words_on_every_states_ground_have_four_and_a_half_to_one_for_every_eye)
{
	for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
		Light ink = colour (pairs[i][0]), ground = colour (pairs[i][1]);
		double ratio = contrast (seen (ink, eyes[_i].m), seen (ground, eyes[_i].m));

		ck_assert_msg (ratio >= 4.5, "%s on %s: %.2f:1 with %s", pairs[i][0], pairs[i][1],
			       ratio, eyes[_i].name);
	}
}
END_TEST

START_TEST (pass_and_fail_differ_in_lightness_for_every_eye)
{
	double ratio =
	    contrast (seen (colour ("pass_bg"), eyes[_i].m), seen (colour ("fail_bg"), eyes[_i].m));

	ck_assert_msg (ratio >= eyes[_i].least, "%.2f:1 with %s", ratio, eyes[_i].name);
}
END_TEST

/* The measure itself: black on white is 21:1 by definition, a colour on itself 1:1. */
START_TEST (the_measure_is_the_standards)
{
	Light black = {0, 0, 0}, white = {1, 1, 1};

	ck_assert_double_eq_tol (contrast (black, white), 21, 1e-9);
	ck_assert_double_eq_tol (contrast (white, white), 1, 1e-9);
	for (guint i = 0; i < G_N_ELEMENTS (eyes); i++)
		ck_assert_double_eq_tol (
		    contrast (seen (black, eyes[i].m), seen (white, eyes[i].m)), 21, 0.01);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-colours");
	TCase *tcase = tcase_create ("colours");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_loop_test (tcase,
			     words_on_every_states_ground_have_four_and_a_half_to_one_for_every_eye,
			     0, G_N_ELEMENTS (eyes));
	tcase_add_loop_test (tcase, pass_and_fail_differ_in_lightness_for_every_eye, 0,
			     G_N_ELEMENTS (eyes));
	tcase_add_test (tcase, the_measure_is_the_standards);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
