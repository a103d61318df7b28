/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* The pack's label as ZPL: product, serial as text and Data Matrix, grade and date. Characters that
 * ZPL would take for a command (^ and ~) cannot stand in a serial's field and are refused by
 * returning NULL. Caller frees. */
char *pl_label_zpl (const char *product, const char *serial, const char *grade, const char *date);
