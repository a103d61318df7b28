/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/modbus/map.h"
#include "fixtures/yaml.h"
#include <math.h>
#include <string.h>

/* Any bytes as a register map: what is taken fits into requests, and its safe values into
 * registers. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_register (const PlMap *map, const PlRegister *reg)
{
	guint words = reg->count * pl_register_words (reg);
	gint64 raw;

	g_assert (pl_map_find (map, reg->name) == reg);
	g_assert (reg->count >= 1 && words <= PL_MODBUS_READ_REGISTERS_MAX);
	g_assert (reg->address + words <= 0x10000);
	g_assert (isfinite (reg->scale) && isfinite (reg->offset) && fabs (reg->scale) > 0);
	g_assert (!reg->has_safe || pl_register_raw (reg, reg->safe, &raw));
	g_assert (!reg->command || reg->writable);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlMap) map = pl_map_parse ((const char *)data, size, "fuzz.yaml", &error);

	g_assert ((map == NULL) == (error != NULL));
	g_assert (error == NULL || strstr (error->message, "fuzz.yaml") != NULL);
	for (guint i = 0; map != NULL && i < map->registers->len; i++)
		check_register (map, g_ptr_array_index (map->registers, i));
	return 0;
}
