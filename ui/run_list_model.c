/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run_list_model.h"
#include "ui/worker.h"
#include <gio/gio.h>

/* 4096 rows, 3 MB: ten times what the view itself holds in either direction. */
#define PAGES_KEPT 32

typedef struct {
	guint at; /* its first place / PL_RUN_PAGE_ROWS */
	GPtrArray *items;
	gboolean wanted; /* waits for its rows */
} Page;

struct _PlRunListModel {
	GObject parent;
	PlDb *db;
	PlHistoryAnswer *answer;
	GHashTable *pages; /* number -> Page* */
	GQueue used; /* Page*, the last used first */
	gboolean busy; /* a worker is under way */
};

static void list_model_init (GListModelInterface *interface);
G_DEFINE_FINAL_TYPE_WITH_CODE (PlRunListModel, pl_run_list_model, G_TYPE_OBJECT,
			       G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static guint failed;

static void
page_free (gpointer data)
{
	Page *page = data;

	g_ptr_array_unref (page->items);
	g_free (page);
}

/* -- filling (the worker has the answer and a number, nothing of the model) -------------------- */

typedef struct {
	PlDb *db;
	PlHistoryAnswer *answer;
	guint at;
} Order;

static void
order_free (gpointer data)
{
	Order *order = data;

	pl_history_answer_unref (order->answer);
	g_free (order);
}

static void
load (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Order *order = data;
	GError *error = NULL;
	GPtrArray *rows = pl_station_history_rows (
	    order->db, order->answer, order->at * PL_RUN_PAGE_ROWS, PL_RUN_PAGE_ROWS, &error);

	if (rows != NULL)
		g_task_return_pointer (task, rows, (GDestroyNotify)g_ptr_array_unref);
	else
		g_task_return_error (task, error);
}

static void start (PlRunListModel *self);

static void
fill (Page *page, GPtrArray *rows)
{
	/* from the end: stealing one moves those behind it */
	for (guint i = page->items->len; i > 0; i--)
		if (i <= rows->len)
			pl_run_item_fill (g_ptr_array_index (page->items, i - 1),
					  g_ptr_array_steal_index (rows, i - 1));
}

/* What was loaded for another answer, or a page that was given up since, is dropped. */
static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
	PlRunListModel *self = PL_RUN_LIST_MODEL (source);
	const Order *order = g_task_get_task_data (G_TASK (result));
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) rows = g_task_propagate_pointer (G_TASK (result), &error);
	Page *page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (order->at));

	if (rows != NULL && page != NULL && order->answer == self->answer)
		fill (page, rows);
	if (error != NULL)
		g_signal_emit (self, failed, 0, error->message);
	/* also after an error: the next page may be readable */
	self->busy = FALSE;
	start (self);
}

/* The page that was looked at last comes first: whoever drags the bar does not wait for all that
 * lies between. One worker at a time. */
static void
start (PlRunListModel *self)
{
	GList *link = self->used.head;
	Page *page;
	Order *order;

	while (link != NULL && !((Page *)link->data)->wanted)
		link = link->next;
	if (link == NULL || self->busy)
		return;
	page = link->data;
	page->wanted = FALSE;
	self->busy = TRUE;
	order = g_new0 (Order, 1);
	order->db = self->db;
	order->answer = pl_history_answer_ref (self->answer);
	order->at = page->at;
	pl_worker_start (self, load, order, order_free, on_loaded, NULL);
}

/* -- pages ------------------------------------------------------------------------------------- */

static void
drop_oldest (PlRunListModel *self)
{
	Page *oldest;

	while (self->used.length > PAGES_KEPT) {
		oldest = g_queue_pop_tail (&self->used);
		g_hash_table_remove (self->pages, GUINT_TO_POINTER (oldest->at));
	}
}

static Page *
page_new (PlRunListModel *self, guint at)
{
	Page *page = g_new0 (Page, 1);
	guint left = pl_history_length (self->answer) - at * PL_RUN_PAGE_ROWS;

	page->at = at;
	page->wanted = TRUE;
	page->items = g_ptr_array_new_with_free_func (g_object_unref);
	for (guint i = 0; i < MIN (left, PL_RUN_PAGE_ROWS); i++)
		g_ptr_array_add (page->items, pl_run_item_new ());
	g_hash_table_insert (self->pages, GUINT_TO_POINTER (at), page);
	return page;
}

