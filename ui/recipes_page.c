/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/recipes_page.h"
#include "ui/language.h"
#include "ui/recipe_changes.h"
#include "ui/recipe_draft.h"
#include "ui/recipe_list.h"
#include "ui/recipe_panel.h"
#include "ui/recipe_sheet.h"
#include "ui/recipes_work.h"
#include "ui/worker.h"

typedef enum { READ, COMPARE, EDIT } Mode;

struct _PlRecipesPage {
	PlPage parent;
	GtkLabel *title, *state, *against_word;
	GtkButton *read, *compare, *edit, *ask;
	GtkDropDown *against;
	GtkStack *stack;
	PlRecipeList *list;
	PlRecipeSheet *sheet;
	PlRecipeChanges *changes;
	PlRecipePanel *panel;
	Mode mode;
	GPtrArray *versions; /* PlRecipeVersion* */
	PlRecipe *shown, *compared; /* compared NULL = there is nothing to compare with */
	PlRecipeDraft *draft; /* of `shown`, while EDIT */
	char *drafted_by; /* who is to sign it */
	guint asked, answered; /* questions to the worker; only the last one's answer counts */
	gboolean filling_against; /* what changes now is not a person's doing */
};

G_DEFINE_FINAL_TYPE (PlRecipesPage, pl_recipes_page, PL_TYPE_PAGE)

static PlDesk *
desk_of (PlRecipesPage *self)
{
	return pl_page_desk (PL_PAGE (self));
}

static gboolean
is_asking (PlRecipesPage *self)
{
	return self->asked != self->answered;
}

/* A station that may do all has nobody enrolled: there is nobody who could approve. */
static gboolean
needs_approvals (PlRecipesPage *self)
{
	return desk_of (self)->person == NULL || !desk_of (self)->person->may_all;
}

static const PlRecipeVersion *
version_of (PlRecipesPage *self, const char *hash)
{
	for (guint i = 0; self->versions != NULL && hash != NULL && i < self->versions->len; i++) {
		const PlRecipeVersion *version = g_ptr_array_index (self->versions, i);

		if (g_str_equal (version->hash, hash))
			return version;
	}
	return NULL;
}

/* -- words and what can be pressed ------------------------------------------------------------- */

static const char *
state_text (PlRecipesPage *self, const PlRecipeVersion *version)
{
	if (version == NULL)
		return "";
	if (version->fault != NULL)
		return _ ("An approval of it does not hold: somebody has changed the database.");
	if (version->next)
		return _ ("Approved: the station tests with it from its next start.");
	if (version->loaded)
		return version->approver != NULL || !needs_approvals (self)
			   ? _ ("The station tests with it now.")
			   : _ ("The station has loaded it, but production waits for its "
				"approval.");
	if (version->approver != NULL)
		return _ ("Approved for production.");
	return needs_approvals (self)
		   ? _ ("Not approved: for engineering runs only.")
		   : _ ("Nobody is enrolled here, so nobody approves: for trying out.");
}

static void
word_head (PlRecipesPage *self)
{
	g_autofree char *title =
	    self->shown != NULL
		? g_strdup_printf ("%s   %s %u",
				   pl_recipe_title (self->shown, pl_language_name (pl_language ())),
				   _ ("version"), self->shown->version)
		: g_strdup (_ ("Recipes"));

	gtk_label_set_text (self->title, title);
	gtk_label_set_text (
	    self->state,
	    state_text (self, version_of (self, self->shown != NULL ? self->shown->hash : NULL)));
}

static gboolean
can_ask (PlRecipesPage *self, const PlRecipeVersion *version)
{
	return version != NULL && version->approver == NULL && needs_approvals (self) &&
	       pl_desk_may (desk_of (self), PL_MAY_EDIT_RECIPE);
}

