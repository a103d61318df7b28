/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/cycler_file.h"
#include <string.h>

static const char *const words[] = {
    [PL_CYCLER_REST] = "REST",		 [PL_CYCLER_CC_CHARGE] = "CC_CHG",
    [PL_CYCLER_CV_CHARGE] = "CV_CHG",	 [PL_CYCLER_CCCV_CHARGE] = "CCCV_CHG",
    [PL_CYCLER_CHARGE] = "CHG",		 [PL_CYCLER_CC_DISCHARGE] = "CC_DCH",
    [PL_CYCLER_CV_DISCHARGE] = "CV_DCH", [PL_CYCLER_CCCV_DISCHARGE] = "CCCV_DCH",
    [PL_CYCLER_DISCHARGE] = "DCH",
};

const char *
pl_cycler_kind_word (PlCyclerKind kind)
{
	return words[kind];
}

gboolean
pl_cycler_kind_is_charge (PlCyclerKind kind)
{
	return kind >= PL_CYCLER_CC_CHARGE && kind <= PL_CYCLER_CHARGE;
}

gboolean
pl_cycler_kind_is_discharge (PlCyclerKind kind)
{
	return kind >= PL_CYCLER_CC_DISCHARGE;
}

static gboolean
has_any (const char *word, const char *const *parts)
{
	for (; *parts != NULL; parts++)
		if (strstr (word, *parts) != NULL)
			return TRUE;
	return FALSE;
}

/* 0 = otherwise, 1 = CC, 2 = CV, 3 = CC, then CV */
static guint
mode_of (const char *word)
{
	static const char *const constant[] = {"cccv", "cc-cv", "恒流恒压", NULL};
	static const char *const current[] = {"cc", "恒流", NULL};
	static const char *const voltage[] = {"cv", "恒压", NULL};

	return has_any (word, constant)	 ? 3
	       : has_any (word, current) ? 1
	       : has_any (word, voltage) ? 2
					 : 0;
}

/* Discharge is looked for first: every word for it has one for charge in it, but the Chinese. */
PlCyclerKind
pl_cycler_kind_of_word (const char *word)
{
	static const char *const discharge[] = {"dchg", "disch", "dch", "放电", NULL};
	static const char *const charge[] = {"chg", "charge", "充电", NULL};
	static const char *const rest[] = {"rest", "pause", "ocv", "idle", "搁置", "静置", NULL};
	static const PlCyclerKind ways[2][4] = {
	    {PL_CYCLER_CHARGE, PL_CYCLER_CC_CHARGE, PL_CYCLER_CV_CHARGE, PL_CYCLER_CCCV_CHARGE},
	    {PL_CYCLER_DISCHARGE, PL_CYCLER_CC_DISCHARGE, PL_CYCLER_CV_DISCHARGE,
	     PL_CYCLER_CCCV_DISCHARGE}};
	g_autofree char *small = g_ascii_strdown (word, -1);

	if (has_any (small, rest) || g_str_equal (small, "r"))
		return PL_CYCLER_REST;
	if (has_any (small, discharge) || g_str_equal (small, "d"))
		return ways[1][mode_of (small)];
	if (has_any (small, charge) || g_str_equal (small, "c"))
		return ways[0][mode_of (small)];
	return PL_CYCLER_UNKNOWN;
}
