/* SPDX-License-Identifier: Apache-2.0 */
#include "station/grade.h"
#include "fixtures/yaml.h"
#include <math.h>

typedef struct {
	char *measurement;
	double min, max;
} Bound;

typedef struct {
	char *grade;
	GArray *bounds; /* Bound */
} Grade;

struct _PlGradeTable {
	char *name;
	GPtrArray *grades;
};

static void
bound_clear (gpointer data)
{
	g_free (((Bound *)data)->measurement);
}

static void
grade_free (gpointer data)
{
	Grade *grade = data;

	g_free (grade->grade);
	g_array_unref (grade->bounds);
	g_free (grade);
}

void
pl_grade_table_free (PlGradeTable *table)
{
	if (table == NULL)
		return;
	g_free (table->name);
	g_ptr_array_unref (table->grades);
	g_free (table);
}

static gboolean
parse_bound (const char *name, const PlYamlNode *node, gpointer data, GError **error)
{
	static const char *const keys[] = {"min", "max", "source", NULL};
	const PlYamlNode *min = pl_yaml_get (node, "min"), *max = pl_yaml_get (node, "max");
	Bound bound = {NULL, NAN, NAN};

	if (!pl_yaml_expect (node, PL_YAML_MAP, "a bound ({ min, max, source })", error) ||
	    !pl_yaml_check_keys (node, keys, error) ||
	    pl_yaml_require (node, "source", error) == NULL)
		return FALSE;
	if (min == NULL && max == NULL)
		return pl_yaml_error (node, PL_YAML_ERROR_STRUCTURE, error,
				      "a bound needs min or max");
	if ((min != NULL && !pl_yaml_double (min, &bound.min, error)) ||
	    (max != NULL && !pl_yaml_double (max, &bound.max, error)))
		return FALSE;
	bound.measurement = g_strdup (name);
	g_array_append_val ((GArray *)data, bound);
	return TRUE;
}

static gboolean
parse_grade (const char *key, const PlYamlNode *node, gpointer data, GError **error)
{
	static const char *const keys[] = {"grade", "bounds", NULL};
	const PlYamlNode *name, *bounds = pl_yaml_get (node, "bounds");
	const char *text;
	Grade *grade;

	if (!pl_yaml_expect (node, PL_YAML_MAP, "a grade ({ grade, bounds })", error) ||
	    !pl_yaml_check_keys (node, keys, error) ||
	    (name = pl_yaml_require (node, "grade", error)) == NULL ||
	    (text = pl_yaml_string (name, error)) == NULL)
		return FALSE;
	grade = g_new0 (Grade, 1);
	grade->grade = g_strdup (text);
	grade->bounds = g_array_new (FALSE, FALSE, sizeof (Bound));
	g_array_set_clear_func (grade->bounds, bound_clear);
	g_ptr_array_add (((PlGradeTable *)data)->grades, grade);
	return bounds == NULL || pl_yaml_foreach (bounds, parse_bound, grade->bounds, error);
}

PlGradeTable *
pl_grade_table_load (const char *file, GError **error)
{
	static const char *const keys[] = {"grades", "version", "product", "table", NULL};
	g_autoptr (PlYaml) yaml = pl_yaml_load (file, error);
	g_autoptr (PlGradeTable) table = g_new0 (PlGradeTable, 1);
	const PlYamlNode *root, *name, *version, *rows;
	gint64 n;

	table->grades = g_ptr_array_new_with_free_func (grade_free);
	if (yaml == NULL)
		return NULL;
	root = pl_yaml_root (yaml);
	if (!pl_yaml_check_keys (root, keys, error) ||
	    (name = pl_yaml_require (root, "grades", error)) == NULL ||
	    (version = pl_yaml_require (root, "version", error)) == NULL ||
	    !pl_yaml_int (version, 1, 1000000, &n, error) ||
	    (rows = pl_yaml_require (root, "table", error)) == NULL ||
	    !pl_yaml_expect (rows, PL_YAML_SEQUENCE, "a list of grades", error) ||
	    !pl_yaml_foreach (rows, parse_grade, table, error))
		return NULL;
	table->name = g_strdup_printf ("%s@%d", pl_yaml_string (name, NULL), (int)n);
	return g_steal_pointer (&table);
}

static double
value_of (GPtrArray *results, const char *name)
{
	double value = NAN;

	for (guint i = 0; i < results->len; i++) {
		const PlStepResult *result = g_ptr_array_index (results, i);

		for (guint j = 0; j < result->measurements->len; j++) {
			const PlMeasurement *m = g_ptr_array_index (result->measurements, j);

			if (g_str_equal (m->name, name))
				value = m->value;
		}
	}
	return value;
}

static gboolean
fits (const Grade *grade, GPtrArray *results)
{
	for (guint i = 0; i < grade->bounds->len; i++) {
		const Bound *bound = &g_array_index (grade->bounds, Bound, i);
		double value = value_of (results, bound->measurement);

		if (!isfinite (value) || value < bound->min || value > bound->max)
			return FALSE;
	}
	return TRUE;
}

const char *
pl_grade_of (PlGradeTable *table, GPtrArray *results)
{
	for (guint i = 0; i < table->grades->len; i++) {
		const Grade *grade = g_ptr_array_index (table->grades, i);

		if (fits (grade, results))
			return grade->grade;
	}
	return NULL;
}

const char *
pl_grade_table_name (PlGradeTable *table)
{
	return table->name;
}
