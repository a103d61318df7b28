/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/language.h"
#include "ui/sentence.h"
#include "ui/signs.h"
#include <gio/gio.h>
#include <string.h>

#define MO_MAGIC 0x950412deu /* of a catalogue in this machine's byte order */

/* Main thread, all three: only the screen has a language. */
static PlLanguage current;
static GHashTable *chinese; /* borrowed texts of the resource -> same */
static PlSentences *sentences;

/* Offsets are the header's: 8 number of texts, 12 table of texts, 16 table of translations; a row
 * is length and offset. */
static guint32
word_at (const guint8 *data, gsize len, gsize at)
{
	guint32 value = 0;

	/* a catalogue that was cut off has zeros: no texts */
	if (at + 4 <= len)
		memcpy (&value, data + at, 4);
	return value;
}

static const char *
text_in (const guint8 *data, gsize len, gsize row)
{
	guint32 size = word_at (data, len, row), at = word_at (data, len, row + 4);

	/* a text must end inside: it is borrowed as a C string */
	if ((gsize)at + size >= len || data[at + size] != '\0')
		return "";
	return (const char *)data + at;
}

/* The resource is part of the program, so what is borrowed from it stays. */
void
pl_catalogue_each (const char *path, PlCatalogueFunc func, gpointer to)
{
	g_autoptr (GBytes) bytes =
	    g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
	gsize len = 0;
	const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

	if (word_at (data, len, 0) != MO_MAGIC)
		return;
	for (guint32 i = 0; i < word_at (data, len, 8); i++) {
		const char *text = text_in (data, len, word_at (data, len, 12) + (gsize)i * 8);
		const char *words = text_in (data, len, word_at (data, len, 16) + (gsize)i * 8);

		/* the empty text is the catalogue's own head */
		if (*text != '\0' && *words != '\0')
			func (to, text, words);
	}
}

static void
add_words (gpointer table, const char *text, const char *words)
{
	g_hash_table_insert (table, (gpointer)text, (gpointer)words);
}

static void
add_sentence (gpointer to, const char *format, const char *words)
{
	if (!pl_sentences_add (to, format, words))
		g_warning ("the catalogue of sentences has \"%s\", which cannot be used", format);
}

PlLanguage
pl_language_find (const char *name)
{
	/* zh_TW, too: simplified letters are nearer to it than English */
	return name != NULL && g_str_has_prefix (name, "zh") ? PL_LANGUAGE_ZH_CN : PL_LANGUAGE_EN;
}

void
pl_language_set (PlLanguage language)
{
	current = language;
}

PlLanguage
pl_language (void)
{
	return current;
}

const char *
pl_language_name (PlLanguage language)
{
	return language == PL_LANGUAGE_ZH_CN ? "zh_CN" : "en";
}

const char *
pl_language_tag (void)
{
	return current == PL_LANGUAGE_ZH_CN ? "zh-cn" : "en";
}

const char *
pl_text (const char *text)
{
	const char *words;

	if (current != PL_LANGUAGE_ZH_CN)
		return text;
	/* when it is first needed: most lines in English never do */
	if (chinese == NULL) {
		chinese = g_hash_table_new (g_str_hash, g_str_equal);
		pl_catalogue_each (PL_CATALOGUE_SCREEN, add_words, chinese);
	}
	words = g_hash_table_lookup (chinese, text);
	return words != NULL ? words : text;
}

static PlSentences *
get_sentences (void)
{
	if (sentences == NULL) {
		sentences = pl_sentences_new ();
		pl_catalogue_each (PL_CATALOGUE_STATION, add_sentence, sentences);
	}
	return sentences;
}

void
pl_sentence_teach (const char *name, const char *words)
{
	/* what is called the same in both would only hide a format */
	if (name != NULL && words != NULL && *name != '\0' && strcmp (name, words) != 0)
		pl_sentences_name (get_sentences (), name, words);
}

char *
pl_sentence (const char *english)
{
	g_autofree char *words = NULL;

	if (english == NULL || current != PL_LANGUAGE_ZH_CN)
		return pl_with_signs (english);
	words = pl_sentences_say (get_sentences (), english);
	return pl_with_signs (words != NULL ? words : english);
}
