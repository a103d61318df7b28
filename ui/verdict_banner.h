/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <gtk/gtk.h>

/* The state of the slot as glyph, word, luminance and frame, with the pack, the reason and what a
 * person does next: to be read from three metres. Emits "acknowledged" from its button. */
#define PL_TYPE_VERDICT_BANNER (pl_verdict_banner_get_type ())
G_DECLARE_FINAL_TYPE (PlVerdictBanner, pl_verdict_banner, PL, VERDICT_BANNER, GtkBox)

void pl_verdict_banner_update (PlVerdictBanner *self, const PlSnapshot *snapshot);
/* What the banner shows: a slot's state, or that a person is asked. */
#define PL_FACE_ASKS ((guint)PL_SLOT_STATES)
#define PL_FACES (PL_SLOT_STATES + 1)
guint pl_face_of (const PlSnapshot *snapshot);
/* The word of a state (or face) in the screen's language, and its glyph. */
const char *pl_state_word (guint state);
const char *pl_state_glyph (guint state);
/* What a person does next. */
const char *pl_state_next (guint state);
/* The style class that carries its colours. */
const char *pl_state_class (guint state);
