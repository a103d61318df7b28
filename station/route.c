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

/* The last verdict of a recipe decides; a run of another kind says nothing about this one's route. */
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

static gboolean
check_history (const Route *r, GPtrArray *runs, GError **error)
{
	const PlRunRow *last = last_of (runs, r->recipe->name, r->kind);

	for (guint i = 0; r->recipe->requires[i] != NULL; i++) {
		const PlRunRow *before = last_of (runs, r->recipe->requires[i], r -> kind);

		if (before == NULL || g_strcmp0 (before->verdict, "PASS") != 0)
			return blocked (r, error, "it has not passed %s; run that first",
					r->recipe->requires[i]);
	}
	if (last != NULL && last->verdict == NULL)
		return blocked (r, error,
				"a run of it that began %s has not ended; restart the station",
				last->started);
	if (last != NULL && g_str_equal (r->kind, "production") &&
	    g_strcmp0 (last->verdict, "PASS") == 0)
		return blocked (r, error,
				"it passed %s at %s and may have shipped; a quality engineer "
				"releases it for a retest "
				"(--kind engineering)",
				last->recipe, last->ended);
	return TRUE;
}

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
	Route r = {recipe, serial, kind, 0};
	g_autoptr (GRegex) regex = g_regex_new (recipe->serial_format, G_REGEX_ANCHORED, 0, NULL);
	g_autoptr (GMatchInfo) match = NULL;
	int start, end;

	/* the whole code, not its beginning: a truncated scan must not pass for another pack */
	if (regex == NULL || !g_regex_match (regex, serial, 0, &match) ||
	    !g_match_info_fetch_pos (match, 0, &start, &end) || serial[end] != '\0')
		return blocked (
		    &r, error,
		    "the code \"%s\" is not a serial of %s (%s); scan the pack's own label", serial,
		    recipe->product, recipe->serial_format);
	if (!pl_db_write (station->db, check, &r, error))
		return FALSE;
	*ret_unit = r.unit;
	return TRUE;
}
