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

void
pl_canonical_key (PlCanonical *json, const char *key)
{
	char **last = &json->last_key[json->depth];

	g_assert (json->object[json->depth]);
	g_assert (*last == NULL || strcmp (*last, key) < 0);
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
	before_value (json);
	g_string_append_printf (json->out, "%" G_GINT64_FORMAT, value);
}

void
pl_canonical_bool (PlCanonical *json, gboolean value)
{
	before_value (json);
	g_string_append (json->out, value ? "true" : "false");
}

char *
pl_decimal_text (double value)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	for (int digits = 1; digits <= 17; digits++) {
		char format[8];
		double back;

		g_snprintf (format, sizeof format, "%%.%dg", digits);
		g_ascii_formatd (text, sizeof text, format, value);
		back = g_ascii_strtod (text, NULL);
		if (!(back < value) && !(back > value))
			break;
	}
	return g_strdup (text);
}

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

char *
pl_canonical_text (PlCanonical *json)
{
	g_assert (json->depth == 0);
	return g_strdup (json->out->str);
}
