/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/format.h"

/* Text with tabs, some lines of head, days before the time ("1d 02:03:04.00"), a decimal comma on a
 * PC that has one. The current has no sign: State C, D or R says which way it flows. Counts are of
 * the step. */
static const char *const signature[] = {"rec#", "cyc#", "step", "state", NULL};

static const PlCyclerColumn columns[] = {
    {"cyc#", PL_Q_CYCLE},
    {"step", PL_Q_STEP},
    {"state", PL_Q_KIND},
    {"dpttime", PL_Q_DATE},
    {"testtime", PL_Q_TEST_TIME},
    {"test", PL_Q_TEST_TIME, -1},
    {"steptime", PL_Q_STEP_TIME},
    {"step", PL_Q_STEP_TIME, -1}, /* "Step (Sec)" */
    {"volts", PL_Q_VOLTS},
    {"mvolts", PL_Q_VOLTS, 1e-3},
    {"voltage", PL_Q_VOLTS},
    {"amps", PL_Q_AMPS},
    {"mamps", PL_Q_AMPS, 1e-3},
    {"current", PL_Q_AMPS},
    {"temp1", PL_Q_DEGC},
    {"amp-hr", PL_Q_STEP_AH},
    {"mamp-hr", PL_Q_STEP_AH, 1e-3},
    {"capacity", PL_Q_STEP_AH},
    {"watt-hr", PL_Q_STEP_WH},
    {"mwatt-hr", PL_Q_STEP_WH, 1e-3},
    {NULL},
};

extern const PlCyclerFormat pl_cycler_maccor;
const PlCyclerFormat pl_cycler_maccor = {
    .name = "maccor",
    .title = "Maccor text",
    .signatures = {signature},
    .columns = columns,
    .count = PL_COUNT_STEP,
    .unsigned_current = TRUE,
};
