/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* A new folder in /tmp for one test's files, caller frees the path. It and all below it go when the
 * process that made it ends well: a failed test's files stay for a look, and with PACKLINE_KEEP set
 * all do. */
char *test_folder (void);
