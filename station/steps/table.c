/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/step.h"
#include <string.h>

/* The explicit table: a step type exists if and only if it has a row here. */
extern const PlStepType pl_step_bench_ready, pl_step_fixture_close, pl_step_make_safe_type,
    pl_step_fixture_open;
extern const PlStepType pl_step_identify, pl_step_ground_bond, pl_step_insulation,
    pl_step_hipot_type, pl_step_flash;
extern const PlStepType pl_step_cell_voltages, pl_step_temperatures, pl_step_dcir,
    pl_step_current_calibration;
extern const PlStepType pl_step_contactors, pl_step_protections, pl_step_balancing,
    pl_step_short_cycle;
extern const PlStepType pl_step_leak, pl_step_set_soc, pl_step_label, pl_step_prompt;
extern const PlStepType pl_step_ocv, pl_step_acir, pl_step_weigh;
/* of a cycler's channel */
extern const PlStepType pl_step_formation, pl_step_charge, pl_step_discharge, pl_step_cycle,
    pl_step_rest, pl_step_cell_soc, pl_step_dcir_pulse;

static const PlStepType *const types[] = {
    &pl_step_bench_ready,
    &pl_step_fixture_close,
    &pl_step_identify,
    &pl_step_ground_bond,
    &pl_step_insulation,
    &pl_step_hipot_type,
    &pl_step_flash,
    &pl_step_cell_voltages,
    &pl_step_temperatures,
    &pl_step_dcir,
    &pl_step_current_calibration,
    &pl_step_contactors,
    &pl_step_protections,
    &pl_step_balancing,
    &pl_step_short_cycle,
    &pl_step_leak,
    &pl_step_set_soc,
    &pl_step_label,
    &pl_step_prompt,
    &pl_step_weigh,
    &pl_step_ocv,
    &pl_step_acir,
    &pl_step_make_safe_type,
    &pl_step_fixture_open,
    &pl_step_formation,
    &pl_step_charge,
    &pl_step_discharge,
    &pl_step_cycle,
    &pl_step_rest,
    &pl_step_cell_soc,
    &pl_step_dcir_pulse,
    NULL,
};

const PlStepType *const *
pl_step_types (void)
{
	return types;
}

const PlStepType *
pl_step_type_find (const char *name)
{
	for (guint i = 0; types[i] != NULL; i++)
		if (g_str_equal (types[i]->name, name))
			return types[i];
	return NULL;
}

/* "cell_voltage_v_*" in the table stands for cell_voltage_v_1 and so on. */
static gboolean
measure_fits (const char *pattern, const char *name)
{
	gsize stem = strlen (pattern) - 1;

	if (pattern[stem] != '*')
		return g_str_equal (pattern, name);
	return strncmp (pattern, name, stem) == 0 && name[stem] != '\0';
}

const PlMeasure *
pl_step_type_measure (const PlStepType *type, const char *name)
{
	for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++)
		if (measure_fits (m->name, name))
			return m;
	return NULL;
}
