/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/station/whole_run.h"
#include "db/journal.h"
#include "db/label.h"
#include "db/run.h"
#include "db/sample.h"
#include "db/unit.h"
#include "tests/suite.h"
#include <math.h>

#define CAUSE                                                                                      \
	"Pack and cell resistance, 10 s: position 7: 0.593 mohm over the median of 0.571 mohm: "   \
	"loose busbar or weld at this cell; busbar_excess_ohm_discharge is 593 uohm, limit <= "    \
	"100 uohm"
#define SAMPLES 101

/* A row of a step; NaN is written as NO. */
#define NO NAN
typedef struct {
	const char *name, *unit, *words, *source, *raw;
	double value, low, high;
} Value;

typedef struct {
	const char *name, *title, *clause, *message, *verdict;
	double duration_s;
	gint64 attempt;
	const Value *values;
	guint n_values;
	const char *curve, *columns;
} Step;

static const Value bench[] = {
    {"identity_hipot", "", "GPT-9904 EM110867 v2.08", NULL, NULL, NO, NO, NO},
    {"calibrations_overdue_count", "", NULL, "plant default", NULL, 0, NO, 0},
};
static const Value bond[] = {
    {"current_a", "A", NULL, "plant default", "GB ,PASS ,25.00A,021.1m ohm,T=005.0S", 25, 24, NO},
    {"resistance_ohm", "ohm", NULL, "UL 1973 40.3 (2013 numbering)",
     "GB ,PASS ,25.00A,021.1m ohm,T=005.0S", 0.0211, NO, 0.1},
};
static const Value insulation[] = {
    {"resistance_ohm_pos-chassis", "ohm", NULL,
     "plant default (GB 38031-2025 asks 100 ohm/V, 11.7 kohm here)",
     "IR ,PASS ,0.500kV,1.087G ohm,T=060.0S", 1.087e9, 2e7, NO},
    {"breakdown_hv-chassis", "", "none", "UL 1973 40.2 (2013 numbering)",
     "DCW,PASS ,2.093kV,00.00 mA ,T=001.0S", NO, NO, NO},
};
static const Value cells[] = {
    {"cells_present_count", "", NULL, "product drawing", NULL, 32, 32, 32},
    {"cell_voltage_v_1", "V", NULL, NULL, NULL, 3.2452, NO, NO},
    {"cell_voltage_v_2", "V", NULL, NULL, NULL, 3.2459, NO, NO},
    {"cell_voltage_v_3", "V", NULL, NULL, NULL, 3.2493, NO, NO},
    {"cell_voltage_v_4", "V", NULL, NULL, NULL, 3.2467, NO, NO},
    {"cell_min_v", "V", NULL, "cell data sheet", NULL, 3.2429, 3.2, 3.3},
    {"cell_max_v", "V", NULL, "cell data sheet", NULL, 3.2493, 3.2, 3.3},
    {"spread_v", "V", NULL, "plant default", NULL, 0.0064, NO, 0.01},
};
static const Value resistance[] = {
    {"pack_resistance_ohm_discharge", "ohm", NULL, "cell data sheet, 32 in series", NULL, 0.0192,
     0.012, 0.026},
    {"busbar_excess_ohm_discharge", "ohm", NULL, "plant default: 3 sigma of 2000 packs", NULL,
     2.2e-5, NO, 1e-4},
    {"temperature_rise_k", "K", NULL, "plant default", NULL, 0.4, NO, 3},
};

