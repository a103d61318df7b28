/* SPDX-License-Identifier: Apache-2.0 */
#include "station/record.h"
#include "station/approval.h"
#include "db/run.h"
#include "db/sample.h"
#include "db/unit.h"
#include "station/canonical.h"
#include "station/keys.h"
#include <math.h>
#include <string.h>

G_DEFINE_QUARK (pl - record - error - quark, pl_record_error)

#define FORMAT "packline-record/1"
/* What stands between the record and its signature in the text: both in key order, so always these
 * bytes. */
#define BEFORE_RECORD "\"record\":"
#define BEFORE_SIGNATURE ",\"signature\":\""

static int
by_name (gconstpointer a, gconstpointer b)
{
	return pl_canonical_compare (*(const char *const *)a, *(const char *const *)b);
}

/* What steps found out about the unit beside measurements: firmware, release, grade table. */
static void
write_facts (PlCanonical *json, GHashTable *facts)
{
	g_autofree gpointer *names = NULL;
	guint n = 0;

	pl_canonical_key (json, "facts");
	pl_canonical_begin_object (json);
	if (facts != NULL)
		names = g_hash_table_get_keys_as_array (facts, &n);
	if (n > 0)
		qsort (names, n, sizeof *names, by_name);
	for (guint i = 0; i < n; i++)
		pl_canonical_member (json, names[i], g_hash_table_lookup (facts, names[i]));
	pl_canonical_end_object (json);
}

/* As it is now built together: later exchanges make later records. */
static gboolean
write_genealogy (PlCanonical *json, sqlite3 *sql, gint64 unit, GError **error)
{
	g_autoptr (GPtrArray) children = pl_unit_children (sql, unit, error);

	if (children == NULL)
		return FALSE;
	pl_canonical_key (json, "children");
	pl_canonical_begin_array (json);
	for (guint i = 0; i < children->len; i++) {
		const PlUnitRow *child = g_ptr_array_index (children, i);

		pl_canonical_begin_object (json);
		pl_canonical_member (json, "grade", child->grade);
		pl_canonical_member (json, "kind", child->kind);
		pl_canonical_member (json, "lot", child->lot);
		pl_canonical_member_integer (json, "position", child->position);
		pl_canonical_member (json, "serial", child->serial);
		pl_canonical_member (json, "vendor", child->vendor);
		pl_canonical_end_object (json);
	}
	pl_canonical_end_array (json);
	return TRUE;
}

/* With everything that it was judged by: the record must be readable without this database. */
static void
write_measurement (PlCanonical *json, const PlMeasurementRow *m)
{
	pl_canonical_begin_object (json);
	pl_canonical_member (json, "calibrationDue", m->calibration_due);
	pl_canonical_member (json, "comparator", m->comparator);
	pl_canonical_member (json, "equals", m->equals);
	pl_canonical_member_decimal (json, "high", m->high);
	pl_canonical_member (json, "instrument", m->instrument_text);
	pl_canonical_member (json, "limitSource", m->source);
	pl_canonical_member_decimal (json, "low", m->low);
	pl_canonical_member (json, "name", m->name);
	pl_canonical_member (json, "raw", m->raw);
	pl_canonical_member (json, "text", m->words);
	pl_canonical_member (json, "unit", m->unit);
	pl_canonical_member_decimal (json, "value", m->value);
	pl_canonical_member (json, "verdict", m->verdict);
	pl_canonical_end_object (json);
}

