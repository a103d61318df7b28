/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/traffic_view.h"
#include "ui/language.h"
#include "ui/service_words.h"
#include "ui/worker.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define PERIOD_MS 200 /* as fast as a person reads along */
#define AT_ONCE 300 /* lines of one wire that are taken in at once: what is shown is the newest */
/* More makes a text view slow to scroll; what is saved comes from the tap. */
#define LINES_MAX 2000

struct _PlTrafficView {
	GtkBox parent;
	PlStation *station;
	GtkBox *wires;
	GtkToggleButton *on[PL_ROLE_LAST]; /* NULL = the bench has no such role */
	GtkToggleButton *pause;
	GtkButton *clear, *save;
	GtkDropDown *filter;
	GtkLabel *hint;
	GtkTextView *text;
	GPtrArray *roles; /* of the filter's rows behind "all": GUINT_TO_POINTER */
	guint64 seen[PL_ROLE_LAST]; /* seq of the last line that was taken in */
	guint tick;
	gboolean updating; /* what changes now is not a person's doing */
};

G_DEFINE_FINAL_TYPE (PlTrafficView, pl_traffic_view, GTK_TYPE_BOX)

/* -- lines ------------------------------------------------------------------------------------- */

typedef struct {
	PlRole role;
	const PlTapLine *line;
} Shown;

static int
by_time (gconstpointer a, gconstpointer b)
{
	gint64 x = ((const Shown *)a)->line->utc_us, y = ((const Shown *)b)->line->utc_us;

	return (x > y) - (x < y);
}

static void
append (PlTrafficView *self, const Shown *shown)
{
	/* The first sign of a tap's line: sent, received, received without being waited for, wrong,
	 * a remark. */
	static const char *const tags[][2] = {
	    {">", "sent"}, {"<", "got"}, {"~", "got"}, {"!", "wrong"}, {"#", "wrong"}};
	GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
	g_autoptr (GDateTime) utc =
	    g_date_time_new_from_unix_local (shown->line->utc_us / G_USEC_PER_SEC);
	g_autofree char *time = g_date_time_format (utc, "%T");
	g_autofree char *text =
	    g_strdup_printf ("%s.%03d  %-8s %s\n", time, (int)(shown->line->utc_us / 1000 % 1000),
			     pl_role_name (shown->role), shown->line->line);
	const char *tag = "plain";
	GtkTextIter end;

	for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
		if (shown->line->line[0] == tags[i][0][0])
			tag = tags[i][1];
	gtk_text_buffer_get_end_iter (buffer, &end);
	gtk_text_buffer_insert_with_tags_by_name (buffer, &end, text, -1, tag, NULL);
}

static void
drop_oldest (PlTrafficView *self)
{
	GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
	int more = gtk_text_buffer_get_line_count (buffer) - LINES_MAX;
	GtkTextIter start, end;

	if (more <= 0)
		return;
	gtk_text_buffer_get_start_iter (buffer, &start);
	gtk_text_buffer_get_iter_at_line (buffer, &end, more);
	gtk_text_buffer_delete (buffer, &start, &end);
}

/* PL_ROLE_LAST = all. */
static PlRole
chosen (PlTrafficView *self)
{
	guint at = gtk_drop_down_get_selected (self->filter);

	return at == 0 || at == GTK_INVALID_LIST_POSITION
		   ? PL_ROLE_LAST
		   : GPOINTER_TO_UINT (g_ptr_array_index (self->roles, at - 1));
}

static void
collect (PlTrafficView *self, PlRole role, GPtrArray *keep, GArray *all)
{
	PlTap *tap = pl_bench_tap (self->station->bench, role);
	guint64 last = pl_tap_last (tap);
	GPtrArray *lines;

	if (last <= self->seen[role])
		return;
	lines = pl_tap_lines (tap, MAX (self->seen[role], last > AT_ONCE ? last - AT_ONCE : 0));
	/* `all` borrows from it until it is shown */
	g_ptr_array_add (keep, lines);
	for (guint i = 0; i < lines->len; i++) {
		Shown shown = {role, g_ptr_array_index (lines, i)};

		self->seen[role] = shown.line->seq;
		g_array_append_val (all, shown);
	}
}

