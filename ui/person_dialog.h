/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/desk.h"
#include <adwaita.h>

/* Enrols a person, or gives one another role, badge or PIN. Emits "changed" once that is kept. */
#define PL_TYPE_PERSON_DIALOG (pl_person_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PlPersonDialog, pl_person_dialog, PL, PERSON_DIALOG, AdwWindow)

/* name NULL = a new person. */
PlPersonDialog *pl_person_dialog_new (PlDesk *desk, GtkWindow *over, const char *name,
				      PlPersonRole role);
