/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/modbus/map.h"
#include "fixtures/yaml.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

#define HEAD "map: m\nframing: tcp\nunit: 1\nregisters:\n"

static PlMap *
parse (const char *text, GError **error)
{
	return pl_map_parse (text, strlen (text), "m.yaml", error);
}

/* START_TESTs below give one line of registers; its line in the file is 5. */
static void
refused (const char *text, const char *says)
{
	g_autoptr (GError) error = NULL;

	ck_assert_msg (parse (text, &error) == NULL, "taken: %s", text);
	ck_assert_uint_eq (error->domain, PL_YAML_ERROR);
	ck_assert_msg (strstr (error->message, says) != NULL, "\"%s\" lacks \"%s\"", error->message,
		       says);
}

START_TEST (a_register_has_the_place_type_and_unit_that_the_file_says)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlMap) map = parse (
	    "map: bms\nframing: rtu\nunit: 7\nregisters:\n"
	    "  - { name: cell, space: input, address: 130, type: s16, count: 32, unit: V, scale: "
	    "0.0001,\n"
	    "      offset: 1, min: -1, max: 6.6 }\n"
	    "  - { name: lock, space: coil, address: 0, type: bit, access: write, safe: 1 }\n"
	    "  - { name: key, space: holding, address: 6, type: u16, access: command }\n",
	    &error);
	const PlRegister *cell, *lock, *key;

	ck_assert_ok (map != NULL, error);
	ck_assert_str_eq (map->name, "bms");
	ck_assert_int_eq (map->framing, PL_MODBUS_RTU);
	ck_assert_uint_eq (map->unit, 7);
	cell = pl_map_find (map, "cell");
	ck_assert_int_eq (cell->table, PL_MODBUS_INPUT);
	ck_assert_int_eq (cell->type, PL_REGISTER_S16);
	ck_assert_uint_eq (cell->address, 130);
	ck_assert_uint_eq (cell->count, 32);
	ck_assert_str_eq (cell->unit, "V");
	ck_assert_double_eq_tol (cell->scale, 0.0001, 1e-12);
	ck_assert_double_eq_tol (cell->offset, 1, 1e-12);
	ck_assert_double_eq_tol (cell->max, 6.6, 1e-12);
	ck_assert (!cell->writable && !cell->command && !cell->has_safe);
	lock = pl_map_find (map, "lock");
	ck_assert_int_eq (lock->table, PL_MODBUS_COILS);
	ck_assert (lock->writable && !lock->command && lock->has_safe);
	ck_assert_uint_eq (lock->count, 1);
	ck_assert (isinf (lock->max));
	key = pl_map_find (map, "key");
	ck_assert (key->writable && key->command);
	ck_assert_ptr_null (pl_map_find (map, "nothing"));
}
END_TEST

