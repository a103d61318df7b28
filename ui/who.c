/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/who.h"
#include "ui/language.h"

const char *
pl_role_word (PlPersonRole role)
{
	static const char *const words[PL_PERSON_ROLES] = {
	    [PL_PERSON_OPERATOR] = N_ ("operator"),
	    [PL_PERSON_TECHNICIAN] = N_ ("technician"),
	    [PL_PERSON_ENGINEER] = N_ ("engineer"),
	    [PL_PERSON_QUALITY] = N_ ("quality"),
	};

	return role < PL_PERSON_ROLES ? _ (words[role]) : "?";
}

char *
pl_who_text (const PlSnapshot *s)
{
	if (s->nobody)
		return g_strdup (_ ("Nobody is logged in"));
	if (s->operator_id == NULL)
		return g_strdup ("");
	/* nobody is enrolled: a name, but no role */
	if (s->role < 0)
		return g_strdup_printf ("%s %s", _ ("Operator"), s->operator_id);
	return g_strdup_printf ("%s, %s", s->operator_id, pl_role_word ((PlPersonRole)s->role));
}
