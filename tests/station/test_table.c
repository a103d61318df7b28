/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/instrument.h"
#include "station/steps/step.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

/* The step table checks itself: everything that a recipe may say of a step is declared, in bounds
 * and explained. */

#define EACH_TYPE(type)                                                                            \
	for (const PlStepType *const *at = pl_step_types (), *type; (type = *at) != NULL; at++)

START_TEST (names_are_words_and_unique)
{
	g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

	EACH_TYPE (type)
	{
		ck_assert_uint_eq (strspn (type->name, "abcdefghijklmnopqrstuvwxyz-"),
				   strlen (type->name));
		ck_assert_msg (g_hash_table_add (names, (gpointer)type->name), "%s twice",
			       type->name);
		ck_assert_ptr_eq (pl_step_type_find (type->name), type);
		ck_assert_msg (type->title != NULL && *type->title != '\0', "%s has no title",
			       type->name);
		ck_assert_msg ((type->run != NULL) != (type->channel != NULL) && type->weight > 0,
			       "%s does nothing, or two things", type->name);
		ck_assert_msg (type->roles < 1u << PL_ROLE_LAST,
			       "%s has a role that does not exist", type->name);
	}
	ck_assert_ptr_null (pl_step_type_find ("nothing"));
}
END_TEST

static void
check_fallback (const PlStepType *type, const PlParam *p)
{
	char *end;
	double value;

	if (p->kind != PL_PARAM_NUMBER && p->kind != PL_PARAM_INTEGER)
		return;
	ck_assert_msg (p->min < p->max, "%s %s", type->name, p->name);
	if (p->required)
		return;
	ck_assert_msg (p->fallback != NULL, "%s %s has no fallback", type->name, p->name);
	value = g_ascii_strtod (p->fallback, &end);
	ck_assert_msg (end != p->fallback && *end == '\0' && value >= p->min && value <= p->max,
		       "%s %s = %s", type->name, p->name, p->fallback);
}

START_TEST (parameters_have_sane_fallbacks_and_are_explained)
{
	EACH_TYPE (type)
	{
		g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

		for (const PlParam *p = type->params; p != NULL && p->name != NULL; p++) {
			ck_assert_msg (g_hash_table_add (names, (gpointer)p->name), "%s %s twice",
				       type->name, p->name);
			ck_assert_msg (p->help != NULL && *p->help != '\0',
				       "%s %s is not explained", type->name, p->name);
			check_fallback (type, p);
			if (p->words != NULL && p->fallback != NULL) {
				g_auto (GStrv) words = g_strsplit (p->fallback, "\n", -1);

				for (guint i = 0; words[i] != NULL; i++)
					ck_assert_msg (g_strv_contains (p->words, words[i]),
						       "%s %s = %s", type->name, p->name, words[i]);
			}
		}
	}
}
END_TEST

/* "resistance_ohm_*" -> "ohm": the unit's place in a name is its end, or before the star. */
static gboolean
ends_in (const char *name, const char *suffix)
{
	gsize n = strlen (name);

	if (n > 2 && g_str_equal (name + n - 2, "_*"))
		n -= 2;
	else if (g_str_has_suffix (name, "_discharge"))
		n -= strlen ("_discharge");
	else if (g_str_has_suffix (name, "_charge"))
		n -= strlen ("_charge");
	return n >= strlen (suffix) &&
	       strncmp (name + n - strlen (suffix), suffix, strlen (suffix)) == 0;
}

START_TEST (measurements_are_named_with_their_units)
{
	static const struct {
		const char *unit, *suffix;
	} units[] = {{"V", "_v"},	{"A", "_a"},	   {"ohm", "_ohm"}, {"s", "_s"},
		     {"degC", "_degc"}, {"%", "_percent"}, {"Pa", "_pa"},   {"Ah", "_ah"},
		     {"K", "_k"},	{"g", "_g"},	   {"Wh", "_wh"}};

	EACH_TYPE (type)
	{
		for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++) {
			gboolean known = *m->unit == '\0';

			for (guint i = 0; i < G_N_ELEMENTS (units); i++)
				if (g_str_equal (units[i].unit, m->unit))
					known = ends_in (m->name, units[i].suffix);
			ck_assert_msg (known, "%s measures %s in %s", type->name, m->name, m->unit);
		}
	}
}
END_TEST

