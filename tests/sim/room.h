/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "tests/suite.h"

/* A folder with a bench file and a packline-sim that serves it. Every function fails the test by
 * itself. */
typedef struct {
	char *directory, *bench;
	guint port; /* of the instrument on TCP */
	GPid pid; /* 0 = not running */
	int out; /* its standard output */
	char *errors; /* what the last run said, after room_end */
} Room;

/* hipot probe pty:hipot, supply probe unix:supply.sock, plc probe-fd tcp, scanner pty:scanner;
 * `extra` is more YAML: instruments first ("  - role: ..."), then "simulation:". */
Room *room_new (const char *time_scale, const char *extra);
Room *room_new_with (const char *bench); /* a bench file of the test's own */
void room_free (Room *room); /* kills what still runs */

/* Starts packline-sim with these options (NULL-terminated) and waits until it is ready. */
void room_start (Room *room, ...) G_GNUC_NULL_TERMINATED;
/* Waits for its end; returns its exit code, or -signal. */
int room_end (Room *room);
/* Starts it, waits for its end; returns its exit code. */
int room_fails (Room *room, ...) G_GNUC_NULL_TERMINATED;
void room_signal (Room *room, int number);

char *room_path (Room *room, const char *name);
gboolean room_has (Room *room, const char *name); /* a file of any kind, a dangling link too */
char *room_text (Room *room, const char *name);

/* -- conversations ----------------------------------------------------------------------------- */

/* Connects to a socket of the room ("line.sock"), its TCP instrument ("tcp") or a pty ("hipot"). */
int room_connect (Room *room, const char *name);
int room_try_connect (Room *room, const char *name); /* -1 if nobody is there */
void say (int fd, const char *text);
/* The next line without its end, within 5 s; NULL = the far end has hung up. */
char *hear (int fd);
void expect (int fd, const char *line);
gboolean is_silent (int fd, guint ms);
/* One control command on a connection of its own: the answer, lists whole with their dot. */
char *tell (Room *room, const char *words);
void expect_tell (Room *room, const char *words, const char *answer);
/* The number behind a key of `state`. */
double state (Room *room, const char *key);
/* A client of the clock that has joined; the process time is in *ret_now. */
int join (Room *room, gint64 *ret_now);
/* Waits and returns the time that it woke at. */
gint64 wait_us (int fd, gint64 us);