void
pl_traffic_view_catch_up (PlTrafficView *self)
{
	g_autoptr (GPtrArray) keep =
	    g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
	g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Shown));
	PlRole only = chosen (self);
	GtkTextIter end;

	if (gtk_toggle_button_get_active (self->pause))
		return;
	for (guint role = 0; role < PL_ROLE_LAST; role++)
		if (self->on[role] != NULL && (only == PL_ROLE_LAST || only == role))
			collect (self, role, keep, all);
	if (all->len == 0)
		return;
	/* wires are taken in one by one, and read as one talk */
	g_array_sort (all, by_time);
	for (guint i = 0; i < all->len; i++)
		append (self, &g_array_index (all, Shown, i));
	drop_oldest (self);
	gtk_text_buffer_get_end_iter (gtk_text_view_get_buffer (self->text), &end);
	gtk_text_view_scroll_to_iter (self->text, &end, 0, FALSE, 0, 0);
}

/* Another choice begins with what is still there of it. */
static void
start_over (PlTrafficView *self)
{
	memset (self->seen, 0, sizeof self->seen);
	gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), "", 0);
	pl_traffic_view_catch_up (self);
}

/* -- keys -------------------------------------------------------------------------------------- */

static void
on_switched (PlTrafficView *self, GtkToggleButton *button)
{
	for (guint role = 0; role < PL_ROLE_LAST && !self->updating; role++)
		if (self->on[role] == button) {
			PlTap *tap = pl_bench_tap (self->station->bench, role);

			pl_tap_hide (tap, pl_station_badge_prefix (self->station));
			pl_tap_switch (tap, gtk_toggle_button_get_active (button));
		}
}

static void
on_filter (PlTrafficView *self)
{
	if (!self->updating)
		start_over (self);
}

static void
on_clear (PlTrafficView *self)
{
	for (guint role = 0; role < PL_ROLE_LAST; role++)
		if (self->on[role] != NULL)
			pl_tap_clear (pl_bench_tap (self->station->bench, role));
	start_over (self);
}

typedef struct {
	PlStation *station;
	PlRole only;
} Job;

/* One recording a wire, named so that none is written over. */
static gboolean
save_one (PlStation *station, PlRole role, const char *folder, const char *when, GError **error)
{
	PlTap *tap = pl_bench_tap (station->bench, role);
	g_autofree char *name = g_strdup_printf ("%s-%s.rec", pl_role_name (role), when);
	g_autofree char *path = g_build_filename (folder, name, NULL);
	g_autofree char *text = pl_tap_recording (tap);

	return g_file_set_contents (path, text, -1, error);
}

static void
save (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	Job *job = data;
	g_autofree char *folder = pl_station_path (job->station, "traffic");
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	g_autofree char *when = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
	GError *error = NULL;

	if (g_mkdir_with_parents (folder, 0755) != 0) {
		g_task_return_new_error (task, G_FILE_ERROR, g_file_error_from_errno (errno),
					 "%s: %s", folder, g_strerror (errno));
		return;
	}
	for (guint role = 0; error == NULL && role < PL_ROLE_LAST; role++) {
		PlTap *tap = pl_bench_tap (job->station->bench, role);

		if (tap != NULL && pl_tap_last (tap) > 0 &&
		    (job->only == PL_ROLE_LAST || job->only == role))
			save_one (job->station, role, folder, when, &error);
	}
	if (error != NULL)
		g_task_return_error (task, error);
	else
		g_task_return_pointer (task, g_steal_pointer (&folder), g_free);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr (GError) error = NULL;
	g_autofree char *folder = g_task_propagate_pointer (G_TASK (result), &error);
	g_autofree char *line = folder != NULL ? g_strdup_printf ("%s %s", _ ("Saved in"), folder)
					       : pl_sentence (error->message);

	g_signal_emit_by_name (source, "said", line);
}

static void
on_save (PlTrafficView *self)
{
	Job *job = g_new (Job, 1);

	*job = (Job){self->station, chosen (self)};
	pl_worker_start (self, save, job, g_free, on_saved, NULL);
}

/* -- making ------------------------------------------------------------------------------------ */

static gboolean
on_tick (gpointer data)
{
	PlTrafficView *self = data;

	/* a tap keeps what comes meanwhile */
	if (gtk_widget_get_mapped (GTK_WIDGET (self)))
		pl_traffic_view_catch_up (self);
	return G_SOURCE_CONTINUE;
}

