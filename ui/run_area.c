/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run_area.h"
#include "ui/language.h"
#include "ui/run_page.h"
#include "ui/slot_choice.h"
#include "ui/slot_grid.h"

/* Seconds change on the screen while nothing else does. */
#define TICK_MS 500
/* All tiles at once, ten times a second: each by itself would have the screen drawn for each. */
#define GRID_MS 100
/* A slot that was chosen and given nothing is not what the next person means. */
#define CHOSEN_US (30 * G_USEC_PER_SEC)
/* Of the grid: there news of one slot does not end what is said of another. */
#define HINT_US (15 * G_USEC_PER_SEC)

struct _PlRunArea {
	AdwBin parent;
	GtkStack *stack;
	PlSlotGrid *grid;
	PlRunPage *page;
	GPtrArray *shown; /* PlSnapshot* of each slot */
	char *reject_code;
	guint open; /* the slot that the run page shows */
	int chosen; /* of several: -1 = none */
	gint64 chosen_until, hint_until; /* monotonic */
	char *hint; /* of the grid */
	guint tick, flush; /* sources; flush: 0 = the grid shows what there is */
};

G_DEFINE_FINAL_TYPE (PlRunArea, pl_run_area, ADW_TYPE_BIN)

enum { SCAN, REFUSED, STOP, ACKNOWLEDGE, OVERRIDE, OPENED, TYPING, LANGUAGE, ANSWER, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_many (PlRunArea *self)
{
	return self->shown->len > 1;
}

static gboolean
shows_page (PlRunArea *self)
{
	return gtk_stack_get_visible_child (self->stack) == GTK_WIDGET (self->page);
}

static const PlSnapshot *
shown_of (PlRunArea *self, guint slot)
{
	return slot < self->shown->len ? g_ptr_array_index (self->shown, slot) : NULL;
}

/* -- drawing ----------------------------------------------------------------------------------- */

static gboolean
flush (gpointer data)
{
	PlRunArea *self = data;

	self->flush = 0;
	if (!shows_page (self) && self->shown->len > 0)
		pl_slot_grid_update (self->grid, self->shown, self->chosen, self->hint);
	return G_SOURCE_REMOVE;
}

static void
redraw (PlRunArea *self)
{
	const PlSnapshot *open = shown_of (self, self->open);

	if (shows_page (self) && open != NULL)
		pl_run_page_update (self->page, open);
	else if (self->flush == 0)
		self->flush = g_timeout_add (GRID_MS, flush, self);
}

/* One line to the person, until there is news. */
static void
hint (PlRunArea *self, const char *text)
{
	pl_run_page_hint (self->page, text);
	g_free (self->hint);
	self->hint = g_strdup (text);
	self->hint_until = g_get_monotonic_time () + HINT_US;
	redraw (self);
}

static void
refuse (PlRunArea *self, guint slot, const char *why)
{
	hint (self, why);
	g_signal_emit (self, signals[REFUSED], 0, slot);
}

void
pl_run_area_refuse (PlRunArea *self, const char *why)
{
	refuse (self, self->open, why);
}

void
pl_run_area_refresh (PlRunArea *self)
{
	hint (self, NULL);
}

static gboolean
any_runs (PlRunArea *self)
{
	for (guint i = 0; i < self->shown->len; i++)
		if (shown_of (self, i)->state == PL_SLOT_RUNNING)
			return TRUE;
	return FALSE;
}

static gboolean
on_tick (gpointer data)
{
	PlRunArea *self = data;
	gint64 now = g_get_monotonic_time ();
	gboolean changed = any_runs (self);

	/* on a slot's own page it is seen which slot is meant */
	if (is_many (self) && !shows_page (self) && self->chosen >= 0 && now > self->chosen_until) {
		self->chosen = -1;
		changed = TRUE;
	}
	if (is_many (self) && self->hint != NULL && now > self->hint_until)
		hint (self, NULL);
	if (changed)
		redraw (self);
	return G_SOURCE_CONTINUE;
}

/* -- which slot is in view --------------------------------------------------------------------- */

static void
open_slot (PlRunArea *self, guint slot)
{
	self->open = slot;
	self->chosen = (int)slot;
	gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->page));
	hint (self, NULL);
	g_signal_emit (self, signals[OPENED], 0, slot);
}

void
pl_run_area_home (PlRunArea *self)
{
	if (!is_many (self) || !shows_page (self))
		return;
	self->chosen = -1;
	gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->grid));
	hint (self, NULL);
	/* at once: a person waits for the page that they asked for */
	flush (self);
}

static void
become_many (PlRunArea *self)
{
	pl_run_page_set_many (self->page, TRUE);
	pl_run_area_home (self);
}

