/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/role_words.h"
#include "ui/language.h"

const char *
pl_role_title (PlRole role)
{
	static const char *const words[PL_ROLE_LAST] = {
	    [PL_ROLE_HIPOT] = N_ ("Hipot"),	[PL_ROLE_SUPPLY] = N_ ("Supply"),
	    [PL_ROLE_DAQ] = N_ ("DAQ"),		[PL_ROLE_BMS] = N_ ("BMS"),
	    [PL_ROLE_PLC] = N_ ("Fixture"),	[PL_ROLE_SCANNER] = N_ ("Scanner"),
	    [PL_ROLE_PRINTER] = N_ ("Printer"), [PL_ROLE_METER] = N_ ("Cell meter"),
	    [PL_ROLE_CYCLER] = N_ ("Cycler"),	[PL_ROLE_CHAMBER] = N_ ("Chamber"),
	};

	g_return_val_if_fail (role < PL_ROLE_LAST && words[role] != NULL, "?");
	return _ (words[role]);
}
