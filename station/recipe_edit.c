/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe_edit.h"
#include "station/canonical.h"
#include "station/recipe_check.h"
#include <math.h>
#include <string.h>

/*
 * The finder of places knows the few forms in which recipes are written and is not asked to know
 * YAML: whatever it does is parsed anew and held against the old recipe, so a place that it takes
 * for another is refused and never written.
 */

G_DEFINE_QUARK (pl - recipe - edit - error - quark, pl_recipe_edit_error)

typedef struct {
	const char *from, *to; /* in the recipe's text */
} Span;

static gboolean G_GNUC_PRINTF (3, 4)
    refuse (PlRecipeEditError code, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error_literal (error, PL_RECIPE_EDIT_ERROR, code, text);
	return FALSE;
}

/* -- lines ------------------------------------------------------------------------------------- */

/* Without its line break; empty behind the last one. First line is 1. */
static Span
line_at (const char *text, guint line)
{
	const char *end;

	for (; line > 1 && *text != '\0'; line--) {
		const char *feed = strchr (text, '\n');

		text = feed != NULL ? feed + 1 : text + strlen (text);
	}
	end = strchr (text, '\n');
	return (Span){text, end != NULL ? end : text + strlen (text)};
}

static Span
next_line (Span line)
{
	const char *from = *line.to == '\n' ? line.to + 1 : line.to;
	const char *end = strchr (from, '\n');

	return (Span){from, end != NULL ? end : from + strlen (from)};
}

static const char *
skip_blanks (const char *at, const char *end)
{
	while (at < end && *at == ' ')
		at++;
	return at;
}

/* YAML's rule: a # begins a comment only at the line's beginning or behind a blank. */
static gboolean
is_comment (const char *at, const char *begin)
{
	return *at == '#' && (at == begin || at[-1] == ' ' || at[-1] == '\t');
}

/* Behind a quoted text that begins at `at`; `end` if it does not close on this line. */
static const char *
skip_quoted (const char *at, const char *end)
{
	char quote = *at++;

	for (; at < end; at++) {
		if (*at == '\\' && quote == '"' && at + 1 < end)
			at++;
		else if (*at == quote)
			return at + 1;
	}
	return end;
}

/* -- keys and values --------------------------------------------------------------------------- */

/* If `at` begins with this key, plain or quoted, and its colon: what is behind the colon. */
static const char *
behind_key (const char *at, const char *end, const char *key)
{
	char quote = at < end && (*at == '"' || *at == '\'') ? *at : '\0';
	gsize len = strlen (key);

	at += quote != '\0';
	if ((gsize)(end - at) < len || strncmp (at, key, len) != 0)
		return NULL;
	at += len;
	if (quote != '\0' && (at == end || *at++ != quote))
		return NULL;
	at = skip_blanks (at, end);
	return at < end && *at == ':' && (at + 1 == end || at[1] == ' ') ? at + 1 : NULL;
}

/* Looks for a key on a line, from `from` on, no deeper than the brackets it begins in: what is
 * behind its colon. NULL = not there. */
static const char *
find_key (Span line, const char *from, const char *key, int deepest)
{
	gboolean begins = TRUE; /* a key may begin here */
	int depth = 0;

	for (const char *at = from; at < line.to; at++) {
		const char *found =
		    begins && depth <= deepest ? behind_key (at, line.to, key) : NULL;

		if (found != NULL)
			return found;
		if (is_comment (at, line.from) || (depth == 0 && at > from && *at == '}'))
			return NULL;
		if (*at == '"' || *at == '\'') {
			at = begins ? skip_quoted (at, line.to) - 1 : at;
			begins = FALSE;
			continue;
		}
		depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
		/* "- step: ..." of a list, "{ min: ..., max: ..." of a map, ": {" of an inner one
		 */
		begins = strchr ("{[,", *at) != NULL || (begins && strchr (" -", *at) != NULL) ||
			 (*at == ':' && at + 1 < line.to && at[1] == ' ');
	}
	return NULL;
}

