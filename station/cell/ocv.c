/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/ocv.h"
#include "station/station.h"
#include <math.h>
#include <string.h>

G_DEFINE_QUARK (pl - ocv - error - quark, pl_ocv_error)

#define SLOPE_REACH 0.02
#define GRID 201 /* points of a cell's own curve: one each half percent */
/* Records of a branch over which its voltage is averaged: a plateau of 0.4 mV a percent drowns in
 * the noise of single readings. */
#define SMOOTH_SOC 0.01
#define FEWEST_RECORDS 50

typedef struct {
	double soc, value;
} Point;

struct _PlOcvCurve {
	GArray *ocv, *entropy; /* Point */
};

void
pl_ocv_curve_free (PlOcvCurve *curve)
{
	if (curve == NULL)
		return;
	g_array_unref (curve->ocv);
	g_array_unref (curve->entropy);
	g_free (curve);
}

static PlOcvCurve *
new_curve (void)
{
	PlOcvCurve *curve = g_new0 (PlOcvCurve, 1);

	curve->ocv = g_array_new (FALSE, FALSE, sizeof (Point));
	curve->entropy = g_array_new (FALSE, FALSE, sizeof (Point));
	return curve;
}

/* -- between points ---------------------------------------------------------------------------- */

/* Beyond both ends the last value holds: no table says what a cell does there. */
static double
at (const GArray *points, double soc)
{
	const Point *p = (const Point *)points->data;
	guint low = 0, high = points->len - 1;

	if (!(soc > p[0].soc))
		return p[0].value;
	if (soc >= p[high].soc)
		return p[high].value;
	while (high - low > 1) {
		guint middle = (low + high) / 2;

		if (p[middle].soc <= soc)
			low = middle;
		else
			high = middle;
	}
	return p[low].value +
	       (soc - p[low].soc) / (p[high].soc - p[low].soc) * (p[high].value - p[low].value);
}

double
pl_ocv_volts (const PlOcvCurve *curve, double soc)
{
	return at (curve->ocv, soc);
}

double
pl_ocv_slope (const PlOcvCurve *curve, double soc)
{
	double low = MAX (soc - SLOPE_REACH, 0), high = MIN (soc + SLOPE_REACH, 1);

	return high > low ? (at (curve->ocv, high) - at (curve->ocv, low)) / (high - low) : NAN;
}

double
pl_ocv_entropy (const PlOcvCurve *curve, double soc)
{
	return at (curve->entropy, soc);
}

/* -- tables ------------------------------------------------------------------------------------ */

static gboolean
parse_number (const char *text, double *ret)
{
	char *end;

	*ret = g_ascii_strtod (text, &end);
	return end != text && *end == '\0' && isfinite (*ret);
}

static gboolean
parse_line (const char *line, GArray *points)
{
	g_auto (GStrv) fields = g_strsplit (line, ",", 3);
	const Point *last =
	    points->len > 0 ? &g_array_index (points, Point, points->len - 1) : NULL;
	Point p;

	if (g_strv_length (fields) != 2 || !parse_number (g_strstrip (fields[0]), &p.soc) ||
	    !parse_number (g_strstrip (fields[1]), &p.value) || p.soc < 0 || p.soc > 1 ||
	    (last != NULL && p.soc <= last->soc))
		return FALSE;
	g_array_append_val (points, p);
	return TRUE;
}

static gboolean
parse_points (const char *text, const char *name, const char *what, GArray *points, GError **error)
{
	g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

	for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++) {
		if (*g_strstrip (lines[i]) == '\0')
			continue;
		if (!parse_line (lines[i], points)) {
			g_set_error (
			    error, PL_OCV_ERROR, PL_OCV_ERROR_FILE,
			    "%s-%s.csv:%u: not \"SOC,value\" with a state of charge from 0 "
			    "to 1 above that of the line before",
			    name, what, i + 1);
			return FALSE;
		}
	}
	if (points->len >= 2)
		return TRUE;
	g_set_error (error, PL_OCV_ERROR, PL_OCV_ERROR_FILE,
		     "%s-%s.csv: two points are the least that make a curve", name, what);
	return FALSE;
}