void
pl_traffic_view_refresh (PlTrafficView *self)
{
	g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
	guint selected = gtk_drop_down_get_selected (self->filter);

	self->updating = TRUE;
	gtk_string_list_append (names, _ ("All wires"));
	for (guint i = 0; i < self->roles->len; i++) {
		PlRole role = GPOINTER_TO_UINT (g_ptr_array_index (self->roles, i));

		gtk_string_list_append (names, pl_role_title (role));
		gtk_button_set_label (GTK_BUTTON (self->on[role]), pl_role_title (role));
		gtk_toggle_button_set_active (
		    self->on[role], pl_tap_is_on (pl_bench_tap (self->station->bench, role)));
	}
	gtk_drop_down_set_model (self->filter, G_LIST_MODEL (names));
	gtk_drop_down_set_selected (self->filter, selected <= self->roles->len ? selected : 0);
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->filter),
					GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("All wires"), -1);
	gtk_button_set_label (GTK_BUTTON (self->pause), _ ("Pause"));
	gtk_button_set_label (self->clear, _ ("Clear"));
	gtk_button_set_label (self->save, _ ("Save as recordings"));
	gtk_label_set_text (self->hint, _ ("Look at:"));
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL,
					_ ("Wires"), -1);
	self->updating = FALSE;
}

void
pl_traffic_view_set_up (PlTrafficView *self, PlStation *station)
{
	GPtrArray *entries = pl_bench_entries (station->bench);
	GtkWidget *child;

	self->station = station;
	while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->wires))) != NULL)
		gtk_box_remove (self->wires, child);
	memset (self->on, 0, sizeof self->on);
	memset (self->seen, 0, sizeof self->seen);
	g_ptr_array_set_size (self->roles, 0);
	gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), "", 0);
	for (guint i = 0; i < entries->len; i++) {
		PlRole role = ((PlBenchEntry *)g_ptr_array_index (entries, i))->role;

		if (self->on[role] != NULL)
			continue;
		self->on[role] = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
		gtk_widget_add_css_class (GTK_WIDGET (self->on[role]), "service-key");
		gtk_box_append (self->wires, GTK_WIDGET (self->on[role]));
		g_ptr_array_add (self->roles, GUINT_TO_POINTER (role));
		g_signal_connect_object (self->on[role], "toggled", G_CALLBACK (on_switched), self,
					 G_CONNECT_SWAPPED);
	}
	if (self->tick == 0)
		self->tick = g_timeout_add (PERIOD_MS, on_tick, self);
	pl_traffic_view_refresh (self);
}

static void
dispose (GObject *object)
{
	PlTrafficView *self = PL_TRAFFIC_VIEW (object);

	g_clear_handle_id (&self->tick, g_source_remove);
	g_clear_pointer (&self->roles, g_ptr_array_unref);
	G_OBJECT_CLASS (pl_traffic_view_parent_class)->dispose (object);
}

static void
pl_traffic_view_class_init (PlTrafficViewClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->dispose = dispose;
	g_signal_new ("said", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 1, G_TYPE_STRING);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/traffic_view.ui");
	gtk_widget_class_bind_template_child (widget, PlTrafficView, wires);
	gtk_widget_class_bind_template_child (widget, PlTrafficView, hint);
	gtk_widget_class_bind_template_child (widget, PlTrafficView, filter);
	gtk_widget_class_bind_template_child (widget, PlTrafficView, pause);
	gtk_widget_class_bind_template_child (widget, PlTrafficView, clear);
	gtk_widget_class_bind_template_child (widget, PlTrafficView, save);
	gtk_widget_class_bind_template_child (widget, PlTrafficView, text);
	gtk_widget_class_bind_template_callback (widget, on_filter);
	gtk_widget_class_bind_template_callback (widget, on_clear);
	gtk_widget_class_bind_template_callback (widget, on_save);
}

/* Readable on a light and on a dark ground. */
static void
pl_traffic_view_init (PlTrafficView *self)
{
	GtkTextBuffer *buffer;

	self->roles = g_ptr_array_new ();
	gtk_widget_init_template (GTK_WIDGET (self));
	buffer = gtk_text_view_get_buffer (self->text);
	gtk_text_buffer_create_tag (buffer, "sent", "weight", PANGO_WEIGHT_BOLD, NULL);
	gtk_text_buffer_create_tag (buffer, "got", NULL);
	gtk_text_buffer_create_tag (buffer, "plain", "style", PANGO_STYLE_ITALIC, NULL);
	gtk_text_buffer_create_tag (buffer, "wrong", "background", "#a51d2d", "foreground",
				    "#ffffff", NULL);
}
