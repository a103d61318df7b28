/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/bench.h"
#include "station/slot.h"

/*
 * What the hall sees and hears of a slot: the one function from its state to tower light and
 * sound. Colours mean what IEC 60073 says: red danger or fault, yellow abnormal, green normal, blue
 * an action that is asked of a person, white no special meaning.
 */
typedef enum {
	PL_LAMP_RED,
	PL_LAMP_YELLOW,
	PL_LAMP_GREEN,
	PL_LAMP_BLUE,
	PL_LAMP_WHITE,
	PL_LAMPS
} PlLamp;
/* The values of a lamp's register: the PLC flashes, since the station speaks at changes only. */
typedef enum { PL_LIGHT_OFF, PL_LIGHT_STEADY, PL_LIGHT_FLASH } PlLight;
/* The values of the buzzer's register: the PLC plays a pattern when the value becomes it. */
typedef enum {
	PL_SOUND_NONE,
	PL_SOUND_PASS, /* one short high */
	PL_SOUND_FAIL, /* two long low, again every 5 s until somebody acknowledges */
	PL_SOUND_REFUSED, /* three quick: a code that was not taken */
	PL_SOUND_CALL, /* two short middling: somebody is wanted */
	PL_SOUND_ALARM, /* without a pause: keep out */
	PL_SOUNDS
} PlSound;

typedef struct {
	PlLight lamps[PL_LAMPS];
	PlSound sound;
} PlSignal;

/* asks: the running recipe waits for a person's answer. */
const PlSignal *pl_signal_of (PlSlotState state, gboolean asks);
/* Does it sound on until the state changes? */
gboolean pl_sound_goes_on (PlSound sound);
const char *pl_lamp_register (PlLamp lamp); /* "lamp_red" ... */

/* -- the bench's tower light ------------------------------------------------------------------- */
/* Of one slot; its thread only, while no run holds the PLC. */
typedef struct {
	PlBench *bench;
	gboolean no_buzzer; /* another one makes the sounds */
	const PlSignal *shown; /* NULL = nobody knows what burns */
	PlSound buzzer; /* the register's value */
	gboolean absent; /* this PLC has no tower light */
} PlTower;

/* Writes what differs from what is shown. A bench without a PLC has no tower: TRUE. A lamp that
 * cannot flash burns steadily. FALSE says what does not work; nothing else depends on it. */
gboolean pl_tower_show (PlTower *tower, const PlSignal *signal, GError **error);
/* A sound that belongs to no state; silent where one goes on that somebody must acknowledge. */
gboolean pl_tower_sound (PlTower *tower, PlSound sound, GError **error);