void
pl_run_area_choose (PlRunArea *self, guint slot)
{
	g_autofree char *text = NULL;

	if (!is_many (self) || slot >= self->shown->len)
		return;
	/* from page to page, too: who looks at one wants to look at another */
	if (shows_page (self) || self->chosen == (int)slot) {
		open_slot (self, slot);
		return;
	}
	self->chosen = (int)slot;
	self->chosen_until = g_get_monotonic_time () + CHOSEN_US;
	text = g_strdup_printf ("%s %u: %s", _ ("Slot"), slot + 1, _ ("scan its pack now"));
	hint (self, text);
}

/* -- news -------------------------------------------------------------------------------------- */

/* What a slot says of a code would not be seen on its tile for long. */
static void
say_for (PlRunArea *self, const PlSnapshot *s)
{
	g_autofree char *said = pl_sentence (s->said), *text = NULL;

	if (s->said == NULL || shows_page (self))
		return;
	text = g_strdup_printf ("%s %u: %s", _ ("Slot"), s->slot + 1, said);
	hint (self, text);
}

/* Returns whether its state is another than what was shown. */
static gboolean
keep (PlRunArea *self, const PlSnapshot *s)
{
	const PlSnapshot *before = shown_of (self, s->slot);
	gboolean entered = before == NULL || before->state_seq != s->state_seq;
	gboolean said = g_strcmp0 (before != NULL ? before->said : NULL, s->said) != 0;

	/* news of the slot itself is worth more than what was said of a code */
	if ((entered || said) && shows_page (self) && s->slot == self->open)
		pl_run_page_hint (self->page, NULL);
	if (s->slot == self->shown->len)
		g_ptr_array_add (self->shown, NULL);
	/* no copy: a snapshot is never written to once it is handed out */
	self->shown->pdata[s->slot] = pl_snapshot_ref (s);
	pl_snapshot_unref (before);
	if (said)
		say_for (self, s);
	return entered;
}

gboolean
pl_run_area_update (PlRunArea *self, const PlSnapshot *s)
{
	gboolean was_many = is_many (self), entered;

	g_return_val_if_fail (s->slot <= self->shown->len, FALSE);
	entered = keep (self, s);
	if (is_many (self) && !was_many)
		become_many (self);
	/* samples come in one snapshot only: what is not in view keeps its own */
	if (!shows_page (self) || s->slot != self->open)
		pl_run_page_take (self->page, s);
	if (!shows_page (self) || s->slot == self->open)
		redraw (self);
	return entered && s->state == PL_SLOT_RUNNING && !is_many (self);
}

/* -- codes ------------------------------------------------------------------------------------- */

static const char *const refusals[] = {
    [PL_CHOICE_RUNS] = N_ ("A test is running: the code was not taken. Scan it again afterwards"),
    [PL_CHOICE_NO_SUCH] = N_ ("There is no slot of this number"),
    [PL_CHOICE_NONE_FREE] = N_ ("No slot is free: the code was not taken"),
    [PL_CHOICE_WHICH] = N_ ("Several slots are free. Choose one by its tile, by Ctrl and its "
			    "number, or by its own code, then scan the pack again"),
};

static PlChoice
choose (PlRunArea *self, const char *code)
{
	return pl_slot_choose (self->shown, self->chosen, code, self->reject_code);
}

void
pl_run_area_scan (PlRunArea *self, const char *code, const char *entry)
{
	PlChoice choice;

	if (self->shown->len == 0)
		return;
	choice = choose (self, code);
	if (choice.kind == PL_CHOICE_CHOSEN)
		pl_run_area_choose (self, choice.slot);
	else if (choice.kind != PL_CHOICE_GIVE)
		refuse (self, choice.slot, _ (refusals[choice.kind]));
	else {
		if (!shows_page (self))
			self->chosen = -1;
		hint (self, NULL);
		g_signal_emit (self, signals[SCAN], 0, choice.slot, code, entry);
	}
}

gboolean
pl_run_area_may_type (PlRunArea *self)
{
	PlChoice choice;

	if (self->shown->len == 0)
		return FALSE;
	choice = choose (self, "");
	if (choice.kind != PL_CHOICE_GIVE && is_many (self))
		hint (self, _ (refusals[choice.kind]));
	return choice.kind == PL_CHOICE_GIVE;
}

gboolean
pl_run_area_wants_code (PlRunArea *self)
{
	PlChoice choice = choose (self, "");

	return choice.kind == PL_CHOICE_GIVE &&
	       pl_snapshot_wants_code (shown_of (self, choice.slot));
}

/* -- buttons ----------------------------------------------------------------------------------- */

static void
on_stopped (PlRunArea *self)
{
	g_signal_emit (self, signals[STOP], 0, self->open);
}

