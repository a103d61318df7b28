/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/cycler_file/cycler_file.h"
#include "tests/suite.h"

/* A file below tests/data, judged by that limit. */
PlCyclerFile *pl_test_data_file (const char *name, double limit_percent, double rated_ah);
/* A text that must be taken, judged by the usual limit. */
PlCyclerFile *pl_test_text_file (const char *text);
/* A text that must be refused; the error's words. */
char *pl_test_refusal (const char *text);
/* Whether a defect in that line says so; prints all of them if none does. */
void pl_assert_defect (const PlCyclerFile *file, guint line, const char *says);
const PlCyclerStep *pl_test_step (const PlCyclerFile *file, guint i);
