/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * What the station is started with: options, or a key file ([station] bench= recipe= release= home=
 * operator= kiosk= language= reject-code= theme= badge-prefix= logout-minutes= shifts=
 * takt= sound= golden-serial= golden-hours= setup-check-hours=), where an option wins. Relative
 * files of a key file are beside it. A bench a slot: --bench given again, or bench=a.yaml;b.yaml.
 */
typedef struct {
	char **benches; /* NULL-terminated */
	char *recipe, *release, *home, *operator_id, *language, *reject_code, *theme;
	char *shifts, *takt; /* as pl_pace_parse takes them */
	char *golden_serial; /* the known good pack */
	char *golden_hours, *setup_check_hours; /* pl_settings_hours */
	char *sound; /* as pl_sound_check takes it */
	char *badge_prefix; /* what the code of every badge and of no pack begins with; NULL = the
			       station's own */
	guint logout_minutes; /* without input; 0 = PL_SETTINGS_LOGOUT_MINUTES */
	gboolean kiosk;
} PlSettings;

#define PL_SETTINGS_LOGOUT_MINUTES 15

/* Fills what is NULL yet. */
gboolean pl_settings_load (PlSettings *self, const char *file, GError **error);
/* Says what is missing. */
gboolean pl_settings_check (const PlSettings *self, GError **error);
/* Home as the command line finds it, operator and language from the environment, and the minutes
 * until a logout; only what is not set yet. */
void pl_settings_fill (PlSettings *self);
/* A number of hours; `otherwise` where nothing is said. -1 = no number. */
double pl_settings_hours (const char *text, double otherwise);
void pl_settings_clear (PlSettings *self);