static void
on_acknowledged (PlRunArea *self)
{
	g_signal_emit (self, signals[ACKNOWLEDGE], 0, self->open);
}

static void
on_answered (PlRunArea *self, const char *answer)
{
	g_signal_emit (self, signals[ANSWER], 0, self->open, answer);
}

static void
on_overridden (PlRunArea *self)
{
	g_signal_emit (self, signals[OVERRIDE], 0, self->open, shown_of (self, self->open)->serial);
}

static void
on_typing (PlRunArea *self)
{
	g_signal_emit (self, signals[TYPING], 0);
}

static void
on_language (PlRunArea *self)
{
	g_signal_emit (self, signals[LANGUAGE], 0);
}

static void
on_opened (PlRunArea *self, guint slot)
{
	open_slot (self, slot);
}

static void
connect (PlRunArea *self, gpointer widget, const char *name, GCallback callback)
{
	g_signal_connect_object (widget, name, callback, self, G_CONNECT_SWAPPED);
}

/* -- life -------------------------------------------------------------------------------------- */

void
pl_run_area_set_up (PlRunArea *self, const char *reject_code)
{
	g_free (self->reject_code);
	self->reject_code = g_strdup (reject_code);
}

static void
dispose (GObject *object)
{
	PlRunArea *self = PL_RUN_AREA (object);

	g_clear_handle_id (&self->tick, g_source_remove);
	g_clear_handle_id (&self->flush, g_source_remove);
	g_clear_pointer (&self->shown, g_ptr_array_unref);
	g_clear_pointer (&self->hint, g_free);
	g_clear_pointer (&self->reject_code, g_free);
	G_OBJECT_CLASS (pl_run_area_parent_class)->dispose (object);
}

static void
pl_run_area_class_init (PlRunAreaClass *class)
{
	static const struct {
		const char *name;
		guint n;
		GType types[3];
	} all[N_SIGNALS] = {
	    [SCAN] = {"scan", 3, {G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING}},
	    [REFUSED] = {"refused", 1, {G_TYPE_UINT}},
	    [STOP] = {"stop", 1, {G_TYPE_UINT}},
	    [ACKNOWLEDGE] = {"acknowledge", 1, {G_TYPE_UINT}},
	    [OVERRIDE] = {"override", 2, {G_TYPE_UINT, G_TYPE_STRING}},
	    [OPENED] = {"opened", 1, {G_TYPE_UINT}},
	    [TYPING] = {"typing", 0, {0}},
	    [LANGUAGE] = {"language", 0, {0}},
	    [ANSWER] = {"answer", 2, {G_TYPE_UINT, G_TYPE_STRING}},
	};

	G_OBJECT_CLASS (class)->dispose = dispose;
	for (guint i = 0; i < N_SIGNALS; i++)
		signals[i] =
		    g_signal_newv (all[i].name, G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, NULL,
				   NULL, NULL, NULL, G_TYPE_NONE, all[i].n, (GType *)all[i].types);
}

static void
pl_run_area_init (PlRunArea *self)
{
	self->shown = g_ptr_array_new_with_free_func ((GDestroyNotify)pl_snapshot_unref);
	self->chosen = -1;
	self->stack = GTK_STACK (gtk_stack_new ());
	self->page = g_object_new (PL_TYPE_RUN_PAGE, NULL);
	self->grid = g_object_new (PL_TYPE_SLOT_GRID, NULL);
	/* 64 tiles ask for less than a run page, and on a small panel that is what is there */
	gtk_stack_set_hhomogeneous (self->stack, FALSE);
	gtk_stack_set_vhomogeneous (self->stack, FALSE);
	gtk_stack_add_child (self->stack, GTK_WIDGET (self->page));
	gtk_stack_add_child (self->stack, GTK_WIDGET (self->grid));
	adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
	connect (self, self->page, "stopped", G_CALLBACK (on_stopped));
	connect (self, self->page, "acknowledged", G_CALLBACK (on_acknowledged));
	connect (self, self->page, "answered", G_CALLBACK (on_answered));
	connect (self, self->page, "overridden", G_CALLBACK (on_overridden));
	connect (self, self->page, "typing", G_CALLBACK (on_typing));
	connect (self, self->page, "language", G_CALLBACK (on_language));
	connect (self, self->page, "back", G_CALLBACK (pl_run_area_home));
	connect (self, self->grid, "opened", G_CALLBACK (on_opened));
	connect (self, self->grid, "typing", G_CALLBACK (on_typing));
	connect (self, self->grid, "language", G_CALLBACK (on_language));
	self->tick = g_timeout_add (TICK_MS, on_tick, self);
}
