/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/format.h"

/* MITS Pro, with blanks or underscores in the headings and with or without units (then SI). Charge
 * is positive; the schedule sets the counts back where it likes. */
static const char *const signature[] = {"datapoint", "testtime", "stepindex", "cycleindex", NULL};
static const char *const headless[] = {"testtime",	 "stepindex",	      "cycleindex",
				       "chargecapacity", "dischargecapacity", NULL};

static const PlCyclerColumn columns[] = {
    {"cycleindex", PL_Q_CYCLE},
    {"stepindex", PL_Q_STEP},
    {"datetime", PL_Q_DATE},
    {"testtime", PL_Q_TEST_TIME},
    {"steptime", PL_Q_STEP_TIME},
    {"voltage", PL_Q_VOLTS},
    {"current", PL_Q_AMPS},
    {"auxtemperature1", PL_Q_DEGC},
    {"auxtemperature", PL_Q_DEGC},
    {"temperature", PL_Q_DEGC},
    {"chargecapacity", PL_Q_CHARGE_AH},
    {"dischargecapacity", PL_Q_DISCHARGE_AH},
    {"chargeenergy", PL_Q_CHARGE_WH},
    {"dischargeenergy", PL_Q_DISCHARGE_WH},
    {NULL},
};

extern const PlCyclerFormat pl_cycler_arbin;
const PlCyclerFormat pl_cycler_arbin = {
    .name = "arbin",
    .title = "Arbin CSV",
    .signatures = {signature, headless},
    .columns = columns,
    .count = PL_COUNT_ANY,
};