static const Step steps[] = {
    {"bench-ready", "Bench ready", NULL, NULL, "PASS", 2.1, 1, bench, G_N_ELEMENTS (bench), NULL,
     NULL},
    {"ground-bond", "Ground continuity", "UL 1973 40.3", NULL, "PASS", 5.3, 1, bond,
     G_N_ELEMENTS (bond), "ground-bond", "current_a resistance_ohm"},
    {"insulation", "Insulation resistance", "GB 38031-2025 6.2", "hipot: no reply within 2 s",
     "INCONCLUSIVE", 2, 1, NULL, 0, NULL, NULL},
    {"insulation", "Insulation resistance", "GB 38031-2025 6.2", NULL, "PASS", 61.2, 2, insulation,
     G_N_ELEMENTS (insulation), "pos-chassis", "voltage_v resistance_ohm"},
    {"cell-voltages", "Cell voltages", NULL, NULL, "PASS", 1.4, 1, cells, G_N_ELEMENTS (cells),
     NULL, NULL},
    {"dcir", "Pack and cell resistance, 10 s", "IEC 62620 6.5", NULL, "PASS", 42.6, 1, resistance,
     G_N_ELEMENTS (resistance), "discharge",
     "pack_v current_a cell_min_v cell_max_v temperature_degc"},
    {"short-cycle", "Short charge and discharge", NULL, "not asked for in this kind of run",
     "SKIPPED", 0, 1, NULL, 0, NULL, NULL},
};

typedef struct {
	const char *serial;
	gboolean bad;
	gint64 run;
} Work;

/* -- curves ------------------------------------------------------------------------------------ */

/* What such a column looks like under a pulse of current from 2 s to 8 s. */
static double
value_at (const char *column, double t, gboolean bad)
{
	gboolean on = t > 2 && t < 8;
	double sag = on ? (1 - exp (-(t - 2) / 1.5)) : t >= 8 ? exp (-(t - 8) / 1.5) : 0;
	double noise = 0.0004 * sin (t * 37), extra = bad ? 1.4 : 1;

	if (g_str_equal (column, "pack_v"))
		return 103.9 - (on ? 0.9 : 0) - 0.5 * sag * extra + noise * 20;
	if (g_str_equal (column, "current_a"))
		return (on ? -50 : 0) + noise * 60;
	if (g_str_equal (column, "cell_min_v"))
		return 3.243 - (on ? 0.03 * extra : 0) - 0.016 * sag * extra + noise;
	if (g_str_equal (column, "cell_max_v"))
		return 3.249 - (on ? 0.026 : 0) - 0.014 * sag + noise;
	if (g_str_equal (column, "temperature_degc"))
		return 24.1 + 0.04 * t * (bad ? 2 : 1);
	if (g_str_equal (column, "voltage_v"))
		return 500 * MIN (1, t / 1.5) + noise * 500;
	return g_str_equal (column, "resistance_ohm") ? 0.0211 + noise / 10 : 25 + noise * 20;
}

static gboolean
add_curve (sqlite3 *sql, gint64 step, const Step *of, gboolean bad, GError **error)
{
	g_auto (GStrv) columns = g_strsplit (of->columns, " ", -1);
	guint n = g_strv_length (columns);
	g_autofree double *scales = g_new (double, n);
	g_autoptr (GArray) t_us = g_array_new (FALSE, FALSE, sizeof (gint64));
	g_autoptr (GPtrArray) values =
	    g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
	PlSampleCurve curve = {(char *)of->curve, columns, scales, t_us, values, NULL};

	for (guint c = 0; c < n; c++) {
		GArray *column = g_array_new (FALSE, FALSE, sizeof (double));

		scales[c] = 1e-6;
		for (guint i = 0; i < SAMPLES; i++) {
			gint64 t = (gint64)i * 100000;
			double value = value_at (columns[c], (double)i / 10, bad);

			if (c == 0)
				g_array_append_val (t_us, t);
			g_array_append_val (column, value);
		}
		g_ptr_array_add (values, column);
	}
	return pl_sample_add (sql, step, &curve, error);
}

/* -- rows -------------------------------------------------------------------------------------- */

static gboolean
is_bad (const Work *w, const Value *value)
{
	return w->bad && g_str_equal (value->name, "busbar_excess_ohm_discharge");
}

