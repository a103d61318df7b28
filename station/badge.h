/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/people.h"

/* Argon2id of codes (libsodium), for people.c and badge.c. Each takes about a tenth of a second. */

/* With the station's salt, so that one look finds the badge; caller frees. */
char *pl_badge_hash (PlStation *station, const char *badge, GError **error);
/* With a salt of its own; caller frees. */
char *pl_pin_hash (const char *pin, GError **error);
