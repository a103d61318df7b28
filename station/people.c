/* SPDX-License-Identifier: Apache-2.0 */
#include "station/people.h"
#include "db/journal.h"
#include "station/badge.h"
#include "station/canonical.h"
#include <string.h>

G_DEFINE_QUARK (pl - people - error - quark, pl_people_error)

#define NAME_MAX_CHARS 64 /* of Unicode, not bytes */
#define MAY(what) (1u << (PL_MAY_##what))

/* -- roles ------------------------------------------------------------------------------------- */

/* Bits, since a role is a set of rights and no rank: quality approves and manages people but
 * touches no output, an engineer serves the bench but enrols nobody. */
static const struct {
	const char *name;
	guint may;
} roles[PL_PERSON_ROLES] = {
    [PL_PERSON_OPERATOR] = {"operator", MAY (RUN)},
    [PL_PERSON_TECHNICIAN] = {"technician", MAY (RUN) | MAY (SERVE) | MAY (OVERRIDE)},
    [PL_PERSON_ENGINEER] = {"engineer", MAY (RUN) | MAY (SERVE) | MAY (OVERRIDE) |
					    MAY (EDIT_RECIPE) | MAY (APPROVE_RECIPE)},
    [PL_PERSON_QUALITY] = {"quality",
			   MAY (RUN) | MAY (OVERRIDE) | MAY (APPROVE_RECIPE) | MAY (MANAGE_PEOPLE)},
};

const char *
pl_person_role_name (PlPersonRole role)
{
	g_return_val_if_fail (role < PL_PERSON_ROLES, "?");
	return roles[role].name;
}

PlPersonRole
pl_person_role_find (const char *name)
{
	PlPersonRole role = 0;

	while (role < PL_PERSON_ROLES && g_strcmp0 (roles[role].name, name) != 0)
		role++;
	return role;
}

gboolean
pl_person_role_may (PlPersonRole role, PlMay what)
{
	return role < PL_PERSON_ROLES && (roles[role].may & (1u << what)) != 0;
}

/* Follows from the table: whoever may more than test has one. */
gboolean
pl_person_role_needs_pin (PlPersonRole role)
{
	return role < PL_PERSON_ROLES && (roles[role].may & ~MAY (RUN)) != 0;
}

/* -- a person ---------------------------------------------------------------------------------- */

PlPerson *
pl_person_copy (const PlPerson *person)
{
	PlPerson *copy;

	if (person == NULL)
		return NULL;
	copy = g_new (PlPerson, 1);
	*copy = *person;
	copy->name = g_strdup (person->name);
	return copy;
}

void
pl_person_free (PlPerson *person)
{
	if (person == NULL)
		return;
	g_free (person->name);
	g_free (person);
}

gboolean
pl_person_may (const PlPerson *person, PlMay what)
{
	if (person == NULL)
		return FALSE;
	return person->may_all || pl_person_role_may (person->role, what);
}

/* Rounded up: "0 min left" would be said while the door is still shut. A time that cannot be read
 * locks nobody out for ever. */
guint
pl_person_row_minutes_locked (const PlPersonRow *row)
{
	g_autoptr (GDateTime) until = row->locked_until != NULL
					  ? g_date_time_new_from_iso8601 (row->locked_until, NULL)
					  : NULL;
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	GTimeSpan left = until != NULL ? g_date_time_difference (until, now) : 0;

	return left > 0 ? (guint)((left + G_TIME_SPAN_MINUTE - 1) / G_TIME_SPAN_MINUTE) : 0;
}

/* What is barred first: a pack that comes in between must not run under no name. */
void
pl_people_stand (PlStation *station, const PlPerson *person)
{
	if (!pl_person_may (person, PL_MAY_RUN))
		pl_station_bar (station,
				"nobody is logged in: scan your badge, then the pack again");
	pl_station_set_operator (station, person != NULL ? person->name : NULL);
	if (pl_person_may (person, PL_MAY_RUN))
		pl_station_bar (station, NULL);
}