static void
fill (PlMeasurementRow *row, const Work *w, const Value *value, gint64 instrument,
      gint64 calibration)
{
	gboolean judged = value->source != NULL;

	*row = (PlMeasurementRow){.name = (char *)value->name,
				  .words = (char *)value->words,
				  .unit = (char *)value->unit,
				  .source = (char *)value->source,
				  .raw = (char *)value->raw,
				  .value = is_bad (w, value) ? 5.93e-4 : value->value,
				  .low = value->low,
				  .high = value->high};
	if (judged && value->words != NULL)
		row->equals = (char *)value->words;
	if (judged)
		row->comparator = (char *)(value->words != NULL	 ? "EQ"
					   : isnan (value->low)	 ? "LE"
					   : isnan (value->high) ? "GE"
								 : "GELE");
	if (judged)
		row->verdict = (char *)(is_bad (w, value) ? "FAIL" : "PASS");
	row->instrument = value->raw != NULL ? instrument : 0;
	row->calibration = value->raw != NULL ? calibration : 0;
}

static gboolean
add_step (sqlite3 *sql, const Work *w, guint at, gint64 instrument, gint64 calibration,
	  GError **error)
{
	const Step *of = &steps[at];
	gboolean fails = w->bad && g_str_equal (of->name, "dcir");
	g_autofree PlMeasurementRow *values = g_new0 (PlMeasurementRow, of->n_values + 1);
	g_autoptr (GPtrArray) rows = g_ptr_array_new ();
	PlStepRow step = {.seq = at + 1,
			  .attempt = of->attempt,
			  .name = (char *)of->name,
			  .title = (char *)of->title,
			  .phase = (char *)"main",
			  .label = (char *)"routine",
			  .clause = (char *)of->clause,
			  .started = (char *)"2026-11-24T21:05:07.000Z",
			  .ended = (char *)"2026-11-24T21:05:09.000Z",
			  .verdict = (char *)(fails ? "FAIL" : of->verdict),
			  .message = (char *)(fails ? CAUSE : of->message),
			  .duration_s = of->duration_s,
			  .measurements = rows};
	gint64 id;

	for (guint i = 0; i < of->n_values; i++) {
		fill (&values[i], w, &of->values[i], instrument, calibration);
		g_ptr_array_add (rows, &values[i]);
	}
	return pl_run_row_add_step (sql, w->run, &step, &id, error) &&
	       (of->curve == NULL || add_curve (sql, id, of, w->bad, error));
}

static gboolean
begin (sqlite3 *sql, Work *w, GError **error)
{
	g_autofree char *now = pl_utc_now (), *uuid = pl_uuid7 (), *recipe = NULL, *hash = NULL;
	g_autofree char *file = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "recipes",
						  "pack-eol-32s.yaml", NULL);
	PlRunRow run = {.uuid = uuid,
			.kind = (char *)"simulated",
			.recipe = (char *)"pack-eol-32s",
			.recipe_version = 1,
			.station = (char *)"EOL-3",
			.bench = (char *)"demo",
			.software = (char *)"0.1.0",
			.entry = (char *)"scanned",
			.started = now};

	if (!g_file_get_contents (file, &recipe, NULL, error) ||
	    !pl_unit_register (sql, "pack", w->serial, "plain", NULL, NULL, NULL, &run.unit, error))
		return FALSE;
	run.recipe_hash = hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, recipe, -1);
	return pl_run_row_begin (sql, &run, recipe, "4711", &w->run, error);
}

static gboolean
add (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	gint64 instrument, calibration;

	if (!begin (sql, w, error) ||
	    !pl_instrument_row (sql, "hipot", "GW Instek", "GPT-9904", "EM110867", "2.08",
				"2026-05-04", "2027-05-04", "C-2026-118", &instrument, &calibration,
				error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
		if (!add_step (sql, w, i, instrument, calibration, error))
			return FALSE;
	return (w->bad || pl_label_add (sql, w->run,
					"^XA^FD"
					"^FS^XZ\n",
					"printed", error)) &&
	       pl_run_row_end (sql, w->run, w->bad ? "FAIL" : "PASS", w->bad ? CAUSE : NULL,
			       w->bad ? NULL : "A", error) &&
	       pl_record_add (sql, w->run, "{}\n", error);
}

gint64
whole_run_add (PlDb *db, const char *serial, gboolean bad)
{
	Work w = {serial, bad, 0};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_write (db, add, &w, &error), error);
	return w.run;
}
