/* SPDX-License-Identifier: Apache-2.0 */
#include "station/assemble.h"
#include "db/unit.h"
#include <string.h>

G_DEFINE_QUARK (pl - assemble - error - quark, pl_assemble_error)

/* Positions of one pack are cells 1 .. n; its one board stands at 0. */
#define BOARD_POSITION 0
#define CELLS_MAX 400
#define SERIAL_MAX 120

static void
cell_free (gpointer data)
{
	PlCell *cell = data;

	g_free (cell->serial);
	g_free (cell->grade);
	g_free (cell->vendor);
	g_free (cell->lot);
	g_free (cell);
}

static void G_GNUC_PRINTF (4, 5)
    fault (GPtrArray *faults, const char *file, guint line, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_ptr_array_add (faults, line > 0 ? g_strdup_printf ("%s:%u: %s", file, line, text)
					  : g_strdup (text));
}

/* TRUE if there are none; else all of them become one error, a line each. */
static gboolean
no_faults (GPtrArray *faults, PlAssembleError code, GError **error)
{
	g_autofree char *text = NULL;

	if (faults->len == 0)
		return TRUE;
	g_ptr_array_add (faults, NULL);
	text = g_strjoinv ("\n", (char **)faults->pdata);
	g_set_error_literal (error, PL_ASSEMBLE_ERROR, code, text);
	return FALSE;
}

/* -- the list of cells ------------------------------------------------------------------------- */

/* A serial is kept raw, but a control character in it is a scanner that was set up wrongly. */
static gboolean
is_serial (const char *text)
{
	gsize len = strlen (text);

	if (len == 0 || len > SERIAL_MAX || !g_utf8_validate (text, -1, NULL))
		return FALSE;
	for (gsize i = 0; i < len; i++)
		if ((guchar)text[i] < 0x20)
			return FALSE;
	return TRUE;
}

static void
check_cells (GPtrArray *cells, const char *file, GPtrArray *faults)
{
	g_autoptr (GHashTable) serials = g_hash_table_new (g_str_hash, g_str_equal);
	g_autoptr (GHashTable) positions = g_hash_table_new (NULL, NULL);

	for (guint i = 0; i < cells->len; i++) {
		const PlCell *cell = g_ptr_array_index (cells, i);
		const PlCell *twin = g_hash_table_lookup (serials, cell->serial);
		const PlCell *place =
		    g_hash_table_lookup (positions, GUINT_TO_POINTER (cell->position));

		if (!is_serial (cell->serial))
			fault (faults, file, cell->line,
			       "position %u: not a serial (empty, too long or with control "
			       "characters); scan it again",
			       cell->position);
		if (twin != NULL)
			fault (faults, file, cell->line,
			       "cell %s is listed twice, at positions %u and %u", cell->serial,
			       twin->position, cell->position);
		if (place != NULL)
			fault (faults, file, cell->line,
			       "position %u is taken twice, by %s and by %s", cell->position,
			       place->serial, cell->serial);
		g_hash_table_insert (serials, cell->serial, (gpointer)cell);
		g_hash_table_insert (positions, GUINT_TO_POINTER (cell->position), (gpointer)cell);
	}
	for (guint n = 1; n <= cells->len; n++)
		if (!g_hash_table_contains (positions, GUINT_TO_POINTER (n)))
			fault (faults, file, 1,
			       "position %u is missing: %u cells have positions 1 to %u", n,
			       cells->len, cells->len);
}

/* An empty field is an unknown grade, not the grade "". */
static char *
field_of (char **fields, guint n, guint at)
{
	return at < n && *fields[at] != '\0' ? g_strdup (fields[at]) : NULL;
}

/* Serials and grades hold no commas and no quotes: the simple form of CSV is the whole form. */
static void
parse_row (const char *row, guint line, const char *file, guint n_columns, GPtrArray *cells,
	   GPtrArray *faults)
{
	g_auto (GStrv) fields = g_strsplit (row, ",", -1);
	guint n = g_strv_length (fields);
	guint64 position;
	PlCell *cell;

	for (guint i = 0; i < n; i++)
		g_strstrip (fields[i]);
	if (n != n_columns) {
		fault (faults, file, line, "%u fields; the first line names %u", n, n_columns);
		return;
	}
	if (!g_ascii_string_to_unsigned (fields[0], 10, 1, CELLS_MAX, &position, NULL)) {
		fault (faults, file, line, "position \"%s\" is not a number from 1 to %u",
		       fields[0], CELLS_MAX);
		return;
	}
	cell = g_new0 (PlCell, 1);
	cell->position = position;
	cell->line = line;
	cell->serial = g_strdup (fields[1]);
	cell->grade = field_of (fields, n, 2);
	cell->vendor = field_of (fields, n, 3);
	cell->lot = field_of (fields, n, 4);
	g_ptr_array_add (cells, cell);
}

