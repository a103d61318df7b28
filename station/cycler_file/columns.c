/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/format.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Which column of a file is what, and in which unit. */

typedef enum { DIM_NONE, DIM_V, DIM_A, DIM_AH, DIM_WH, DIM_S, DIM_DEGC } Dimension;

/* In small letters. What cyclers write for a degree is many things. */
static const struct {
	const char *unit;
	Dimension dimension;
	double scale;
} units[] = {
    {"v", DIM_V, 1},
    {"mv", DIM_V, 1e-3},
    {"a", DIM_A, 1},
    {"ma", DIM_A, 1e-3},
    {"ua", DIM_A, 1e-6},
    {"ah", DIM_AH, 1},
    {"a.h", DIM_AH, 1},
    {"mah", DIM_AH, 1e-3},
    {"ma.h", DIM_AH, 1e-3},
    {"uah", DIM_AH, 1e-6},
    {"wh", DIM_WH, 1},
    {"w.h", DIM_WH, 1},
    {"mwh", DIM_WH, 1e-3},
    {"s", DIM_S, 1},
    {"sec", DIM_S, 1},
    {"second", DIM_S, 1},
    {"seconds", DIM_S, 1},
    {"ms", DIM_S, 1e-3},
    {"min", DIM_S, 60},
    {"h", DIM_S, 3600},
    {"hr", DIM_S, 3600},
    {"h:min:s.ms", DIM_S, 1},
    {"h:m:s.ms", DIM_S, 1},
    {"hh:mm:ss", DIM_S, 1},
    {"c", DIM_DEGC, 1},
    {"degc", DIM_DEGC, 1},
    {"oc", DIM_DEGC, 1},
    {"°c", DIM_DEGC, 1},
    {"℃", DIM_DEGC, 1},
    {"\xb0"
     "c",
     DIM_DEGC, 1},
    {"°", DIM_DEGC, 1},
    {"1", DIM_NONE, 1},
};

static Dimension
dimension_of (PlQuantity what)
{
	switch (what) {
	case PL_Q_VOLTS:
		return DIM_V;
	case PL_Q_AMPS:
		return DIM_A;
	case PL_Q_DEGC:
		return DIM_DEGC;
	case PL_Q_TEST_TIME:
	case PL_Q_STEP_TIME:
	case PL_Q_UNIX:
		return DIM_S;
	case PL_Q_CHARGE_AH:
	case PL_Q_DISCHARGE_AH:
	case PL_Q_STEP_CHARGE_AH:
	case PL_Q_STEP_DISCHARGE_AH:
	case PL_Q_STEP_AH:
		return DIM_AH;
	case PL_Q_CHARGE_WH:
	case PL_Q_DISCHARGE_WH:
	case PL_Q_STEP_CHARGE_WH:
	case PL_Q_STEP_DISCHARGE_WH:
	case PL_Q_STEP_WH:
		return DIM_WH;
	default:
		return DIM_NONE;
	}
}

/* -- headings ---------------------------------------------------------------------------------- */

/* "Charge_Capacity(mAh)" and "Charging Capacity / Ah" into what is meant and its unit; unit "" =
 * none. */
static char *
heading_base (const char *heading, char **ret_unit)
{
	const char *end = strchr (heading, '('), *slash = strstr (heading, " / ");
	g_autoptr (GString) base = g_string_new (NULL);
	g_autofree char *unit = NULL;

	if (end == NULL && slash != NULL) {
		end = slash;
		unit = g_strdup (slash + strlen (" / "));
	} else if (end != NULL) {
		unit = g_strndup (end + 1, strcspn (end + 1, ")"));
	}
	for (const char *at = heading; *at != '\0' && at != end; at++)
		if (strchr (" ._", *at) == NULL)
			g_string_append_c (base, g_ascii_tolower (*at));
	*ret_unit = g_ascii_strdown (unit != NULL ? unit : "", -1);
	return g_string_free (g_steal_pointer (&base), FALSE);
}

/* NaN = it is not this quantity. */
static double
scale_of (const PlCyclerColumn *row, const char *unit)
{
	PlQuantity what = row->what;

	if (*unit == '\0')
		return row->scale < 0 ? NAN : row->scale > 0 ? row->scale : 1;
	for (guint i = 0; i < G_N_ELEMENTS (units); i++)
		if (units[i].dimension == dimension_of (what) && g_str_equal (units[i].unit, unit))
			return units[i].scale;
	return NAN;
}

static gboolean
has_signature (const char *const *signature, char *const *bases, guint n)
{
	gboolean all = signature != NULL;

	for (guint i = 0; all && signature[i] != NULL; i++) {
		gboolean found = FALSE;

		for (guint c = 0; c < n; c++)
			found |= g_str_equal (signature[i], bases[c]);
		all = found;
	}
	return all;
}

/* Rows of one heading may stand for different quantities, told apart by their unit ("Charge
 * Capacity" in mAh and in mWh). */
static gboolean
map_column (const PlCyclerFormat *format, int c, const char *base, const char *unit,
	    const char *heading, int rank[PL_Q_N], PlColumns *ret, GError **error)
{
	gboolean known = FALSE, fits = FALSE;

	for (int i = 0; format->columns[i].heading != NULL; i++) {
		const PlCyclerColumn *row = &format->columns[i];
		double scale = scale_of (row, unit);

		if (!g_str_equal (row->heading, base))
			continue;
		known = TRUE;
		fits |= isfinite (scale);
		if (isfinite (scale) && (ret->column[row->what] < 0 || i < rank[row->what])) {
			ret->column[row->what] = c;
			ret->scale[row->what] = scale;
			rank[row->what] = i;
		}
	}
	if (!known || fits)
		return TRUE;
	g_set_error (error, PL_CYCLER_FILE_ERROR, PL_CYCLER_FILE_ERROR_FORMAT,
		     "column %d is headed \"%s\", in a unit that is not known here: nothing of it "
		     "can be believed",
		     c + 1, heading);
	return FALSE;
}

