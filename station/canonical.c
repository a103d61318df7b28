/* SPDX-License-Identifier: Apache-2.0 */
#include "station/canonical.h"
#include <math.h>
#include <string.h>

#define DEPTH_MAX 16

struct _PlCanonical {
	GString *out;
	guint depth;
	gboolean first[DEPTH_MAX]; /* nothing written in this container yet */
	gboolean object[DEPTH_MAX]; /* it is an object: values come after keys */
	char *last_key[DEPTH_MAX];
};

PlCanonical *
pl_canonical_new (void)
{
	PlCanonical *json = g_new0 (PlCanonical, 1);

	json->out = g_string_new (NULL);
	json->first[0] = TRUE;
	return json;
}

void
pl_canonical_free (PlCanonical *json)
{
	if (json == NULL)
		return;
	for (guint i = 0; i < DEPTH_MAX; i++)
		g_free (json->last_key[i]);
	g_string_free (json->out, TRUE);
	g_free (json);
}

/* A comma stands between members, and nowhere else: there is no other white space or order. */
static void
separate (PlCanonical *json)
{
	if (!json->first[json->depth])
		g_string_append_c (json->out, ',');
	json->first[json->depth] = FALSE;
}

/* In an object the comma went before the key. */
static void
before_value (PlCanonical *json)
{
	if (!json->object[json->depth])
		separate (json);
}

/* Depth is ours, not the data's: a record nests five levels. */
static void
begin (PlCanonical *json, char bracket)
{
	before_value (json);
	g_string_append_c (json->out, bracket);
	json->depth++;
	g_assert (json->depth < DEPTH_MAX);
	json->first[json->depth] = TRUE;
	json->object[json->depth] = bracket == '{';
}

static void
end (PlCanonical *json, char bracket)
{
	g_assert (json->depth > 0);
	g_clear_pointer (&json->last_key[json->depth], g_free);
	json->depth--;
	g_string_append_c (json->out, bracket);
}

void
pl_canonical_begin_object (PlCanonical *json)
{
	begin (json, '{');
}

void
pl_canonical_end_object (PlCanonical *json)
{
	end (json, '}');
}

void
pl_canonical_begin_array (PlCanonical *json)
{
	begin (json, '[');
}

void
pl_canonical_end_array (PlCanonical *json)
{
	end (json, ']');
}

/* RFC 8785, 3.2.2.2: only these are escaped, control characters in the shortest form */
static void
append_quoted (GString *out, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid (text, -1);

	g_string_append_c (out, '"');
	for (const char *at = valid; *at != '\0'; at++) {
		static const char *const controls = "\b\t\n\f\r";
		const char *control = (guchar)*at < 0x20 ? strchr (controls, *at) : NULL;

		if (*at == '"' || *at == '\\')
			g_string_append_printf (out, "\\%c", *at);
		else if (control != NULL)
			g_string_append_printf (out, "\\%c", "btnfr"[control - controls]);
		else if ((guchar)*at < 0x20)
			g_string_append_printf (out, "\\u%04x", (guchar)*at);
		else
			g_string_append_c (out, *at);
	}
	g_string_append_c (out, '"');
}

/* By UTF-16 code units: only characters beyond U+FFFF, whose surrogates stand below U+E000, differ
 * from the order of UTF-8 bytes. */
int
pl_canonical_compare (const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	if ((guchar)*a >= 0xee && (guchar)*b >= 0xee && ((guchar)*a < 0xf0) != ((guchar)*b < 0xf0))
		return (guchar)*a < 0xf0 ? 1 : -1;
	return (int)(guchar)*a - (int)(guchar)*b;
}

void
pl_canonical_key (PlCanonical *json, const char *key)
{
	char **last = &json->last_key[json->depth];

	g_assert (json->object[json->depth]);
	g_assert (*last == NULL || pl_canonical_compare (*last, key) < 0);
	g_free (*last);
	*last = g_strdup (key);
	separate (json);
	append_quoted (json->out, key);
	g_string_append_c (json->out, ':');
}

void
pl_canonical_string (PlCanonical *json, const char *text)
{
	before_value (json);
	if (text == NULL)
		g_string_append (json->out, "null");
	else
		append_quoted (json->out, text);
}

void
pl_canonical_integer (PlCanonical *json, gint64 value)
{
	/* beyond this a reader's double would be another number */
	g_assert (ABS (value) <= G_GINT64_CONSTANT (1) << 53);
	before_value (json);
	g_string_append_printf (json->out, "%" G_GINT64_FORMAT, value);
}