PlOcvCurve *
pl_ocv_curve_parse (const char *ocv, const char *entropy, const char *name, GError **error)
{
	g_autoptr (PlOcvCurve) curve = new_curve ();

	return parse_points (ocv, name, "ocv", curve->ocv, error) &&
		       parse_points (entropy, name, "entropy", curve->entropy, error)
		   ? g_steal_pointer (&curve)
		   : NULL;
}

static char *
read_table (const char *name, const char *what, GError **error)
{
	g_autofree char *base = g_strdup_printf ("%s-%s.csv", name, what);
	g_autofree char *file = g_build_filename (pl_data_dir (), "cells", base, NULL);
	g_autoptr (GError) wrong = NULL;
	char *text = NULL;

	if (!g_file_get_contents (file, &text, NULL, &wrong))
		g_set_error (error, PL_OCV_ERROR, PL_OCV_ERROR_FILE,
			     "cannot read the table of the cell \"%s\": %s", name, wrong->message);
	return text;
}

PlOcvCurve *
pl_ocv_curve_load (const char *name, GError **error)
{
	g_autofree char *ocv = read_table (name, "ocv", error);
	g_autofree char *entropy = ocv != NULL ? read_table (name, "entropy", error) : NULL;

	return entropy != NULL ? pl_ocv_curve_parse (ocv, entropy, name, error) : NULL;
}

/* -- a cell's own ------------------------------------------------------------------------------ */

static gboolean
check_branch (const PlOcvBranch *branch, const char *what, GError **error)
{
	gboolean rises = branch->n >= FEWEST_RECORDS;

	for (guint i = 0; rises && i < branch->n; i++)
		rises = isfinite (branch->ah[i]) && isfinite (branch->volts[i]) &&
			(i == 0 || branch->ah[i] >= branch->ah[i - 1]);
	if (rises && branch->ah[branch->n - 1] > branch->ah[0])
		return TRUE;
	g_set_error (error, PL_OCV_ERROR, PL_OCV_ERROR_RECORD,
		     "the cell's %s gives no curve: %u records, of which %u with rising charge are "
		     "the least",
		     what, branch->n, (guint)FEWEST_RECORDS);
	return FALSE;
}

/* Mean voltage of the records within SMOOTH_SOC / 2 of a state of charge; NaN where there is none.
 * The records of a branch run from its full side (discharge) or its empty one. */
static double
branch_volts (const PlOcvBranch *branch, gboolean discharge, double soc)
{
	double first = branch->ah[0], all = branch->ah[branch->n - 1] - first, sum = 0;
	double here = first + all * (discharge ? 1 - soc : soc), reach = all * SMOOTH_SOC / 2;
	guint n = 0;

	for (guint i = 0; i < branch->n && branch->ah[i] <= here + reach; i++)
		if (branch->ah[i] >= here - reach) {
			sum += branch->volts[i];
			n++;
		}
	return n > 0 ? sum / n : NAN;
}

PlOcvCurve *
pl_ocv_curve_of_cell (const PlOcvBranch *discharge, const PlOcvBranch *charge,
		      const PlOcvCurve *entropy, GError **error)
{
	g_autoptr (PlOcvCurve) curve = new_curve ();

	if ((discharge != NULL && !check_branch (discharge, "discharge", error)) ||
	    (charge != NULL && !check_branch (charge, "charge", error)))
		return NULL;
	for (guint i = 0; i < GRID; i++) {
		double soc = (double)i / (GRID - 1);
		double down = discharge != NULL ? branch_volts (discharge, TRUE, soc) : NAN;
		double up = charge != NULL ? branch_volts (charge, FALSE, soc) : NAN;
		Point p = {soc, isnan (down) ? up : isnan (up) ? down : (down + up) / 2};

		if (isfinite (p.value))
			g_array_append_val (curve->ocv, p);
	}
	if (curve->ocv->len < GRID / 2) {
		g_set_error (error, PL_OCV_ERROR, PL_OCV_ERROR_RECORD,
			     "the cell's records have gaps: they give %u points of a curve of %u",
			     curve->ocv->len, (guint)GRID);
		return NULL;
	}
	g_array_append_vals (curve->entropy, entropy->entropy->data, entropy->entropy->len);
	return g_steal_pointer (&curve);
}