/* -- who is enrolled --------------------------------------------------------------------------- */

static gboolean
read_rows (sqlite3 *sql, gpointer data, GError **error)
{
	return (*(GPtrArray **)data = pl_person_rows (sql, error)) != NULL;
}

GPtrArray *
pl_people_list (PlDb *db, GError **error)
{
	GPtrArray *rows = NULL;

	return pl_db_read (db, read_rows, &rows, error) ? rows : NULL;
}

/* Of rows that are enrolled: pl_person_rows lists no others. */
static guint
count_managers (GPtrArray *rows)
{
	guint n = 0;

	for (guint i = 0; i < rows->len; i++) {
		const PlPersonRow *row = g_ptr_array_index (rows, i);

		n += pl_person_role_may (pl_person_role_find (row->role), PL_MAY_MANAGE_PEOPLE);
	}
	return n;
}

gboolean
pl_people_is_managed (PlDb *db, gboolean *ret_managed, GError **error)
{
	g_autoptr (GPtrArray) rows = pl_people_list (db, error);

	if (rows == NULL)
		return FALSE;
	*ret_managed = count_managers (rows) > 0;
	return TRUE;
}

/* -- changes ----------------------------------------------------------------------------------- */

typedef struct {
	PlPersonForm form;
	const char *by;
	char *badge, *pin; /* hashes; NULL = none given */
} Change;

static gboolean G_GNUC_PRINTF (3, 4)
    refuse (GError **error, PlPeopleError code, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error_literal (error, PL_PEOPLE_ERROR, code, text);
	return FALSE;
}

/* A name typed at the command line proves nobody; it keeps honest people from slips, and what was
 * done has a name in the journal. */
gboolean
pl_people_check_name (PlDb *db, const char *name, PlMay may, GError **error)
{
	g_autoptr (GPtrArray) rows = pl_people_list (db, error);

	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const PlPersonRow *row = g_ptr_array_index (rows, i);

		if (g_str_equal (row->name, name) &&
		    pl_person_role_may (pl_person_role_find (row->role), may))
			return TRUE;
	}
	return count_managers (rows) == 0 ||
	       refuse (error, PL_PEOPLE_ERROR_RIGHT,
		       "nobody of the name %s is enrolled here who may do this", name);
}

/* Names stand in records, on screens and in terminals: a control character could say something else
 * there. */
static gboolean
check_name (const char *name, GError **error)
{
	gboolean ok = name != NULL && g_utf8_validate (name, -1, NULL) &&
		      name[strspn (name, " ")] != '\0' &&
		      g_utf8_strlen (name, -1) <= NAME_MAX_CHARS;

	for (const char *at = name; ok && *at != '\0'; at = g_utf8_next_char (at))
		ok = !g_unichar_iscntrl (g_utf8_get_char (at));
	return ok || refuse (error, PL_PEOPLE_ERROR_NAME,
			     "a name of 1 to %d characters is needed: a staff number or initials",
			     NAME_MAX_CHARS);
}

/* What a person's codes must be, before anything is hashed. */
static gboolean
check_codes (const PlPersonForm *form, gboolean is_new, GError **error)
{
	gboolean needs = is_new && pl_person_role_needs_pin (form->role);

	if ((is_new || form->badge != NULL) &&
	    (form->badge == NULL || strlen (form->badge) < PL_PEOPLE_BADGE_MIN))
		return refuse (error, PL_PEOPLE_ERROR_BADGE_SHORT,
			       "the code of a badge has at least %d characters",
			       PL_PEOPLE_BADGE_MIN);
	if ((needs || form->pin != NULL) &&
	    (form->pin == NULL || strlen (form->pin) < PL_PEOPLE_PIN_MIN))
		return refuse (error, PL_PEOPLE_ERROR_PIN_SHORT,
			       "this role needs a PIN of at least %d characters",
			       PL_PEOPLE_PIN_MIN);
	return TRUE;
}