void
pl_canonical_bool (PlCanonical *json, gboolean value)
{
	before_value (json);
	g_string_append (json->out, value ? "true" : "false");
}

/* The digits of a decimal "d.ddde+x" without its point and zeros at the end, and the power of ten
 * of the first. */
static guint
take_digits (const char *scientific, char *ret_digits, int *ret_exponent)
{
	guint n = 0;

	for (; *scientific != 'e'; scientific++)
		if (*scientific != '.')
			ret_digits[n++] = *scientific;
	while (n > 1 && ret_digits[n - 1] == '0')
		n--;
	ret_digits[n] = '\0';
	*ret_exponent = (int)g_ascii_strtoll (scientific + 1, NULL, 10);
	return n;
}

/* Written so because == on doubles is refused by the build; a NaN never comes here. */
static gboolean
is_same (double a, double b)
{
	return !(a < b) && !(a > b);
}

/* At a power of two the gap to the next double is wider than that to the one before, so the decimal
 * above the nearest one may read back where the nearest does not: the next unit in the last place
 * of `text`. */
static void
next_decimal (char *text, guint digits)
{
	for (guint i = digits + (digits > 1 ? 1 : 0); i > 0; i--) {
		char *at = &text[i - 1];

		if (*at == '.')
			continue;
		if (*at != '9') {
			(*at)++;
			return;
		}
		*at = '0';
	}
}

/* The shortest "d.ddde+x" of a positive double. */
static void
shortest (double value, char *ret, gsize size)
{
	for (guint digits = 1; digits <= 17; digits++) {
		char format[8], next[G_ASCII_DTOSTR_BUF_SIZE];

		g_snprintf (format, sizeof format, "%%.%ue", digits - 1);
		g_ascii_formatd (ret, (int)size, format, value);
		if (is_same (g_ascii_strtod (ret, NULL), value))
			return;
		g_strlcpy (next, ret, sizeof next);
		next_decimal (next, digits);
		if (is_same (g_ascii_strtod (next, NULL), value)) {
			g_strlcpy (ret, next, size);
			return;
		}
	}
}

/* ECMAScript's Number::toString, which RFC 8785 3.2.2.3 asks for: plain from 1e-6 up to 1e21, else
 * with exponent. */
char *
pl_decimal_text (double value)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE], digits[G_ASCII_DTOSTR_BUF_SIZE];
	g_autoptr (GString) out = g_string_new (value < 0 ? "-" : NULL);
	int n, exponent;

	if (is_same (value, 0))
		return g_strdup ("0");
	shortest (fabs (value), text, sizeof text);
	n = (int)take_digits (text, digits, &exponent);
	if (exponent < -6 || exponent > 20)
		g_string_append_printf (out, "%c%s%se%+d", digits[0], n > 1 ? "." : "", digits + 1,
					exponent);
	else if (exponent < 0)
		g_string_append_printf (out, "0.%.*s%s", -exponent - 1, "00000000", digits);
	else if (n <= exponent + 1)
		g_string_append_printf (out, "%s%.*s", digits, exponent + 1 - n,
					"0000000000000000000000");
	else
		g_string_append_printf (out, "%.*s.%s", exponent + 1, digits,
					digits + exponent + 1);
	return g_string_free (g_steal_pointer (&out), FALSE);
}

/* A reading that is no number is null: JSON has no word for it. */
void
pl_canonical_decimal (PlCanonical *json, double value)
{
	g_autofree char *text = isfinite (value) ? pl_decimal_text (value) : NULL;

	pl_canonical_string (json, text);
}

void
pl_canonical_member (PlCanonical *json, const char *key, const char *text)
{
	if (text == NULL)
		return;
	pl_canonical_key (json, key);
	pl_canonical_string (json, text);
}

void
pl_canonical_member_integer (PlCanonical *json, const char *key, gint64 value)
{
	pl_canonical_key (json, key);
	pl_canonical_integer (json, value);
}

void
pl_canonical_member_decimal (PlCanonical *json, const char *key, double value)
{
	if (!isfinite (value))
		return;
	pl_canonical_key (json, key);
	pl_canonical_decimal (json, value);
}

char *
pl_canonical_text (PlCanonical *json)
{
	g_assert (json->depth == 0);
	return g_strdup (json->out->str);
}