static Page *
page_at (PlRunListModel *self, guint at)
{
	Page *page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (at));

	if (page == NULL)
		page = page_new (self, at);
	/* usually: a view asks for one row after the other */
	else if (self->used.head->data == page)
		return page;
	else
		g_queue_remove (&self->used, page);
	g_queue_push_head (&self->used, page);
	/* items that a view still holds live on; they are only never filled again */
	drop_oldest (self);
	start (self);
	return page;
}

static void
drop_pages (PlRunListModel *self)
{
	g_queue_clear (&self->used);
	g_hash_table_remove_all (self->pages);
}

/* -- the list ---------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *list)
{
	return PL_TYPE_RUN_ITEM;
}

static guint
get_n_items (GListModel *list)
{
	PlRunListModel *self = PL_RUN_LIST_MODEL (list);

	return self->answer != NULL ? pl_history_length (self->answer) : 0;
}

static gpointer
get_item (GListModel *list, guint at)
{
	if (at >= get_n_items (list))
		return NULL;
	return g_object_ref (
	    g_ptr_array_index (page_at (PL_RUN_LIST_MODEL (list), at / PL_RUN_PAGE_ROWS)->items,
			       at % PL_RUN_PAGE_ROWS));
}

static void
list_model_init (GListModelInterface *interface)
{
	interface->get_item_type = get_item_type;
	interface->get_n_items = get_n_items;
	interface->get_item = get_item;
}

void
pl_run_list_model_set (PlRunListModel *self, PlHistoryAnswer *answer)
{
	guint before = get_n_items (G_LIST_MODEL (self));
	PlHistoryAnswer *old = self->answer;

	self->answer = answer != NULL ? pl_history_answer_ref (answer) : NULL;
	pl_history_answer_unref (old);
	drop_pages (self);
	g_list_model_items_changed (G_LIST_MODEL (self), 0, before,
				    get_n_items (G_LIST_MODEL (self)));
}

PlHistoryAnswer *
pl_run_list_model_get (PlRunListModel *self)
{
	return self->answer;
}

static gboolean
has_open_run (const Page *page)
{
	for (guint i = 0; i < page->items->len; i++) {
		const PlHistoryRow *row = pl_run_item_row (g_ptr_array_index (page->items, i));

		/* all others are at their end, and what has ended never changes */
		if (row != NULL && row->verdict == NULL)
			return TRUE;
	}
	return FALSE;
}

void
pl_run_list_model_look_again (PlRunListModel *self)
{
	for (GList *link = self->used.head; link != NULL; link = link->next)
		if (has_open_run (link->data))
			((Page *)link->data)->wanted = TRUE;
	start (self);
}

void
pl_run_list_model_reword (PlRunListModel *self)
{
	for (GList *link = self->used.head; link != NULL; link = link->next)
		for (guint i = 0; i < ((Page *)link->data)->items->len; i++)
			pl_run_item_touch (((Page *)link->data)->items->pdata[i]);
}

static void
finalize (GObject *object)
{
	PlRunListModel *self = PL_RUN_LIST_MODEL (object);

	drop_pages (self);
	g_hash_table_unref (self->pages);
	pl_history_answer_unref (self->answer);
	G_OBJECT_CLASS (pl_run_list_model_parent_class)->finalize (object);
}

static void
pl_run_list_model_class_init (PlRunListModelClass *class)
{
	G_OBJECT_CLASS (class)->finalize = finalize;
	failed = g_signal_new ("failed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
			       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
pl_run_list_model_init (PlRunListModel *self)
{
	self->pages = g_hash_table_new_full (NULL, NULL, NULL, page_free);
	g_queue_init (&self->used);
}

PlRunListModel *
pl_run_list_model_new (PlDb *db)
{
	PlRunListModel *self = g_object_new (PL_TYPE_RUN_LIST_MODEL, NULL);

	self->db = db;
	return self;
}