static gboolean
match_with (const PlCyclerFormat *format, char *const *fields, guint n, PlColumns *ret,
	    GError **error)
{
	g_auto (GStrv) bases = g_new0 (char *, n + 1), unit = g_new0 (char *, n + 1);
	int rank[PL_Q_N];

	for (guint c = 0; c < n; c++)
		bases[c] = heading_base (fields[c], &unit[c]);
	if (!has_signature (format->signatures[0], bases, n) &&
	    !has_signature (format->signatures[1], bases, n))
		return FALSE;
	for (guint c = 0; c < n; c++)
		if (!map_column (format, (int)c, bases[c], unit[c], fields[c], rank, ret, error))
			return FALSE;
	return ret->column[PL_Q_VOLTS] >= 0 && ret->column[PL_Q_AMPS] >= 0;
}

gboolean
pl_columns_match (const PlCyclerFormat *format, const char *line, PlColumns *ret, GError **error)
{
	static const char delimiters[] = ",\t;";
	char *fields[PL_FIELDS_MAX];

	for (const char *at = delimiters; *at != '\0'; at++) {
		g_autofree char *copy = g_strdup (line);
		guint n = pl_fields_split (copy, *at, fields);
		g_autoptr (GError) wrong = NULL;

		*ret = (PlColumns){.delimiter = *at, .n_columns = n};
		for (guint q = 0; q < PL_Q_N; q++)
			ret->column[q] = -1;
		if (n > 2 && n <= PL_FIELDS_MAX && match_with (format, fields, n, ret, &wrong))
			return TRUE;
		if (wrong != NULL) {
			g_propagate_error (error, g_steal_pointer (&wrong));
			return FALSE;
		}
	}
	return FALSE;
}

/* -- values ------------------------------------------------------------------------------------ */

const char *
pl_columns_text (const PlColumns *columns, char **fields, guint n, PlQuantity what)
{
	int c = columns->column[what];

	return c >= 0 && (guint)c < n && *fields[c] != '\0' ? fields[c] : NULL;
}

/* How many decimals a number is written with; 1.2e-05 has six. */
static int
places_of (const char *text)
{
	const char *point = strpbrk (text, ".,"), *power = strpbrk (text, "eE");
	int places = point != NULL ? (int)strspn (point + 1, "0123456789") : 0;

	return power != NULL ? places - atoi (power + 1) : places;
}

/* No infinities, no hexadecimals, nothing behind it; a decimal comma where commas part no fields.
 */
static gboolean
parse_number (const char *text, char delimiter, double *ret)
{
	char copy[64], *end;

	if (strlen (text) >= sizeof copy || strspn (text, "0123456789+-.,eE") != strlen (text))
		return FALSE;
	strcpy (copy, text);
	if (delimiter != ',')
		g_strdelimit (copy, ",", '.');
	*ret = g_ascii_strtod (copy, &end);
	return end != copy && *end == '\0' && isfinite (*ret);
}

/* "36:38:56", "0d 00:01:00.00", "1:02:03.450" */
static gboolean
parse_clock (const char *text, double *ret)
{
	int days = 0, used = 0;
	double seconds = 0;
	char copy[64];

	sscanf (text, "%dd %n", &days, &used);
	text += used;
	if (used == 0)
		days = 0;
	if (strlen (text) >= sizeof copy || days < 0)
		return FALSE;
	strcpy (copy, text);
	for (char *at = copy; at != NULL;) {
		char *colon = strchr (at, ':');
		double part;

		if (colon != NULL)
			*colon++ = '\0';
		if (!parse_number (at, ';', &part) || part < 0)
			return FALSE;
		seconds = seconds * 60 + part;
		at = colon;
	}
	*ret = days * 86400.0 + seconds;
	return TRUE;
}

gboolean
pl_columns_value (PlColumns *columns, char **fields, guint n, PlQuantity what, double *ret)
{
	const char *text = pl_columns_text (columns, fields, n, what);
	double value;

	*ret = NAN;
	if (text == NULL)
		return TRUE;
	if (dimension_of (what) == DIM_S && strchr (text, ':') != NULL)
		return parse_clock (text, ret);
	if (!parse_number (text, columns->delimiter, &value))
		return FALSE;
	columns->places[what] = MAX (columns->places[what], MIN (places_of (text), 12));
	*ret = value * columns->scale[what];
	return TRUE;
}

double
pl_columns_least (const PlColumns *columns, PlQuantity what)
{
	return columns->column[what] < 0 ? NAN
					 : columns->scale[what] * pow (10, -columns->places[what]);
}

double
pl_date_seconds (const char *text)
{
	int a, b, c, hour, minute, used = 0;
	double second;
	g_autoptr (GDateTime) date = NULL;

	if (sscanf (text, "%d%*[-/]%d%*[-/]%d%*[ T]%d:%d:%lf%n", &a, &b, &c, &hour, &minute,
		    &second, &used) != 6)
		return NAN;
	if (strstr (text + used, "PM") != NULL && hour < 12)
		hour += 12;
	else if (strstr (text + used, "AM") != NULL && hour == 12)
		hour = 0;
	/* a year of four digits stands first, or month and day stand before it */
	date = a > 31 ? g_date_time_new_utc (a, b, c, hour, minute, second)
		      : g_date_time_new_utc (c, a, b, hour, minute, second);
	return date != NULL
		   ? (double)g_date_time_to_unix (date) + g_date_time_get_microsecond (date) / 1e6
		   : NAN;
}
