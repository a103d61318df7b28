/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gtk/gtk.h>

/* What people have added to a run, and a line to add to it. Emits "added" with the text. */
#define PL_TYPE_RUN_NOTES (pl_run_notes_get_type ())
G_DECLARE_FINAL_TYPE (PlRunNotes, pl_run_notes, PL, RUN_NOTES, GtkBox)

/* PlNoteRow*, oldest first; NULL = none. */
void pl_run_notes_update (PlRunNotes *self, GPtrArray *notes);
/* The line was kept: the entry is free for the next. */
void pl_run_notes_kept (PlRunNotes *self);
