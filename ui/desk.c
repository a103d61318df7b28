/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/desk.h"

gboolean
pl_desk_may (const PlDesk *desk, PlMay what)
{
	return pl_person_may (desk->person, what);
}

const char *
pl_desk_who (const PlDesk *desk)
{
	return desk->person != NULL ? desk->person->name : "nobody";
}
