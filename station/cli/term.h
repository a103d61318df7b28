/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What a terminal can show. Colour only ever repeats what a word and a sign say already. */
typedef enum {
	PL_TONE_PLAIN,
	PL_TONE_STRONG,
	PL_TONE_DIM,
	PL_TONE_GOOD,
	PL_TONE_BAD,
	PL_TONE_DOUBT,
} PlTone;

/* Standard output is a terminal (progress lines make sense). */
gboolean pl_term_live (void);
/* It is one, NO_COLOR is not set and TERM is not "dumb". */
gboolean pl_term_colour (void);
/* Columns to use: the terminal's, held between 80 and 100; 96 where there is none. */
guint pl_term_width (void);

/* Columns that a text takes on a terminal (East Asian wide characters are two). */
guint pl_text_width (const char *text);
/* Appends text in a tone, padded to `width` columns (negative: flush right; 0: as it is). A text
 * that is too long stays whole and pushes the rest aside: a cut value would be a wrong one. */
void pl_text_add (GString *line, PlTone tone, int width, const char *text);
/* Fills with blanks up to a column counted without escapes; at least one blank. */
void pl_text_fill (GString *line, guint column);
/* Cuts to `width` columns, with an ellipsis; for progress lines only. Caller frees. */
char *pl_text_cut (const char *text, guint width);
/* Breaks at blanks into lines of at most `width` columns, each after the first indented by
 * `indent` blanks; words that are longer stay whole. Caller frees. */
char *pl_text_wrap (const char *text, guint width, guint indent);

/* A table: columns as wide as their widest cell, two blanks between, the last column wrapped to
 * the screen. */
typedef struct _PlTable PlTable;
/* `headers` is NULL-terminated; one that begins with '>' makes its column flush right. All of them
 * "" = no line of headers. */
PlTable *pl_table_new (const char *const *headers);
void pl_table_free (PlTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlTable, pl_table_free)
/* One text a column, "" where there is none. */
void pl_table_row (PlTable *table, PlTone tone, const char *first, ...) G_GNUC_NULL_TERMINATED;
/* A text of its own across all columns, below the last row. */
void pl_table_note (PlTable *table, const char *text);
/* Prints it to standard output. */
void pl_table_print (PlTable *table);
