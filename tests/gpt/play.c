/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gpt/play.h"
#include <string.h>
#include <unistd.h>

#define SCALE 2000 /* of the clock: a minute of the tester is 30 ms of ours */

PlLink *
play_lines (const char *const *lines)
{
	g_autoptr (GString) text = g_string_new ("packline-link 1\n");
	g_autofree char *file = NULL;
	g_autoptr (GError) error = NULL;
	PlLink *link;
	int fd = g_file_open_tmp ("pl-gpt-XXXXXX", &file, NULL);

	for (; *lines != NULL; lines++)
		if (**lines == '!')
			g_string_append_printf (text, "! %s\n", *lines + 1);
		else
			g_string_append_printf (text, "%c \"%s\\r\\n\"\n", **lines, *lines + 1);
	ck_assert_int_ge (fd, 0);
	close (fd);
	ck_assert (g_file_set_contents (file, text->str, -1, NULL));
	link = pl_link_replay (file, &error);
	ck_assert_ok (link != NULL, error);
	unlink (file);
	return link;
}

Play
play_link (PlLink *link, const char *model, GError **error)
{
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
	Play play = {.clock = pl_clock_new_scaled (SCALE), .link = link};

	if (model != NULL)
		g_hash_table_insert (settings, (gpointer) "model", (gpointer)model);
	play.hipot = pl_driver_gwinstek_gpt.open (PL_ROLE_HIPOT, link, play.clock, settings, error);
	return play;
}

Play
play_new (const char *const *lines)
{
	g_autoptr (GError) error = NULL;
	Play play = play_link (play_lines (lines), "GPT-9804", &error);

	ck_assert_ok (play.hipot != NULL, error);
	return play;
}

/* The conversation was held to its end. */
void
play_over (Play *play)
{
	g_autoptr (GError) error = NULL;
	guint8 byte;

	ck_assert_int_eq (pl_link_read (play->link, &byte, 1, pl_deadline_ms (100), &error), -1);
	ck_assert_msg (strstr (error->message, "expected nothing more") != NULL, "%s",
		       error->message);
	if (play->hipot != NULL)
		pl_instrument_free (play->hipot);
	else
		pl_link_free (play->link);
	pl_clock_free (play->clock);
}

const PlHipotSetup play_dcw = {PL_HIPOT_DCW, 1000, 1e-3, 0, 1, 500, 0};

void
play_setup (Play *play)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (play->hipot->ops.hipot->setup (play->hipot, &play_dcw, &error), error);
}

void
play_setup_and_start (Play *play)
{
	g_autoptr (GError) error = NULL;

	play_setup (play);
	ck_assert_ok (play->hipot->ops.hipot->start (play->hipot, &error), error);
}

PlHipotReading
play_read (Play *play)
{
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	ck_assert_ok (play->hipot->ops.hipot->read (play->hipot, &reading, &error), error);
	return reading;
}

GError *
play_read_error (Play *play)
{
	GError *error = NULL;
	PlHipotReading reading;

	ck_assert (!play->hipot->ops.hipot->read (play->hipot, &reading, &error));
	return error;
}
