/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bms/process.h"
#include "tests/folder.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PERIOD_US 20000
#define PATIENCE_S 20

char *
bms_image_path (const char *image)
{
	return g_build_filename (g_getenv ("PACKLINE_BUILD"), "firmware", "bms", image, NULL);
}

static char *
in_directory (Bms *bms, const char *name)
{
	return g_build_filename (bms->directory, name, NULL);
}

/* -- the front end ----------------------------------------------------------------------------- */

static void
listen_for_afe (Bms *bms)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	g_autofree char *path = in_directory (bms, "afe");

	g_strlcpy (address.sun_path, path, sizeof address.sun_path);
	bms->listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq (bind (bms->listener, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq (listen (bms->listener, 1), 0);
}

static void
healthy_pack (Bms *bms)
{
	bms->sample = (struct afe_sample){
	    .magic = AFE_SAMPLE_MAGIC, .dt_us = PERIOD_US, .pins = AFE_PIN_POWER};
	for (guint i = 0; i < AFE_CELLS; i++)
		bms->sample.cell_uv[i] = 3270000 + (int32_t)i * 100;
	for (guint i = 0; i < AFE_NTCS; i++)
		bms->sample.ntc_mdegc[i] = 25000;
	bms->sample.stack_mv = 104690;
	bms->sample.insulation_kohm = 80000;
}

static void
exchange (Bms *bms)
{
	struct afe_sample *s = &bms->sample;
	uint32_t outputs = bms->command.outputs;

	s->seq++;
	s->flags &= ~(uint32_t)(AFE_FLAG_MAIN_AUX | AFE_FLAG_PRECHARGE_AUX);
	s->flags |= ((outputs & AFE_OUT_MAIN) != 0 ? AFE_FLAG_MAIN_AUX : 0u) |
		    ((outputs & AFE_OUT_PRECHARGE) != 0 ? AFE_FLAG_PRECHARGE_AUX : 0u);
	s->terminal_mv = (outputs & (AFE_OUT_MAIN | AFE_OUT_PRECHARGE)) != 0 ? s->stack_mv : 0;
	ck_assert_int_eq (send (bms->afe, s, sizeof *s, MSG_NOSIGNAL), sizeof *s);
	ck_assert_int_eq (recv (bms->afe, &bms->command, sizeof bms->command, MSG_WAITALL),
			  sizeof bms->command);
	ck_assert_uint_eq (bms->command.magic, AFE_COMMAND_MAGIC);
	ck_assert_uint_eq (bms->command.seq, s->seq);
}

void
bms_periods (Bms *bms, guint n)
{
	while (n-- > 0)
		exchange (bms);
}

void
bms_pins (Bms *bms, uint32_t pins)
{
	bms->sample.pins = pins;
	exchange (bms);
}

void
bms_reset (Bms *bms, gboolean boot0)
{
	uint32_t pins = AFE_PIN_POWER | (boot0 ? AFE_PIN_BOOT0 : 0u);

	bms_pins (bms, pins | AFE_PIN_RESET);
	bms_pins (bms, pins);
}

/* -- the process ------------------------------------------------------------------------------- */

static void
spawn (Bms *bms, const char *image, const char *const *more)
{
	g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
	g_autofree char *file = image != NULL ? bms_image_path (image) : NULL;
	g_autofree char *flash = in_directory (bms, "flash"), *afe = in_directory (bms, "afe");
	g_autoptr (GError) error = NULL;

	g_ptr_array_add (argv, bms_image_path ("packline-bms"));
	g_ptr_array_add (argv, g_strdup_printf ("--link=%s", bms->address));
	g_ptr_array_add (argv, g_strdup_printf ("--flash=%s", flash));
	if (bms->with_afe)
		g_ptr_array_add (argv, g_strdup_printf ("--afe=unix:%s", afe));
	if (file != NULL)
		g_ptr_array_add (argv, g_strdup_printf ("--load=%s", file));
	for (; more != NULL && *more != NULL; more++)
		g_ptr_array_add (argv, g_strdup (*more));
	g_ptr_array_add (argv, NULL);
	ck_assert_ok (g_spawn_async (NULL, (char **)argv->pdata, NULL,
				     G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
				     NULL, &bms->pid, &error),
		      error);
}

/* It is up when its link is there; with a front end, when that is connected. */
static void
await_up (Bms *bms)
{
	gint64 deadline = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
	g_autoptr (GError) error = NULL;

	if (bms->listener >= 0) {
		bms->afe = accept (bms->listener, NULL, NULL);
		ck_assert_int_ge (bms->afe, 0);
	}
	while ((bms->link = pl_link_open (bms->address, &error)) == NULL &&
	       g_get_monotonic_time () < deadline) {
		g_clear_error (&error);
		g_usleep (5000);
	}
	ck_assert_ok (bms->link != NULL, error);
	if (bms->listener >= 0)
		bms_periods (bms, 1);
}

/* link: "pty" and "unix" get a path in the directory */
static void
make_directory (Bms *bms, const char *link)
{
	g_autofree char *path = NULL;

	bms->directory = test_folder ();
	path = in_directory (bms, "tty");
	bms->address =
	    g_str_has_prefix (link, "tcp:") ? g_strdup (link) : g_strconcat (link, ":", path, NULL);
	bms->listener = bms->afe = -1;
}

Bms *
bms_start_at (const char *link, const char *image)
{
	Bms *bms = g_new0 (Bms, 1);

	make_directory (bms, link);
	spawn (bms, image, NULL);
	await_up (bms);
	return bms;
}

Bms *
bms_start_before_afe (const char *image)
{
	Bms *bms = g_new0 (Bms, 1);

	make_directory (bms, "pty");
	bms->with_afe = TRUE;
	healthy_pack (bms);
	spawn (bms, image, NULL);
	g_usleep (300000);
	listen_for_afe (bms);
	await_up (bms);
	return bms;
}

Bms *
bms_start (const char *image, gboolean with_afe, const char *const *more)
{
	Bms *bms = g_new0 (Bms, 1);

	make_directory (bms, "pty");
	bms->with_afe = with_afe;
	if (with_afe)
		listen_for_afe (bms);
	healthy_pack (bms);
	spawn (bms, image, more);
	await_up (bms);
	return bms;
}

void
bms_restart (Bms *bms, const char *const *more)
{
	g_autofree char *tty = in_directory (bms, "tty");

	unlink (tty); /* a killed one leaves it, to a device that may be another's by now */
	healthy_pack (bms);
	memset (&bms->command, 0, sizeof bms->command);
	spawn (bms, NULL, more);
	await_up (bms);
}

void
bms_kill (Bms *bms, int signal_number)
{
	g_clear_pointer (&bms->link, pl_link_free);
	if (bms->pid == 0)
		return;
	kill (bms->pid, signal_number);
	waitpid (bms->pid, NULL, 0);
	bms->pid = 0;
	if (bms->afe >= 0)
		close (bms->afe);
	bms->afe = -1;
}

int
bms_await_end (Bms *bms)
{
	int status;

	ck_assert_int_eq (waitpid (bms->pid, &status, 0), bms->pid);
	bms->pid = 0;
	return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

void
bms_free (Bms *bms)
{
	bms_kill (bms, SIGTERM);
	if (bms->listener >= 0)
		close (bms->listener);
	g_free (bms->directory);
	g_free (bms->address);
	g_free (bms);
}

/* -- asking it --------------------------------------------------------------------------------- */

guint
bms_input (Bms *bms, guint16 address, guint words)
{
	g_autoptr (PlModbus) master = pl_modbus_new (bms->link, PL_MODBUS_RTU, 1);
	g_autoptr (GError) error = NULL;
	guint16 values[2] = {0};

	pl_modbus_set_timeout (master, 5000);
	ck_assert_ok (
	    pl_modbus_read_registers (master, PL_MODBUS_INPUT, address, words, values, &error),
	    error);
	return words == 2 ? (guint)values[0] << 16 | values[1] : values[0];
}

gboolean
bms_write (Bms *bms, guint16 address, guint16 value, GError **error)
{
	g_autoptr (PlModbus) master = pl_modbus_new (bms->link, PL_MODBUS_RTU, 1);

	return pl_modbus_write_register (master, address, value, FALSE, error);
}

gboolean
bms_answers (Bms *bms)
{
	g_autoptr (PlModbus) master = pl_modbus_new (bms->link, PL_MODBUS_RTU, 1);
	guint16 value;

	pl_modbus_set_timeout (master, 200);
	pl_modbus_set_retries (master, 0);
	return pl_modbus_read_registers (master, PL_MODBUS_INPUT, 16, 1, &value, NULL);
}