/* The scalar behind a colon. FALSE if it is none that can be replaced on this line. */
static gboolean
find_value (Span line, const char *colon, gboolean flow, Span *ret)
{
	const char *at = skip_blanks (colon, line.to), *end = at;

	if (at == line.to || strchr ("{}[],&*!|>%@`?#", *at) != NULL)
		return FALSE;
	if (*at == '"' || *at == '\'') {
		end = skip_quoted (at, line.to);
		*ret = (Span){at, end};
		return end > at + 1 && end[-1] == *at;
	}
	while (end < line.to && !is_comment (end, line.from) &&
	       !(flow && strchr (",}]", *end) != NULL))
		end++;
	while (end > at && strchr (" \t\r", end[-1]) != NULL)
		end--;
	*ret = (Span){at, end};
	return end > at;
}

static gboolean
bad_form (const PlRecipe *recipe, guint line, const char *what, GError **error)
{
	return refuse (PL_RECIPE_EDIT_ERROR_FORM, error,
		       "%s:%u: %s is not written in a form that is edited here ({ key: value } on "
		       "one line, or key: value on a line of its own): change the file",
		       recipe->file, line, what);
}

/* -- the place of a figure --------------------------------------------------------------------- */

static guint
indent_of (Span line)
{
	return (guint)(skip_blanks (line.from, line.to) - line.from);
}

/* Below "name:" on lines of its own, deeper than it. */
static gboolean
find_below (Span name_line, const char *key, Span *ret)
{
	guint outer = indent_of (name_line);

	for (Span line = next_line (name_line); *line.from != '\0'; line = next_line (line)) {
		const char *first = skip_blanks (line.from, line.to), *colon;

		if (first == line.to || *first == '#')
			continue;
		if (indent_of (line) <= outer)
			return FALSE;
		colon = behind_key (first, line.to, key);
		if (colon != NULL)
			return find_value (line, colon, FALSE, ret);
	}
	return FALSE;
}

/* Is what stands before `at` on its line inside { }? */
static gboolean
is_flow (Span line, const char *at)
{
	int depth = 0;

	for (const char *c = line.from; c < at; c++) {
		if (*c == '"' || *c == '\'')
			c = skip_quoted (c, line.to) - 1;
		else
			depth += (*c == '{') - (*c == '}');
	}
	return depth > 0;
}

/* The parser has told on which line the name stands; where on it is looked for here. */
static gboolean
find_place (const PlRecipe *recipe, const PlRecipeStep *step, const PlRecipeEdit *edit, Span *ret,
	    GError **error)
{
	guint number = pl_recipe_line_of (step, edit->part, edit->name);
	Span line = line_at (recipe->text, number);
	const char *colon = find_key (line, line.from, edit->name, G_MAXINT), *open, *inner;
	gboolean found;

	if (colon == NULL)
		return bad_form (recipe, number, edit->name, error);
	open = skip_blanks (colon, line.to);
	if (edit->key == NULL)
		found = find_value (line, colon, is_flow (line, colon), ret);
	else if (open < line.to && *open == '{') {
		inner = find_key (line, open + 1, edit->key, 0);
		found = inner != NULL && find_value (line, inner, TRUE, ret);
	} else
		found = (open == line.to || *open == '#') && find_below (line, edit->key, ret);
	return found ||
	       bad_form (recipe, number, edit->key != NULL ? edit->key : edit->name, error);
}

/* At the beginning of a line of its own: the head of a recipe is not indented. */
static gboolean
find_version (const PlRecipe *recipe, Span *ret, GError **error)
{
	for (Span line = line_at (recipe->text, 1); *line.from != '\0'; line = next_line (line)) {
		const char *colon = behind_key (line.from, line.to, "version");

		if (colon != NULL)
			return find_value (line, colon, FALSE, ret) ||
			       bad_form (recipe, 1, "version", error);
	}
	return bad_form (recipe, 1, "version", error);
}

/* -- what is put there ------------------------------------------------------------------------- */

/* Not all that strtod takes: it would read "nan", "inf" and "0x10", too. */
static gboolean
is_number (const char *text)
{
	char *end;
	double value = g_ascii_strtod (text, &end);

	return end != text && *end == '\0' && isfinite (value) &&
	       strspn (text, G_CSET_DIGITS "+-.eE") == strlen (text);
}

static const PlParam *
find_param (const PlStepType *type, const char *name)
{
	for (const PlParam *p = type->params; p != NULL && p->name != NULL; p++)
		if (g_str_equal (p->name, name))
			return p;
	return NULL;
}

