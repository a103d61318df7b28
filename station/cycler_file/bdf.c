/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/format.h"

/* Battery Data Format 1.3: preferred labels ("Voltage / V") or machine names ("voltage_volt").
 * Current is positive into the cell; counts run from the test's beginning and never begin anew;
 * "step_index" is how older files name the program's step. */
static const char *const labels[] = {"testtime", "voltage", "current", NULL};
static const char *const names[] = {"testtimesecond", "voltagevolt", "currentampere", NULL};

static const PlCyclerColumn columns[] = {
    {"cyclecount", PL_Q_CYCLE},
    {"stepid", PL_Q_STEP},
    {"stepindex", PL_Q_STEP},
    {"stepcount", PL_Q_STEP_COUNT},
    {"steptype", PL_Q_KIND},
    {"unixtime", PL_Q_UNIX},
    {"unixtimesecond", PL_Q_UNIX},
    {"testtime", PL_Q_TEST_TIME},
    {"testtimesecond", PL_Q_TEST_TIME},
    {"testtimemillisecond", PL_Q_TEST_TIME, 1e-3},
    {"steptime", PL_Q_STEP_TIME},
    {"steptimesecond", PL_Q_STEP_TIME},
    {"voltage", PL_Q_VOLTS},
    {"voltagevolt", PL_Q_VOLTS},
    {"current", PL_Q_AMPS},
    {"currentampere", PL_Q_AMPS},
    {"surfacetemperature", PL_Q_DEGC},
    {"surfacetemperaturecelsius", PL_Q_DEGC},
    {"temperaturet1", PL_Q_DEGC},
    {"temperaturet1celsius", PL_Q_DEGC},
    {"ambienttemperature", PL_Q_DEGC},
    {"ambienttemperaturecelsius", PL_Q_DEGC},
    {"chargingcapacity", PL_Q_CHARGE_AH},
    {"chargingcapacityah", PL_Q_CHARGE_AH},
    {"dischargingcapacity", PL_Q_DISCHARGE_AH},
    {"dischargingcapacityah", PL_Q_DISCHARGE_AH},
    {"chargingenergy", PL_Q_CHARGE_WH},
    {"chargingenergywh", PL_Q_CHARGE_WH},
    {"dischargingenergy", PL_Q_DISCHARGE_WH},
    {"dischargingenergywh", PL_Q_DISCHARGE_WH},
    {"stepchargingcapacity", PL_Q_STEP_CHARGE_AH},
    {"stepchargingcapacityah", PL_Q_STEP_CHARGE_AH},
    {"stepdischargingcapacity", PL_Q_STEP_DISCHARGE_AH},
    {"stepdischargingcapacityah", PL_Q_STEP_DISCHARGE_AH},
    {"stepchargingenergy", PL_Q_STEP_CHARGE_WH},
    {"stepchargingenergywh", PL_Q_STEP_CHARGE_WH},
    {"stepdischargingenergy", PL_Q_STEP_DISCHARGE_WH},
    {"stepdischargingenergywh", PL_Q_STEP_DISCHARGE_WH},
    {NULL},
};

extern const PlCyclerFormat pl_cycler_bdf;
const PlCyclerFormat pl_cycler_bdf = {
    .name = "bdf",
    .title = "Battery Data Format",
    .signatures = {labels, names},
    .columns = columns,
    .count = PL_COUNT_TEST,
};
