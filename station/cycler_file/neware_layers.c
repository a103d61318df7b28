/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/format.h"

/* BTS 7 exports in three layers: a line of a cycle, below it lines of its steps, below those their
 * records, each layer one column further to the right. The current has no sign in most of them: the
 * step's name says which way it flows. */
static const char *const signature[] = {"recordid", "voltage", "current", NULL};

static const PlCyclerColumn columns[] = {
    {"realtime", PL_Q_DATE},
    {"time", PL_Q_STEP_TIME},
    {"voltage", PL_Q_VOLTS},
    {"current", PL_Q_AMPS},
    {"temperature", PL_Q_DEGC},
    {"capacitancechg", PL_Q_CHARGE_AH},
    {"capacitancedchg", PL_Q_DISCHARGE_AH},
    {"engychg", PL_Q_CHARGE_WH},
    {"engydchg", PL_Q_DISCHARGE_WH},
    {"capacity", PL_Q_STEP_AH},
    {"energy", PL_Q_STEP_WH},
    {NULL},
};

extern const PlCyclerFormat pl_cycler_neware_layers;
const PlCyclerFormat pl_cycler_neware_layers = {
    .name = "neware-layers",
    .title = "Neware CSV in three layers",
    .signatures = {signature},
    .columns = columns,
    .count = PL_COUNT_STEP,
    .unsigned_current = TRUE,
    .layered = TRUE,
};
