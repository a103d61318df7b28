/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/sequencer.h"
#include "tests/fixtures/stepped_line.h"
#include "tests/station/fakes.h"
#include "tests/suite.h"

/* A station in a folder of its own, on a bench of fake instruments. */
typedef struct {
	char *dir, *home, *bench_file;
	Line *line; /* NULL = a real bench, in real time */
	int wire; /* where the links of the fakes end */
	PlStation *station;
} Room;

/* roles: words with a space between. Simulated benches run on a stepped line: an hour costs
 * milliseconds. */
Room *room_new (const char *roles, gboolean simulated);
void room_free (Room *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Room, room_free)
/* Nobody takes a connection any more: what is opened from now on is not there. */
void room_unplug (Room *room);
/* Closes the station and opens it again, as after a restart. */
void room_restart (Room *room);

/* A recipe of the product P whose serials are P and four digits; body begins with "main:" or
 * another phase. */
PlRecipe *room_recipe (const char *body);
PlRecipe *room_recipe_named (const char *name, const char *head, const char *body);

/* What a run came to; its pointers live as long as it. */
typedef struct {
	PlRecipe *recipe;
	PlRun *run;
	GError *error; /* of pl_run_execute */
	GPtrArray *events; /* char*: "STARTED", "step identify", "measured cells_count" ... */
} Ran;

void ran_free (Ran *ran);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ran, ran_free)
/* Runs it to its end; options may be NULL. Takes the recipe. */
Ran *room_run (Room *room, PlRecipe *recipe, const char *serial, const PlRunOptions *options);
/* The last result of a step; fails the test if there is none. */
const PlStepResult *ran_step (const Ran *ran, const char *id);
guint ran_attempts (const Ran *ran, const char *id);
const PlMeasurement *ran_measured (const Ran *ran, const char *id, const char *name);
/* One value of a statement without parameters, as text; NULL = NULL or no row. Caller frees. */
char *room_query (Room *room, const char *sql);

#define ck_assert_run(ran, verdict_)                                                               \
	ck_assert_msg (pl_run_verdict ((ran)->run) == (verdict_), "the run is %s: %s",             \
		       pl_run_verdict_name (pl_run_verdict ((ran)->run)),                          \
		       pl_run_cause ((ran)->run) != NULL ? pl_run_cause ((ran)->run) : "")
#define ck_assert_step(ran, id, verdict_)                                                          \
	ck_assert_msg (ran_step ((ran), (id))->verdict == (verdict_), "step %s is %s: %s", (id),   \
		       pl_verdict_name (ran_step ((ran), (id))->verdict),                          \
		       ran_step ((ran), (id))->message != NULL ? ran_step ((ran), (id))->message   \
							       : "")
#define ck_assert_says(text, part)                                                                 \
	ck_assert_msg ((text) != NULL && strstr ((text), (part)) != NULL,                          \
		       "\"%s\" does not say \"%s\"", (text), (part))
