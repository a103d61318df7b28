/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/person.h"
#include "station/station.h"

/* Who works at the station, and what they may do. */
typedef enum {
	PL_PERSON_OPERATOR,
	PL_PERSON_TECHNICIAN,
	PL_PERSON_ENGINEER,
	PL_PERSON_QUALITY,
	PL_PERSON_ROLES
} PlPersonRole;
const char *pl_person_role_name (PlPersonRole role); /* "operator" ... */
/* PL_PERSON_ROLES = there is no such role. */
PlPersonRole pl_person_role_find (const char *name);

typedef enum {
	PL_MAY_RUN, /* test packs, acknowledge, read the history, write notes */
	PL_MAY_SERVE, /* switch outputs by hand, watch the wires, enter calibrations */
	PL_MAY_OVERRIDE, /* let a blocked pack be tested, waive a waivable step */
	PL_MAY_EDIT_RECIPE,
	PL_MAY_APPROVE_RECIPE, /* of which another person is the author */
	PL_MAY_MANAGE_PEOPLE,
	PL_MAY_LAST
} PlMay;

typedef struct {
	gint64 id; /* the database's row; 0 = nobody who is enrolled */
	char *name; /* a staff number, initials: goes into records and journal */
	PlPersonRole role;
	gboolean may_all; /* of a station where nobody is enrolled yet */
} PlPerson;

/* Of a PL_STATION_ERROR that keeps a pack from the bench: who clears it. ROLES = it does not say.
 */
PlPersonRole pl_error_cleared_by (const GError *error);
/* Always FALSE, for returns. error may be NULL or another domain's. */
gboolean pl_error_is_cleared_by (GError **error, PlPersonRole who);

void pl_person_free (PlPerson *person);
PlPerson *pl_person_copy (const PlPerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlPerson, pl_person_free)
/* person may be NULL: nobody. */
gboolean pl_person_may (const PlPerson *person, PlMay what);
gboolean pl_person_role_may (PlPersonRole role, PlMay what);
/* A badge alone can be found on the floor: only who may do no more than test goes without. */
gboolean pl_person_role_needs_pin (PlPersonRole role);

#define PL_PEOPLE_ERROR (pl_people_error_quark ())
GQuark pl_people_error_quark (void);
typedef enum {
	/* of a badge that wants in */
	PL_PEOPLE_ERROR_BADGE, /* nobody has it */
	PL_PEOPLE_ERROR_PIN_MISSING, /* the role needs one and none was given */
	PL_PEOPLE_ERROR_PIN_WRONG,
	PL_PEOPLE_ERROR_LOCKED, /* too many wrong PINs */
	PL_PEOPLE_ERROR_RIGHT, /* the role may not do this */
	PL_PEOPLE_ERROR_SAME, /* it is the first person's own badge */
	/* of a change */
	PL_PEOPLE_ERROR_NAME, /* empty, too long, or with control characters */
	PL_PEOPLE_ERROR_NAME_TAKEN,
	PL_PEOPLE_ERROR_NAME_UNKNOWN,
	PL_PEOPLE_ERROR_BADGE_SHORT,
	PL_PEOPLE_ERROR_BADGE_TAKEN,
	PL_PEOPLE_ERROR_PIN_SHORT, /* or there is none where the role needs one */
	PL_PEOPLE_ERROR_LAST_MANAGER, /* nobody would be left who may manage people */
	PL_PEOPLE_ERROR_LAST
} PlPeopleError;

#define PL_PEOPLE_PIN_MIN 4 /* with the lock below, all of 10 000 take 69 days */
#define PL_PEOPLE_BADGE_MIN 6
#define PL_PEOPLE_FAILURES_MAX 5 /* wrong PINs in a row */
#define PL_PEOPLE_LOCK_MIN 10 /* minutes */

/* Codes and PINs: their memory is wiped before it is given back. */
typedef char PlSecret;
void pl_secret_free (PlSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlSecret, pl_secret_free)
PlSecret *pl_secret_copy (const char *text); /* NULL = NULL */

/*
 * What follows takes tenths of a second and tens of megabytes (Argon2) and waits for the database:
 * never on the main thread, never inside a PlDbWork. What comes of it is a journal row; codes are
 * kept nowhere but as hashes.
 */
typedef struct {
	const char *badge;
	const char *pin; /* NULL = not asked for yet */
	PlMay may; /* what it is wanted for; PL_MAY_LAST = to log in */
	gint64 first; /* the person who may not be the second, too; 0 = nobody */
} PlBadgeQuestion;

/* Whose badge is this, and may they? NULL with an error of the first kind. A PIN that is wrong
 * PL_PEOPLE_FAILURES_MAX times in a row locks; so does each further one until the right PIN, or who
 * manages people, clears the count. */
PlPerson *pl_people_ask (PlStation *station, const PlBadgeQuestion *question, GError **error);
/* From now on this person stands in front of the station; NULL = nobody, and no pack is tested. Any
 * thread, at once. */
void pl_people_stand (PlStation *station, const PlPerson *person);
/* why: "badge", "other-badge", "idle", "changed", "managed", "closed". */
gboolean pl_people_log_out (PlStation *station, const PlPerson *person, const char *why,
			    GError **error);

/* Is anybody enrolled who may manage people? Before that, whoever starts the station may do all. */
gboolean pl_people_is_managed (PlDb *db, gboolean *ret_managed, GError **error);
/* Is somebody of this name enrolled who may? For heads that ask for no badge; a station that is not
 * managed says yes. */
gboolean pl_people_check_name (PlDb *db, const char *name, PlMay may, GError **error);
/* Who is enrolled, by name: PlPersonRow*. Caller unrefs. */
GPtrArray *pl_people_list (PlDb *db, GError **error);
/* Until when, as a person's row says: minutes that are left; 0 = not locked. */
guint pl_person_row_minutes_locked (const PlPersonRow *row);

typedef struct {
	const char *name;
	PlPersonRole role;
	const char *badge, *pin; /* of pl_people_change: NULL = as it is */
} PlPersonForm;
/* `by` is who does it. A name that was retired, or that stands in runs only, may be enrolled. */
gboolean pl_people_enrol (PlStation *station, const PlPersonForm *form, const char *by,
			  GError **error);
gboolean pl_people_change (PlStation *station, const PlPersonForm *form, const char *by,
			   GError **error);
gboolean pl_people_unlock (PlStation *station, const char *name, const char *by, GError **error);
/* The name stays in what it has done; badge and PIN are forgotten. */
gboolean pl_people_retire (PlStation *station, const char *name, const char *by, GError **error);
