/* SPDX-License-Identifier: Apache-2.0 */
#include "station/route.h"
#include "db/run.h"
#include "db/unit.h"

typedef struct {
	const PlRecipe *recipe;
	const char *serial, *kind;
	gint64 unit;
} Route;

static gboolean G_GNUC_PRINTF (3, 4)
    blocked (const Route *r, GError **error, const char *format, ...)
{
	g_autofree char *why = NULL;
	va_list args;

	va_start (args, format);
	why = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED, "%s is blocked: %s",
		     r->serial, why);
	return FALSE;
}

/* The last verdict of a recipe decides; a run of another kind says nothing about this one's route.
 */
static const PlRunRow *
last_of (GPtrArray *runs, const char *recipe, const char *kind)
{
	for (guint i = 0; i < runs->len; i++) {
		const PlRunRow *run = g_ptr_array_index (runs, i);

		if (g_str_equal (run->recipe, recipe) && g_str_equal (run->kind, kind))
			return run;
	}
	return NULL;
}

/* Of whatever recipe and kind: one pack stands in one place. */
static gboolean
check_open (const Route *r, GPtrArray *runs, GError **error)
{
	for (guint i = 0; i < runs->len; i++) {
		const PlRunRow *run = g_ptr_array_index (runs, i);

		if (run->verdict == NULL)
			return blocked (r, error,
					"a run of %s that began %s on bench %s has not ended: wait "
					"for it, or restart the station with that bench if it was "
					"interrupted",
					run->recipe, run->started, run->bench);
	}
	return TRUE;
}

/* In the order in which a person can do something about it. */
static gboolean
check_history (const Route *r, GPtrArray *runs, GError **error)
{
	const PlRunRow *last = last_of (runs, r->recipe->name, r->kind);

	if (!check_open (r, runs, error))
		return FALSE;
	for (guint i = 0; r->recipe->requires[i] != NULL; i++) {
		const char *name = r->recipe->requires[i];
		const PlRunRow *before = last_of (runs, name, r->kind);

		if (before == NULL)
			return blocked (r, error, "it has not passed %s; run that first", name);
		if (!g_str_equal (before->verdict, "PASS"))
			return blocked (r, error,
					"its last run of %s ended %s at %s; that has to pass first",
					name, before->verdict, before->ended);
	}
	if (last != NULL && g_str_equal (r->kind, "production") &&
	    g_str_equal (last->verdict, "PASS"))
		return blocked (r, error,
				"it passed %s at %s and may have shipped; a quality engineer "
				"releases it for a retest "
				"(--kind engineering)",
				last->recipe, last->ended);
	return TRUE;
}

gboolean
pl_route_is_free (sqlite3 *sql, const char *serial, gint64 unit, GError **error)
{
	Route r = {.serial = serial, .unit = unit};
	g_autoptr (GPtrArray) runs = pl_run_rows_of_unit (sql, unit, error);

	return runs != NULL && check_open (&r, runs, error);
}

/* The unit is registered in the same work: if the route says no, its row goes, too. */
static gboolean
check (sqlite3 *sql, gpointer data, GError **error)
{
	Route *r = data;
	g_autoptr (GPtrArray) runs = NULL;

	if (!pl_unit_register (sql, "pack", r->serial, "plain", NULL, NULL, NULL, &r->unit, error))
		return FALSE;
	runs = pl_run_rows_of_unit (sql, r->unit, error);
	return runs != NULL && check_history (r, runs, error);
}

gboolean
pl_route_check (PlStation *station, PlRecipe *recipe, const char *serial, const char *kind,
		gint64 *ret_unit, GError **error)
{
	g_autofree char *shown =
	    g_strescape (serial, NULL); /* a scanner's garbage must not reach the terminal raw */
	Route r = {recipe, serial, kind, 0};

	if (!pl_recipe_takes_serial (recipe, serial)) {
		g_set_error (
		    error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
		    "the code \"%s\" is not a serial of %s (%s); scan the pack's own label", shown,
		    recipe->product, recipe->serial_format);
		return FALSE;
	}
	if (!pl_db_write (station->db, check, &r, error))
		return FALSE;
	*ret_unit = r.unit;
	return TRUE;
}
