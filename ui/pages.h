/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/page.h"

/* The window's pages beside Run, in the order of the rail. */
typedef struct {
	const char *name; /* of the stack's child */
	const char *title; /* N_() */
	const char *icon; /* symbolic */
	guint key; /* GDK_KEY_... that brings it into view */
	PlMay may; /* who may not do this does not see it */
	GType (*type) (void); /* a PlPage */
} PlPageRow;

/* Ends with a row without a name. */
extern const PlPageRow pl_pages[];
