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
/* "en", "zh-cn": for Pango, so that Han characters get their mainland form. */
const char *pl_language_tag (void);
/* Main thread. The text itself where the catalogue has none. */
const char *pl_text (const char *text) G_GNUC_FORMAT (1);
#define _(text) pl_text (text)
#define N_(text) (text)
