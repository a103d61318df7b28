/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/contactor.h"
#include "firmware/bms/mem.h"

/* Plant defaults. Within 3 % of the stack the inrush through the main contacts is what the
 * pre-charge resistor lets pass. */
#define PRECHARGE_LEAST_US 100000u
#define PRECHARGE_MOST_US 5000000u
#define PRECHARGE_NEAR_PERCENT 3
#define AUX_PATIENCE_US 500000u

static void
enter (struct bms_contactor *c, enum bms_contactor_state state)
{
	c->state = state;
	c->state_us = 0;
	c->disagree_us = 0;
}

/* Nothing closes any more until a person or a station has looked and cleared it. */
static void
lock (struct bms_contactor *c, uint32_t fault)
{
	c->faults |= fault;
	c->request = false;
	enter (c, BMS_CONTACTOR_OPEN);
}

/* Divided first: a stack in mV times a percentage would still fit, a faulty reading times it
 * might not. */
static bool
is_near_stack (const struct bms_measured *m)
{
	return bms_abs (m->stack_mv - m->terminal_mv) <= m->stack_mv / 100 * PRECHARGE_NEAR_PERCENT;
}

static void
precharge (struct bms_contactor *c, const struct bms_measured *m)
{
	if (c->state_us >= PRECHARGE_LEAST_US && is_near_stack (m)) {
		c->precharge_ms = c->state_us / 1000;
		enter (c, BMS_CONTACTOR_CLOSING);
	} else if (c->state_us >= PRECHARGE_MOST_US) {
		c->precharge_ms = c->state_us / 1000;
		lock (c, BMS_FAULT_PRECHARGE);
	}
}

/* The auxiliary contact follows the coil within its time. */
static void
supervise (struct bms_contactor *c, const struct bms_measured *m)
{
	bool coil = c->state == BMS_CONTACTOR_CLOSING || c->state == BMS_CONTACTOR_CLOSED;
	bool aux = (m->flags & AFE_FLAG_MAIN_AUX) != 0;

	if (c->state == BMS_CONTACTOR_CLOSING && aux)
		enter (c, BMS_CONTACTOR_CLOSED);
	c->disagree_us = aux != coil ? bms_add_time (c->disagree_us, m->dt_us) : 0;
	if (c->disagree_us < AUX_PATIENCE_US)
		return;
	if (coil)
		lock (c, BMS_FAULT_NOT_CLOSED);
	else
		c->faults |= BMS_FAULT_WELDED;
}

/* Opening comes before everything else and takes no state of its own: coils off is always
 * allowed. */
uint32_t
bms_contactor_step (struct bms_contactor *c, const struct bms_measured *m, bool blocked)
{
	c->state_us = bms_add_time (c->state_us, m->dt_us);
	if (blocked)
		c->request = false;
	if (!c->request && c->state != BMS_CONTACTOR_OPEN)
		enter (c, BMS_CONTACTOR_OPEN);
	else if (c->request && c->state == BMS_CONTACTOR_OPEN)
		enter (c, BMS_CONTACTOR_PRECHARGE);
	else if (c->state == BMS_CONTACTOR_PRECHARGE)
		precharge (c, m);
	supervise (c, m);
	switch (c->state) {
	case BMS_CONTACTOR_PRECHARGE:
		return AFE_OUT_PRECHARGE;
	case BMS_CONTACTOR_CLOSING: /* pre-charge holds the voltage until the main contact has it */
		return AFE_OUT_PRECHARGE | AFE_OUT_MAIN;
	case BMS_CONTACTOR_CLOSED:
		return AFE_OUT_MAIN;
	case BMS_CONTACTOR_OPEN:
	default:
		return 0;
	}
}

bool
bms_contactor_is_locked (const struct bms_contactor *c)
{
	return (c->faults & (BMS_FAULT_PRECHARGE | BMS_FAULT_NOT_CLOSED)) != 0;
}

void
bms_contactor_clear (struct bms_contactor *c)
{
	c->faults = 0;
	c->disagree_us = 0;
}