/* How many of the known columns the header names, in their order; 0 = it is none. */
static guint
parse_header (const char *header)
{
	static const char *const names[] = {"position", "serial", "grade", "vendor", "lot"};
	g_auto (GStrv) fields = g_strsplit (header, ",", -1);
	guint n = g_strv_length (fields);

	if (n < 2 || n > G_N_ELEMENTS (names))
		return 0;
	for (guint i = 0; i < n; i++)
		if (g_ascii_strcasecmp (g_strstrip (fields[i]), names[i]) != 0)
			return 0;
	return n;
}

/* CR LF and empty lines are what spreadsheets leave behind. */
static void
parse_lines (const char *text, const char *file, GPtrArray *cells, GPtrArray *faults)
{
	static const char bom[] = "\xef\xbb\xbf"; /* spreadsheets put it there */
	g_auto (GStrv) lines =
	    g_strsplit (g_str_has_prefix (text, bom) ? text + strlen (bom) : text, "\n", -1);
	guint n_columns = lines[0] != NULL ? parse_header (lines[0]) : 0;

	if (n_columns == 0) {
		fault (faults, file, 1,
		       "the first line must be position,serial[,grade[,vendor[,lot]]]");
		return;
	}
	for (guint i = 1; lines[i] != NULL; i++)
		if (*g_strstrip (lines[i]) != '\0')
			parse_row (lines[i], i + 1, file, n_columns, cells, faults);
	if (cells->len == 0 && faults->len == 0)
		fault (faults, file, 1, "no cell is listed");
}

GPtrArray *
pl_cells_parse (const char *text, gsize len, const char *name, GError **error)
{
	g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (cell_free);
	g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
	g_autofree char *copy = g_strndup (text, len);

	if (len == 0)
		fault (faults, name, 1,
		       "the file is empty; its first line is "
		       "position,serial[,grade[,vendor[,lot]]], then one cell a line");
	else if (memchr (text, '\0', len) != NULL)
		fault (faults, name, 1, "not a text file");
	else
		parse_lines (copy, name, cells, faults);
	if (faults->len == 0)
		check_cells (cells, name, faults);
	return no_faults (faults, PL_ASSEMBLE_ERROR_FILE, error) ? g_steal_pointer (&cells) : NULL;
}

GPtrArray *
pl_cells_load (const char *file, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr (GError) wrong = NULL;
	gsize len;

	if (g_file_get_contents (file, &text, &len, &wrong))
		return pl_cells_parse (text, len, file, error);
	g_set_error (error, PL_ASSEMBLE_ERROR, PL_ASSEMBLE_ERROR_FILE,
		     "cannot read the list of cells: %s", wrong->message);
	return NULL;
}

GPtrArray *
pl_cells_of_serials (const char *const *serials, GError **error)
{
	g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (cell_free);
	g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);

	for (guint i = 0; serials[i] != NULL; i++) {
		PlCell *cell = g_new0 (PlCell, 1);

		cell->position = i + 1;
		cell->serial = g_strdup (serials[i]);
		g_ptr_array_add (cells, cell);
	}
	check_cells (cells, "", faults);
	return no_faults (faults, PL_ASSEMBLE_ERROR_FILE, error) ? g_steal_pointer (&cells) : NULL;
}

/* -- into the database ------------------------------------------------------------------------- */

typedef struct {
	const char *pack, *board, *by;
	GPtrArray *cells;
	const char *const *serials;
	const char *reason;
	GPtrArray *faults;
	guint added;
} Work;

/* Cells and the board share the numbering; the board stands at 0. */
static const PlUnitRow *
child_at (GPtrArray *children, gint64 position)
{
	for (guint i = 0; i < children->len; i++) {
		const PlUnitRow *child = g_ptr_array_index (children, i);

		if (child->position == position)
			return child;
	}
	return NULL;
}

/* Contradictions are collected, so that the person sees all of them; FALSE only if the database
 * fails. */
static gboolean
build_in (sqlite3 *sql, Work *w, gint64 pack, GPtrArray *children, const char *kind,
	  const PlCell *part, GError **error)
{
	const PlUnitRow *there = child_at (children, part->position);
	g_autofree char *holder = NULL;
	g_autoptr (GError) wrong = NULL;
	gint64 id;

	if (!pl_unit_register (sql, kind, part->serial, "plain", part->vendor, part->lot,
			       part->grade, &id, error))
		return FALSE;
	if (there != NULL && there->id == id)
		return TRUE;
	holder = pl_unit_holder (sql, id, &wrong);
	if (wrong != NULL) {
		g_propagate_error (error, g_steal_pointer (&wrong));
		return FALSE;
	}
	if (g_strcmp0 (holder, w->pack) == 0)
		fault (w->faults, NULL, 0, "%s %s is in this pack already, at another position",
		       kind, part->serial);
	else if (holder != NULL)
		fault (w->faults, NULL, 0,
		       "%s %s is built into %s already: take it out there first", kind,
		       part->serial, holder);
	else if (there != NULL)
		fault (w->faults, NULL, 0, "%s %u of pack %s is %s already, not %s", kind,
		       part->position, w->pack, there->serial, part->serial);
	if (w->faults->len > 0)
		return TRUE;
	w->added++;
	return pl_unit_link (sql, id, pack, part->position, "assembled", w->by, error);
}

