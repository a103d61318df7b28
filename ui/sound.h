/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/signals.h"
#include "ui/snapshot.h"

/*
 * The sounds of station/signals.h by the sound card, where the hall has no buzzer. The tones are
 * our own; whatever of pw-play, paplay and aplay is installed plays them, and without any of them,
 * or without a card, it is said once and the station is silent. Main thread.
 */
typedef struct _PlSoundCard PlSoundCard;
/* Takes the place of the card. */
typedef void (*PlSoundFunc) (gpointer data, PlSound sound);

/* "buzzer" (the PLC's), "card" or "off"; NULL is the buzzer. */
gboolean pl_sound_check (const char *setting, GError **error);

/* func NULL = the card. */
PlSoundCard *pl_sound_card_new (PlSoundFunc func, gpointer data);
void pl_sound_card_free (PlSoundCard *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlSoundCard, pl_sound_card_free)
/* Once for each state that a slot enters and each question that it asks; what must be acknowledged
 * again every 5 s. */
void pl_sound_card_follow (PlSoundCard *card, const PlSnapshot *snapshot);
/* A code was not taken. */
void pl_sound_card_refuse (PlSoundCard *card);

/* The tones of a sound as a WAV file: 16 bit, mono. */
GBytes *pl_sound_wave (PlSound sound);
