/* SPDX-License-Identifier: Apache-2.0 */
#include "station/badge.h"
#include "db/journal.h"
#include "station/canonical.h"
#include "station/keys.h"
#include <sodium.h>
#include <string.h>

/* -- secrets ----------------------------------------------------------------------------------- */

void
pl_secret_free (PlSecret *secret)
{
	if (secret == NULL)
		return;
	sodium_memzero (secret, strlen (secret));
	g_free (secret);
}

PlSecret *
pl_secret_copy (const char *text)
{
	return g_strdup (text);
}

static gboolean
no_memory (GError **error)
{
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG,
		     "a code cannot be hashed: %u MB of memory are needed for it",
		     (guint)(crypto_pwhash_MEMLIMIT_INTERACTIVE >> 20));
	return FALSE;
}

/* A new salt may be made only while nobody is enrolled, since every badge is known by it alone.
 * INTERACTIVE: 64 MB and 2 passes (libsodium), about 0.1 s on a station, which a person who scans
 * does not notice and who tries badges does. */
char *
pl_badge_hash (PlStation *station, const char *badge, GError **error)
{
	g_autoptr (GPtrArray) rows = pl_people_list (station->db, error);
	guint8 salt[PL_KEYS_SALT_BYTES], hash[32];
	char *hex;

	if (rows == NULL || !pl_keys_salt (station->home, rows->len == 0, salt, error))
		return NULL;
	if (crypto_pwhash (hash, sizeof hash, badge, strlen (badge), salt,
			   crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
			   crypto_pwhash_ALG_ARGON2ID13) != 0) {
		no_memory (error);
		return NULL;
	}
	hex = g_malloc (2 * sizeof hash + 1);
	return sodium_bin2hex (hex, 2 * sizeof hash + 1, hash, sizeof hash);
}

/* A salt of its own: two people with the PIN 1234 have different hashes, and a table of all short
 * PINs fits none. */
char *
pl_pin_hash (const char *pin, GError **error)
{
	char *hash = g_malloc (crypto_pwhash_STRBYTES);

	if (crypto_pwhash_str (hash, pin, strlen (pin), crypto_pwhash_OPSLIMIT_INTERACTIVE,
			       crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0)
		return hash;
	g_free (hash);
	no_memory (error);
	return NULL;
}

/* -- a badge that wants in --------------------------------------------------------------------- */

typedef struct {
	const PlBadgeQuestion *question;
	char *hash;
	PlPersonRow *row; /* NULL = nobody's */
	gboolean pin_fits;
	PlPeopleError answer; /* PL_PEOPLE_ERROR_LAST = let in */
} Case;

static gboolean
is_login (const Case *c)
{
	return c->question->may == PL_MAY_LAST;
}

/* The badge itself never goes in, not even as its hash: the journal is for many eyes. */
static gboolean
journal (sqlite3 *sql, const Case *c, const char *kind, const char *why, GError **error)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();
	g_autofree char *body = NULL;
	gint64 seq;

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "for", is_login (c) ? "login" : "second-person");
	if (c->row != NULL) {
		pl_canonical_member (json, "person", c->row->name);
		pl_canonical_member (json, "role", c->row->role);
	}
	pl_canonical_member (json, "why", why);
	pl_canonical_end_object (json);
	body = pl_canonical_text (json);
	return pl_journal_append (sql, kind, body, &seq, NULL, error);
}

/* In the journal's words; NULL = no attempt that anybody has to know of. */
static const char *
why_refused (PlPeopleError answer)
{
	switch (answer) {
	case PL_PEOPLE_ERROR_BADGE:
		return "unknown-badge";
	case PL_PEOPLE_ERROR_PIN_WRONG:
		return "wrong-pin";
	case PL_PEOPLE_ERROR_LOCKED:
		return "locked";
	case PL_PEOPLE_ERROR_RIGHT:
		return "no-right";
	default:
		return NULL;
	}
}

/* What can be said without the PIN; PL_PEOPLE_ERROR_LAST = nothing is against it so far. */
static PlPeopleError
look (const Case *c)
{
	const PlBadgeQuestion *q = c->question;
	PlPersonRole role;

	if (c->row == NULL)
		return PL_PEOPLE_ERROR_BADGE;
	role = pl_person_role_find (c->row->role);
	if (q->first != 0 && c->row->id == q->first)
		return PL_PEOPLE_ERROR_SAME;
	if (pl_person_row_minutes_locked (c->row) > 0)
		return PL_PEOPLE_ERROR_LOCKED;
	if (!is_login (c) && !pl_person_role_may (role, q->may))
		return PL_PEOPLE_ERROR_RIGHT;
	if (pl_person_role_needs_pin (role) && q->pin == NULL)
		return PL_PEOPLE_ERROR_PIN_MISSING;
	return PL_PEOPLE_ERROR_LAST;
}