static void
word_buttons (PlRecipesPage *self)
{
	const PlRecipeVersion *version =
	    version_of (self, self->shown != NULL ? self->shown->hash : NULL);
	gboolean free = self->mode != EDIT && !is_asking (self) && self->shown != NULL;

	gtk_button_set_label (self->read, _ ("Read"));
	gtk_button_set_label (self->compare, _ ("Compare"));
	gtk_button_set_label (self->edit, _ ("Change limits"));
	gtk_button_set_label (self->ask, _ ("Ask for approval"));
	gtk_widget_set_sensitive (GTK_WIDGET (self->read), free && self->mode != READ);
	gtk_widget_set_sensitive (GTK_WIDGET (self->compare),
				  free && self->mode != COMPARE && self->versions->len > 1);
	gtk_widget_set_visible (GTK_WIDGET (self->edit),
				pl_desk_may (desk_of (self), PL_MAY_EDIT_RECIPE));
	gtk_widget_set_sensitive (GTK_WIDGET (self->edit), free);
	gtk_widget_set_visible (GTK_WIDGET (self->ask), can_ask (self, version));
	gtk_widget_set_sensitive (GTK_WIDGET (self->ask), free);
	gtk_widget_set_visible (GTK_WIDGET (self->panel), self->mode == EDIT);
	pl_recipe_panel_update (self->panel, is_asking (self));
	/* another version would take the ground from under the draft */
	gtk_widget_set_sensitive (GTK_WIDGET (self->list), self->mode != EDIT);
}

static void
fill_against (PlRecipesPage *self)
{
	g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
	guint at = GTK_INVALID_LIST_POSITION;

	self->filling_against = TRUE;
	for (guint i = 0; self->versions != NULL && i < self->versions->len; i++) {
		const PlRecipeVersion *version = g_ptr_array_index (self->versions, i);
		g_autofree char *name =
		    g_strdup_printf ("%s@%u  %.8s", version->name, version->version, version->hash);

		gtk_string_list_append (names, name);
		if (self->compared != NULL && g_str_equal (version->hash, self->compared->hash))
			at = i;
	}
	gtk_drop_down_set_model (self->against, G_LIST_MODEL (names));
	gtk_drop_down_set_selected (self->against, at);
	gtk_label_set_text (self->against_word, _ ("Compare with"));
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->against),
					GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Compare with"), -1);
	self->filling_against = FALSE;
}

static void
show_mode (PlRecipesPage *self)
{
	gtk_stack_set_visible_child_name (self->stack, self->mode == COMPARE ? "changes" : "sheet");
	if (self->mode == COMPARE)
		pl_recipe_changes_update (self->changes, self->compared, self->shown);
	word_head (self);
	word_buttons (self);
}

/* All of it anew, from what was last answered. */
static void
show_all (PlRecipesPage *self)
{
	pl_recipe_list_update (self->list, self->versions,
			       self->shown != NULL ? self->shown->hash : NULL,
			       needs_approvals (self));
	fill_against (self);
	pl_recipe_sheet_show (self->sheet, self->shown, self->mode == EDIT);
	if (self->draft != NULL)
		pl_recipe_sheet_mark (self->sheet, self->draft->edited);
	show_mode (self);
}

/* -- the worker -------------------------------------------------------------------------------- */

static void
leave_draft (PlRecipesPage *self)
{
	pl_recipe_panel_show (self->panel, NULL);
	g_clear_pointer (&self->draft, pl_recipe_draft_free);
	g_clear_pointer (&self->drafted_by, g_free);
	if (self->mode == EDIT)
		self->mode = READ;
}

static void
run_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	GError *error = NULL;

	if (pl_recipes_work_do (data, &error))
		g_task_return_boolean (task, TRUE);
	else
		g_task_return_error (task, error);
}

/* A draft stands on the recipe that is shown, so that one stays until the draft is kept or left. */
static void
take_answer (PlRecipesPage *self, PlRecipesWork *work)
{
	if (work->doing == PL_RECIPES_KEEP) {
		leave_draft (self);
		self->mode = COMPARE;
	}
	g_clear_pointer (&self->versions, g_ptr_array_unref);
	self->versions = g_steal_pointer (&work->versions);
	if (self->draft == NULL) {
		/* it borrows the recipe that goes now */
		pl_recipe_sheet_show (self->sheet, NULL, FALSE);
		g_clear_pointer (&self->shown, pl_recipe_free);
		self->shown = g_steal_pointer (&work->shown);
		g_clear_pointer (&self->compared, pl_recipe_free);
		self->compared = g_steal_pointer (&work->compared);
	}
	if (self->compared == NULL && self->mode == COMPARE)
		self->mode = READ;
}

