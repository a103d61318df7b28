/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/link/link.h"
#include "tests/suite.h"

/* A link of each kind with its far end in the test's hands. */
typedef enum { WIRE_PTY, WIRE_TCP, WIRE_UNIX, WIRE_SERIAL, WIRE_LAST } WireKind;

typedef struct {
	WireKind kind;
	PlLink *link;
	int far; /* pty master or accepted socket; -1 after wire_hang_up */
	char *address; /* what pl_link_open was given */
	char *directory; /* temporary, removed by wire_close */
} Wire;

Wire wire_open (WireKind kind, const char *options);
void wire_hang_up (Wire *wire);
void wire_close (Wire *wire);
void wire_send (Wire *wire, const void *data, gsize len);
/* Reads exactly len bytes at the far end, within 5 s. */
void wire_expect (Wire *wire, const void *data, gsize len);

/* A pty master, raw; *ret_path is its slave. */
int wire_pty_master (char **ret_path);
/* CPU time of this process, us. */
gint64 wire_cpu_us (void);

/* A link to a peer that is a list of answers: each write takes the next one (NULL = silence);
 * reading when all is read times out at once. What was written is kept. */
typedef struct {
	const char *const
	    *answers; /* NULL-terminated list of recording-style hexadecimal digits, "" = silence */
	guint next;
	GByteArray *inbox;
	GPtrArray *written; /* GByteArray */
	gboolean hung_up;
} Script;
Script *script_new (const char *const *answers);
PlLink *script_link (Script *script); /* borrows script */
/* The i-th write as hexadecimal digits, without blanks; "" if there was none. */
char *script_wrote (const Script *script, guint i);
void script_free (Script *script);
