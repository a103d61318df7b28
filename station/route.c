/* SPDX-License-Identifier: Apache-2.0 */
#include "station/route.h"
#include "db/run.h"
#include "db/unit.h"
#include "station/people.h"

typedef struct {
	const PlRecipe *recipe;
	const char *serial, *kind;
	const PlOverride *override;
	GString *overridden;
	gint64 unit;
} Route;

static gboolean G_GNUC_PRINTF (4, 5)
    blocked (const Route *r, PlPersonRole who, GError **error, const char *format, ...)
{
	g_autofree char *why = NULL;
	va_list args;

	va_start (args, format);
	why = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED, "%s is blocked: %s",
		     r->serial, why);
	return pl_error_is_cleared_by (error, who);
}

/* A matter of the route alone: a second person may say that it goes on all the same. TRUE: somebody
 * has. */
static gboolean G_GNUC_PRINTF (4, 5)
    barred (Route *r, PlPersonRole who, GError **error, const char *format, ...)
{
	g_autofree char *why = NULL;
	va_list args;

	va_start (args, format);
	why = g_strdup_vprintf (format, args);
	va_end (args);
	if (r->override->by != NULL) {
		g_string_append_printf (r->overridden, "%s%s", r->overridden->len > 0 ? "; " : "",
					why);
		return TRUE;
	}
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_ROUTE, "%s is blocked: %s",
		     r->serial, why);
	return pl_error_is_cleared_by (error, who);
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
			return blocked (r, PL_PERSON_TECHNICIAN, error,
					"a run of %s that began %s on bench %s has not ended: wait "
					"for it, or restart the station with that bench if it was "
					"interrupted",
					run->recipe, run->started, run->bench);
	}
	return TRUE;
}

/* In the order in which a person can do something about it. A pack whose last run was no PASS may
 * be a danger to who tests it further: that is not overridden. */
static gboolean
check_history (Route *r, GPtrArray *runs, GError **error)
{
	const PlRunRow *last = last_of (runs, r->recipe->name, r->kind);

	if (!check_open (r, runs, error))
		return FALSE;
	for (guint i = 0; r->recipe->requires[i] != NULL; i++) {
		const char *name = r->recipe->requires[i];
		const PlRunRow *before = last_of (runs, name, r->kind);

		if (before == NULL) {
			if (!barred (r, PL_PERSON_OPERATOR, error,
				     "it has not passed %s; run that first", name))
				return FALSE;
		} else if (!g_str_equal (before->verdict, "PASS"))
			return blocked (r, PL_PERSON_OPERATOR, error,
					"its last run of %s ended %s at %s; that has to pass first",
					name, before->verdict, before->ended);
	}
	if (last != NULL && g_str_equal (r->kind, "production") &&
	    g_str_equal (last->verdict, "PASS"))
		return barred (r, PL_PERSON_QUALITY, error,
			       "it passed %s at %s and may have shipped; a second person with "
			       "the right to do so lets it run again (Override)",
			       last->recipe, last->ended);
	return TRUE;
}

/* For the transaction that begins a run: between route check and begin another slot may have begun
 * with this pack. */
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

	if (!pl_unit_register (sql, r->recipe->unit, r->serial, "plain", NULL, NULL, NULL, &r->unit,
			       error))
		return FALSE;
	runs = pl_run_rows_of_unit (sql, r->unit, error);
	return runs != NULL && check_history (r, runs, error);
}

/* A badge and a foreign code are refused before anything is written: neither becomes a unit. */
gboolean
pl_route_check (PlStation *station, PlRecipe *recipe, const char *serial, const char *kind,
		const PlOverride *override, gint64 *ret_unit, char **ret_overridden, GError **error)
{
	g_autoptr (GString) overridden = g_string_new (NULL);
	g_autofree char *shown =
	    g_strescape (serial, NULL); /* a scanner's garbage must not reach the terminal raw */
	Route r = {recipe, serial, kind, override, overridden, 0};

	if (pl_station_is_badge (station, serial)) {
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
			     "a badge is no pack: scan the pack's own label");
		return pl_error_is_cleared_by (error, PL_PERSON_OPERATOR);
	}
	if (!pl_recipe_takes_serial (recipe, serial)) {
		g_set_error (
		    error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
		    "the code \"%s\" is not a serial of %s (%s); scan the pack's own label", shown,
		    recipe->product, recipe->serial_format);
		return pl_error_is_cleared_by (error, PL_PERSON_OPERATOR);
	}
	if (!pl_db_write (station->db, check, &r, error))
		return FALSE;
	*ret_unit = r.unit;
	*ret_overridden = overridden->len > 0 ? g_strdup (overridden->str) : NULL;
	return TRUE;
}
