/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/service.h"
#include "ui/role_words.h"

/* The words of the technician's page besides the roles', in the language of the screen; main
 * thread. Borrowed unless it is said. */
const char *pl_output_title (const PlServiceOutput *output);
/* One of the output's words of a choice. */
const char *pl_choice_title (const char *word);
/* title: the line's own English, for a fault that has no words here. */
const char *pl_fault_title (const char *name, const char *title);
/* "3.2981 V", "25.1 °C", "–" for what cannot be shown; caller frees. */
char *pl_value_text (double value, const char *unit);
/* "(161 days)": until that ISO date; NULL = no date. *ret_days may be NULL. Caller frees. */
char *pl_due_words (const char *due, int *ret_days);
