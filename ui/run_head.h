/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/story.h"
#include <gtk/gtk.h>

/* What a run came to and under which circumstances: verdict as on the banner, pack, and the facts
 * that a record names. */
#define PL_TYPE_RUN_HEAD (pl_run_head_get_type ())
G_DECLARE_FINAL_TYPE (PlRunHead, pl_run_head, PL, RUN_HEAD, GtkBox)

/* Never NULL; not kept. */
void pl_run_head_update (PlRunHead *self, const PlStory *story);
