/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
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

void pl_person_free (PlPerson *person);
PlPerson *pl_person_copy (const PlPerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlPerson, pl_person_free)
/* person may be NULL: nobody. */
gboolean pl_person_may (const PlPerson *person, PlMay what);
