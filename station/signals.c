/* SPDX-License-Identifier: Apache-2.0 */
#include "station/signals.h"

#define OFF PL_LIGHT_OFF
#define ON PL_LIGHT_STEADY
#define FLASH PL_LIGHT_FLASH

/* red, yellow, green, blue, white. The red lamp that says "high voltage is on" is not among them:
 * it is wired to the relay itself (docs/fixture-plc.md). */
static const PlSignal signals[PL_SLOT_STATES] = {
    [PL_SLOT_RECOVERING] = {{OFF, ON, OFF, OFF, OFF}, PL_SOUND_NONE},
    [PL_SLOT_READY] = {{OFF, OFF, OFF, OFF, ON}, PL_SOUND_NONE},
    [PL_SLOT_RUNNING] = {{OFF, OFF, ON, OFF, OFF}, PL_SOUND_NONE},
    [PL_SLOT_PASSED] = {{OFF, OFF, FLASH, OFF, OFF}, PL_SOUND_PASS},
    [PL_SLOT_FAILED] = {{ON, OFF, OFF, OFF, OFF}, PL_SOUND_FAIL},
    [PL_SLOT_ERROR] = {{OFF, FLASH, OFF, OFF, OFF}, PL_SOUND_CALL},
    [PL_SLOT_ABORTED] = {{OFF, ON, OFF, OFF, ON}, PL_SOUND_NONE},
    [PL_SLOT_BLOCKED] = {{OFF, ON, OFF, ON, OFF}, PL_SOUND_REFUSED},
    [PL_SLOT_UNSAFE] = {{FLASH, FLASH, OFF, OFF, OFF}, PL_SOUND_ALARM},
    [PL_SLOT_HELD] = {{OFF, OFF, OFF, ON, OFF}, PL_SOUND_NONE},
    [PL_SLOT_CLOSED] = {{OFF, OFF, OFF, OFF, OFF}, PL_SOUND_NONE},
};

/* Green stays on beneath the blue: the run has not stopped, it waits. */
static const PlSignal asking = {{OFF, OFF, ON, FLASH, OFF}, PL_SOUND_CALL};

static const char *const registers[PL_LAMPS] = {"lamp_red", "lamp_yellow", "lamp_green",
						"lamp_blue", "lamp_white"};

const PlSignal *
pl_signal_of (PlSlotState state, gboolean asks)
{
	g_return_val_if_fail (state < PL_SLOT_STATES, &signals[PL_SLOT_ERROR]);
	return asks && state == PL_SLOT_RUNNING ? &asking : &signals[state];
}

/* A fail and an alarm are for somebody who is not looking: they end with the state and not by
 * themselves. */
gboolean
pl_sound_goes_on (PlSound sound)
{
	return sound == PL_SOUND_FAIL || sound == PL_SOUND_ALARM;
}

const char *
pl_lamp_register (PlLamp lamp)
{
	return registers[lamp];
}

/* -- the bench's tower light ------------------------------------------------------------------- */

/* A plain output knows on and off only. */
static gboolean
light (PlInstrument *plc, const char *name, PlLight light, GError **error)
{
	g_autoptr (GError) wrong = NULL;

	if (plc->ops.registers->write (plc, name, light, &wrong))
		return TRUE;
	if (light == PL_LIGHT_FLASH &&
	    g_error_matches (wrong, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED))
		return plc->ops.registers->write (plc, name, PL_LIGHT_STEADY, error);
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

/* A pattern is played when the register becomes it: the same once more goes through silence. */
static gboolean
buzz (PlTower *tower, PlInstrument *plc, PlSound sound, GError **error)
{
	if (sound == tower->buzzer && sound != PL_SOUND_NONE &&
	    !plc->ops.registers->write (plc, "buzzer", PL_SOUND_NONE, error))
		return FALSE;
	tower->buzzer = sound;
	return plc->ops.registers->write (plc, "buzzer", sound, error);
}

/* Lamps that are right already are not written: each register is a round trip that the next pack
 * waits for. The buzzer always is, since a pattern is played by being written. */
static gboolean
write_signal (PlTower *tower, PlInstrument *plc, const PlSignal *signal, GError **error)
{
	const PlSignal *shown = tower->shown;
	PlSound sound = tower->no_buzzer ? PL_SOUND_NONE : signal->sound;

	for (guint i = 0; i < PL_LAMPS; i++) {
		if (shown != NULL && shown->lamps[i] == signal->lamps[i])
			continue;
		if (!light (plc, registers[i], signal->lamps[i], error))
			return FALSE;
	}
	return buzz (tower, plc, sound, error);
}

/* NULL without an error: there is no tower to write to. */
static PlInstrument *
borrow (PlTower *tower, GError **error)
{
	PlInstrument *plc;

	if (tower->absent || pl_bench_entry (tower->bench, PL_ROLE_PLC) == NULL)
		return NULL;
	plc = pl_bench_borrow (tower->bench, PL_ROLE_PLC, "tower light", 1.0, error);
	if (plc == NULL || plc->ops.registers->count (plc, registers[0]) > 0)
		return plc;
	tower->absent = TRUE;
	pl_bench_return (tower->bench, plc);
	g_set_error (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_UNKNOWN_NAME,
		     "the PLC's register map has no \"%s\": the tower light stays as it is",
		     registers[0]);
	return NULL;
}

/* What a broken wire left behind is not known: the next time all is written, on a fresh one. */
static gboolean
give_back (PlTower *tower, PlInstrument *plc, gboolean ok)
{
	if (!ok) {
		tower->shown = NULL;
		pl_bench_forget (tower->bench, PL_ROLE_PLC);
	}
	pl_bench_return (tower->bench, plc);
	return ok;
}

gboolean
pl_tower_show (PlTower *tower, const PlSignal *signal, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	PlInstrument *plc = borrow (tower, &wrong);
	gboolean ok = wrong == NULL;

	if (plc != NULL) {
		ok = write_signal (tower, plc, signal, &wrong);
		tower->shown = signal;
		give_back (tower, plc, ok);
	}
	if (!ok)
		g_propagate_prefixed_error (error, g_steal_pointer (&wrong), "tower light: ");
	return ok;
}

/* An alarm is not interrupted for a wrong code: silence in between would read as its end. */
gboolean
pl_tower_sound (PlTower *tower, PlSound sound, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	PlInstrument *plc;
	gboolean ok;

	if (tower->no_buzzer || (tower->shown != NULL && pl_sound_goes_on (tower->shown->sound)))
		return TRUE;
	plc = borrow (tower, &wrong);
	ok = wrong == NULL;
	if (plc != NULL)
		ok = give_back (tower, plc, buzz (tower, plc, sound, &wrong));
	if (!ok)
		g_propagate_prefixed_error (error, g_steal_pointer (&wrong), "buzzer: ");
	return ok;
}