/* Limits are numbers by their key, parameters by the step table. */
static gboolean
is_numeric (const PlRecipeStep *step, const PlRecipeEdit *edit)
{
	const PlParam *param = edit->key == NULL ? find_param (step->type, edit->name) : NULL;

	if (edit->key != NULL)
		return g_str_equal (edit->key, "min") || g_str_equal (edit->key, "max");
	return param != NULL && (param->kind == PL_PARAM_NUMBER || param->kind == PL_PARAM_INTEGER);
}

/* In quotes unless it is plainly a word: a text must not turn into a number or a map. */
static char *
quoted (const char *text)
{
	g_autoptr (GString) out = g_string_new ("\"");

	if (g_ascii_isalpha (*text) &&
	    strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_. ()/") == strlen (text))
		return g_strdup (text);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c (out, '\\');
		g_string_append_c (out, *text);
	}
	g_string_append_c (out, '"');
	return g_string_free (g_steal_pointer (&out), FALSE);
}

/* As it is to stand in the file; NULL after a fault. Caller frees. */
static char *
text_of (const PlRecipeStep *step, const PlRecipeEdit *edit, GError **error)
{
	g_autofree char *value = g_strstrip (g_strdup (edit->value));

	if (is_numeric (step, edit)) {
		if (is_number (value))
			return g_steal_pointer (&value);
		refuse (PL_RECIPE_EDIT_ERROR_VALUE, error, "%s %s: \"%s\" is not a number",
			edit->name, edit->key != NULL ? edit->key : "", value);
		return NULL;
	}
	for (const char *c = value; *c != '\0'; c++)
		if (g_ascii_iscntrl (*c) || !g_utf8_validate (value, -1, NULL)) {
			refuse (PL_RECIPE_EDIT_ERROR_VALUE, error,
				"%s: control characters do not belong into a recipe", edit->name);
			return NULL;
		}
	if (*value == '\0') {
		refuse (PL_RECIPE_EDIT_ERROR_VALUE, error, "%s %s is empty", edit->name,
			edit->key != NULL ? edit->key : "");
		return NULL;
	}
	return quoted (value);
}

/* -- proof ------------------------------------------------------------------------------------- */

static gboolean
is_of (const PlRecipeChange *change, const PlRecipeEdit *edit)
{
	return g_strcmp0 (change->step, edit->step) == 0 && change->kind == PL_CHANGE_VALUE &&
	       g_strcmp0 (change->part, edit->part) == 0 &&
	       g_strcmp0 (change->name, edit->name) == 0 && g_strcmp0 (change->key, edit->key) == 0;
}

/* Held against the new recipe as it was parsed, in the form of facts: 0.10 typed is 0.1 there. */
static gboolean
is_done (GPtrArray *changes, const PlRecipeStep *step, const PlRecipeEdit *edit)
{
	g_autofree char *plain = g_strstrip (g_strdup (edit->value));
	g_autofree char *value = is_numeric (step, edit)
				     ? pl_decimal_text (g_ascii_strtod (plain, NULL))
				     : g_strdup (plain);

	for (guint i = 0; i < changes->len; i++) {
		const PlRecipeChange *change = g_ptr_array_index (changes, i);

		if (is_of (change, edit))
			return g_str_equal (change->after, value);
	}
	return FALSE;
}

static PlRecipeStep *
find_step (const PlRecipe *recipe, const char *id)
{
	for (guint i = 0; i < recipe->steps->len; i++) {
		PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);

		if (g_str_equal (step->id, id))
			return step;
	}
	return NULL;
}

/* The version and the edits, each once, and nothing else. */
static gboolean
prove (const PlRecipe *recipe, const PlRecipe *edited, guint version, const PlRecipeEdit *edits,
       guint n_edits, GError **error)
{
	g_autoptr (GPtrArray) changes = pl_recipe_diff (recipe, edited);

	for (guint i = 0; i < n_edits; i++)
		if (!is_done (changes, find_step (recipe, edits[i].step), &edits[i]))
			return refuse (PL_RECIPE_EDIT_ERROR_FORM, error,
				       "%s of step %s could not be changed in %s: change the file",
				       edits[i].name, edits[i].step, recipe->file);
	return (changes->len == n_edits + 1 && edited->version == version) ||
	       refuse (PL_RECIPE_EDIT_ERROR_FORM, error,
		       "the edit of %s would change %u things and not %u: change the file",
		       recipe->file, changes->len, n_edits + 1);
}

/* -- all --------------------------------------------------------------------------------------- */

typedef struct {
	Span at;
	char *text;
} Patch;

