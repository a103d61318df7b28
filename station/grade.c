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
	char *name, *product;
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
	g_free (table->product);
	g_ptr_array_unref (table->grades);
	g_free (table);
}

/* Text has no bounds. */
static gboolean
is_measured (const char *name)
{
	const PlMeasure *measure = NULL;

	for (guint i = 0; measure == NULL && pl_step_types ()[i] != NULL; i++)
		measure = pl_step_type_measure (pl_step_types ()[i], name);
	return measure != NULL && !measure->text;
}

static const char *
text_of (const PlYamlNode *map, const char *key, GError **error)
{
	const PlYamlNode *node = pl_yaml_require (map, key, error);
	const char *text = node != NULL ? pl_yaml_string (node, error) : NULL;

	if (text == NULL || *text != '\0')
		return text;
	pl_yaml_error (node, PL_YAML_ERROR_VALUE, error, "%s is empty", key);
	return NULL;
}

/* A bound on what no step measures would never hold: nobody would get that grade, and nobody would
 * know why. */
static gboolean
check_bound (const Bound *bound, const PlYamlNode *node, GError **error)
{
	if (isnan (bound->min) && isnan (bound->max))
		return pl_yaml_error (node, PL_YAML_ERROR_STRUCTURE, error,
				      "a bound needs min or max");
	if (bound->min > bound->max)
		return pl_yaml_error (node, PL_YAML_ERROR_VALUE, error, "min %g is above max %g",
				      bound->min, bound->max);
	if (!is_measured (bound->measurement))
		return pl_yaml_error (
		    node, PL_YAML_ERROR_VALUE, error,
		    "no step measures a number called \"%s\"; packline recipe steps lists them",
		    bound->measurement);
	return TRUE;
}

/* Where a bound comes from is asked for as of a limit. */
static gboolean
parse_bound (const char *name, const PlYamlNode *node, gpointer data, GError **error)
{
	static const char *const keys[] = {"min", "max", "source", NULL};
	const PlYamlNode *min = pl_yaml_get (node, "min"), *max = pl_yaml_get (node, "max");
	Bound bound = {(char *)name, NAN, NAN};

	if (!pl_yaml_expect (node, PL_YAML_MAP, "a bound ({ min, max, source })", error) ||
	    !pl_yaml_check_keys (node, keys, error) || text_of (node, "source", error) == NULL ||
	    (min != NULL && !pl_yaml_double (min, &bound.min, error)) ||
	    (max != NULL && !pl_yaml_double (max, &bound.max, error)) ||
	    !check_bound (&bound, node, error))
		return FALSE;
	bound.measurement = g_strdup (name);
	g_array_append_val ((GArray *)data, bound);
	return TRUE;
}

/* The first grade that fits is given, so nothing can stand behind one without bounds. */
static gboolean
check_reachable (const PlGradeTable *table, const char *name, const PlYamlNode *node,
		 GError **error)
{
	for (guint i = 0; i < table->grades->len; i++) {
		const Grade *before = g_ptr_array_index (table->grades, i);

		if (g_str_equal (before->grade, name))
			return pl_yaml_error (node, PL_YAML_ERROR_VALUE, error,
					      "grade \"%s\" is given twice", name);
		if (before->bounds->len == 0)
			return pl_yaml_error (node, PL_YAML_ERROR_VALUE, error,
					      "grade \"%s\" can never be given: \"%s\" before it "
					      "has no bounds and takes "
					      "every pack",
					      name, before->grade);
	}
	return TRUE;
}

static gboolean
parse_grade (const char *key, const PlYamlNode *node, gpointer data, GError **error)
{
	static const char *const keys[] = {"grade", "bounds", NULL};
	const PlYamlNode *bounds = pl_yaml_get (node, "bounds");
	PlGradeTable *table = data;
	const char *name;
	Grade *grade;

	if (!pl_yaml_expect (node, PL_YAML_MAP, "a grade ({ grade, bounds })", error) ||
	    !pl_yaml_check_keys (node, keys, error) ||
	    (name = text_of (node, "grade", error)) == NULL ||
	    !check_reachable (table, name, node, error) ||
	    (bounds != NULL &&
	     !pl_yaml_expect (bounds, PL_YAML_MAP, "bounds by measurement", error)))
		return FALSE;
	grade = g_new0 (Grade, 1);
	grade->grade = g_strdup (name);
	grade->bounds = g_array_new (FALSE, FALSE, sizeof (Bound));
	g_array_set_clear_func (grade->bounds, bound_clear);
	g_ptr_array_add (table->grades, grade);
	return bounds == NULL || pl_yaml_foreach (bounds, parse_bound, grade->bounds, error);
}

/* One product a table: a grade means something only for what it was made for. */
static gboolean
parse_table (PlGradeTable *table, const PlYamlNode *root, GError **error)
{
	static const char *const keys[] = {"grades", "version", "product", "table", NULL};
	const PlYamlNode *version, *rows;
	const char *name;
	gint64 n;

	if (!pl_yaml_expect (root, PL_YAML_MAP, "a grade table", error) ||
	    !pl_yaml_check_keys (root, keys, error) ||
	    (name = text_of (root, "grades", error)) == NULL ||
	    (table->product = g_strdup (text_of (root, "product", error))) == NULL ||
	    (version = pl_yaml_require (root, "version", error)) == NULL ||
	    !pl_yaml_int (version, 1, 1000000, &n, error) ||
	    (rows = pl_yaml_require (root, "table", error)) == NULL ||
	    !pl_yaml_expect (rows, PL_YAML_SEQUENCE, "a list of grades", error) ||
	    !pl_yaml_foreach (rows, parse_grade, table, error))
		return FALSE;
	table->name = g_strdup_printf ("%s@%d", name, (int)n);
	return table->grades->len > 0 ||
	       pl_yaml_error (rows, PL_YAML_ERROR_STRUCTURE, error, "the table has no grade");
}

PlGradeTable *
pl_grade_table_parse (const char *text, gsize len, const char *name, GError **error)
{
	g_autoptr (PlYaml) yaml = pl_yaml_parse (text, len, name, error);
	g_autoptr (PlGradeTable) table = g_new0 (PlGradeTable, 1);

	table->grades = g_ptr_array_new_with_free_func (grade_free);
	return yaml != NULL && parse_table (table, pl_yaml_root (yaml), error)
		   ? g_steal_pointer (&table)
		   : NULL;
}

PlGradeTable *
pl_grade_table_load (const char *file, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr (GError) wrong = NULL;
	gsize len;

	if (g_file_get_contents (file, &text, &len, &wrong))
		return pl_grade_table_parse (text, len, file, error);
	g_set_error (error, PL_YAML_ERROR, PL_YAML_ERROR_FILE, "cannot read the grade table: %s",
		     wrong->message);
	return NULL;
}

/* All attempts of all steps in order: a retry's value replaces the one before it. */
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

/* Inclusive, as limits are. */
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

const char *
pl_grade_table_product (PlGradeTable *table)
{
	return table->product;
}
