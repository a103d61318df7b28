/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/afe.h"
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * In packline-bms's place: the same command line and lock-step, nothing behind it. Each start
 * appends its words to FLASH.starts; a new flash file holds the name of the image. FAKE_BMS says
 * how it misbehaves: quits (at once), mute (never connects), garbles (answers out of step), mortal
 * (ends after 5 samples), clings (to life, when asked to end and when the front end has gone).
 */
static const char *
option (int argc, char **argv, const char *name)
{
	for (int i = 1; i + 1 < argc; i++)
		if (g_str_equal (argv[i], name))
			return argv[i + 1];
	return "";
}

static void
log_start (int argc, char **argv, const char *flash)
{
	g_autofree char *path = g_strconcat (flash, ".starts", NULL);
	g_autofree char *words = g_strjoinv (" ", argv + 1);
	FILE *file = fopen (path, "a");

	fprintf (file, "%d %s\n", getpid (), words);
	fclose (file);
	if (!g_file_test (flash, G_FILE_TEST_EXISTS))
		g_file_set_contents (flash, option (argc, argv, "--load"), -1, NULL);
}

static int
join_front_end (const char *address)
{
	struct sockaddr_un place = {.sun_family = AF_UNIX};
	int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy (place.sun_path, address + strlen ("unix:"), sizeof place.sun_path);
	return connect (fd, (struct sockaddr *)&place, sizeof place) == 0 ? fd : -1;
}

int
main (int argc, char **argv)
{
	const char *mood = g_getenv ("FAKE_BMS") != NULL ? g_getenv ("FAKE_BMS") : "";
	const char *link = option (argc, argv, "--link") + strlen ("pty:");
	struct afe_sample sample;
	int fd;

	log_start (argc, argv, option (argc, argv, "--flash"));
	if (g_str_equal (mood, "quits"))
		return 1;
	if (g_str_equal (mood, "clings"))
		signal (SIGTERM, SIG_IGN);
	if (g_str_equal (mood, "mute"))
		sleep (60);
	fd = join_front_end (option (argc, argv, "--afe"));
	if (symlink ("/dev/null", link) != 0)
		return 2;
	while (recv (fd, &sample, sizeof sample, MSG_WAITALL) == sizeof sample) {
		struct afe_command command = {.magic = AFE_COMMAND_MAGIC,
					      .seq = sample.seq + g_str_equal (mood, "garbles"),
					      .outputs = AFE_OUT_MAIN};

		if (g_str_equal (mood, "mortal") && sample.seq % 5 == 0)
			return 3;
		send (fd, &command, sizeof command, MSG_NOSIGNAL);
	}
	if (g_str_equal (mood, "clings"))
		sleep (60);
	unlink (link);
	return 0;
}