/* Nobody's badge is an answer; only a database that cannot be read is an error. */
static gboolean
find (sqlite3 *sql, gpointer data, GError **error)
{
	Case *c = data;
	g_autoptr (GError) wrong = NULL;

	g_clear_pointer (&c->row, pl_person_row_free);
	c->row = pl_person_row_of_badge (sql, c->hash, &wrong);
	if (c->row != NULL || g_error_matches (wrong, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND))
		return TRUE;
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

/* The count stays when the time is over: the next wrong PIN locks at once, so that a PIN of four
 * digits withstands weeks of trying and not an afternoon. */
static void
count_failure (PlPersonRow *row)
{
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	g_autoptr (GDateTime) until = g_date_time_add_minutes (now, PL_PEOPLE_LOCK_MIN);

	if (++row->failures < PL_PEOPLE_FAILURES_MAX)
		return;
	g_free (row->locked_until);
	row->locked_until = g_date_time_format (until, "%Y-%m-%dT%H:%M:%SZ");
}

/* Looked up again: the PIN was hashed outside of any transaction, and another may have locked or
 * retired the person meanwhile. */
static gboolean
settle (sqlite3 *sql, gpointer data, GError **error)
{
	Case *c = data;

	if (!find (sql, c, error))
		return FALSE;
	c->answer = look (c);
	if (c->answer == PL_PEOPLE_ERROR_LAST && !c->pin_fits) {
		count_failure (c->row);
		c->answer = PL_PEOPLE_ERROR_PIN_WRONG;
	} else if (c->answer == PL_PEOPLE_ERROR_LAST) {
		c->row->failures = 0;
		g_clear_pointer (&c->row->locked_until, g_free);
	} else
		return why_refused (c->answer) == NULL ||
		       journal (sql, c, "login-refused", why_refused (c->answer), error);
	if (!pl_person_row_update (sql, c->row, error))
		return FALSE;
	if (c->answer == PL_PEOPLE_ERROR_PIN_WRONG)
		return journal (sql, c, "login-refused", why_refused (c->answer), error);
	return !is_login (c) || journal (sql, c, "login", NULL, error);
}

/* Outside of any transaction: hashing takes a tenth of a second, and the writer has other slots'
 * steps to keep. */
static gboolean
pin_fits (const Case *c)
{
	const char *pin = c->question->pin;

	return !pl_person_role_needs_pin (pl_person_role_find (c->row->role)) ||
	       (c->row->pin != NULL && pin != NULL &&
		crypto_pwhash_str_verify (c->row->pin, pin, strlen (pin)) == 0);
}

/* Says no more than the badge's owner knows already: a badge of nobody and a wrong PIN are told
 * apart, since a colleague must know which one to mend. */
static void
refuse (const Case *c, GError **error)
{
	const char *name = c->row != NULL ? c->row->name : "";
	guint minutes = c->row != NULL ? pl_person_row_minutes_locked (c->row) : 0;

	if (c->answer == PL_PEOPLE_ERROR_BADGE)
		g_set_error (error, PL_PEOPLE_ERROR, c->answer, "this badge is nobody's here");
	else if (c->answer == PL_PEOPLE_ERROR_SAME)
		g_set_error (error, PL_PEOPLE_ERROR, c->answer,
			     "this is %s's own badge: a second person is needed", name);
	else if (c->answer == PL_PEOPLE_ERROR_RIGHT)
		g_set_error (error, PL_PEOPLE_ERROR, c->answer, "%s may not do this", name);
	else if (c->answer == PL_PEOPLE_ERROR_PIN_MISSING)
		g_set_error (error, PL_PEOPLE_ERROR, c->answer, "%s's badge needs the PIN", name);
	else if (minutes > 0) /* the last wrong PIN has locked, too */
		g_set_error (error, PL_PEOPLE_ERROR, PL_PEOPLE_ERROR_LOCKED,
			     "too many wrong PINs: %s is locked, %u min left", name, minutes);
	else
		g_set_error (error, PL_PEOPLE_ERROR, c->answer, "the PIN is wrong");
}

/* A role that this version does not know may do the least. */
static PlPerson *
person_of (const PlPersonRow *row)
{
	PlPerson *person = g_new0 (PlPerson, 1);
	PlPersonRole role = pl_person_role_find (row->role);

	person->id = row->id;
	person->name = g_strdup (row->name);
	person->role = role < PL_PERSON_ROLES ? role : PL_PERSON_OPERATOR;
	return person;
}

/* Two looks, before and after hashing: the first saves the hash where the PIN will not matter, the
 * second is the one that counts, in one commit with its journal row. */
static gboolean
decide (PlStation *station, Case *c, GError **error)
{
	if ((c->hash = pl_badge_hash (station, c->question->badge, error)) == NULL ||
	    !pl_db_read (station->db, find, c, error))
		return FALSE;
	c->pin_fits = look (c) == PL_PEOPLE_ERROR_LAST && pin_fits (c);
	return pl_db_write (station->db, settle, c, error);
}

PlPerson *
pl_people_ask (PlStation *station, const PlBadgeQuestion *question, GError **error)
{
	Case c = {.question = question};
	PlPerson *person = NULL;

	if (decide (station, &c, error)) {
		if (c.answer == PL_PEOPLE_ERROR_LAST)
			person = person_of (c.row);
		else
			refuse (&c, error);
	}
	g_free (c.hash);
	pl_person_row_free (c.row);
	return person;
}

typedef struct {
	const PlPerson *person;
	const char *why;
} Logout;

static gboolean
add_logout (sqlite3 *sql, gpointer data, GError **error)
{
	const Logout *out = data;
	g_autoptr (PlCanonical) json = pl_canonical_new ();
	g_autofree char *body = NULL;
	gint64 seq;

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "person", out->person->name);
	pl_canonical_member (json, "why", out->why);
	pl_canonical_end_object (json);
	body = pl_canonical_text (json);
	return pl_journal_append (sql, "logout", body, &seq, NULL, error);
}

gboolean
pl_people_log_out (PlStation *station, const PlPerson *person, const char *why, GError **error)
{
	Logout out = {person, why};

	return pl_db_write (station->db, add_logout, &out, error);
}