/* A list is the whole pack: what it does not name may not be in there. */
static void
check_rest (Work *w, GPtrArray *children)
{
	for (guint i = 0; i < children->len && w->cells->len > 0; i++) {
		const PlUnitRow *child = g_ptr_array_index (children, i);

		if (g_str_equal (child->kind, "cell") && child->position > w->cells->len)
			fault (w->faults, NULL, 0,
			       "pack %s holds cell %s at position %d, the list names %u cells",
			       w->pack, child->serial, (int)child->position, w->cells->len);
	}
}

/* One work, one savepoint: with a fault everything that was registered on the way is rolled back
 * too. */
static gboolean
build (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	PlCell board = {BOARD_POSITION, (char *)w->board, NULL, NULL, NULL, 0};
	g_autoptr (GPtrArray) children = NULL;
	gint64 pack;

	if (!pl_unit_register (sql, "pack", w->pack, "plain", NULL, NULL, NULL, &pack, error) ||
	    (children = pl_unit_children (sql, pack, error)) == NULL)
		return FALSE;
	check_rest (w, children);
	for (guint i = 0; i < w->cells->len; i++)
		if (!build_in (sql, w, pack, children, "cell", g_ptr_array_index (w->cells, i),
			       error))
			return FALSE;
	if (w->board != NULL && !build_in (sql, w, pack, children, "bms", &board, error))
		return FALSE;
	return no_faults (w->faults, PL_ASSEMBLE_ERROR_CONFLICT, error);
}

/* The label next to the one that was meant: the pack's own, scanned in the place of a part's. */
static void
check_mixed_up (Work *w)
{
	for (guint i = 0; i < w->cells->len; i++) {
		const PlCell *cell = g_ptr_array_index (w->cells, i);

		if (g_str_equal (cell->serial, w->pack))
			fault (w->faults, NULL, 0,
			       "position %u: %s is the pack's own serial; scan the cell's label",
			       cell->position, cell->serial);
		if (g_strcmp0 (cell->serial, w->board) == 0)
			fault (w->faults, NULL, 0,
			       "position %u: %s is the BMS board's serial, too; scan both labels "
			       "again",
			       cell->position, cell->serial);
	}
	if (g_strcmp0 (w->board, w->pack) == 0)
		fault (w->faults, NULL, 0,
		       "%s is the pack's own serial; scan the BMS board's label", w->pack);
}

gboolean
pl_assemble (PlStation *station, const char *pack, GPtrArray *cells, const char *board,
	     const char *by, guint *ret_added, GError **error)
{
	g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
	Work w = {.pack = pack, .board = board, .by = by, .cells = cells, .faults = faults};

	if (!is_serial (pack) || (board != NULL && !is_serial (board))) {
		g_set_error (error, PL_ASSEMBLE_ERROR, PL_ASSEMBLE_ERROR_FILE,
			     "the serial of the %s is empty, too long or has control characters; "
			     "scan it again",
			     !is_serial (pack) ? "pack" : "BMS board");
		return FALSE;
	}
	check_mixed_up (&w);
	if (!no_faults (faults, PL_ASSEMBLE_ERROR_CONFLICT, error) ||
	    !pl_db_write (station->db, build, &w, error))
		return FALSE;
	*ret_added = w.added;
	return TRUE;
}

/* A serial may stand for a cell and a board; whichever is built in is meant. */
static gboolean
take_out (sqlite3 *sql, Work *w, const char *serial, GError **error)
{
	g_autoptr (GPtrArray) rows = pl_unit_rows_of_serial (sql, serial, error);

	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const PlUnitRow *row = g_ptr_array_index (rows, i);
		g_autoptr (GError) wrong = NULL;
		g_autofree char *holder = pl_unit_holder (sql, row->id, &wrong);

		if (wrong != NULL) {
			g_propagate_error (error, g_steal_pointer (&wrong));
			return FALSE;
		}
		if (holder != NULL)
			return pl_unit_unlink (sql, row->id, w->reason, w->by, error);
	}
	fault (w->faults, NULL, 0,
	       rows->len > 0 ? "%s is built into nothing" : "no part with serial %s is known here",
	       serial);
	return TRUE;
}

static gboolean
take_all_out (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	for (guint i = 0; w->serials[i] != NULL; i++)
		if (!take_out (sql, w, w->serials[i], error))
			return FALSE;
	return no_faults (w->faults, PL_ASSEMBLE_ERROR_CONFLICT, error);
}

/* Links end, they are not deleted: "as built" stays answerable for any moment. */
gboolean
pl_disassemble (PlStation *station, const char *const *serials, const char *reason, const char *by,
		GError **error)
{
	g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
	Work w = {.by = by, .serials = serials, .reason = reason, .faults = faults};

	return pl_db_write (station->db, take_all_out, &w, error);
}