static gboolean
say (sqlite3 *sql, const char *kind, const Change *c, const PlPersonRow *row, const char *what,
     GError **error)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();
	g_autofree char *body = NULL;
	gint64 seq;

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "by", c->by);
	pl_canonical_member (json, "person", row->name);
	pl_canonical_member (json, "role", row->role);
	pl_canonical_member (json, "what", what);
	pl_canonical_end_object (json);
	body = pl_canonical_text (json);
	return pl_journal_append (sql, kind, body, &seq, NULL, error);
}

/* Looked up inside the transaction, so that window and command line cannot give one badge to two;
 * the table's UNIQUE would say it in words that nobody understands. */
static gboolean
take_badge (sqlite3 *sql, const Change *c, PlPersonRow *row, GError **error)
{
	g_autoptr (GError) none = NULL;
	g_autoptr (PlPersonRow) holder = pl_person_row_of_badge (sql, c->badge, &none);

	if (holder != NULL && holder->id != row->id)
		return refuse (error, PL_PEOPLE_ERROR_BADGE_TAKEN,
			       "another person, %s, has this badge: give %s another", holder->name,
			       row->name);
	if (holder == NULL && !g_error_matches (none, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND)) {
		g_propagate_error (error, g_steal_pointer (&none));
		return FALSE;
	}
	g_free (row->badge);
	row->badge = g_strdup (c->badge);
	return TRUE;
}

static void
take_pin (const Change *c, PlPersonRow *row)
{
	if (c->pin == NULL)
		return;
	g_free (row->pin);
	row->pin = g_strdup (c->pin);
}

static void
take_role (const Change *c, PlPersonRow *row)
{
	g_free (row->role);
	row->role = g_strdup (pl_person_role_name (c->form.role));
}

static void
unlock (PlPersonRow *row)
{
	row->failures = 0;
	g_clear_pointer (&row->locked_until, g_free);
}

/* Enrolled only; a name of runs has nothing that could be changed. */
static PlPersonRow *
enrolled (sqlite3 *sql, const char *name, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	PlPersonRow *row = pl_person_row_of_name (sql, name, &wrong);

	if (row != NULL && row->badge != NULL)
		return row;
	if (row == NULL && !g_error_matches (wrong, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND))
		g_propagate_error (error, g_steal_pointer (&wrong));
	else
		refuse (error, PL_PEOPLE_ERROR_NAME_UNKNOWN,
			"nobody of the name %s is enrolled here", name);
	pl_person_row_free (row);
	return NULL;
}

/* Without one nobody could ever be enrolled again. */
static gboolean
check_managers (sqlite3 *sql, const char *name, GError **error)
{
	g_autoptr (GPtrArray) rows = pl_person_rows (sql, error);

	if (rows == NULL)
		return FALSE;
	return count_managers (rows) > 0 ||
	       refuse (error, PL_PEOPLE_ERROR_LAST_MANAGER,
		       "%s is the last one who may manage people: enrol another first", name);
}

static gboolean
was_manager (const PlPersonRow *row)
{
	return pl_person_role_may (pl_person_role_find (row->role), PL_MAY_MANAGE_PEOPLE);
}

/* A name of runs, or of somebody retired, gets its row back: the past and the present of one person
 * are one row. */
static gboolean
enrol (sqlite3 *sql, gpointer data, GError **error)
{
	Change *c = data;
	g_autoptr (PlPersonRow) row = pl_person_row_of_name (sql, c->form.name, NULL);

	if (row != NULL && row->badge != NULL)
		return refuse (error, PL_PEOPLE_ERROR_NAME_TAKEN, "%s is enrolled already",
			       c->form.name);
	if (row == NULL && (!pl_person_row_add (sql, c->form.name, error) ||
			    (row = pl_person_row_of_name (sql, c->form.name, error)) == NULL))
		return FALSE;
	take_role (c, row);
	take_pin (c, row);
	unlock (row);
	g_clear_pointer (&row->retired, g_free);
	return take_badge (sql, c, row, error) && pl_person_row_update (sql, row, error) &&
	       say (sql, "person-enrolled", c, row, NULL, error);
}

