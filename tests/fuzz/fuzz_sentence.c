/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/sentence.h"
#include <string.h>

/* Any catalogue and any sentence: lines of FORMAT, tab, WORDS, and what comes after them is the
 * sentence. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Texts stay texts: no character is cut in two. */
static void
check (PlSentences *sentences, const char *sentence, gboolean all_text)
{
	g_autofree char *said = pl_sentences_say (sentences, sentence);
	g_autofree char *again = pl_sentences_say (sentences, sentence);

	/* saying a sentence leaves no trace in the catalogue */
	g_assert (g_strcmp0 (said, again) == 0);
	if (all_text && said != NULL)
		g_assert (g_utf8_validate (said, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup ((const char *)data, size);
	g_auto (GStrv) lines = g_strsplit (text, "\n", 16);
	g_autoptr (PlSentences) sentences = pl_sentences_new ();
	gboolean all_text = g_utf8_validate (text, -1, NULL);

	for (guint i = 0; lines[i] != NULL; i++) {
		char *tab = strchr (lines[i], '\t');

		if (tab == NULL) {
			check (sentences, lines[i], all_text);
			continue;
		}
		*tab = '\0';
		pl_sentences_add (sentences, lines[i], tab + 1);
	}
	return 0;
}
