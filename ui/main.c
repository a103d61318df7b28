/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/application.h"
#include <locale.h>

int
main (int argc, char **argv)
{
	g_autoptr (PlApplication) application = NULL;
	int code;

	/* numbers, units and dates look the same in every language */
	setlocale (LC_ALL, "");
	setlocale (LC_NUMERIC, "C");
	gtk_disable_setlocale ();
	application = pl_application_new ();
	code = g_application_run (G_APPLICATION (application), argc, argv);
	return MAX (code, pl_application_exit (application));
}
