/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/people.h"
#include "ui/snapshot.h"

/* In the screen's language. */
const char *pl_role_word (PlPersonRole role);
/* "O1, operator", "Nobody is logged in", or "" where there is nothing to say. Caller frees. */
char *pl_who_text (const PlSnapshot *snapshot);
