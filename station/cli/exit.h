/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * What `packline` tells its caller, the same in every command: 0 the pack passed; what was asked
 * for was done 1 the pack failed; what was verified is not right 2 the station could not judge: run
 * ERROR, blocked by the route check, bench not safe, disk full, no answer 3 the command, a file
 * given to it or the station's configuration is wrong 4 a person stopped it
 */
typedef enum {
	PL_EXIT_PASS = 0,
	PL_EXIT_FAIL = 1,
	PL_EXIT_UNJUDGED = 2,
	PL_EXIT_USAGE = 3,
	PL_EXIT_STOPPED = 4,
} PlExit;

/* By the error's domain and code (table in exit.c); what the table does not know is UNJUDGED. */
PlExit pl_exit_of_error (const GError *error);
