/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/desk.h"
#include <adwaita.h>

/* Why, and the badge and PIN of a second person who may. See pl_desk_ask_second. */
#define PL_TYPE_SECOND_DIALOG (pl_second_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PlSecondDialog, pl_second_dialog, PL, SECOND_DIALOG, AdwWindow)

/* The PIN of a badge that was read, to log in: no reason, reason is NULL in func's call. */
PlSecondDialog *pl_second_dialog_new_login (PlDesk *desk, GtkWindow *over, const char *badge,
					    PlSecondFunc func, gpointer data);
PlSecondDialog *pl_second_dialog_new (PlDesk *desk, GtkWindow *over, PlMay may, const char *what,
				      PlSecondFunc func, gpointer data);
