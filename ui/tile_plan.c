/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tile_plan.h"

/* In units, of which a tile of the least height has HEIGHT and one of the least width has WIDTH:
 * whichever is scarcer decides how large all is written. */
#define HEIGHT 6.7
#define WIDTH 12.5
#define PAD 0.4
#define SMALL 0.95 /* em of number, clock and text */
/* A reason has many words: on a large tile it is written smaller, so that more of it is seen. */
#define TEXT 0.55
#define TEXT_LEAST 20.0 /* px: what is read at arm's length */
#define WORD 1.6 /* read from across the hall */
#define SERIAL 1.05
#define BAR 0.3
/* Between baselines, in em. Ink of Latin and Han letters alike stays within 0.93 above and 0.22
 * below, whatever height a font asks for its lines. */
#define LEADING 1.22
#define ASCENT 0.93
#define DESCENT 0.22

static PlTileLine
line (const PlTilePlan *plan, double *y, double unit, double em)
{
	PlTileLine made = {plan->bar_x, *y + ASCENT * em * unit, plan->bar_width, em * unit};

	*y += LEADING * em * unit;
	return made;
}

static guint
lines_above (const PlTilePlan *plan, double bottom)
{
	double room = bottom - plan->text.y - DESCENT * plan->text.size;

	return 1 + (guint)(MAX (room, 0) / plan->step);
}

void
pl_tile_plan (PlTilePlan *plan, double width, double height)
{
	/* at least 1 px: a tile has no size before the first frame */
	double unit = MAX (MIN (width / WIDTH, height / HEIGHT), 1), y = PAD * unit;
	double text = MIN (SMALL * unit, MAX (TEXT_LEAST, TEXT * unit));

	plan->bar_x = PAD * unit;
	plan->bar_width = MAX (width - 2 * PAD * unit, 1);
	plan->bar_height = BAR * unit;
	plan->bar_y = height - PAD * unit - plan->bar_height;
	plan->number = plan->clock = line (plan, &y, unit, SMALL);
	plan->word = plan->glyph = line (plan, &y, unit, WORD);
	plan->serial = line (plan, &y, unit, SERIAL);
	plan->text = line (plan, &y, unit, text / unit);
	plan->step = LEADING * text;
	/* the bar is there in a run only: a reason has its room */
	plan->lines_with_bar = lines_above (plan, plan->bar_y);
	plan->lines = lines_above (plan, height - PAD * unit);
}
