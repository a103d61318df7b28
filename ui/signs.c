/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/signs.h"

/* Whole words only: names of measurements hold units, too. */
static const char *const signs[][2] = {{"\\b([GMkmunp]?)ohm\\b", "\\1Ω"},
				       {"\\bdegC\\b", "°C"},
				       {"\\bu(Ω|[VAFW]\\b)", "µ\\1"},
				       {"<=", "≤"},
				       {">=", "≥"},
				       {" \\.\\. ", " … "}};

static gpointer
compile (gpointer data)
{
	GRegex **regexes = g_new (GRegex *, G_N_ELEMENTS (signs));

	for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
		regexes[i] = g_regex_new (signs[i][0], G_REGEX_OPTIMIZE, 0, NULL);
	return regexes;
}

/* A text that is not UTF-8 has no letters to change. */
char *
pl_with_signs (const char *text)
{
	static GOnce once = G_ONCE_INIT;
	GRegex **regexes = g_once (&once, compile, NULL);
	char *out = g_strdup (text);

	for (guint i = 0; out != NULL && i < G_N_ELEMENTS (signs); i++) {
		char *next = g_regex_replace (regexes[i], out, -1, 0, signs[i][1], 0, NULL);

		if (next == NULL)
			break;
		g_free (out);
		out = next;
	}
	return out;
}