static const struct {
	const char *registers, *says;
} faults[] = {
    {"  - { name: a, space: coil, address: 0, type: bit, colour: red }\n", "m.yaml:5: "},
    {"  - { name: a, space: coil, address: 0, type: bit, acess: write }\n", "access"},
    {"  - { space: coil, address: 0, type: bit }\n", "name"},
    {"  - { name: a, address: 0, type: bit }\n", "space"},
    {"  - { name: a, space: coil, type: bit }\n", "address"},
    {"  - { name: a, space: coil, address: 0 }\n", "type"},
    {"  - { name: a, space: coils, address: 0, type: bit }\n", "discrete"},
    {"  - { name: a, space: coil, address: 0, type: bool }\n", "u16"},
    {"  - { name: a, space: coil, address: 65536, type: bit }\n", "65535"},
    {"  - { name: a, space: coil, address: -1, type: bit }\n", "m.yaml:5: "},
    {"  - { name: a, space: coil, address: 0, type: u16 }\n",
     "coils and discrete inputs are of type bit"},
    {"  - { name: a, space: input, address: 0, type: bit }\n",
     "coils and discrete inputs are of type bit"},
    {"  - { name: a, space: input, address: 0, type: u16, count: 0 }\n", "m.yaml:5: "},
    {"  - { name: a, space: input, address: 0, type: u16, count: 126 }\n", "125"},
    {"  - { name: a, space: input, address: 0, type: u32, count: 63 }\n",
     "63 elements are 126 registers; one request fetches at most 125"},
    {"  - { name: a, space: input, address: 65535, type: u32 }\n",
     "address 65535 and 2 registers go beyond 65535"},
    {"  - { name: a, space: input, address: 0, type: u16, scale: 0 }\n", "a scale of 0"},
    {"  - { name: a, space: input, address: 0, type: u16, scale: nan }\n", "m.yaml:5: "},
    {"  - { name: a, space: input, address: 0, type: u16, min: 2, max: 1 }\n",
     "nothing is plausible from 2 to 1"},
    {"  - { name: a, space: input, address: 0, type: u16, access: write }\n",
     "a cannot be written: only coils and holding registers can"},
    {"  - { name: a, space: discrete, address: 0, type: bit, access: command }\n",
     "a cannot be written"},
    {"  - { name: a, space: holding, address: 0, type: ascii, count: 124, access: write }\n",
     "writes at most 123"},
    {"  - { name: a, space: coil, address: 0, type: bit, safe: 0 }\n", "safe: needs"},
    {"  - { name: a, space: coil, address: 0, type: bit, access: command, safe: 0 }\n",
     "safe: needs"},
    {"  - { name: a, space: holding, address: 0, type: u16, count: 2, access: write, safe: 0 }\n",
     "safe: needs"},
    {"  - { name: a, space: coil, address: 0, type: bit, access: write, safe: 2 }\n",
     "safe: 2 does not fit a"},
    {"  - { name: a, space: holding, address: 0, type: u16, access: write, safe: -1 }\n",
     "safe: -1 does not fit a"},
    {"  - { name: a, space: coil, address: 0, type: bit }\n"
     "  - { name: b, space: coil, address: 1, type: bit }\n"
     "  - { name: a, space: coil, address: 2, type: bit }\n",
     "m.yaml:7: a is in the map twice"},
    {"  - lamp\n", "m.yaml:5: "},
    {"  []\n", "a register map without registers"},
    {"  lamp\n", "m.yaml:5: "},
};

/* _i: the fault */
START_TEST (a_fault_in_a_register_is_named_with_file_line_and_what_is_allowed)
{
	g_autofree char *text = g_strconcat (HEAD, faults[_i].registers, NULL);

	refused (text, faults[_i].says);
}
END_TEST

START_TEST (a_fault_in_the_head_is_named)
{
	static const char rest[] =
	    "registers:\n  - { name: a, space: coil, address: 0, type: bit }\n";
	static const struct {
		const char *head, *says;
	} cases[] = {
	    {"framing: tcp\nunit: 1\n", "map"},
	    {"map: m\nunit: 1\n", "framing"},
	    {"map: m\nframing: tcp\n", "unit"},
	    {"map: m\nframing: ascii\nunit: 1\n", "m.yaml:2: "},
	    {"map: m\nframing: rtu\nunit: 0\n", "m.yaml:3: "}, /* nobody answers to everybody */
	    {"map: m\nframing: rtu\nunit: 248\n", "m.yaml:3: "},
	    {"map: m\nframing: tcp\nunit: 256\n", "m.yaml:3: "},
	    {"map: m\nframing: tcp\nunit: 1\nbaud: 9600\n", "m.yaml:4: "},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autofree char *text = g_strconcat (cases[i].head, rest, NULL);

		refused (text, cases[i].says);
	}
	refused ("map: m\nframing: tcp\nunit: 1\n", "registers");
	refused ("", "m.yaml");
	refused ("- a\n- b\n", "m.yaml:1: ");
}
END_TEST

