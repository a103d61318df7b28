/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <adwaita.h>

/* Where a serial is typed by hand: in sight, and recorded as typed. Emits "entered" with the text,
 * or "scanned" with the code if a scanner's frame comes meanwhile. */
#define PL_TYPE_ENTRY_DIALOG (pl_entry_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PlEntryDialog, pl_entry_dialog, PL, ENTRY_DIALOG, AdwWindow)

/* asked: it is the code that a running test asks for, and no serial. */
PlEntryDialog *pl_entry_dialog_new (GtkWindow *parent, gboolean asked);
