/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Where the parts of a slot's tile stand, in px: one measure from 64 tiles on a screen to one. */
typedef struct {
	double x, y, width; /* of a line: y is its baseline */
	double size; /* of its letters: the em */
} PlTileLine;

typedef struct {
	PlTileLine number, clock, glyph, word, serial;
	PlTileLine text; /* the first of its lines, `step` px apart */
	double step;
	guint lines, lines_with_bar; /* at least one */
	double bar_x, bar_y, bar_width, bar_height; /* how far the run is */
} PlTilePlan;

void pl_tile_plan (PlTilePlan *plan, double width, double height);
