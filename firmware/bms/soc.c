/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/soc.h"
#include "firmware/bms/mem.h"

#define CAPACITY_MAS (100 * 1000 * 3600LL) /* rated 100 Ah */
#define LOOK_US 500000u /* the front end's filters have settled by then */
#define US_PER_S 1000000

/* LFP at rest, mean of charge and discharge, permille and mV: Sony cell (simses), the
 * reference's section 6. */
static const struct {
	uint16_t permille, mv;
} curve[] = {
    {0, 2286},	 {10, 2783},  {20, 2895},  {30, 2967},	{50, 3065},   {100, 3197}, {150, 3212},
    {200, 3234}, {250, 3255}, {300, 3270}, {350, 3283}, {400, 3292},  {450, 3297}, {500, 3300},
    {550, 3301}, {600, 3304}, {650, 3306}, {700, 3311}, {750, 3319},  {800, 3335}, {850, 3340},
    {900, 3343}, {950, 3345}, {970, 3346}, {990, 3362}, {1000, 3531},
};
#define POINTS (sizeof curve / sizeof *curve)

uint32_t
bms_soc_from_ocv (int32_t cell_uv)
{
	size_t i = 1;
	int32_t low, high;

	if (cell_uv <= curve[0].mv * 1000)
		return 0;
	while (i < POINTS && cell_uv > curve[i].mv * 1000)
		i++;
	if (i == POINTS)
		return 1000;
	low = curve[i - 1].mv * 1000;
	high = curve[i].mv * 1000;
	return curve[i - 1].permille +
	       (uint32_t)((int64_t)(cell_uv - low) * (curve[i].permille - curve[i - 1].permille) /
			  (high - low));
}

/* The mean over half a second: a single sample carries the converter's noise, 1 mV of which is
 * 0.3 % at 30 %. */
static void
look (struct bms_soc *soc, const struct bms_measured *m)
{
	soc->sum_uv += m->cell_mean_uv;
	soc->looks++;
	soc->look_us = bms_add_time (soc->look_us, m->dt_us);
	if (soc->look_us < LOOK_US)
		return;
	soc->charge_mas =
	    CAPACITY_MAS / 1000 * bms_soc_from_ocv ((int32_t)(soc->sum_uv / soc->looks));
	soc->known = true;
}

void
bms_soc_step (struct bms_soc *soc, const struct bms_measured *m)
{
	int64_t whole;

	if (!soc->known) {
		look (soc, m);
		return;
	}
	soc->rest_ma_us += (int64_t)m->current_ma * m->dt_us;
	whole = soc->rest_ma_us / US_PER_S;
	soc->rest_ma_us -= whole * US_PER_S;
	soc->charge_mas += whole;
	if (soc->charge_mas < 0)
		soc->charge_mas = 0;
	if (soc->charge_mas > CAPACITY_MAS)
		soc->charge_mas = CAPACITY_MAS;
}

uint32_t
bms_soc_permille (const struct bms_soc *soc)
{
	return (uint32_t)((soc->charge_mas * 1000 + CAPACITY_MAS / 2) / CAPACITY_MAS);
}
