/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* The text with the letters that people write (mΩ, °C, ≤); records keep the plain ones ("mohm",
 * "degC", "<="). NULL gives NULL. Any thread; caller frees. */
char *pl_with_signs (const char *text);
