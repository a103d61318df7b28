/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/ask.h"
#include "station/cli/command.h"
#include "station/cli/term.h"
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_CHARS 400 /* more than any code or number of a reason */

struct _PlAsk {
	PlView *view;
	char *who;
	guint source; /* of the keyboard; 0 = there is none */
	GString *line; /* what has been typed of one; main thread */
	GMutex mutex; /* guards what follows */
	PlRun *run; /* whose prompt is open; NULL = none */
	PlAnswerKind kind;
	char **reasons;
	gboolean choosing; /* "f" was said: the reason is missing */
};

/* -- saying ------------------------------------------------------------------------------------ */

/* A question must be seen, whatever the run is told as. */
static void G_GNUC_PRINTF (2, 3) say (PlAsk *ask, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	if (ask->view->kind == PL_VIEW_TEXT)
		pl_printer_say (ask->view->printer, g_steal_pointer (&text));
	else
		pl_say ("%s", text);
}

static void
say_sentence (PlAsk *ask, const PlPrompt *prompt)
{
	g_autofree char *words = pl_text_wrap (prompt->sentence, pl_term_width () - 12, 11);
	g_autoptr (GString) line = g_string_new ("         ");

	pl_text_add (line, PL_TONE_STRONG, 0, "? ");
	pl_text_add (line, PL_TONE_STRONG, 0, words);
	say (ask, "%s", line->str);
	if (prompt->picture != NULL)
		say (ask, "           picture: %s", prompt->picture);
}

static void
say_how (PlAsk *ask, const PlPrompt *prompt)
{
	static const char *const hows[] = {"[Enter] it is done", "[p] pass   [f] fail",
					   "scan or type the code"};

	say (ask, "           %s%s%s", hows[prompt->kind],
	     prompt->kind == PL_ANSWER_SCAN ? ": " : "",
	     prompt->kind != PL_ANSWER_SCAN ? ""
	     : prompt->code != NULL	    ? prompt->code
					    : prompt->expects);
}

static void
say_reasons (PlAsk *ask)
{
	g_autoptr (GString) list = g_string_new ("           why?");

	for (guint i = 0; ask->reasons[i] != NULL; i++)
		g_string_append_printf (list, "   [%u] %s", i + 1, ask->reasons[i]);
	say (ask, "%s", list->str);
}

/* -- answering (main thread, with the lock held) ----------------------------------------------- */

static void
answer (PlAsk *ask, const char *words)
{
	const char *entry = ask->kind == PL_ANSWER_SCAN ? "typed" : "pressed";
	g_autoptr (GError) error = NULL;

	/* as text the run's own note says it */
	if (!pl_run_answer (ask->run, words, ask->who, entry, &error) &&
	    ask->view->kind != PL_VIEW_TEXT)
		pl_say ("%s", error->message);
}

static void
choose (PlAsk *ask, const char *line)
{
	guint64 at = 0;

	if (g_ascii_string_to_unsigned (line, 10, 1, g_strv_length (ask->reasons), &at, NULL))
		answer (ask, ask->reasons[at - 1]);
	else
		say_reasons (ask);
}

static void
judge (PlAsk *ask, const char *line)
{
	if (ask->choosing)
		choose (ask, line);
	else if (g_ascii_strcasecmp (line, "p") == 0 || g_ascii_strcasecmp (line, "pass") == 0)
		answer (ask, "pass");
	else if (g_ascii_strcasecmp (line, "f") == 0 || g_ascii_strcasecmp (line, "fail") == 0) {
		ask->choosing = TRUE;
		say_reasons (ask);
	} else
		say (ask, "           p or f?");
}

/* An empty line confirms, and is no code. */
static void
take_line (PlAsk *ask, char *line)
{
	g_strstrip (line);
	g_mutex_lock (&ask->mutex);
	if (ask->run == NULL)
		; /* keys between two questions mean nothing */
	else if (ask->kind == PL_ANSWER_PASS_FAIL)
		judge (ask, line);
	else if (ask->kind == PL_ANSWER_CONFIRM || *line != '\0')
		answer (ask, line);
	g_mutex_unlock (&ask->mutex);
}

/* What was typed before a question is thrown away with its line. */
static gboolean
on_input (int fd, GIOCondition condition, gpointer data)
{
	PlAsk *ask = data;
	char bytes[256];
	gssize n = read (fd, bytes, sizeof bytes);

	if (n <= 0) { /* Ctrl-D, or the terminal is gone */
		g_mutex_lock (&ask->mutex);
		ask->source = 0;
		if (ask->run != NULL)
			pl_run_cannot_answer (ask->run, "the keyboard was closed");
		g_mutex_unlock (&ask->mutex);
		return G_SOURCE_REMOVE;
	}
	for (gssize i = 0; i < n; i++) {
		if (bytes[i] != '\n' && ask->line->len < LINE_MAX_CHARS) {
			g_string_append_c (ask->line, bytes[i]);
			continue;
		}
		take_line (ask, ask->line->str);
		g_string_truncate (ask->line, 0);
	}
	return G_SOURCE_CONTINUE;
}

/* -- asking (the run's thread) ----------------------------------------------------------------- */

/* The reasons are copied: the prompt lives for the time of the call. */
static void
set (PlAsk *ask, PlRun *run, const PlPrompt *prompt)
{
	ask->run = run;
	ask->choosing = FALSE;
	g_clear_pointer (&ask->reasons, g_strfreev);
	if (prompt == NULL)
		return;
	ask->kind = prompt->kind;
	ask->reasons = g_strdupv ((char **)prompt->reasons);
}

/* A code may come from the bench's scanner with nobody at a keyboard; all else needs one. */
static gboolean
can_be_answered (const PlAsk *ask, const PlRunEvent *event)
{
	PlBench *bench = pl_run_station (event->run)->bench;

	return ask->source != 0 || (event->prompt->kind == PL_ANSWER_SCAN &&
				    pl_bench_entry (bench, PL_ROLE_SCANNER) != NULL);
}

void
pl_ask_observe (PlAsk *ask, const PlRunEvent *event)
{
	const PlPrompt *prompt = event->prompt;

	if (event->kind != PL_EVENT_PROMPT)
		return;
	g_mutex_lock (&ask->mutex);
	set (ask, prompt != NULL ? event->run : NULL, prompt);
	if (prompt != NULL) {
		pl_printer_progress (ask->view->printer, NULL, NULL, event->progress);
		say_sentence (ask, prompt);
		if (can_be_answered (ask, event))
			say_how (ask, prompt);
		else
			pl_run_cannot_answer (event->run,
					      "there is no keyboard here; run it at a terminal, or "
					      "in the station's window");
	}
	g_mutex_unlock (&ask->mutex);
}

/* Only a terminal is read: a pipe that feeds other things is not eaten. */
PlAsk *
pl_ask_new (PlView *view, const char *who)
{
	PlAsk *ask = g_new0 (PlAsk, 1);

	ask->view = view;
	ask->who = g_strdup (who);
	ask->line = g_string_new (NULL);
	g_mutex_init (&ask->mutex);
	if (isatty (STDIN_FILENO))
		ask->source =
		    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, ask);
	return ask;
}

void
pl_ask_free (PlAsk *ask)
{
	if (ask->source != 0)
		g_source_remove (ask->source);
	g_strfreev (ask->reasons);
	g_string_free (ask->line, TRUE);
	g_mutex_clear (&ask->mutex);
	g_free (ask->who);
	g_free (ask);
}
