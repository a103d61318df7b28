/* SPDX-License-Identifier: Apache-2.0 */
#include "station/simulation.h"
#include "db/journal.h"
#include "fixtures/line_talk.h"
#include "station/canonical.h"
#include <string.h>

static void
fault_free (gpointer data)
{
	PlSimulatedFault *fault = data;

	g_free (fault->name);
	g_free (fault->title);
	g_free (fault->argument);
	g_free (fault);
}

static void
fact_free (gpointer data)
{
	PlSimulatedFact *fact = data;

	g_free (fact->key);
	g_free (fact->value);
	g_free (fact);
}

void
pl_simulation_free (PlSimulation *simulation)
{
	if (simulation == NULL)
		return;
	g_ptr_array_unref (simulation->faults);
	g_ptr_array_unref (simulation->facts);
	g_free (simulation);
}

/* -- looking ----------------------------------------------------------------------------------- */

/* "on   NAME   Title [argument]"; a line of another shape is no fault. */
static void
take_fault (PlSimulation *s, const char *line)
{
	gboolean on = g_str_has_prefix (line, "on ");
	const char *name = line + strcspn (line, " "), *title, *argument;
	PlSimulatedFault *fault;

	if (!on && !g_str_has_prefix (line, "off "))
		return;
	name += strspn (name, " ");
	title = name + strcspn (name, " ");
	fault = g_new0 (PlSimulatedFault, 1);
	fault->on = on;
	fault->name = g_strndup (name, (gsize)(title - name));
	title += strspn (title, " ");
	argument = g_str_has_suffix (title, "]") ? g_strrstr (title, " [") : NULL;
	if (argument != NULL)
		fault->argument = g_strndup (argument + 2, strlen (argument) - 3);
	fault->title =
	    argument != NULL ? g_strndup (title, (gsize)(argument - title)) : g_strdup (title);
	g_ptr_array_add (s->faults, fault);
}

/* A fact is "key value"; the dot and empty lines are none. */
static void
take_fact (PlSimulation *s, const char *line)
{
	const char *space = strchr (line, ' ');
	PlSimulatedFact *fact;

	if (space == NULL)
		return;
	fact = g_new (PlSimulatedFact, 1);
	fact->key = g_strndup (line, (gsize)(space - line));
	fact->value = g_strdup (space + 1);
	g_ptr_array_add (s->facts, fact);
}

PlSimulation *
pl_simulation_parse (const char *faults, const char *state)
{
	PlSimulation *s = g_new0 (PlSimulation, 1);
	g_auto (GStrv) fault_lines = g_strsplit (faults, "\n", -1);
	g_auto (GStrv) state_lines = g_strsplit (state, "\n", -1);

	s->faults = g_ptr_array_new_with_free_func (fault_free);
	s->facts = g_ptr_array_new_with_free_func (fact_free);
	for (guint i = 0; fault_lines[i] != NULL; i++)
		take_fault (s, fault_lines[i]);
	for (guint i = 0; state_lines[i] != NULL; i++)
		take_fact (s, state_lines[i]);
	return s;
}

/* Refused by the bench file and not by the wire: nobody opens a door of a real fixture by command.
 */
static char *
ask (PlStation *station, const char *words, GError **error)
{
	const char *address = pl_bench_line_address (station->bench);

	if (address != NULL)
		return pl_line_ask (address, words, error);
	g_set_error (error, PL_BENCH_ERROR, PL_BENCH_ERROR_FILE,
		     "bench %s is real: it has no simulated line", pl_bench_name (station->bench));
	return NULL;
}

/* Two questions, so a fault may be set between them: the next look has it. */
PlSimulation *
pl_simulation_look (PlStation *station, GError **error)
{
	g_autofree char *faults = ask (station, "faults", error);
	g_autofree char *state = faults != NULL ? ask (station, "state", error) : NULL;

	return state != NULL ? pl_simulation_parse (faults, state) : NULL;
}

/* -- treating ---------------------------------------------------------------------------------- */

typedef struct {
	const char *words, *who;
} Deed;

static gboolean
add_journal (sqlite3 *sql, gpointer data, GError **error)
{
	const Deed *deed = data;
	g_autoptr (PlCanonical) json = pl_canonical_new ();
	g_autofree char *text = NULL, *hash = NULL;
	gint64 seq;

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "by", deed->who);
	pl_canonical_member (json, "line", deed->words);
	pl_canonical_end_object (json);
	text = pl_canonical_text (json);
	return pl_journal_append (sql, "simulation", text, &seq, &hash, error);
}

/* Done first, then kept: a deed that the line refuses never was. */
static gboolean
do_to_line (PlStation *station, const char *words, const char *who, GError **error)
{
	g_autofree char *answer = ask (station, words, error);
	Deed deed = {words, who};

	return answer != NULL && pl_db_write (station->db, add_journal, &deed, error);
}

gboolean
pl_simulation_fault (PlStation *station, const char *spec, gboolean on, const char *who,
		     GError **error)
{
	g_autofree char *words = g_strdup_printf ("%s %s", on ? "fault" : "clear", spec);

	return do_to_line (station, words, who, error);
}

gboolean
pl_simulation_operator (PlStation *station, const char *words, const char *who, GError **error)
{
	g_autofree char *line = g_strconcat ("operator ", words, NULL);

	return do_to_line (station, line, who, error);
}
