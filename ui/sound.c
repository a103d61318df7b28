/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/sound.h"
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define RATE 22050 /* Hz: enough for 2 kHz, and half of the file */
#define FADE_S 0.005 /* no click at the ends of a tone */
#define LOUDNESS 0.7 /* of the full scale; the card's own knob does the rest */
#define AGAIN_S 5

/* As docs/fixture-plc.md has them for the buzzer. */
static const struct {
	const char *name;
	double hz, tone_s, pause_s;
	guint times;
} tones[PL_SOUNDS] = {
    [PL_SOUND_PASS] = {"pass", 2000, 0.2, 0, 1},
    [PL_SOUND_FAIL] = {"fail", 400, 0.8, 0.2, 2},
    [PL_SOUND_REFUSED] = {"refused", 1000, 0.1, 0.08, 3},
    [PL_SOUND_CALL] = {"call", 800, 0.2, 0.15, 2},
    [PL_SOUND_ALARM] = {"alarm", 600, 4.5, 0, 1},
};

/* What a slot has sounded last. */
typedef struct {
	guint64 state_seq;
	const PlSignal *signal;
} Heard;

struct _PlSoundCard {
	PlSoundFunc func;
	gpointer data;
	GArray *heard; /* Heard, one a slot */
	guint again; /* source; 0 = nothing goes on */
	char *folder; /* of the WAV files; NULL = nothing can be played */
	const char *const *player;
	gboolean said; /* that it is silent: once is enough */
};

gboolean
pl_sound_check (const char *setting, GError **error)
{
	static const char *const settings[] = {"buzzer", "card", "off", NULL};

	if (setting == NULL || g_strv_contains (settings, setting))
		return TRUE;
	g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		     "sound: there is no \"%s\": buzzer, card and off are there", setting);
	return FALSE;
}

/* -- tones ------------------------------------------------------------------------------------- */

static void
put (GByteArray *out, guint32 value, guint bytes)
{
	for (guint i = 0; i < bytes; i++) {
		guint8 byte = (guint8)(value >> (8 * i));

		g_byte_array_append (out, &byte, 1);
	}
}

static void
put_tone (GByteArray *out, double hz, double seconds)
{
	guint n = (guint)(seconds * RATE);

	for (guint i = 0; i < n; i++) {
		double t = (double)i / RATE, left = seconds - t;
		double envelope = MIN (1, MIN (t, left) / FADE_S);
		gint16 sample =
		    (gint16)(32767 * LOUDNESS * MAX (0, envelope) * sin (2 * G_PI * hz * t));

		put (out, (guint16)sample, 2);
	}
}

static void
put_silence (GByteArray *out, double seconds)
{
	for (guint i = 0; i < (guint)(seconds * RATE); i++)
		put (out, 0, 2);
}

/* RIFF/WAVE, format 1 (PCM): the sizes in the header count what follows them. */
static GBytes *
wrap (const GByteArray *samples)
{
	GByteArray *out = g_byte_array_new ();

	g_byte_array_append (out, (const guint8 *)"RIFF", 4);
	put (out, 36 + samples->len, 4);
	g_byte_array_append (out, (const guint8 *)"WAVEfmt ", 8);
	put (out, 16, 4);
	put (out, 1, 2);
	put (out, 1, 2); /* mono */
	put (out, RATE, 4);
	put (out, RATE * 2, 4);
	put (out, 2, 2);
	put (out, 16, 2);
	g_byte_array_append (out, (const guint8 *)"data", 4);
	put (out, samples->len, 4);
	g_byte_array_append (out, samples->data, samples->len);
	return g_byte_array_free_to_bytes (out);
}

GBytes *
pl_sound_wave (PlSound sound)
{
	g_autoptr (GByteArray) samples = g_byte_array_new ();

	for (guint i = 0; i < tones[sound].times; i++) {
		put_tone (samples, tones[sound].hz, tones[sound].tone_s);
		put_silence (samples, tones[sound].pause_s);
	}
	return wrap (samples);
}

/* -- the card ---------------------------------------------------------------------------------- */

/* The desktop's own first; -q: aplay writes about each file. */
static const char *const players[][3] = {
    {"pw-play", NULL}, {"paplay", NULL}, {"aplay", "-q", NULL}};

static char *
file_of (const PlSoundCard *self, PlSound sound)
{
	g_autofree char *name = g_strconcat (tones[sound].name, ".wav", NULL);

	return g_build_filename (self->folder, name, NULL);
}

static void
say_silent (PlSoundCard *self, const char *why)
{
	if (!self->said)
		g_warning ("no sound by the card: %s", why);
	self->said = TRUE;
}

