/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The words of the screen. gettext's own run-time looks at the environment, which must not be
 * written while threads run; its catalogues are plain tables, so they are read here and the
 * language is one word that a key changes.
 */
typedef enum { PL_LANGUAGE_EN, PL_LANGUAGE_ZH_CN, PL_LANGUAGE_LAST } PlLanguage;

/* From a name such as "zh_CN.UTF-8"; anything unknown is English. */
PlLanguage pl_language_find (const char *name);
void pl_language_set (PlLanguage language);
PlLanguage pl_language (void);
/* "en", "zh_CN": as recipes and files name it. */
const char *pl_language_name (PlLanguage language);
/* "en", "zh-cn": for Pango, so that Han characters get their mainland form. */
const char *pl_language_tag (void);
/* Main thread. The text itself where the catalogue has none. */
const char *pl_text (const char *text) G_GNUC_FORMAT (1);
/* A sentence that the station has composed, in the language of the screen and with the signs that
 * people write; what is not known of it stays English. Keep the English: the language may change.
 * Main thread; NULL gives NULL. Caller frees. */
char *pl_sentence (const char *english);
/* A name that sentences take in and that comes with data, such as a step's title, and its Chinese.
 * Main thread. */
void pl_sentence_teach (const char *name, const char *words);

/* The compiled catalogues among the program's resources: the screen's own texts, and the formats of
 * the station's sentences. */
#define PL_CATALOGUE_SCREEN "/packline/ui/zh_CN.mo"
#define PL_CATALOGUE_STATION "/packline/ui/zh_CN.station.mo"
typedef void (*PlCatalogueFunc) (gpointer data, const char *text, const char *words);
/* Each text with its words; both live as long as the program. */
void pl_catalogue_each (const char *path, PlCatalogueFunc func, gpointer data);

#define _(text) pl_text (text)
#define N_(text) (text)
