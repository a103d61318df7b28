/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/keysight_daq/protocol.h"
#include "fixtures/link/scpi.h"
#include <math.h>
#include <string.h>

/* Any bytes as a reply of the DAQ or as an entry of its map: finite values and channels that
 * exist, or an error. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define READINGS 4

static void
check_replies (const char *text)
{
	PlDaqChannel channel = {.kind = &pl_daq_kinds[0], .scale = 2000};
	PlIdentity id = {0};
	double readings[READINGS], value = NAN;
	int code;
	g_autoptr (GError) a = NULL, b = NULL, c = NULL;

	g_assert (pl_identity_parse (text, &id, &a) == (a == NULL));
	g_assert (pl_scpi_parse_error (text, &code, &b) == (b == NULL));
	if (!pl_daq_parse_readings (text, readings, READINGS, &c)) {
		g_assert (c != NULL);
		return;
	}
	for (guint i = 0; i < READINGS; i++) {
		g_assert (isfinite (readings[i]));
		g_assert (!pl_daq_take_reading (&channel, readings[i], &value, NULL) ||
			  fabs (value) <= 300 * 2000);
	}
}

static void
check_channel (const PlDaqChannel *channel)
{
	g_assert (channel->channel >= 101 && channel->channel <= 340);
	g_assert (channel->kind != NULL && isfinite (channel->scale) && fabs (channel->scale) > 0);
}

static void
check_map (char *name, char *text)
{
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
	const char *const names[] = {name, NULL};
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) map = NULL;
	g_autoptr (GArray) places = NULL;

	g_hash_table_insert (settings, name, text);
	map = pl_daq_map_new (settings, &error);
	g_assert ((map == NULL) == (error != NULL));
	if (map == NULL)
		return;
	for (guint i = 0; i < map->len; i++)
		check_channel (g_ptr_array_index (map, i));
	places = pl_daq_map_find (map, names, NULL);
	g_assert (places == NULL || places->len > 0);
}

/* "NAME:TEXT" is an entry too. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup ((const char *)data, size);
	char *colon = strchr (text, ':');
	char star[] = "cell*";

	check_replies (text);
	check_map (star, text);
	if (colon != NULL) {
		*colon = '\0';
		check_map (text, colon + 1);
	}
	return 0;
}