static const char *const *
find_player (void)
{
	for (guint i = 0; i < G_N_ELEMENTS (players); i++) {
		g_autofree char *path = g_find_program_in_path (players[i][0]);

		if (path != NULL)
			return players[i];
	}
	return NULL;
}

static void
open_card (PlSoundCard *self)
{
	g_autoptr (GError) error = NULL;

	self->player = find_player ();
	if (self->player == NULL) {
		say_silent (self, "install pipewire-bin, pulseaudio-utils or alsa-utils");
		return;
	}
	/* files, since not all players read from a pipe */
	self->folder = g_dir_make_tmp ("packline-sound-XXXXXX", &error);
	for (guint i = PL_SOUND_PASS; i < PL_SOUNDS && error == NULL; i++) {
		g_autoptr (GBytes) wave = pl_sound_wave (i);
		g_autofree char *file = file_of (self, i);
		gsize len;
		const char *data = g_bytes_get_data (wave, &len);

		g_file_set_contents (file, data, (gssize)len, &error);
	}
	if (error != NULL)
		say_silent (self, error->message);
}

/* Not waited for: a card that hangs holds up nobody. */
static void
play_by_card (PlSoundCard *self, PlSound sound)
{
	g_autofree char *file = NULL;
	g_autoptr (GSubprocess) child = NULL;
	g_autoptr (GError) error = NULL;

	if (self->folder == NULL)
		return;
	file = file_of (self, sound);
	child = g_subprocess_new (
	    G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
	    self->player[0], self->player[1] != NULL ? self->player[1] : file,
	    self->player[1] != NULL ? file : NULL, NULL);
	if (child == NULL)
		say_silent (self, error->message);
}

static void
play (PlSoundCard *self, PlSound sound)
{
	if (sound == PL_SOUND_NONE)
		return;
	if (self->func != NULL)
		self->func (self->data, sound);
	else
		play_by_card (self, sound);
}

/* -- when -------------------------------------------------------------------------------------- */

/* Of all slots, what is worst: ALARM is the last of the sounds. */
static PlSound
going_on (const PlSoundCard *self)
{
	PlSound worst = PL_SOUND_NONE;

	for (guint i = 0; i < self->heard->len; i++) {
		const PlSignal *signal = g_array_index (self->heard, Heard, i).signal;

		if (signal != NULL && pl_sound_goes_on (signal->sound))
			worst = MAX (worst, signal->sound);
	}
	return worst;
}

static gboolean
on_again (gpointer data)
{
	PlSoundCard *self = data;

	play (self, going_on (self));
	return G_SOURCE_CONTINUE;
}

void
pl_sound_card_follow (PlSoundCard *self, const PlSnapshot *s)
{
	const PlSignal *signal = pl_signal_of (s->state, s->prompt != NULL);
	Heard *heard;

	if (s->slot >= self->heard->len)
		g_array_set_size (self->heard, s->slot + 1);
	heard = &g_array_index (self->heard, Heard, s->slot);
	/* a snapshot comes 20 times a second, a sound once for what it says */
	if (heard->state_seq == s->state_seq && heard->signal == signal)
		return;
	*heard = (Heard){s->state_seq, signal};
	play (self, signal->sound);
	/* the clock goes on from one alarm to the next, and stops with the last */
	if ((going_on (self) != PL_SOUND_NONE) == (self->again != 0))
		return;
	if (self->again == 0)
		self->again = g_timeout_add_seconds (AGAIN_S, on_again, self);
	else
		g_clear_handle_id (&self->again, g_source_remove);
}

void
pl_sound_card_refuse (PlSoundCard *self)
{
	play (self, PL_SOUND_REFUSED);
}

PlSoundCard *
pl_sound_card_new (PlSoundFunc func, gpointer data)
{
	PlSoundCard *self = g_new0 (PlSoundCard, 1);

	self->func = func;
	self->data = data;
	self->heard = g_array_new (FALSE, TRUE, sizeof (Heard));
	if (func == NULL)
		open_card (self);
	return self;
}

void
pl_sound_card_free (PlSoundCard *self)
{
	if (self == NULL)
		return;
	g_clear_handle_id (&self->again, g_source_remove);
	/* NONE has no file */
	for (guint i = PL_SOUND_PASS; self->folder != NULL && i < PL_SOUNDS; i++) {
		g_autofree char *file = file_of (self, i);

		g_unlink (file);
	}
	if (self->folder != NULL)
		g_rmdir (self->folder);
	g_free (self->folder);
	g_array_unref (self->heard);
	g_free (self);
}
