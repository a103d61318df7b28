/* SPDX-License-Identifier: Apache-2.0 */
#include "station/label.h"
#include <string.h>

static gboolean
is_plain (const char *text)
{
	for (const char *at = text; *at != '\0'; at++)
		if (*at < 0x20 || *at > 0x7e || *at == '^' || *at == '~')
			return FALSE;
	return TRUE;
}

/* 8 dots a mm; ^BX = Data Matrix, quality 200 = ECC 200. */
char *
pl_label_zpl (const char *product, const char *serial, const char *grade, const char *date)
{
	if (!is_plain (product) || !is_plain (serial) || !is_plain (grade) || !is_plain (date))
		return NULL;
	return g_strdup_printf ("^XA\n^CI28\n"
				"^FO40,40^A0N,44,44^FD%s^FS\n"
				"^FO40,100^A0N,60,60^FD%s^FS\n"
				"^FO40,180^A0N,32,32^FDGrade %s   %s^FS\n"
				"^FO560,40^BXN,8,200^FD%s^FS\n"
				"^XZ\n",
				product, serial, *grade != '\0' ? grade : "-", date, serial);
}
