/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Adds a run with all that a run can have: a repeated step, values with and without limits, words,
 * answers of instruments with their calibration, curves that were watched, a label, and a record.
 * A bad one fails at the resistance of a cell. Returns its row; fails the test otherwise. */
gint64 whole_run_add (PlDb *db, const char *serial, gboolean bad);
