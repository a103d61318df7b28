/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/settings.h"

#define GROUP "station"

typedef struct {
	const char *key;
	gsize at;
	gboolean file; /* a path, beside the key file unless it is whole */
} Setting;

static const Setting settings[] = {
    {"recipe", G_STRUCT_OFFSET (PlSettings, recipe), TRUE},
    {"release", G_STRUCT_OFFSET (PlSettings, release), TRUE},
    {"home", G_STRUCT_OFFSET (PlSettings, home), TRUE},
    {"operator", G_STRUCT_OFFSET (PlSettings, operator_id), FALSE},
    {"language", G_STRUCT_OFFSET (PlSettings, language), FALSE},
    {"reject-code", G_STRUCT_OFFSET (PlSettings, reject_code), FALSE},
    {"theme", G_STRUCT_OFFSET (PlSettings, theme), FALSE},
    {"badge-prefix", G_STRUCT_OFFSET (PlSettings, badge_prefix), FALSE},
    {"golden-serial", G_STRUCT_OFFSET (PlSettings, golden_serial), FALSE},
    {"golden-hours", G_STRUCT_OFFSET (PlSettings, golden_hours), FALSE},
    {"setup-check-hours", G_STRUCT_OFFSET (PlSettings, setup_check_hours), FALSE},
    {"shifts", G_STRUCT_OFFSET (PlSettings, shifts), FALSE},
    {"takt", G_STRUCT_OFFSET (PlSettings, takt), FALSE},
    {"sound", G_STRUCT_OFFSET (PlSettings, sound), FALSE},
};

/* The text that a row of the table stands for. */
static char **
at (PlSettings *self, guint i)
{
	return &G_STRUCT_MEMBER (char *, self, settings[i].at);
}

/* A key that nobody reads is a typing error that would be found at the wrong time. */
static gboolean
check_keys (GKeyFile *keys, const char *file, GError **error)
{
	g_auto (GStrv) names = g_key_file_get_keys (keys, GROUP, NULL, error);

	if (names == NULL)
		return FALSE;
	for (guint i = 0; names[i] != NULL; i++) {
		gboolean known = g_str_equal (names[i], "kiosk") ||
				 g_str_equal (names[i], "bench") ||
				 g_str_equal (names[i], "logout-minutes");

		for (guint k = 0; k < G_N_ELEMENTS (settings); k++)
			known |= g_str_equal (names[i], settings[k].key);
		if (known)
			continue;
		g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND,
			     "%s: there is no setting \"%s\"", file, names[i]);
		return FALSE;
	}
	return TRUE;
}

static void
take (PlSettings *self, guint i, GKeyFile *keys, const char *folder)
{
	g_autofree char *text = g_key_file_get_string (keys, GROUP, settings[i].key, NULL);

	/* what is there was given as an option, which wins */
	if (text == NULL || *at (self, i) != NULL)
		return;
	*at (self, i) =
	    settings[i].file ? g_canonicalize_filename (text, folder) : g_steal_pointer (&text);
}

static void
take_benches (PlSettings *self, GKeyFile *keys, const char *folder)
{
	char **names;

	if (self->benches != NULL)
		return;
	names = g_key_file_get_string_list (keys, GROUP, "bench", NULL, NULL);
	for (char **at_ = names; at_ != NULL && *at_ != NULL; at_++) {
		char *whole = g_canonicalize_filename (*at_, folder);

		g_free (*at_);
		*at_ = whole;
	}
	self->benches = names;
}

static gboolean
take_minutes (PlSettings *self, GKeyFile *keys, const char *file, GError **error)
{
	int minutes;

	if (!g_key_file_has_key (keys, GROUP, "logout-minutes", NULL))
		return TRUE;
	minutes = g_key_file_get_integer (keys, GROUP, "logout-minutes", NULL);
	/* 0 would be what a word that is no number reads as */
	if (minutes < 1) {
		g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
			     "%s: logout-minutes is a number of minutes, 1 or more", file);
		return FALSE;
	}
	self->logout_minutes = (guint)minutes;
	return TRUE;
}

gboolean
pl_settings_load (PlSettings *self, const char *file, GError **error)
{
	g_autoptr (GKeyFile) keys = g_key_file_new ();
	g_autofree char *whole = g_canonicalize_filename (file, NULL);
	g_autofree char *folder = g_path_get_dirname (whole);

	if (!g_key_file_load_from_file (keys, file, G_KEY_FILE_NONE, error)) {
		g_prefix_error (error, "%s: ", file);
		return FALSE;
	}
	if (!check_keys (keys, file, error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
		take (self, i, keys, folder);
	take_benches (self, keys, folder);
	if (!take_minutes (self, keys, file, error))
		return FALSE;
	self->kiosk |= g_key_file_get_boolean (keys, GROUP, "kiosk", NULL);
	return TRUE;
}

double
pl_settings_hours (const char *text, double otherwise)
{
	char *end = NULL;
	double hours = text != NULL ? g_ascii_strtod (text, &end) : otherwise;

	/* 1e6 h, a century: what is more is a slip of the hand */
	return end != NULL && (end == text || *end != '\0' || !(hours >= 0 && hours < 1e6)) ? -1
											    : hours;
}

static gboolean
check_hours (const PlSettings *self, GError **error)
{
	const char *wrong = pl_settings_hours (self->golden_hours, 0) < 0 ? self->golden_hours
			    : pl_settings_hours (self->setup_check_hours, 0) < 0
				? self->setup_check_hours
				: NULL;

	if (wrong == NULL)
		return TRUE;
	g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		     "golden-hours and setup-check-hours are numbers of hours; \"%s\" is none",
		     wrong);
	return FALSE;
}

gboolean
pl_settings_check (const PlSettings *self, GError **error)
{
	const char *missing = self->benches == NULL || *self->benches == NULL ? "bench"
			      : self->recipe == NULL			      ? "recipe"
									      : NULL;

	if (missing == NULL)
		return check_hours (self, error);
	g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		     "which %s? give --%s FILE, or %s=FILE in the file of --settings", missing,
		     missing, missing);
	return FALSE;
}

static void
fill (char **at_, const char *text)
{
	if (*at_ == NULL && text != NULL && *text != '\0')
		*at_ = g_strdup (text);
}

void
pl_settings_fill (PlSettings *self)
{
	/* as the XDG base directories have it */
	const char *state = g_getenv ("XDG_STATE_HOME");

	fill (&self->home, g_getenv ("PACKLINE_HOME"));
	if (self->home == NULL && state != NULL && *state != '\0')
		self->home = g_build_filename (state, "packline", NULL);
	if (self->home == NULL)
		self->home =
		    g_build_filename (g_get_home_dir (), ".local", "state", "packline", NULL);
	fill (&self->operator_id, g_getenv ("PACKLINE_OPERATOR"));
	if (self->logout_minutes == 0)
		self->logout_minutes = PL_SETTINGS_LOGOUT_MINUTES;
	fill (&self->language, g_get_language_names ()[0]);
}

void
pl_settings_clear (PlSettings *self)
{
	for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
		g_clear_pointer (at (self, i), g_free);
	g_clear_pointer (&self->benches, g_strfreev);
}
