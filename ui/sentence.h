/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Sentences that come up from the station in English, said in other words. They are composed there
 * with printf formats, and records keep them as they are; so a catalogue of these formats is
 * matched backwards: what stands where a conversion stood is taken out, translated in turn where it
 * is a text, and put into the other format, which may take its arguments in another order ("%2$s").
 *
 * A format that ends in a blank opens a sentence, one that begins with a blank, ':', ';' or ','
 * continues one. What no format explains stays as it came. Not for several threads at once.
 */
typedef struct _PlSentences PlSentences;

PlSentences *pl_sentences_new (void);
void pl_sentences_free (PlSentences *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlSentences, pl_sentences_free)

/* FALSE, and nothing is added: the format has no letter to be known by, a conversion that is not
 * understood, or the words leave out one of its arguments or ask for one more. */
gboolean pl_sentences_add (PlSentences *self, const char *format, const char *words);
/* A name as it is, such as a step's title; it comes before any format that explains as much. */
void pl_sentences_name (PlSentences *self, const char *name, const char *words);
/* NULL = nothing of it is known. Caller frees. */
char *pl_sentences_say (PlSentences *self, const char *sentence);
