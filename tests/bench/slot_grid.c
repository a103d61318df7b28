/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/mark.h"
#include "tests/bench/window.h"
#include "ui/application.h"
#include "ui/run_area.h"
#include <time.h>

/*
 * 64 slots at work in a window of 1920 x 1080: each slot's snapshot is another ten times a second
 * (progress, clock, the step each second, verdict and the next pack each six). The figure is what
 * this process takes of one core, drawing by cairo, on an X server of the mark's own: the server's
 * copying to its screen is not in it.
 */
#define SLOTS 64
#define PERIOD_MS 100
#define ROUND_S 3
#define TAKT 60 /* updates that a pack is on its slot, the last fifth of them with its verdict */

typedef struct {
	PlBenchWindow *server;
	GtkWidget *window;
	PlRunArea *area;
	PlRecipe *recipe;
	PlStation station;
	PlSnapshot *now[SLOTS];
	guint updates, frames;
} Self;

/* -- slots at work ----------------------------------------------------------------------------- */

/* Slots are 7 updates apart, so that not all of them change their verdict in one frame; one of
 * eight fails. */
static void
advance (PlSnapshot *s, guint at)
{
	guint phase = (at + s->slot * 7) % TAKT;
	g_autofree char *serial = g_strdup_printf ("PL32-%06u", at / TAKT * SLOTS + s->slot);
	gint64 now = g_get_monotonic_time ();
	PlSlotState verdict = s->slot % 8 == 3 ? PL_SLOT_FAILED : PL_SLOT_PASSED;

	if (phase == 0 || at == 0)
		pl_snapshot_enter (s, PL_SLOT_RUNNING, serial, NULL, NULL, now);
	else if (phase == TAKT * 4 / 5)
		pl_snapshot_enter (s, verdict, serial,
				   verdict == PL_SLOT_FAILED ? "Insulation: 3 Mohm, limit >= 100"
							     : NULL,
				   "A", now);
	s->progress = (double)phase / TAKT;
	if (s->state == PL_SLOT_RUNNING)
		s->running = (int)(phase / 10 % s->n_steps);
}

static gboolean
update (gpointer data)
{
	Self *self = data;

	for (guint i = 0; i < SLOTS; i++) {
		g_autoptr (PlSnapshot) copy = NULL;

		advance (self->now[i], self->updates);
		copy = pl_snapshot_copy (self->now[i]);
		pl_run_area_update (self->area, copy);
	}
	self->updates++;
	return G_SOURCE_CONTINUE;
}

/* Processor time of all threads: a renderer in another thread would not hide. */
static double
processor_s (void)
{
	struct timespec now;

	clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static gboolean
measure (gpointer data, PlRound *ret, GError **error)
{
	Self *self = data;
	guint source = g_timeout_add (PERIOD_MS, update, self);
	gint64 began = g_get_monotonic_time ();
	double processor = processor_s ();

	self->frames = 0;
	while (pl_mark_since (began) < ROUND_S)
		g_main_context_iteration (NULL, TRUE);
	ret->subject = 100 * (processor_s () - processor) / pl_mark_since (began);
	g_source_remove (source);
	/* what is not drawn costs nothing, and is no figure */
	if (self->frames * PERIOD_MS >= ROUND_S * 900)
		return TRUE;
	g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "only %u frames were drawn in %d s",
		     self->frames, ROUND_S);
	return FALSE;
}

/* -- life -------------------------------------------------------------------------------------- */

static void
on_frame (Self *self)
{
	self->frames++;
}

static gboolean
open_window (Self *self, GError **error)
{
	g_setenv ("DISPLAY", pl_bench_window_display (self->server), TRUE);
	g_setenv ("GDK_BACKEND", "x11", TRUE);
	g_setenv ("GSK_RENDERER", "cairo", TRUE);
	g_setenv ("GDK_DEBUG", "gl-disable", TRUE);
	g_setenv ("GTK_A11Y", "none", TRUE);
	g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
	if (!gtk_init_check ()) {
		g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "GTK does not start on Xvfb");
		return FALSE;
	}
	adw_init ();
	pl_ui_set_up ();
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
	self->window = gtk_window_new ();
	self->area = g_object_new (PL_TYPE_RUN_AREA, NULL);
	gtk_widget_add_css_class (self->window, "packline");
	gtk_window_set_default_size (GTK_WINDOW (self->window), 1920, 1080);
	gtk_window_set_child (GTK_WINDOW (self->window), GTK_WIDGET (self->area));
	update (self);
	gtk_window_present (GTK_WINDOW (self->window));
	g_signal_connect_swapped (gtk_widget_get_frame_clock (self->window), "after-paint",
				  G_CALLBACK (on_frame), self);
	return TRUE;
}

static void
finish (gpointer data)
{
	Self *self = data;

	if (self->window != NULL)
		gtk_window_destroy (GTK_WINDOW (self->window));
	/* before its server is gone: GDK ends a process whose connection breaks */
	if (gdk_display_get_default () != NULL)
		gdk_display_close (gdk_display_get_default ());
	for (guint i = 0; i < SLOTS; i++)
		pl_snapshot_unref (self->now[i]);
	g_clear_pointer (&self->recipe, pl_recipe_free);
	g_clear_pointer (&self->station.bench, pl_bench_free);
	g_clear_pointer (&self->server, pl_bench_window_free);
	g_free (self);
}

static gboolean
load (Self *self, GError **error)
{
	g_autofree char *bench = g_build_filename (pl_data_dir (), "bench", "demo.yaml", NULL);
	g_autofree char *recipe =
	    g_build_filename (pl_data_dir (), "recipes", "pack-eol-32s.yaml", NULL);

	self->station.name = self->station.home = (char *)"/";
	self->station.bench = pl_bench_load (bench, error);
	self->recipe = pl_recipe_load (recipe, error);
	if (self->station.bench == NULL || self->recipe == NULL)
		return FALSE;
	for (guint i = 0; i < SLOTS; i++) {
		self->now[i] = pl_snapshot_new ();
		self->now[i]->slot = i;
		pl_snapshot_set_up (self->now[i], &self->station, self->recipe);
	}
	return TRUE;
}

static gpointer
prepare (const char *directory, GError **error)
{
	Self *self = g_new0 (Self, 1);

	if (load (self, error) && (self->server = pl_bench_window_new (directory, error)) != NULL &&
	    open_window (self, error))
		return self;
	finish (self);
	return NULL;
}

const PlMark pl_mark_slot_grid = {
    .name = "slot-grid",
    .unit = "% of a core",
    .title = "64 tiles on one screen, each another ten times a second",
    .bar = 10,
    .rounds = 5,
    .prepare = prepare,
    .round = measure,
    .finish = finish,
};
