/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/command.h"
#include "station/cli/session.h"
#include "station/people.h"
#include "station/preflight.h"
#include <string.h>

/*
 * The command line of a run, and everything that can be known to be wrong before anything is
 * touched: a pack should not be found half-tested because of a missing file at step 18.
 */

static char *bench_file, *recipe_file, *release_file, *serial, *who;
static char *kind = NULL;
static gboolean quiet, json, all, loop;
static int count = 1;
static char **waived; /* "STEP=REASON" as given */
static PlWaiver *waivers;
static guint n_waivers;
static char *overridden; /* "WHO=REASON" as given */
static PlOverride override;

/* Who waives is who answers for the run; whether a step may be waived is the recipe's word. */
static gboolean
take_waivers (void)
{
	n_waivers = waived != NULL ? g_strv_length (waived) : 0;
	waivers = g_new0 (PlWaiver, n_waivers);
	for (guint i = 0; i < n_waivers; i++) {
		char *equals = strchr (waived[i], '=');

		if (equals == NULL || equals == waived[i] || equals[1] == '\0') {
			pl_say_usage ("--waive %s: give STEP=REASON", waived[i]);
			return FALSE;
		}
		*equals = '\0';
		waivers[i] = (PlWaiver){waived[i], pl_operator (who), equals + 1};
	}
	return TRUE;
}

static gboolean
take_override (void)
{
	char *equals = overridden != NULL ? strchr (overridden, '=') : NULL;

	if (overridden == NULL)
		return TRUE;
	if (equals == NULL || equals == overridden || equals[1] == '\0') {
		pl_say_usage ("--override %s: give WHO=REASON", overridden);
		return FALSE;
	}
	*equals = '\0';
	override = (PlOverride){overridden, equals + 1};
	return TRUE;
}

/* What GLib cannot check of the options. */
static PlExit
check_words (void)
{
	static const char *const kinds[] = {"production", "engineering", "golden", NULL};

	if (bench_file == NULL)
		return pl_say_usage ("which bench? give --bench FILE");
	if (recipe_file == NULL)
		return pl_say_usage ("which recipe? give --recipe FILE");
	if (kind == NULL)
		kind = g_strdup (kinds[0]);
	if (!g_strv_contains (kinds, kind))
		return pl_say_usage ("--kind %s: production, engineering and golden are allowed",
				     kind);
	if (quiet && json)
		return pl_say_usage ("--quiet and --json exclude each other");
	if (count < 1)
		return pl_say_usage ("--count %d: at least one pack", count);
	if (serial != NULL && (loop || count > 1))
		return pl_say_usage ("--serial is one pack: leave out --count and --loop, or scan");
	return take_waivers () && take_override () ? PL_EXIT_PASS : PL_EXIT_USAGE;
}

/* -- the command ------------------------------------------------------------------------------- */

/* The view outlives the session: its printer writes what is queued when it is freed. */
static PlExit
sit (PlStation *station, PlRecipe *recipe)
{
	g_autoptr (PlPrinter) printer = pl_printer_new ();
	PlView view = {.kind = json    ? PL_VIEW_JSON
			       : quiet ? PL_VIEW_QUIET
				       : PL_VIEW_TEXT,
		       .all = all,
		       .printer = printer};
	PlSessionPlan plan = {.station = station,
			      .recipe = recipe,
			      .view = &view,
			      .kind = kind,
			      .release_file = release_file,
			      .bench_file = bench_file,
			      .waivers = waivers,
			      .n_waivers = n_waivers,
			      .override = override,
			      .serial = serial,
			      .packs = loop ? PL_ANY : (guint)count};
	PlExit exit;

	g_mutex_init (&view.mutex);
	exit = pl_session (&plan);
	g_mutex_clear (&view.mutex);
	return exit;
}