static gboolean
has_list (const PlStepType *type, const char *name)
{
	for (const PlParam *p = type->params; p != NULL && p->name != NULL; p++)
		if (g_str_equal (p->name, name))
			return p->kind == PL_PARAM_TEXT_LIST &&
			       (p->required || p->fallback != NULL);
	return FALSE;
}

START_TEST (measurements_have_a_range_and_are_explained)
{
	EACH_TYPE (type)
	{
		g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

		for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++) {
			ck_assert_msg (g_hash_table_add (names, (gpointer)m->name), "%s %s twice",
				       type->name, m->name);
			ck_assert_msg (m->help != NULL && *m->help != '\0',
				       "%s %s is not explained", type->name, m->name);
			ck_assert_msg (m->text || m->low < m->high, "%s %s has no range",
				       type->name, m->name);
			ck_assert_msg (m->each == NULL || has_list (type, m->each), "%s %s each %s",
				       type->name, m->name, m->each);
			/* else nobody could say which of them a recipe must judge */
			ck_assert_msg (!m->required || m->each != NULL ||
					   strchr (m->name, '*') == NULL,
				       "%s %s", type->name, m->name);
			ck_assert_ptr_eq (pl_step_type_measure (type, m->name), m);
		}
	}
}
END_TEST

START_TEST (what_a_step_measures_is_judged_by_at_least_one_required_limit)
{
	EACH_TYPE (type)
	{
		/* fixture-close and make-safe succeed or fail; a prompt is judged by a person */
		gboolean required = type->measures == NULL || g_str_equal (type->name, "prompt");

		for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++)
			required |= m->required;
		ck_assert_msg (required, "%s would pass without a limit", type->name);
	}
}
END_TEST

START_TEST (a_star_stands_for_one_word_or_number_and_never_for_nothing)
{
	const PlStepType *cells = pl_step_type_find ("cell-voltages");

	ck_assert_str_eq (pl_step_type_measure (cells, "cell_voltage_v_17")->name,
			  "cell_voltage_v_*");
	ck_assert_ptr_null (pl_step_type_measure (cells, "cell_voltage_v_"));
	ck_assert_ptr_null (pl_step_type_measure (cells, "cell_spread_vv"));
}
END_TEST

START_TEST (nothing_stands_beside_high_voltage)
{
	EACH_TYPE (type)
	{
		if ((type->roles & PL_ROLE_BIT (PL_ROLE_HIPOT)) != 0)
			ck_assert_msg (type->high_voltage, "%s", type->name);
		/* the load relay and the hv matrix are the PLC's: whoever closes them cannot be in
		 * a group */
		if ((type->roles & (PL_ROLE_BIT (PL_ROLE_HIPOT) | PL_ROLE_BIT (PL_ROLE_SUPPLY))) !=
		    0)
			ck_assert_msg ((type->roles & PL_ROLE_BIT (PL_ROLE_PLC)) != 0, "%s",
				       type->name);
	}
}
END_TEST

/* The plan's fifteen steps, and what frames a run. */
static const char *const planned[] = {
    "identify",	    "ground-bond",  "insulation",
    "hipot",	    "flash",	    "cell-voltages",
    "temperatures", "dcir",	    "current-calibration",
    "contactors",   "protections",  "balancing",
    "short-cycle",  "leak",	    "set-soc",
    "label",	    "bench-ready",  "fixture-close",
    "make-safe",    "fixture-open",
};

START_TEST (every_planned_step_has_a_row)
{
	ck_assert_msg (pl_step_type_find (planned[_i]) != NULL, "%s", planned[_i]);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-table");
	TCase *table = tcase_create ("step table");

	tcase_add_test (table, names_are_words_and_unique);
	tcase_add_test (table, parameters_have_sane_fallbacks_and_are_explained);
	tcase_add_test (table, measurements_are_named_with_their_units);
	tcase_add_test (table, measurements_have_a_range_and_are_explained);
	tcase_add_test (table, what_a_step_measures_is_judged_by_at_least_one_required_limit);
	tcase_add_test (table, a_star_stands_for_one_word_or_number_and_never_for_nothing);
	tcase_add_test (table, nothing_stands_beside_high_voltage);
	tcase_add_loop_test (table, every_planned_step_has_a_row, 0, G_N_ELEMENTS (planned));
	suite_add_tcase (suite, table);
	return pl_suite_main (suite);
}
