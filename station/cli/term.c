/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/term.h"
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_MIN 80
#define WIDTH_MAX 100
#define WIDTH_WITHOUT_TERMINAL 96
#define NOTE_INDENT 4

/* "dumb" is what editors and CI say of terminals that know no carriage return. */
gboolean
pl_term_live (void)
{
	return isatty (STDOUT_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

/* no-color.org: set and not empty. */
gboolean
pl_term_colour (void)
{
	const char *no_color = g_getenv ("NO_COLOR");

	return pl_term_live () && (no_color == NULL || *no_color == '\0');
}

/* Wider lines are not read faster: beyond 100 columns the eye loses its line. */
guint
pl_term_width (void)
{
	struct winsize size;

	if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return WIDTH_WITHOUT_TERMINAL;
	return CLAMP (size.ws_col, WIDTH_MIN, WIDTH_MAX);
}

/* -- one line ---------------------------------------------------------------------------------- */

/* Combining marks take none, Chinese characters two columns. */
static guint
char_width (gunichar c)
{
	if (g_unichar_iszerowidth (c))
		return 0;
	return g_unichar_iswide (c) ? 2 : 1;
}

/* Escape sequences (ESC [ ... m) take no columns. */
guint
pl_text_width (const char *text)
{
	guint width = 0;

	for (const char *at = text; *at != '\0';) {
		gunichar c = g_utf8_get_char_validated (at, -1);

		if (*at == '\033') {
			at += strcspn (at, "m");
			at += *at == 'm';
		} else if (c == (gunichar)-1 || c == (gunichar)-2) {
			at++;
			width++;
		} else {
			at = g_utf8_next_char (at);
			width += char_width (c);
		}
	}
	return width;
}

static void
add_blanks (GString *line, guint n)
{
	for (guint i = 0; i < n; i++)
		g_string_append_c (line, ' ');
}

void
pl_text_add (GString *line, PlTone tone, int width, const char *text)
{
	static const char *const codes[] = {"",		"\033[1m",  "\033[2m",
					    "\033[32m", "\033[31m", "\033[33m"};
	guint taken = pl_text_width (text), wanted = width < 0 ? -width : width;
	guint blanks = wanted > taken ? wanted - taken : 0;
	gboolean painted = tone != PL_TONE_PLAIN && pl_term_colour ();

	/* blanks outside the colour: an underlined or reversed tone would show them */
	if (width < 0)
		add_blanks (line, blanks);
	if (painted)
		g_string_append (line, codes[tone]);
	g_string_append (line, text);
	if (painted)
		g_string_append (line, "\033[0m");
	if (width > 0)
		add_blanks (line, blanks);
}

void
pl_text_fill (GString *line, guint column)
{
	const char *last = strrchr (line->str, '\n');
	guint taken = pl_text_width (last != NULL ? last + 1 : line->str);

	add_blanks (line, column > taken ? column - taken : 1);
}

char *
pl_text_cut (const char *text, guint width)
{
	guint taken = 0;
	const char *at = text;

	if (pl_text_width (text) <= width)
		return g_strdup (text);
	while (*at != '\0' && taken + char_width (g_utf8_get_char (at)) < width) {
		taken += char_width (g_utf8_get_char (at));
		at = g_utf8_next_char (at);
	}
	return g_strdup_printf ("%.*s…", (int)(at - text), text);
}

char *
pl_text_wrap (const char *text, guint width, guint indent)
{
	g_autoptr (GString) out = g_string_new (NULL);
	g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
		guint column = 0;

		for (guint w = 0; words[w] != NULL; w++) {
			guint taken = pl_text_width (words[w]);

			if (w > 0 && column + 1 + taken > width) {
				g_string_append_c (out, '\n');
				add_blanks (out, indent);
				column = 0;
			} else if (w > 0) {
				g_string_append_c (out, ' ');
				column++;
			}
			g_string_append (out, words[w]);
			column += taken;
		}
		if (lines[i + 1] != NULL) {
			g_string_append_c (out, '\n');
			add_blanks (out, indent);
		}
	}
	return g_string_free (g_steal_pointer (&out), FALSE);
}

/* -- tables ------------------------------------------------------------------------------------ */

typedef struct {
	PlTone tone;
	char **cells;
	char *note; /* in place of cells */
} Row;

struct _PlTable {
	guint n;
	gboolean *right;
	guint *widths;
	GPtrArray *rows; /* Row*; the first is the header */
};

static void
row_free (gpointer data)
{
	Row *row = data;

	g_strfreev (row->cells);
	g_free (row->note);
	g_free (row);
}

/* Cells are filled by the caller; the table owns the row. */
static Row *
row_new (PlTable *table, PlTone tone)
{
	Row *row = g_new0 (Row, 1);

	row->tone = tone;
	row->cells = g_new0 (char *, table->n + 1);
	g_ptr_array_add (table->rows, row);
	return row;
}

static void
set_cell (PlTable *table, Row *row, guint column, const char *text)
{
	row->cells[column] = g_strdup (text != NULL ? text : "");
	table->widths[column] = MAX (table->widths[column], pl_text_width (row->cells[column]));
}

PlTable *
pl_table_new (const char *const *headers)
{
	PlTable *table = g_new0 (PlTable, 1);
	Row *row;

	table->n = g_strv_length ((char **)headers);
	table->right = g_new0 (gboolean, table->n);
	table->widths = g_new0 (guint, table->n);
	table->rows = g_ptr_array_new_with_free_func (row_free);
	row = row_new (table, PL_TONE_DIM);
	for (guint i = 0; i < table->n; i++) {
		table->right[i] = *headers[i] == '>';
		set_cell (table, row, i, headers[i] + table->right[i]);
	}
	return table;
}

void
pl_table_free (PlTable *table)
{
	if (table == NULL)
		return;
	g_free (table->right);
	g_free (table->widths);
	g_ptr_array_unref (table->rows);
	g_free (table);
}

/* An empty cell may be given as "" only, since NULL ends the list. */
void
pl_table_row (PlTable *table, PlTone tone, const char *first, ...)
{
	Row *row = row_new (table, tone);
	const char *text = first;
	va_list args;

	va_start (args, first);
	for (guint i = 0; i < table->n; i++) {
		set_cell (table, row, i, text);
		if (text != NULL)
			text = va_arg (args, const char *);
	}
	va_end (args);
}

void
pl_table_note (PlTable *table, const char *text)
{
	Row *row = row_new (table, PL_TONE_DIM);

	row->note = g_strdup (text);
}

static void
print_note (const Row *row, guint width)
{
	g_autofree char *text = pl_text_wrap (row->note, width - NOTE_INDENT, NOTE_INDENT);
	g_autoptr (GString) line = g_string_new (NULL);

	add_blanks (line, NOTE_INDENT);
	pl_text_add (line, row->tone, 0, text);
	puts (line->str);
}

static void
print_row (const PlTable *table, const Row *row, guint width)
{
	g_autoptr (GString) line = g_string_new (NULL);
	guint start = 0;

	for (guint i = 0; i + 1 < table->n; i++) {
		int w = (int)table->widths[i];

		pl_text_add (line, row->tone, table->right[i] ? -w : w, row->cells[i]);
		g_string_append (line, "  ");
		start += table->widths[i] + 2;
	}
	/* wrapped to what is left, unless that is too narrow to read */
	if (width > start + 20) {
		g_autofree char *text =
		    pl_text_wrap (row->cells[table->n - 1], width - start, start);

		pl_text_add (line, row->tone, 0, text);
	} else
		pl_text_add (line, row->tone, 0, row->cells[table->n - 1]);
	g_strchomp (line->str);
	puts (line->str);
}

/* A table whose headers are all empty begins with its first row. */
static gboolean
has_header (const PlTable *table)
{
	const Row *row = g_ptr_array_index (table->rows, 0);

	for (guint i = 0; i < table->n; i++)
		if (*row->cells[i] != '\0')
			return TRUE;
	return FALSE;
}

void
pl_table_print (PlTable *table)
{
	guint width = pl_term_width ();

	for (guint i = has_header (table) ? 0 : 1; i < table->rows->len; i++) {
		const Row *row = g_ptr_array_index (table->rows, i);

		if (row->note != NULL)
			print_note (row, width);
		else
			print_row (table, row, width);
	}
}