static PlExit
run (char **args)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = NULL;
	g_autoptr (PlStation) station = NULL;
	PlExit exit = check_words ();

	if (exit != PL_EXIT_PASS)
		return exit;
	/* the recipe first: it is what people edit; then the bench, whose loading makes the
	 * database */
	recipe = pl_recipe_load (recipe_file, &error);
	if (recipe == NULL) {
		if (error->code == PL_RECIPE_ERROR_CHECK)
			pl_say ("the recipe cannot be used:\n%s", error->message);
		else
			pl_say_error (error);
		return PL_EXIT_USAGE;
	}
	if ((station = pl_open_station (bench_file, &exit)) == NULL)
		return exit;
	if (!pl_preflight (station, recipe,
			   &(PlRunOptions){.kind = kind,
					   .release_file = release_file,
					   .waivers = waivers,
					   .n_waivers = n_waivers},
			   &error))
		return pl_say_error (error);
	if (override.by != NULL &&
	    !pl_people_check_name (station->db, override.by, PL_MAY_OVERRIDE, &error))
		return pl_say_error (error);
	if (serial == NULL && pl_bench_entry (station->bench, PL_ROLE_SCANNER) == NULL)
		return pl_say_usage ("bench %s has no scanner: give the pack with --serial",
				     pl_bench_name (station->bench));
	if (who != NULL)
		pl_station_set_operator (station, who);
	return sit (station, recipe);
}

static const GOptionEntry options[] = {
    {"bench", 'b', 0, G_OPTION_ARG_FILENAME, &bench_file, "the bench file (needed)", "FILE"},
    {"recipe", 'r', 0, G_OPTION_ARG_FILENAME, &recipe_file, "the recipe (needed)", "FILE"},
    {"release", 0, 0, G_OPTION_ARG_FILENAME, &release_file,
     "signed firmware release; needed if the recipe flashes", "FILE"},
    {"serial", 's', 0, G_OPTION_ARG_FILENAME, &serial,
     "the pack (default: wait for the bench's scanner)", "SERIAL"},
    {"kind", 0, 0, G_OPTION_ARG_FILENAME, &kind,
     "production, engineering or golden (default: production); a simulated bench always makes "
     "simulated runs",
     "KIND"},
    {"operator", 0, 0, G_OPTION_ARG_FILENAME, &who,
     "who stands in front of it (default: $PACKLINE_OPERATOR); stays in the plant", "ID"},
    {"waive", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &waived,
     "leave out a step that the recipe calls waivable; kept with who and why (may be repeated)",
     "STEP=REASON"},
    {"override", 0, 0, G_OPTION_ARG_FILENAME, &overridden,
     "a second person lets a pack run that the route blocks; kept with who and why", "WHO=REASON"},
    {"count", 'n', 0, G_OPTION_ARG_INT, &count, "test N packs, one scan each", "N"},
    {"loop", 0, 0, G_OPTION_ARG_NONE, &loop, "pack after pack until stopped", NULL},
    {"all", 'a', 0, G_OPTION_ARG_NONE, &all, "print also values that are not judged", NULL},
    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "print the verdict only", NULL},
    {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print every event as a line of JSON", NULL},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_run;
const PlCommand pl_command_run = {
    .name = "run",
    .arguments = "",
    .min = 0,
    .max = 0,
    .summary = "test a pack: run the recipe, judge, grade, record, label",
    .about =
	"First what an interrupted run left behind is made safe and said. Then the pack is\n"
	"scanned (or named), checked against its route, and taken through the recipe's setup,\n"
	"main and teardown; teardown runs always. Every step is printed as it happens.\n"
	"\n"
	"A step that asks a person is answered at the keyboard: Enter, p or f, or the code; the\n"
	"bench's scanner answers, too. Without a keyboard it is said, and the step INCONCLUSIVE.\n"
	"\n"
	"The exit code is the verdict: 0 PASS, 1 FAIL, 2 ERROR or blocked, 4 ABORTED (the\n"
	"highest of several packs). The signed record goes to the database and to\n"
	"HOME/records/SERIAL-RUN.json. Ctrl-C stops the run; the teardown is never skipped.",
    .example = "  packline run --bench bench.yaml --recipe data/recipes/pack-eol-32s.yaml \\\n"
	       "    --release bms-1.4.2.plrel --serial PL32-000123",
    .options = options,
    .run = run,
};
