/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "tests/suite.h"
#include <glib/gstdio.h>

/* The built program as a child, with a station's folder of its own. */
typedef struct {
	char *dir, *home; /* home is dir/home and is not made yet */
} Place;

typedef struct {
	int code; /* exit code; -signal if it was killed */
	char *out, *err;
} Reply;

Place *place_new (void);
void place_free (Place *place);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)
/* dir/NAME; caller frees. */
char *place_path (Place *place, const char *name);
/* Writes dir/NAME and returns its path; caller frees. */
char *place_write (Place *place, const char *name, const char *text);

void reply_free (Reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, reply_free)

/* packline WORDS...; NULL ends them. PACKLINE_HOME is the place's home, the working directory
 * its dir. */
Reply *packline (Place *place, ...) G_GNUC_NULL_TERMINATED;
/* The same with a limit on the size of every file that it writes, in bytes: what a full disk
 * does to it. */
Reply *packline_limited (Place *place, guint64 bytes, ...) G_GNUC_NULL_TERMINATED;
/* Started and left running, standard error to a file; for tests that send signals. */
GPid packline_start (Place *place, const char *err_file, ...) G_GNUC_NULL_TERMINATED;
/* Its exit code (or -signal); waits at most 20 s. */
int packline_wait (GPid pid);

/* A bench without instruments, and a recipe that needs none: judges the recorded parts. Callers
 * free the paths. */
char *place_bench (Place *place);
char *place_recipe (Place *place);
/* Builds 32 cells PREFIX1.. of grade A and the board PREFIX-B into a pack, through the program. */
void place_assemble (Place *place, const char *pack, const char *prefix);

/* The reply's code, and its texts if it is another one. */
#define ck_assert_code(reply, expected)                                                            \
	ck_assert_msg ((reply)->code == (expected), "exit code %d, expected %d\nout: %s\nerr: %s", \
		       (reply)->code, (expected), (reply)->out, (reply)->err)
#define ck_assert_says(text, part)                                                                 \
	ck_assert_msg (strstr ((text), (part)) != NULL, "\"%s\" is not in: %s", (part), (text))