/* By digest: the samples stay here, and can be proved to be those that were judged. */
static gboolean
write_curves (PlCanonical *json, sqlite3 *sql, gint64 step, GError **error)
{
	g_autoptr (GPtrArray) curves = pl_sample_load (sql, step, error);

	if (curves == NULL)
		return FALSE;
	pl_canonical_key (json, "curves");
	pl_canonical_begin_array (json);
	for (guint i = 0; i < curves->len; i++) {
		const PlSampleCurve *curve = g_ptr_array_index (curves, i);
		g_autofree char *columns = g_strjoinv (" ", curve->columns);

		pl_canonical_begin_object (json);
		pl_canonical_member (json, "columns", columns);
		pl_canonical_member (json, "name", curve->curve);
		pl_canonical_member_integer (json, "samples", curve->t_us->len);
		pl_canonical_member (json, "sha256", curve->sha256);
		pl_canonical_end_object (json);
	}
	pl_canonical_end_array (json);
	return TRUE;
}

/* Attempts that failed before a retry are kept: they are part of what happened. */
static gboolean
write_step (PlCanonical *json, sqlite3 *sql, const PlStepRow *step, GError **error)
{
	pl_canonical_begin_object (json);
	pl_canonical_member_integer (json, "attempt", step->attempt);
	pl_canonical_member (json, "clause", step->clause);
	if (!write_curves (json, sql, step->id, error))
		return FALSE;
	pl_canonical_member_decimal (json, "duration_s", step->duration_s);
	pl_canonical_member (json, "ended", step->ended);
	pl_canonical_member (json, "id", step->name);
	pl_canonical_member (json, "label", step->label);
	pl_canonical_key (json, "measurements");
	pl_canonical_begin_array (json);
	for (guint i = 0; i < step->measurements->len; i++)
		write_measurement (json, g_ptr_array_index (step->measurements, i));
	pl_canonical_end_array (json);
	pl_canonical_member (json, "message", step->message);
	pl_canonical_member (json, "phase", step->phase);
	pl_canonical_member (json, "started", step->started);
	pl_canonical_member (json, "title", step->title);
	pl_canonical_member (json, "verdict", step->verdict);
	pl_canonical_end_object (json);
	return TRUE;
}

/* By signature and time: who approved stays in the plant, and can be proved there. */
static void
write_approval (PlCanonical *json, const PlApprovalRow *approval)
{
	pl_canonical_key (json, "approval");
	pl_canonical_begin_object (json);
	pl_canonical_member (json, "signature", approval->signature);
	pl_canonical_member (json, "utc", approval->utc);
	pl_canonical_end_object (json);
}

/* One that was given before the run began; a recipe that nobody approved has no such member. */
static gboolean
write_recipe (PlCanonical *json, sqlite3 *sql, const PlRunRow *run, const char *home,
	      GError **error)
{
	g_autoptr (PlApprovalRow) approval = NULL;

	if (!pl_approval_find (sql, home, run->recipe_hash, run->started, &approval, error))
		return FALSE;
	pl_canonical_key (json, "recipe");
	pl_canonical_begin_object (json);
	if (approval != NULL)
		write_approval (json, approval);
	pl_canonical_member (json, "name", run->recipe);
	pl_canonical_member (json, "sha256", run->recipe_hash);
	pl_canonical_member_integer (json, "version", run->recipe_version);
	pl_canonical_end_object (json);
	return TRUE;
}

/* Keys in the order that RFC 8785 asks for; pl_canonical_key stops the program if one is not. */
static char *
record_text (sqlite3 *sql, const PlRunRow *run, GHashTable *facts, const char *home, GError **error)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();
	g_autoptr (GDateTime) now = g_date_time_new_now_local ();
	g_autofree char *offset = g_date_time_format (now, "%:z");

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "bench", run->bench);
	pl_canonical_member (json, "cause", run->cause);
	if (!write_genealogy (json, sql, run->unit, error))
		return NULL;
	pl_canonical_member (json, "ended", run->ended);
	pl_canonical_member (json, "entry", run->entry);
	write_facts (json, facts);
	pl_canonical_member (json, "format", FORMAT);
	pl_canonical_member (json, "grade", run->grade);
	pl_canonical_member (json, "kind", run->kind);
	if (!write_recipe (json, sql, run, home, error))
		return NULL;
	pl_canonical_member (json, "run", run->uuid);
	pl_canonical_member (json, "serial", run->serial);
	pl_canonical_key (json, "simulated");
	pl_canonical_bool (json, g_str_equal (run->kind, "simulated"));
	pl_canonical_member (json, "software", run->software);
	pl_canonical_member (json, "started", run->started);
	pl_canonical_member (json, "station", run->station);
	pl_canonical_key (json, "steps");
	pl_canonical_begin_array (json);
	for (guint i = 0; i < run->steps->len; i++)
		if (!write_step (json, sql, g_ptr_array_index (run->steps, i), error))
			return NULL;
	pl_canonical_end_array (json);
	pl_canonical_member (json, "utcOffset", offset);
	pl_canonical_member (json, "verdict", run->verdict);
	pl_canonical_end_object (json);
	return pl_canonical_text (json);
}

