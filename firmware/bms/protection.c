/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/protection.h"
#include "firmware/bms/mem.h"

enum signal {
	CELL_MAX,
	CELL_MIN,
	PACK,
	WARMEST,
	COLDEST,
	CHARGE,
	DISCHARGE,
	LATCH,
	IMPLAUSIBLE,
	LOCKED
};
#define S 1000000u /* us */

/*
 * Cell voltages and their delays are those of the Libre Solar firmware; temperatures, currents
 * and releases are plant defaults. hysteresis is towards the safe side. A current releases by
 * itself after half a minute, else by command.
 */
static const struct rule {
	uint8_t bit, signal;
	bool below; /* trips when the reading is below the limit */
	int32_t limit, hysteresis;
	uint32_t delay_us, release_us;
} rules[] = {
    {BMS_CELL_OV, CELL_MAX, false, 3800000, 400000, 2 * S, 1 * S},
    {BMS_CELL_UV, CELL_MIN, true, 2500000, 600000, 2 * S, 1 * S},
    {BMS_PACK_OV, PACK, false, 121600, 12800, 2 * S, 1 * S},
    {BMS_PACK_UV, PACK, true, 80000, 19200, 2 * S, 1 * S},
    {BMS_CHARGE_OT, WARMEST, false, 55000, 5000, 1 * S, 1 * S},
    {BMS_CHARGE_UT, COLDEST, true, 0, 2000, 1 * S, 1 * S},
    {BMS_DISCHARGE_OT, WARMEST, false, 65000, 5000, 1 * S, 1 * S},
    {BMS_DISCHARGE_UT, COLDEST, true, -20000, 5000, 1 * S, 1 * S},
    {BMS_CHARGE_OC, CHARGE, false, 120000, 0, 1 * S, 30 * S},
    {BMS_DISCHARGE_OC, DISCHARGE, false, 150000, 0, 1 * S, 30 * S},
    {BMS_SHORT, LATCH, false, 0, 0, 0, UINT32_MAX},
    {BMS_AFE_ERROR, IMPLAUSIBLE, false, 0, 0, 1 * S, 1 * S},
    {BMS_FET_LOCK, LOCKED, false, 0, 0, 0, UINT32_MAX},
};
/* the comparator's threshold is no rule's limit: the front end acts on it by itself */
#define SHORT_CIRCUIT_MA 300000
#define BIT(n) (1u << (n))
#define BOTH (BIT (BMS_SHORT) | BIT (BMS_AFE_ERROR) | BIT (BMS_FET_LOCK))
#define BLOCKS_CHARGE                                                                              \
	(BOTH | BIT (BMS_CELL_OV) | BIT (BMS_PACK_OV) | BIT (BMS_CHARGE_OT) |                      \
	 BIT (BMS_CHARGE_UT) | BIT (BMS_CHARGE_OC))
#define BLOCKS_DISCHARGE                                                                           \
	(BOTH | BIT (BMS_CELL_UV) | BIT (BMS_PACK_UV) | BIT (BMS_DISCHARGE_OT) |                   \
	 BIT (BMS_DISCHARGE_UT) | BIT (BMS_DISCHARGE_OC))

static int32_t
reading_of (enum signal signal, const struct bms_measured *m, bool locked)
{
	switch (signal) {
	case CELL_MAX:
		return m->cell_max_uv;
	case CELL_MIN:
		return m->cell_min_uv;
	case PACK:
		return m->pack_mv;
	case WARMEST:
		return m->warmest_mdegc;
	case COLDEST:
		return m->coldest_mdegc;
	case CHARGE:
		return m->current_ma;
	case DISCHARGE:
		return -m->current_ma;
	case LATCH:
		return (m->flags & AFE_FLAG_SHORT_CIRCUIT) != 0;
	case IMPLAUSIBLE:
		return m->implausible;
	case LOCKED:
	default:
		return locked;
	}
}

/* The comparator's own threshold sits where its bit's limit would be; the latch itself is a yes
 * or no. */
static int32_t
limit_of (const struct bms_protection *p, const struct rule *rule)
{
	return rule->signal >= LATCH ? 0 : p->limit[rule->bit];
}

static bool
is_past (const struct rule *rule, int32_t reading, int32_t limit)
{
	return rule->below ? reading < limit : reading > limit;
}

/* Back on the safe side by the hysteresis; on the limit itself is back if there is none. */
static bool
is_back (const struct rule *rule, int32_t reading, int32_t limit)
{
	return rule->below ? reading >= (int64_t)limit + rule->hysteresis
			   : reading <= (int64_t)limit - rule->hysteresis;
}

/* Time counts only while the reading stays past (or back): one sample on the other side starts
 * it anew. */
static bool
step_rule (struct bms_protection *p, const struct rule *rule, int32_t reading, uint32_t dt_us)
{
	uint32_t bit = BIT (rule->bit), *past = &p->past_us[rule->bit],
		 *back = &p->back_us[rule->bit];
	int32_t limit = limit_of (p, rule);
	bool past_now;

	if ((p->tripped & bit) != 0) {
		*back = is_back (rule, reading, limit) ? bms_add_time (*back, dt_us) : 0;
		if (*back >= rule->release_us && rule->release_us != UINT32_MAX)
			p->tripped &= ~bit;
		return false;
	}
	*back = 0;
	past_now = is_past (rule, reading, limit);
	*past = past_now ? bms_add_time (*past, dt_us) : 0;
	if (!past_now || *past < rule->delay_us)
		return false;
	p->tripped |= bit;
	p->trip_ms = rule->delay_us > 0 ? *past / 1000 : 0;
	p->trips++;
	*past = 0;
	return true;
}

uint32_t
bms_protection_step (struct bms_protection *p, const struct bms_measured *m, bool locked)
{
	uint32_t now = 0;

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (step_rule (p, &rules[i], reading_of (rules[i].signal, m, locked), m->dt_us))
			now |= BIT (rules[i].bit);
	/* the latch is held clear for one period, and its bit goes with it */
	if (p->clear_short && (m->flags & AFE_FLAG_SHORT_CIRCUIT) == 0) {
		p->clear_short = false;
		p->tripped &= ~BIT (BMS_SHORT);
	}
	return now;
}

void
bms_protection_clear (struct bms_protection *p, const struct bms_measured *m)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const struct rule *rule = &rules[i];

		if (is_back (rule, reading_of (rule->signal, m, false), limit_of (p, rule)))
			p->tripped &= ~BIT (rule->bit);
	}
	p->clear_short = (p->tripped & BIT (BMS_SHORT)) != 0;
}

/* Discharging cures an over-voltage and charging an under-voltage, so only the direction that
 * worsens it goes. */
uint32_t
bms_protection_fets (const struct bms_protection *p)
{
	return ((p->tripped & BLOCKS_CHARGE) == 0 ? AFE_OUT_CHARGE_FET : 0u) |
	       ((p->tripped & BLOCKS_DISCHARGE) == 0 ? AFE_OUT_DISCHARGE_FET : 0u);
}

void
bms_protection_default_limits (struct bms_protection *p)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		p->limit[rules[i].bit] = rules[i].limit;
	p->limit[BMS_SHORT] = SHORT_CIRCUIT_MA;
}

void
bms_protection_init (struct bms_protection *p)
{
	memset (p, 0, sizeof *p);
	bms_protection_default_limits (p);
}
