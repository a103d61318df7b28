/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * A small standalone driver for the fuzz targets, so that every build exercises them, also where
 * there is no clang: each seed as it is, then mutations of them from a fixed random seed, until the
 * time or the count is up. An iteration depends on its number only: `replay SEEDS NUMBER` runs that
 * one alone.
 */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define TIME_US (1 * G_USEC_PER_SEC)
#define COUNT 400000
#define LEAST 50 /* however slow the machine */
#define INPUT_MAX 4096
#define HANG_S 20

static guint iteration;

/* Async-signal-safe, and called by the sanitizers too. */
static void
tell_iteration (void)
{
	char text[] = "fuzz replay: died in iteration 0000000000\n";
	guint n = iteration;

	for (char *at = text + sizeof text - 3; *at == '0'; at--, n /= 10)
		*at = '0' + n % 10;
	if (write (STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit (2);
}

static void
on_signal (int number)
{
	tell_iteration ();
	signal (number, SIG_DFL);
	raise (number);
}

extern void __sanitizer_set_death_callback (void (*callback) (void)) __attribute__ ((weak));

static guint64 state;

static guint32
draw (guint32 below)
{
	/* xorshift64* (Vigna, 2016) */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return below == 0 ? 0 : (guint32)((state * 2685821657736338717u) >> 32) % below;
}

static void
insert (GByteArray *bytes, guint at, const guint8 *data, guint len)
{
	guint tail = bytes->len - at;

	g_byte_array_set_size (bytes, bytes->len + len);
	memmove (bytes->data + at + len, bytes->data + at, tail);
	memcpy (bytes->data + at, data, len);
}

static void
insert_word (GByteArray *bytes, guint at)
{
	static const char *const words[] = {"\xff\xff\xff\xff",
					    "\x7f\xff",
					    "0",
					    "-1",
					    "99999999999",
					    "\r\n",
					    ",",
					    ":",
					    "\"",
					    "nan",
					    "1e400",
					    "\x79",
					    "\x1f",
					    "{",
					    "}",
					    "[",
					    "S3",
					    "  "};
	const char *word = words[draw (G_N_ELEMENTS (words))];

	insert (bytes, at, (const guint8 *)word, strlen (word));
}

static void
mutate (GByteArray *bytes, const GByteArray *other)
{
	guint at = draw (bytes->len), len = 1 + draw (16);

	switch (draw (bytes->len == 0 ? 2 : 8)) {
	case 0:
		insert_word (bytes, at);
		break;
	case 1: /* a piece of another seed */
		if (other->len > 0) {
			guint from = draw (other->len);

			insert (bytes, at, other->data + from, MIN (len, other->len - from));
		}
		break;
	case 2:
		bytes->data[at] ^= 1u << draw (8);
		break;
	case 3:
		bytes->data[at] = draw (256);
		break;
	case 4:
		g_byte_array_remove_range (bytes, at, MIN (len, bytes->len - at));
		break;
	case 5: {
		g_autofree guint8 *piece = g_memdup2 (bytes->data + at, MIN (len, bytes->len - at));

		insert (bytes, draw (bytes->len), piece, MIN (len, bytes->len - at));
		break;
	}
	case 6:
		g_byte_array_set_size (bytes, at);
		break;
	default:
		if (g_ascii_isdigit (bytes->data[at]))
			bytes->data[at] = '0' + draw (10);
		else
			bytes->data[at]++;
	}
}

/* The first iterations are the seeds as they are. */
static void
run (const GPtrArray *seeds, guint n)
{
	const GByteArray *seed, *other;
	g_autoptr (GByteArray) bytes = g_byte_array_new ();
	g_autofree guint8 *exact = NULL;

	iteration = n;
	state = 0x9e3779b97f4a7c15u * (n + 1);
	seed = g_ptr_array_index (seeds, n < seeds->len ? n : draw (seeds->len));
	other = g_ptr_array_index (seeds, draw (seeds->len));
	g_byte_array_append (bytes, seed->data, seed->len);
	for (guint times = n < seeds->len ? 0 : 1 + draw (6); times > 0; times--)
		mutate (bytes, other);
	/* of exactly that size, so that a sanitizer sees the first byte beyond it */
	g_byte_array_set_size (bytes, MIN (bytes->len, INPUT_MAX));
	exact = g_malloc (MAX (bytes->len, 1));
	if (bytes->len > 0)
		memcpy (exact, bytes->data, bytes->len);
	alarm (HANG_S);
	LLVMFuzzerTestOneInput (exact, bytes->len);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
	return strcmp (*(char *const *)a, *(char *const *)b);
}

/* In the order of their names; a directory that is not there is one empty seed. */
static GPtrArray *
load_seeds (const char *directory)
{
	GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref);
	g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
	g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
		g_ptr_array_add (names, g_build_filename (directory, name, NULL));
	g_ptr_array_sort (names, by_name);
	for (guint i = 0; i < names->len; i++) {
		char *data;
		gsize len;

		if (g_file_get_contents (names->pdata[i], &data, &len, NULL))
			g_ptr_array_add (seeds, g_byte_array_new_take ((guint8 *)data, len));
	}
	if (seeds->len == 0)
		g_ptr_array_add (seeds, g_byte_array_new ());
	return seeds;
}

int
main (int argc, char **argv)
{
	g_autoptr (GPtrArray) seeds = load_seeds (argc > 1 ? argv[1] : "");
	gint64 end = g_get_monotonic_time () + TIME_US;
	guint n = 0;

	signal (SIGABRT, on_signal);
	signal (SIGALRM, on_signal);
	signal (SIGSEGV, on_signal);
	if (__sanitizer_set_death_callback != NULL)
		__sanitizer_set_death_callback (tell_iteration);
	if (argc > 2) {
		run (seeds, (guint)strtoul (argv[2], NULL, 10));
		return 0;
	}
	while (n < COUNT && (n < LEAST + seeds->len || g_get_monotonic_time () < end))
		run (seeds, n++);
	g_print ("%u inputs from %u seeds\n", n, seeds->len);
	return 0;
}