START_TEST (a_missing_file_is_named)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_map_load ("/nonexistent/map.yaml", &error));
	ck_assert_err (error, PL_YAML_ERROR, PL_YAML_ERROR_FILE);
	ck_assert_msg (strstr (error->message, "/nonexistent/map.yaml") != NULL, "%s",
		       error->message);
}
END_TEST

/* The maps that come with the station; the order of make-safe is the plant's safety. */
START_TEST (shipped_maps_load_and_make_energy_safe_first)
{
	static const char *const files[] = {"plc-fixture.yaml", "bms-reference.yaml"};
	static const char *const firsts[] = {"hv_enable", "contactor"};

	for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
		g_autofree char *path =
		    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "maps", files[i], NULL);
		g_autoptr (GError) error = NULL;
		g_autoptr (PlMap) map = pl_map_load (path, &error);
		const PlRegister *first = NULL;

		ck_assert_ok (map != NULL, error);
		for (guint k = map->registers->len; k > 0; k--) {
			const PlRegister *reg = g_ptr_array_index (map->registers, k - 1);

			if (reg->has_safe)
				first = reg;
		}
		ck_assert_ptr_nonnull (first);
		ck_assert_str_eq (first->name, firsts[i]);
	}
}
END_TEST

START_TEST (a_raw_value_is_rounded_and_never_wraps)
{
	static const struct {
		PlRegisterType type;
		double scale, offset, value;
		gboolean fits;
		gint64 raw;
	} cases[] = {
	    {PL_REGISTER_U16, 0.0001, 0, 3.65004, TRUE, 36500},
	    {PL_REGISTER_U16, 1, 0, 65535.4, TRUE, 65535},
	    {PL_REGISTER_U16, 1, 0, 65535.5, FALSE, 0},
	    {PL_REGISTER_U16, 1, 0, -0.6, FALSE, 0},
	    {PL_REGISTER_S16, 0.1, 0, -40, TRUE, -400},
	    {PL_REGISTER_S16, 0.1, 0, 3276.8, FALSE, 0},
	    {PL_REGISTER_U16, 0.5, -40, -40, TRUE, 0},
	    {PL_REGISTER_U16, -1, 100, 30, TRUE, 70},
	    {PL_REGISTER_U32, 1, 0, 4294967295.0, TRUE, 4294967295},
	    {PL_REGISTER_S32, 0.001, 0, -2000, TRUE, -2000000},
	    {PL_REGISTER_S32, 1, 0, 2147483648.0, FALSE, 0},
	    {PL_REGISTER_BIT, 1, 0, 1, TRUE, 1},
	    {PL_REGISTER_BIT, 1, 0, 2, FALSE, 0},
	    {PL_REGISTER_U16, 1, 0, NAN, FALSE, 0},
	    {PL_REGISTER_U32, 1, 0, INFINITY, FALSE, 0},
	    {PL_REGISTER_ASCII, 1, 0, 0, FALSE, 0},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		PlRegister reg = {
		    .type = cases[i].type, .scale = cases[i].scale, .offset = cases[i].offset};
		gint64 raw = 0;

		ck_assert_msg (pl_register_raw (&reg, cases[i].value, &raw) == cases[i].fits,
			       "case %u", i);
		ck_assert_int_eq (raw, cases[i].raw);
	}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("registers-map");
	TCase *tcase = tcase_create ("map");

	tcase_add_test (tcase, a_register_has_the_place_type_and_unit_that_the_file_says);
	tcase_add_loop_test (tcase,
			     a_fault_in_a_register_is_named_with_file_line_and_what_is_allowed, 0,
			     G_N_ELEMENTS (faults));
	tcase_add_test (tcase, a_fault_in_the_head_is_named);
	tcase_add_test (tcase, a_missing_file_is_named);
	tcase_add_test (tcase, shipped_maps_load_and_make_energy_safe_first);
	tcase_add_test (tcase, a_raw_value_is_rounded_and_never_wraps);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
