/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "tests/e2e/line.h"

/*
 * A person in front of `packline-station`: it runs as a child on this display; keys come from the X
 * server, and what is on the screen is read as a screen reader reads it.
 */
typedef struct {
	Line *line; /* borrowed */
	GPid pid;
} Person;

/* Starts the station for the line, and those beside it, and waits until it says READY. */
Person *person_start (Line *line);
/* Closes the station as the session would (SIGTERM); fails the test if that is not a clean end. */
void person_stop (Person *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Person, person_stop)

/* As the power does (SIGKILL). */
void person_kill (Person *person);

/* One key: a keysym's name ("F9", "Return", "P", "minus"). */
void person_press (const char *key);
void person_type (const char *text);
/* F12 ... Return, as a scanner that types. */
void person_scan (const char *code);
/* Clicks into the middle of the first button whose name begins so. */
void person_click (Person *person, const char *name);
/* Goes on with Tab until that button has the focus. */
void person_focus (Person *person, const char *name);

/* Writes the text into the first field with that name. */
void person_fill (Person *person, const char *name, const char *text);

/* The banner's name (verdict and serial) and description (reason); caller frees. */
char *person_verdict (Person *person);
char *person_reason (Person *person);
/* Waits until the banner's name begins so; fails the test after a minute. */
void person_await (Person *person, const char *beginning);
/* Waits until something with such a name is on the screen. */
void person_await_text (Person *person, const char *part);