static void
say_done (PlRecipesPage *self, PlRecipesDoing doing, const GError *error)
{
	g_autofree char *wrong = error != NULL ? pl_sentence (error->message) : NULL;

	if (wrong != NULL)
		pl_page_say (PL_PAGE (self), wrong);
	else if (doing == PL_RECIPES_KEEP)
		pl_page_say (PL_PAGE (self), _ ("Kept as a new version"));
	else if (doing == PL_RECIPES_APPROVE)
		pl_page_say (PL_PAGE (self), _ ("Approved"));
}

static PlRecipesWork *
work_new (PlRecipesPage *self, PlRecipesDoing doing)
{
	PlRecipesWork *work =
	    pl_recipes_work_new (doing, desk_of (self)->station, desk_of (self)->recipe);

	work->selected = self->shown != NULL ? g_strdup (self->shown->hash) : NULL;
	return work;
}

static void on_answer (GObject *source, GAsyncResult *result, gpointer data);

/* Takes the work. */
static void
ask_worker (PlRecipesPage *self, PlRecipesWork *work)
{
	self->asked++;
	pl_worker_start (self, run_work, work, (GDestroyNotify)pl_recipes_work_free, on_answer,
			 GUINT_TO_POINTER (self->asked));
	word_buttons (self);
}

/* Somebody has asked for something else since, which may have been answered before this was done.
 */
static void
take_late (PlRecipesPage *self, PlRecipesDoing doing, gboolean done)
{
	/* whoever asked later is answered later */
	if (doing == PL_RECIPES_LOOK)
		return;
	if (done && doing == PL_RECIPES_KEEP)
		leave_draft (self);
	ask_worker (self, work_new (self, PL_RECIPES_LOOK));
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
	PlRecipesPage *self = PL_RECIPES_PAGE (source);
	PlRecipesWork *work = g_task_get_task_data (G_TASK (result));
	gboolean late = GPOINTER_TO_UINT (data) != self->asked;
	g_autoptr (GError) error = NULL;

	g_task_propagate_boolean (G_TASK (result), &error);
	if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
		return; /* the window has gone meanwhile */
	if (!late || work->doing != PL_RECIPES_LOOK)
		say_done (self, work->doing, error);
	if (late) {
		take_late (self, work->doing, error == NULL);
		return;
	}
	self->answered = self->asked;
	if (error == NULL)
		take_answer (self, work);
	show_all (self);
}

/* -- what is pressed --------------------------------------------------------------------------- */

static void
on_version (PlRecipesPage *self, const char *hash)
{
	PlRecipesWork *work = work_new (self, PL_RECIPES_LOOK);

	g_free (work->selected);
	work->selected = g_strdup (hash);
	ask_worker (self, work);
}

static void
on_against (PlRecipesPage *self)
{
	guint at = gtk_drop_down_get_selected (self->against);
	PlRecipesWork *work;

	if (self->filling_against || self->versions == NULL || at >= self->versions->len)
		return;
	work = work_new (self, PL_RECIPES_LOOK);
	work->other = g_strdup (((PlRecipeVersion *)g_ptr_array_index (self->versions, at))->hash);
	ask_worker (self, work);
}

static void
on_read (PlRecipesPage *self)
{
	self->mode = READ;
	show_mode (self);
}

static void
on_compare (PlRecipesPage *self)
{
	self->mode = COMPARE;
	show_mode (self);
}

static void
on_edit (PlRecipesPage *self)
{
	self->mode = EDIT;
	self->draft = pl_recipe_draft_new (self->shown);
	self->drafted_by = g_strdup (pl_desk_who (desk_of (self)));
	pl_recipe_panel_show (self->panel, self->draft);
	show_all (self);
}

static void
on_figure (PlRecipesPage *self, const char *step, const char *part, const char *name)
{
	pl_recipe_panel_choose (self->panel, step, part, name);
}

static void
on_edited (PlRecipesPage *self)
{
	pl_recipe_sheet_mark (self->sheet, self->draft->edited);
}

static void
on_left (PlRecipesPage *self)
{
	leave_draft (self);
	show_all (self);
}

