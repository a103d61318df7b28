/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/printer.h"
#include "station/cli/format.h"
#include <stdio.h>
#include <string.h>

/* Drawn anew at least and at most that often, so that it neither stands still nor flickers. */
#define REDRAW_US (200 * 1000)
#define DRAW_GAP_US (80 * 1000)
#define BAR 20
#define CLEAR "\r\033[K"

typedef enum { SAY, PROGRESS, QUIT } Kind;

typedef struct {
	Kind kind;
	char *text, *detail;
	double fraction;
} Message;

struct _PlPrinter {
	GThread *thread;
	GAsyncQueue *queue;
	gboolean live;
	guint width;
	/* the printing thread's own */
	char *doing, *detail;
	double fraction;
	gint64 since, drawn_at; /* when `doing` changed, and when it was last drawn */
	gboolean drawn;
};

/* -- the progress line ------------------------------------------------------------------------- */

/* Text goes above the progress line: the line is taken away, and drawn again below. */
static void
erase (PlPrinter *p)
{
	if (p->drawn)
		fputs (CLEAR, stdout);
	p->drawn = FALSE;
}

static void
draw (PlPrinter *p)
{
	g_autoptr (GString) bar = g_string_new (NULL);
	g_autofree char *elapsed =
	    pl_duration_text ((double)(g_get_monotonic_time () - p->since) / G_USEC_PER_SEC);
	g_autofree char *line = NULL, *cut = NULL;
	guint full = (guint)(p->fraction * BAR);

	if (!p->live || p->doing == NULL ||
	    (p->drawn && g_get_monotonic_time () - p->drawn_at < DRAW_GAP_US))
		return;
	for (guint i = 0; i < BAR; i++)
		g_string_append (bar, i < full ? "█" : "░");
	line = g_strdup_printf (" %s %3.0f %%  %s  %s  %s", bar->str, p->fraction * 100, p->doing,
				elapsed, p->detail != NULL ? p->detail : "");
	/* a line that reached the last column would wrap, and \r would no longer take it back */
	cut = pl_text_cut (line, p->width - 1);
	printf (CLEAR "%s", cut);
	fflush (stdout);
	p->drawn = TRUE;
	p->drawn_at = g_get_monotonic_time ();
}

/* A new thing begins to count from zero; the same thing keeps counting whatever its detail says. */
static void
set_progress (PlPrinter *p, Message *message)
{
	if (g_strcmp0 (p->doing, message->text) != 0) {
		g_free (p->doing);
		p->doing = g_steal_pointer (&message->text);
		p->since = g_get_monotonic_time ();
	}
	g_free (p->detail);
	p->detail = g_steal_pointer (&message->detail);
	p->fraction = message->fraction;
	if (p->doing == NULL)
		erase (p);
}

/* -- the thread -------------------------------------------------------------------------------- */

/* Drawing waits until the queue is empty: sampling tells of progress far more often than eyes
 * can see. */
static gpointer
print_loop (gpointer data)
{
	PlPrinter *p = data;

	for (;;) {
		Message *message = g_async_queue_try_pop (p->queue);
		gboolean quit;

		if (message == NULL) {
			draw (p);
			fflush (stdout);
			message = p->live ? g_async_queue_timeout_pop (p->queue, REDRAW_US)
					  : g_async_queue_pop (p->queue);
		}
		if (message == NULL)
			continue;
		quit = message->kind == QUIT;
		if (message->kind == SAY) {
			erase (p);
			puts (message->text);
		} else if (message->kind == PROGRESS)
			set_progress (p, message);
		g_free (message->text);
		g_free (message->detail);
		g_free (message);
		if (quit)
			break;
	}
	erase (p);
	fflush (stdout);
	return NULL;
}

PlPrinter *
pl_printer_new (void)
{
	PlPrinter *p = g_new0 (PlPrinter, 1);

	p->live = pl_term_live ();
	p->width = pl_term_width ();
	p->queue = g_async_queue_new ();
	p->thread = g_thread_new ("pl-printer", print_loop, p);
	return p;
}

static void
put (PlPrinter *p, Kind kind, char *text, char *detail, double fraction)
{
	Message *message = g_new0 (Message, 1);

	message->kind = kind;
	message->text = text;
	message->detail = detail;
	message->fraction = fraction;
	g_async_queue_push (p->queue, message);
}

void
pl_printer_free (PlPrinter *p)
{
	if (p == NULL)
		return;
	put (p, QUIT, NULL, NULL, 0);
	g_thread_join (p->thread);
	g_async_queue_unref (p->queue);
	g_free (p->doing);
	g_free (p->detail);
	g_free (p);
}

void
pl_printer_say (PlPrinter *p, char *text)
{
	put (p, SAY, text, NULL, 0);
}

void
pl_printer_sayf (PlPrinter *p, const char *format, ...)
{
	va_list args;

	va_start (args, format);
	put (p, SAY, g_strdup_vprintf (format, args), NULL, 0);
	va_end (args);
}

void
pl_printer_progress (PlPrinter *p, const char *doing, const char *detail, double fraction)
{
	if (p->live)
		put (p, PROGRESS, g_strdup (doing), g_strdup (detail), CLAMP (fraction, 0, 1));
}
