/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/recipe_draft.h"
#include <math.h>
#include <string.h>

static void
edit_free (gpointer data)
{
	PlRecipeEdit *edit = data;

	/* an edit borrows by its type; these are copies of our own */
	g_free ((char *)edit->step);
	g_free ((char *)edit->part);
	g_free ((char *)edit->name);
	g_free ((char *)edit->key);
	g_free ((char *)edit->value);
	g_free (edit);
}

static PlRecipeEdit *
edit_copy (const PlRecipeEdit *edit)
{
	PlRecipeEdit *copy = g_new0 (PlRecipeEdit, 1);

	*copy = (PlRecipeEdit){g_strdup (edit->step), g_strdup (edit->part), g_strdup (edit->name),
			       g_strdup (edit->key), g_strdup (edit->value)};
	return copy;
}

PlRecipeDraft *
pl_recipe_draft_new (const PlRecipe *base)
{
	PlRecipeDraft *draft = g_new0 (PlRecipeDraft, 1);

	draft->base = base;
	draft->edits = g_ptr_array_new_with_free_func (edit_free);
	return draft;
}

void
pl_recipe_draft_free (PlRecipeDraft *draft)
{
	if (draft == NULL)
		return;
	g_ptr_array_unref (draft->edits);
	pl_recipe_free (draft->edited);
	g_free (draft->fault);
	g_free (draft);
}

/* The number of edits where there is none. */
static guint
find (const PlRecipeDraft *draft, const char *step, const char *part, const char *name,
      const char *key)
{
	guint i;

	for (i = 0; i < draft->edits->len; i++) {
		const PlRecipeEdit *edit = g_ptr_array_index (draft->edits, i);

		if (g_str_equal (edit->step, step) && g_str_equal (edit->part, part) &&
		    g_str_equal (edit->name, name) && g_strcmp0 (edit->key, key) == 0)
			break;
	}
	return i;
}

static char *
base_value (const PlRecipe *base, const char *id, const char *part, const char *name,
	    const char *key)
{
	for (guint i = 0; i < base->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (base->steps, i);
		g_autoptr (GPtrArray) facts =
		    g_str_equal (step->id, id) ? pl_recipe_facts (base, step) : NULL;

		for (guint f = 0; facts != NULL && f < facts->len; f++) {
			const PlRecipeFact *fact = g_ptr_array_index (facts, f);

			if (g_str_equal (fact->part, part) && g_strcmp0 (fact->name, name) == 0 &&
			    g_strcmp0 (fact->key, key) == 0)
				return g_strdup (fact->value);
		}
	}
	return NULL;
}

char *
pl_recipe_draft_get (const PlRecipeDraft *draft, const char *step, const char *part,
		     const char *name, const char *key)
{
	guint at = find (draft, step, part, name, key);

	return at < draft->edits->len
		   ? g_strdup (((PlRecipeEdit *)g_ptr_array_index (draft->edits, at))->value)
		   : base_value (draft->base, step, part, name, key);
}

char *
pl_recipe_draft_base (const PlRecipeDraft *draft, const PlRecipeEdit *edit)
{
	return base_value (draft->base, edit->step, edit->part, edit->name, edit->key);
}

static void
check (PlRecipeDraft *draft)
{
	g_autofree PlRecipeEdit *edits = g_new (PlRecipeEdit, draft->edits->len + 1);
	g_autoptr (GError) error = NULL;

	g_clear_pointer (&draft->edited, pl_recipe_free);
	g_clear_pointer (&draft->fault, g_free);
	if (draft->edits->len == 0)
		return;
	for (guint i = 0; i < draft->edits->len; i++)
		edits[i] = *(PlRecipeEdit *)g_ptr_array_index (draft->edits, i);
	/* the next number will do for a check: which one it gets is decided when it is kept */
	draft->edited = pl_recipe_edit (draft->base, draft->base->version + 1, edits,
					draft->edits->len, &error);
	if (draft->edited == NULL)
		draft->fault = g_strdup (error->message);
}

/* 0.10 is 0.1 */
static gboolean
is_same (const char *a, const char *b)
{
	char *end_a, *end_b;
	double x = g_ascii_strtod (a, &end_a), y = g_ascii_strtod (b, &end_b);

	if (*a != '\0' && *b != '\0' && *end_a == '\0' && *end_b == '\0')
		/* equal, without an == of doubles */
		return !(fabs (x - y) > 0);
	return g_str_equal (a, b);
}

void
pl_recipe_draft_set (PlRecipeDraft *draft, const char *step, const char *part, const char *name,
		     const char *key, const char *value)
{
	g_autofree char *plain = g_strstrip (g_strdup (value));
	g_autofree char *base = base_value (draft->base, step, part, name, key);
	guint at = find (draft, step, part, name, key);
	PlRecipeEdit edit = {step, part, name, key, plain};

	if (at < draft->edits->len)
		g_ptr_array_remove_index (draft->edits, at);
	if (base != NULL && !is_same (base, plain))
		/* at its old place: the list under the person's hand does not move */
		g_ptr_array_insert (draft->edits, (int)MIN (at, draft->edits->len),
				    edit_copy (&edit));
	check (draft);
}

void
pl_recipe_draft_drop (PlRecipeDraft *draft, guint at)
{
	g_ptr_array_remove_index (draft->edits, at);
	check (draft);
}

GPtrArray *
pl_recipe_draft_copy_edits (const PlRecipeDraft *draft)
{
	GPtrArray *edits = g_ptr_array_new_with_free_func (edit_free);

	for (guint i = 0; i < draft->edits->len; i++)
		g_ptr_array_add (edits, edit_copy (g_ptr_array_index (draft->edits, i)));
	return edits;
}
