/* SPDX-License-Identifier: Apache-2.0 */
#include "station/preflight.h"
#include "firmware/release.h"
#include "station/grade.h"

static gboolean
is_waived (const PlRunOptions *options, const PlRecipeStep *step)
{
	for (guint i = 0; i < options->n_waivers; i++)
		if (g_strcmp0 (options->waivers[i].step, step->id) == 0)
			return TRUE;
	return FALSE;
}

/* Is there a step of this type that this run will take? */
static gboolean
has_step (const PlRecipe *recipe, PlBench *bench, const PlRunOptions *options, const char *type)
{
	const char *kind = pl_bench_is_simulated (bench) ? "simulated" : options->kind;

	for (guint i = 0; i < recipe->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);

		if (g_str_equal (step->type->name, type) && !is_waived (options, step) &&
		    (step->when == NULL || g_strv_contains ((const char *const *)step->when, kind)))
			return TRUE;
	}
	return FALSE;
}

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error_literal (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG, text);
	return FALSE;
}

/* Opened, verified and thrown away again: the flash step opens it for itself. */
static gboolean
check_release (PlStation *station, const PlRecipe *recipe, const char *file, GError **error)
{
	g_autofree char *key = pl_station_path (station, "release.pub");
	g_autoptr (GError) wrong = NULL;
	g_autoptr (PlRelease) release = NULL;

	if (file == NULL)
		return refuse (
		    error,
		    "recipe %s flashes the BMS: name the approved release with --release FILE",
		    recipe->name);
	if (!g_file_test (key, G_FILE_TEST_EXISTS))
		return refuse (error,
			       "this station trusts no release key yet: packline release trust "
			       "KEY.pub --home %s",
			       station->home);
	release = pl_release_open (file, key, &wrong);
	return release != NULL || refuse (error, "%s: %s", file, wrong->message);
}

/* The label comes last in a run: its table must not be found missing there. */
static gboolean
check_grades (const PlRecipe *recipe, GError **error)
{
	g_autofree char *name = g_strdup_printf ("%s.yaml", recipe->product);
	g_autofree char *file = g_build_filename (pl_data_dir (), "grades", name, NULL);
	g_autoptr (PlGradeTable) table = pl_grade_table_load (file, error);

	return table != NULL;
}

/* Beside the recipe first: a plant's own picture of a name goes before ours. */
char *
pl_recipe_picture (const PlRecipe *recipe, const char *name)
{
	g_autofree char *folder = g_path_get_dirname (recipe->file);
	g_autofree char *beside = NULL, *ours = NULL;

	if (name == NULL)
		return NULL;
	beside = g_build_filename (folder, name, NULL);
	if (g_file_test (beside, G_FILE_TEST_IS_REGULAR))
		return g_steal_pointer (&beside);
	ours = g_build_filename (pl_data_dir (), "pictures", name, NULL);
	return g_file_test (ours, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&ours) : NULL;
}

/* Before a person stands there and is asked about a picture that is not. */
static gboolean
check_pictures (const PlRecipe *recipe, GError **error)
{
	for (guint i = 0; i < recipe->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);
		const char *name = g_str_equal (step->type->name, "prompt")
				       ? g_hash_table_lookup (step->params, "picture")
				       : NULL;
		g_autofree char *file = pl_recipe_picture (recipe, name);

		if (name != NULL && file == NULL)
			return refuse (error,
				       "the picture %s of step \"%s\" is neither beside recipe %s "
				       "nor among the station's own: put it there",
				       name, step->id, recipe->name);
	}
	return TRUE;
}

/* Pictures are looked at for every step, even one that this run skips: the next run may take it,
 * and a missing file costs nothing to find now. */
gboolean
pl_preflight (PlStation *station, const PlRecipe *recipe, const PlRunOptions *options,
	      GError **error)
{
	PlBench *bench = station->bench;

	if (!check_pictures (recipe, error))
		return FALSE;
	if (has_step (recipe, bench, options, "flash") &&
	    !check_release (station, recipe, options->release_file, error))
		return FALSE;
	return !has_step (recipe, bench, options, "label") || check_grades (recipe, error);
}
