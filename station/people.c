/* SPDX-License-Identifier: Apache-2.0 */
#include "station/people.h"

#define MAY(what) (1u << (PL_MAY_##what))

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
	return person->may_all || (roles[person->role].may & (1u << what)) != 0;
}