/* The wrapper has fixed bytes, so that what was signed can be cut out without parsing it. */
char *
pl_record_make (sqlite3 *sql, gint64 id, GHashTable *facts, const char *home, GError **error)
{
	g_autoptr (PlRunRow) run = pl_run_row_load (sql, id, error);
	g_autofree char *record = run != NULL ? record_text (sql, run, facts, home, error) : NULL;
	g_autofree char *key = record != NULL ? pl_keys_public (home, error) : NULL;
	g_autofree char *signature = key != NULL ? pl_keys_sign (home, record, error) : NULL;

	if (signature == NULL)
		return NULL;
	return g_strdup_printf ("{\"key\":\"%s\"," BEFORE_RECORD "%s" BEFORE_SIGNATURE "%s\"}\n",
				key, record, signature);
}

static gboolean
bad_record (GError **error, PlRecordError code, const char *what)
{
	g_set_error (error, PL_RECORD_ERROR, code, "this is no valid record: %s", what);
	return FALSE;
}

/* "serial":"..." of the record's own level: the first one after its end of steps would be a
 * child's, so look from the member that comes right before it. */
static char *
summary_of (const char *record)
{
	static const char before[] = "\"run\":\"";
	const char *run = strstr (record, before);
	const char *serial = run != NULL ? strstr (run, "\"serial\":\"") : NULL;
	const char *end;

	if (serial == NULL)
		return g_strdup ("(no serial)");
	serial += strlen ("\"serial\":\"");
	end = strchr (serial, '"');
	return end != NULL ? g_strndup (serial, end - serial) : g_strdup ("(no serial)");
}

/* By bytes, before anything is parsed: a parser must not see what nobody has signed. */
gboolean
pl_record_verify (const char *text, const char *public_key, char **ret_summary, GError **error)
{
	g_autofree char *head = g_strdup_printf ("{\"key\":\"%s\"," BEFORE_RECORD, public_key);
	const char *end = g_strrstr (text, BEFORE_SIGNATURE);
	g_autofree char *record = NULL, *signature = NULL;
	g_autoptr (GError) wrong = NULL;
	const char *after;

	if (!g_str_has_prefix (text, head))
		return bad_record (error, PL_RECORD_ERROR_SIGNATURE,
				   "it does not begin with this public key: another station signed "
				   "it, or it is something else");
	if (end == NULL || end < text + strlen (head))
		return bad_record (error, PL_RECORD_ERROR_FORMAT, "it has no signature");
	record = g_strndup (text + strlen (head), end - text - strlen (head));
	end += strlen (BEFORE_SIGNATURE);
	after = strchr (end, '"');
	if (after == NULL || (strcmp (after, "\"}\n") != 0 && strcmp (after, "\"}") != 0))
		return bad_record (error, PL_RECORD_ERROR_FORMAT,
				   "something follows its signature");
	signature = g_strndup (end, after - end);
	if (!pl_keys_verify (public_key, record, signature, &wrong))
		return bad_record (error, PL_RECORD_ERROR_SIGNATURE, wrong->message);
	if (ret_summary != NULL)
		*ret_summary = summary_of (record);
	return TRUE;
}
