/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/format.h"

/* BTS 8 exports every record with all that is known of it (tests/data/cellpy/neware_uio.csv). Times
 * are in whole seconds, counts begin anew with each step, discharge is negative. */
static const char *const signature[] = {"datapoint", "cycleindex", "stepindex", "steptype", NULL};

static const PlCyclerColumn columns[] = {
    {"cycleindex", PL_Q_CYCLE},
    {"stepindex", PL_Q_STEP},
    {"steptype", PL_Q_KIND},
    {"date", PL_Q_DATE},
    {"cumulativetime", PL_Q_TEST_TIME},
    {"totaltime", PL_Q_TEST_TIME},
    {"time", PL_Q_STEP_TIME},
    {"voltage", PL_Q_VOLTS},
    {"current", PL_Q_AMPS},
    {"t1", PL_Q_DEGC},
    {"temperature", PL_Q_DEGC},
    {"chgcap", PL_Q_CHARGE_AH},
    {"dchgcap", PL_Q_DISCHARGE_AH},
    {"chgenergy", PL_Q_CHARGE_WH},
    {"dchgenergy", PL_Q_DISCHARGE_WH},
    {"capacity", PL_Q_STEP_AH},
    {"energy", PL_Q_STEP_WH},
    {NULL},
};

extern const PlCyclerFormat pl_cycler_neware;
const PlCyclerFormat pl_cycler_neware = {
    .name = "neware",
    .title = "Neware CSV",
    .signatures = {signature},
    .columns = columns,
    .count = PL_COUNT_STEP,
};
