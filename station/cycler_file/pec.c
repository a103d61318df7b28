/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/format.h"

/* A head of some thirty lines, then records in mV and mA (tests/data/cellpy/pec.csv). Counts begin
 * anew with each cycle; records come by time and by change, down to 2 ms; temperatures only with
 * the first of them. */
static const char *const signature[] = {"step",	    "cycle",	  "loadontime",
					"steptime", "reasoncode", NULL};

static const PlCyclerColumn columns[] = {
    {"cycle", PL_Q_CYCLE},
    {"step", PL_Q_STEP},
    {"realtime", PL_Q_DATE},
    {"totaltime", PL_Q_TEST_TIME},
    {"steptime", PL_Q_STEP_TIME},
    {"voltage", PL_Q_VOLTS},
    {"current", PL_Q_AMPS},
    {"cellsurfacetemperature", PL_Q_DEGC},
    {"ambienttemperature", PL_Q_DEGC},
    {"chargecapacity", PL_Q_CHARGE_AH},
    {"dischargecapacity", PL_Q_DISCHARGE_AH},
    {"chargecapacity", PL_Q_CHARGE_WH},
    {"dischargecapacity", PL_Q_DISCHARGE_WH},
    {NULL},
};

extern const PlCyclerFormat pl_cycler_pec;
const PlCyclerFormat pl_cycler_pec = {
    .name = "pec",
    .title = "PEC CSV",
    .signatures = {signature},
    .columns = columns,
    .count = PL_COUNT_ANY,
};