static void
on_kept (PlRecipesPage *self, const char *reason)
{
	PlRecipesWork *work = work_new (self, PL_RECIPES_KEEP);

	/* copies: the draft stays here, and changes */
	work->edits = pl_recipe_draft_copy_edits (self->draft);
	work->person = pl_person_copy (desk_of (self)->person);
	work->reason = g_strdup (reason);
	ask_worker (self, work);
}

/* Author of what was not edited here is who vouches for it now. */
static void
on_second (gpointer data, const PlPerson *second, const char *reason)
{
	PlRecipesPage *self = data;
	const PlRecipeVersion *version = version_of (self, self->shown->hash);
	PlRecipesWork *work;

	if (second == NULL)
		return;
	work = work_new (self, PL_RECIPES_APPROVE);
	work->person = pl_person_copy (second);
	work->author =
	    g_strdup (version != NULL && version->author != NULL ? version->author
								 : pl_desk_who (desk_of (self)));
	work->reason = g_strdup (reason);
	ask_worker (self, work);
}

static void
on_ask (PlRecipesPage *self)
{
	g_autofree char *what =
	    g_strdup_printf (_ ("Approve %s, version %u (%.8s) for production"), self->shown->name,
			     self->shown->version, self->shown->hash);

	/* with the first digits of its hash: what is approved is a text, and not a number */
	pl_desk_ask_second (desk_of (self), GTK_WIDGET (self), PL_MAY_APPROVE_RECIPE, what,
			    on_second, self);
}

/* -- the page ---------------------------------------------------------------------------------- */

/* Whoever has logged in since is not the author of what stands here unkept. */
static void
refresh (PlPage *page)
{
	PlRecipesPage *self = PL_RECIPES_PAGE (page);

	if (self->draft != NULL && g_strcmp0 (self->drafted_by, pl_desk_who (desk_of (self))) != 0)
		leave_draft (self);
	show_all (self);
	ask_worker (self, work_new (self, PL_RECIPES_LOOK));
}

gboolean
pl_recipes_page_is_busy (PlRecipesPage *self)
{
	return is_asking (self) || !pl_recipe_sheet_is_filled (self->sheet);
}

static void
dispose (GObject *object)
{
	PlRecipesPage *self = PL_RECIPES_PAGE (object);

	g_clear_pointer (&self->draft, pl_recipe_draft_free);
	G_OBJECT_CLASS (pl_recipes_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
	PlRecipesPage *self = PL_RECIPES_PAGE (object);

	g_clear_pointer (&self->versions, g_ptr_array_unref);
	pl_recipe_free (self->shown);
	pl_recipe_free (self->compared);
	g_free (self->drafted_by);
	G_OBJECT_CLASS (pl_recipes_page_parent_class)->finalize (object);
}

static void
bind (GtkWidgetClass *widget)
{
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, title);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, state);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, read);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, compare);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, edit);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, ask);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, against);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, against_word);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, stack);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, list);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, sheet);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, changes);
	gtk_widget_class_bind_template_child (widget, PlRecipesPage, panel);
	gtk_widget_class_bind_template_callback (widget, on_version);
	gtk_widget_class_bind_template_callback (widget, on_against);
	gtk_widget_class_bind_template_callback (widget, on_read);
	gtk_widget_class_bind_template_callback (widget, on_compare);
	gtk_widget_class_bind_template_callback (widget, on_edit);
	gtk_widget_class_bind_template_callback (widget, on_ask);
	gtk_widget_class_bind_template_callback (widget, on_figure);
	gtk_widget_class_bind_template_callback (widget, on_edited);
	gtk_widget_class_bind_template_callback (widget, on_kept);
	gtk_widget_class_bind_template_callback (widget, on_left);
}

static void
pl_recipes_page_class_init (PlRecipesPageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->dispose = dispose;
	G_OBJECT_CLASS (class)->finalize = finalize;
	PL_PAGE_CLASS (class)->refresh = refresh;
	g_type_ensure (PL_TYPE_RECIPE_LIST);
	g_type_ensure (PL_TYPE_RECIPE_SHEET);
	g_type_ensure (PL_TYPE_RECIPE_CHANGES);
	g_type_ensure (PL_TYPE_RECIPE_PANEL);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/recipes_page.ui");
	bind (widget);
}

static void
pl_recipes_page_init (PlRecipesPage *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
	self->versions = g_ptr_array_new_with_free_func (pl_recipe_version_free);
}