/* Who gets a new PIN is unlocked: the old one's failures count for nothing. Managers are counted
 * after the update, in the same transaction, which is rolled back where none is left. */
static gboolean
change (sqlite3 *sql, gpointer data, GError **error)
{
	Change *c = data;
	g_autoptr (PlPersonRow) row = enrolled (sql, c->form.name, error);
	g_autofree char *what = g_strdup_printf ("role%s%s", c->badge != NULL ? ",badge" : "",
						 c->pin != NULL ? ",PIN" : "");
	gboolean manager;

	if (row == NULL)
		return FALSE;
	manager = was_manager (row);
	take_role (c, row);
	take_pin (c, row);
	if (c->pin != NULL)
		unlock (row);
	if (pl_person_role_needs_pin (c->form.role) && row->pin == NULL)
		return refuse (error, PL_PEOPLE_ERROR_PIN_SHORT,
			       "%s has no PIN, which the new role needs: give one", row->name);
	return (c->badge == NULL || take_badge (sql, c, row, error)) &&
	       pl_person_row_update (sql, row, error) &&
	       (!manager || check_managers (sql, row->name, error)) &&
	       say (sql, "person-changed", c, row, what, error);
}

/* Of somebody who is not locked, too: the count starts anew, and the journal says who did it. */
static gboolean
clear_lock (sqlite3 *sql, gpointer data, GError **error)
{
	Change *c = data;
	g_autoptr (PlPersonRow) row = enrolled (sql, c->form.name, error);

	if (row == NULL)
		return FALSE;
	unlock (row);
	return pl_person_row_update (sql, row, error) &&
	       say (sql, "person-changed", c, row, "unlocked", error);
}

/* The row stays, since runs point at it; badge and PIN go, so that the badge can be given to
 * another. */
static gboolean
retire (sqlite3 *sql, gpointer data, GError **error)
{
	Change *c = data;
	g_autoptr (PlPersonRow) row = enrolled (sql, c->form.name, error);
	gboolean manager;

	if (row == NULL)
		return FALSE;
	manager = was_manager (row);
	g_clear_pointer (&row->badge, g_free);
	g_clear_pointer (&row->pin, g_free);
	unlock (row);
	row->retired = pl_utc_now ();
	return pl_person_row_update (sql, row, error) &&
	       (!manager || check_managers (sql, row->name, error)) &&
	       say (sql, "person-changed", c, row, "retired", error);
}

static gboolean
hash_codes (PlStation *station, Change *c, GError **error)
{
	return (c->form.badge == NULL ||
		(c->badge = pl_badge_hash (station, c->form.badge, error)) != NULL) &&
	       (c->form.pin == NULL || (c->pin = pl_pin_hash (c->form.pin, error)) != NULL);
}

/* Checked, hashed, then written: Argon2 never runs inside the writer's transaction. */
static gboolean
with_codes (PlStation *station, const PlPersonForm *form, const char *by, PlDbWork work,
	    GError **error)
{
	Change c = {.form = *form, .by = by};
	gboolean ok = check_name (form->name, error) && check_codes (form, work == enrol, error) &&
		      hash_codes (station, &c, error) && pl_db_write (station->db, work, &c, error);

	g_free (c.badge);
	g_free (c.pin);
	return ok;
}

gboolean
pl_people_enrol (PlStation *station, const PlPersonForm *form, const char *by, GError **error)
{
	return with_codes (station, form, by, enrol, error);
}

gboolean
pl_people_change (PlStation *station, const PlPersonForm *form, const char *by, GError **error)
{
	return with_codes (station, form, by, change, error);
}

gboolean
pl_people_unlock (PlStation *station, const char *name, const char *by, GError **error)
{
	Change c = {.form = {.name = name}, .by = by};

	return pl_db_write (station->db, clear_lock, &c, error);
}

gboolean
pl_people_retire (PlStation *station, const char *name, const char *by, GError **error)
{
	Change c = {.form = {.name = name}, .by = by};

	return pl_db_write (station->db, retire, &c, error);
}