static void
patch_clear (gpointer data)
{
	g_free (((Patch *)data)->text);
}

static int
by_place (gconstpointer a, gconstpointer b)
{
	const Patch *x = a, *y = b;

	return (x->at.from > y->at.from) - (x->at.from < y->at.from);
}

/* What a fact says now; NULL = nothing. Caller frees. */
static char *
value_now (const PlRecipe *recipe, const PlRecipeStep *step, const PlRecipeEdit *edit)
{
	g_autoptr (GPtrArray) facts = pl_recipe_facts (recipe, step);

	for (guint i = 0; i < facts->len; i++) {
		const PlRecipeFact *fact = g_ptr_array_index (facts, i);

		if (g_str_equal (fact->part, edit->part) &&
		    g_strcmp0 (fact->name, edit->name) == 0 &&
		    g_strcmp0 (fact->key, edit->key) == 0)
			return g_strdup (fact->value);
	}
	return NULL;
}

/* Numbers as numbers: 1.0 is no change of 1. */
static gboolean
is_same_value (const PlRecipeStep *step, const PlRecipeEdit *edit, const char *now,
	       const char *text)
{
	g_autofree char *plain = g_strstrip (g_strdup (edit->value));

	return is_numeric (step, edit)
		   ? !(fabs (g_ascii_strtod (now, NULL) - g_ascii_strtod (text, NULL)) > 0)
		   : g_str_equal (now, plain);
}

/* What would change nothing is refused: a new version without a difference has nothing to be
 * approved for. */
static gboolean
plan_edit (const PlRecipe *recipe, const PlRecipeEdit *edit, GArray *patches, GError **error)
{
	const PlRecipeStep *step = find_step (recipe, edit->step);
	g_autofree char *now = step != NULL ? value_now (recipe, step, edit) : NULL;
	Patch patch = {0};

	if (now == NULL)
		return refuse (PL_RECIPE_EDIT_ERROR_FORM, error,
			       "%s has no %s %s%s%s of step \"%s\" that could be changed",
			       recipe->name, edit->part, edit->name, edit->key != NULL ? " " : "",
			       edit->key != NULL ? edit->key : "", edit->step);
	patch.text = text_of (step, edit, error);
	if (patch.text == NULL)
		return FALSE;
	if (is_same_value (step, edit, now, patch.text)) {
		g_free (patch.text);
		return refuse (PL_RECIPE_EDIT_ERROR_VALUE, error, "%s %s is %s already", edit->name,
			       edit->key != NULL ? edit->key : "", now);
	}
	if (!find_place (recipe, step, edit, &patch.at, error)) {
		g_free (patch.text);
		return FALSE;
	}
	g_array_append_val (patches, patch);
	return TRUE;
}

/* Caller frees. */
static char *
apply (const char *text, GArray *patches)
{
	g_autoptr (GString) out = g_string_new (NULL);

	g_array_sort (patches, by_place);
	for (guint i = 0; i < patches->len; i++) {
		const Patch *patch = &g_array_index (patches, Patch, i);

		if (patch->at.from < text)
			continue; /* the same figure twice: the proof will say so */
		g_string_append_len (out, text, patch->at.from - text);
		g_string_append (out, patch->text);
		text = patch->at.to;
	}
	g_string_append (out, text);
	return g_string_free (g_steal_pointer (&out), FALSE);
}

PlRecipe *
pl_recipe_edit (const PlRecipe *recipe, guint version, const PlRecipeEdit *edits, guint n_edits,
		GError **error)
{
	g_autoptr (GArray) patches = g_array_new (FALSE, FALSE, sizeof (Patch));
	Patch head = {.text = g_strdup_printf ("%u", version)};
	g_autoptr (PlRecipe) edited = NULL;
	g_autofree char *text = NULL;

	g_array_set_clear_func (patches, patch_clear);
	if (!find_version (recipe, &head.at, error)) {
		g_free (head.text);
		return NULL;
	}
	g_array_append_val (patches, head);
	for (guint i = 0; i < n_edits; i++)
		if (!plan_edit (recipe, &edits[i], patches, error))
			return NULL;
	text = apply (recipe->text, patches);
	edited = pl_recipe_parse (text, strlen (text), recipe->file, error);
	return edited != NULL && prove (recipe, edited, version, edits, n_edits, error)
		   ? g_steal_pointer (&edited)
		   : NULL;
}
