/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/station.h"

/* What people call an instrument by its role, in the language of the screen: "Cell meter".
 * Borrowed; main thread. */
const char *pl_role_title (PlRole role);
