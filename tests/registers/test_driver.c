/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/instrument.h"
#include "tests/link/wire.h"
#include "fixtures/link/modbus.h"
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

extern const PlDriver pl_driver_modbus_tcp, pl_driver_modbus_rtu;

/* Modbus over TCP: transaction, protocol 0, length, unit 1; then the PDU. */
#define TCP(transaction, length, pdu) "00" transaction "000000" length "01" pdu

static const char registers[] =
    "  - { name: volts,   space: input, address: 0x64, type: u16, unit: V, scale: 0.01, max: 200 "
    "}\n"
    "  - { name: degc,    space: input, address: 0x65, type: s16, count: 3, unit: degC, scale: 0.1,"
    " min: -60, max: 150 }\n"
    "  - { name: amps,    space: input, address: 0x70, type: s32, unit: A, scale: 0.001 }\n"
    "  - { name: uptime,  space: input, address: 0x72, type: u32, count: 2, offset: 10 }\n"
    "  - { name: lamps,   space: discrete, address: 3, type: bit, count: 10 }\n"
    "  - { name: name,    space: input, address: 0x80, type: ascii, count: 4 }\n"
    "  - { name: relay,   space: coil, address: 6, type: bit, access: write, safe: 0 }\n"
    "  - { name: route,   space: holding, address: 0, type: u16, access: write, safe: 0 }\n"
    "  - { name: limit,   space: holding, address: 20, type: u16, unit: V, scale: 0.001, access: "
    "write }\n"
    "  - { name: gain,    space: holding, address: 40, type: s32, access: write }\n"
    "  - { name: earth,   space: coil, address: 7, type: bit, access: write, safe: 1 }\n"
    "  - { name: pair,    space: holding, address: 50, type: u16, count: 2, access: write }\n"
    "  - { name: serial,  space: holding, address: 44, type: ascii, count: 3, access: write }\n"
    "  - { name: beat,    space: holding, address: 1, type: u16, access: command }\n"
    "  - { name: lever,   space: coil, address: 9, type: bit, access: command }\n";

/* A device of that map whose answers are a list; what was asked is kept. */
typedef struct {
	Script *script;
	PlClock *clock;
	PlInstrument *instrument;
	const PlRegisterOps *ops;
	GError *error;
} Device;

static char *
map_file (const char *framing, const char *more)
{
	g_autofree char *text = g_strconcat ("map: test\nframing: ", framing,
					     "\nunit: 1\nregisters:\n", registers, more, NULL);
	char *path = NULL;

	close (g_file_open_tmp ("pl-map-XXXXXX.yaml", &path, NULL));
	ck_assert (g_file_set_contents (path, text, -1, NULL));
	return path;
}

static PlInstrument *
open_with (const PlDriver *driver, const char *map, PlLink *link, PlClock *clock, GError **error)
{
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);

	if (map != NULL)
		g_hash_table_insert (settings, (gpointer) "map", (gpointer)map);
	return driver->open (PL_ROLE_BMS, link, clock, settings, error);
}

static Device
device_with (const PlDriver *driver, const char *more, const char *const *answers)
{
	Device d = {.script = script_new (answers), .clock = pl_clock_new_real ()};
	g_autofree char *map = map_file (driver == &pl_driver_modbus_tcp ? "tcp" : "rtu", more);

	d.instrument = open_with (driver, map, script_link (d.script), d.clock, &d.error);
	ck_assert_ok (d.instrument != NULL, d.error);
	g_unlink (map);
	d.instrument->name = g_strdup ("bms");
	d.ops = d.instrument->ops.registers;
	return d;
}

static Device
device (const char *const *answers)
{
	return device_with (&pl_driver_modbus_tcp, "", answers);
}

static void
end (Device *d)
{
	pl_instrument_free (d->instrument);
	pl_clock_free (d->clock);
	script_free (d->script);
	g_clear_error (&d->error);
}

static void
asked (const Device *d, guint i, const char *hex)
{
	g_autofree char *text = script_wrote (d->script, i);

	ck_assert_str_eq (text, hex);
}

static void
asked_in_all (const Device *d, guint n)
{
	ck_assert_uint_eq (d->script->written->len, n);
}

static void
failed (Device *d, gboolean ok, GQuark domain, int code, const char *says)
{
	ck_assert (!ok);
	ck_assert_err (d->error, domain, code);
	ck_assert_msg (strstr (d->error->message, says) != NULL, "\"%s\" lacks \"%s\"",
		       d->error->message, says);
	g_clear_error (&d->error);
}

/* -- reading ----------------------------------------------------------------------------------- */

START_TEST (numbers_come_in_the_maps_units)
{
	static const char *const answers[] = {
	    TCP ("01", "05", "04022904"), TCP ("02", "09", "0406fe7000c80000"),
	    TCP ("03", "07", "0404fffe7960"), TCP ("04", "0b", "040800000001ffffffff"), NULL};
	Device d = device (answers);
	double v[3];

	ck_assert_ok (d.ops->read (d.instrument, "volts", v, 1, &d.error), d.error);
	asked (&d, 0, TCP ("01", "06", "0400640001"));
	ck_assert_double_eq_tol (v[0], 105.00, 1e-9);
	ck_assert_ok (d.ops->read (d.instrument, "degc", v, 3, &d.error), d.error);
	asked (&d, 1, TCP ("02", "06", "0400650003"));
	ck_assert_double_eq_tol (v[0], -40, 1e-9);
	ck_assert_double_eq_tol (v[1], 20, 1e-9);
	ck_assert_double_eq_tol (v[2], 0, 1e-9);
	ck_assert_ok (d.ops->read (d.instrument, "amps", v, 1, &d.error), d.error);
	asked (&d, 2, TCP ("03", "06", "0400700002"));
	ck_assert_double_eq_tol (v[0], -100, 1e-9);
	ck_assert_ok (d.ops->read (d.instrument, "uptime", v, 2, &d.error), d.error);
	asked (&d, 3, TCP ("04", "06", "0400720004"));
	ck_assert_double_eq_tol (v[0], 11, 1e-9);
	ck_assert_double_eq_tol (v[1], 4294967305.0, 1e-3);
	end (&d);
}
END_TEST

START_TEST (bits_come_one_by_one)
{
	static const char *const answers[] = {TCP ("01", "05", "02020503"), NULL};
	Device d = device (answers);
	static const double expected[] = {1, 0, 1, 0, 0, 0, 0, 0, 1, 1};
	double v[10];

	ck_assert_ok (d.ops->read (d.instrument, "lamps", v, 10, &d.error), d.error);
	asked (&d, 0, TCP ("01", "06", "020003000a"));
	for (guint i = 0; i < 10; i++)
		ck_assert_double_eq_tol (v[i], expected[i], 1e-9);
	ck_assert_uint_eq (d.ops->count (d.instrument, "lamps"), 10);
	ck_assert_uint_eq (d.ops->count (d.instrument, "lamp"), 0);
	end (&d);
}
END_TEST

#define CHAIN                                                                                      \
	"  - { name: estop, space: discrete, address: 13, type: bit }\n"                           \
	"  - { name: loop, space: discrete, address: 15, type: bit }\n"                            \
	"  - { name: far, space: discrete, address: 40, type: bit }\n"

START_TEST (neighbouring_bits_are_one_question_in_any_order)
{
	static const char *const answers[] = {TCP ("01", "04", "020104"), NULL};
	static const char *const names[] = {"loop", "estop"};
	Device d = device_with (
	    &pl_driver_modbus_tcp,
	    CHAIN "  - { name: door, space: discrete, address: 14, type: bit }\n", answers);
	double v[2];

	ck_assert_ok (pl_registers_read_together (d.instrument, names, v, 2, &d.error), d.error);
	asked (&d, 0, TCP ("01", "06", "02000d0003"));
	asked_in_all (&d, 1);
	ck_assert_double_eq (v[0], 1);
	ck_assert_double_eq (v[1], 0);
	end (&d);
}
END_TEST

START_TEST (addresses_that_the_map_does_not_know_are_not_asked_for)
{
	static const char *const answers[] = {TCP ("01", "04", "020101"),
					      TCP ("02", "04", "020100"), NULL};
	static const char *const names[] = {"estop", "far"}, *const wrong[] = {"estop", "nobody"};
	Device d = device_with (&pl_driver_modbus_tcp, CHAIN, answers);
	double v[2];

	ck_assert_ok (pl_registers_read_together (d.instrument, names, v, 2, &d.error), d.error);
	asked (&d, 0, TCP ("01", "06", "02000d0001"));
	asked (&d, 1, TCP ("02", "06", "0200280001"));
	ck_assert_double_eq (v[0], 1);
	ck_assert_double_eq (v[1], 0);
	failed (&d, pl_registers_read_together (d.instrument, wrong, v, 2, &d.error),
		PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "nobody");
	asked_in_all (&d, 2);
	end (&d);
}
END_TEST

START_TEST (text_comes_without_its_padding)
{
	static const char *const answers[] = {TCP ("01", "0b", "0408504c2d3332530000"),
					      TCP ("02", "0b", "0408504c2d3332ff2020"), NULL};
	Device d = device (answers);
	g_autofree char *text = NULL, *bad = NULL;

	ck_assert_ok (d.ops->read_text (d.instrument, "name", &text, &d.error), d.error);
	asked (&d, 0, TCP ("01", "06", "0400800004"));
	ck_assert_str_eq (text, "PL-32S");
	ck_assert_ok (d.ops->read_text (d.instrument, "name", &bad, &d.error), d.error);
	ck_assert (g_utf8_validate (bad, -1, NULL)); /* goes into records */
	end (&d);
}
END_TEST

START_TEST (rtu_frames_carry_unit_and_crc)
{
	static const char *const answers[] = {"0104022904a763", NULL};
	Device d = device_with (&pl_driver_modbus_rtu, "", answers);
	double v;

	ck_assert_ok (d.ops->read (d.instrument, "volts", &v, 1, &d.error), d.error);
	asked (&d, 0,
	       "010400640001"
	       "7015");
	ck_assert_double_eq_tol (v, 105.00, 1e-9);
	end (&d);
}
END_TEST

START_TEST (what_cannot_be_true_is_no_measurement)
{
	static const char *const answers[] = {TCP ("01", "05", "0402ffff"),
					      TCP ("02", "09", "040600c87fff00c8"), NULL};
	Device d = device (answers);
	double v[3] = {-1, -1, -1};

	failed (&d, d.ops->read (d.instrument, "volts", v, 1, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_IMPLAUSIBLE, "volts 1 of the bms reads 655.35 V, possible is");
	failed (&d, d.ops->read (d.instrument, "degc", v, 3, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_IMPLAUSIBLE, "degc 2 of the bms reads 3276.7 degC");
	ck_assert_double_eq_tol (v[0], -1, 1e-9); /* nothing of it was handed out */
	end (&d);
}
END_TEST

START_TEST (names_and_sizes_are_the_maps_and_nothing_is_asked_otherwise)
{
	static const char *const answers[] = {NULL};
	Device d = device (answers);
	g_autofree char *text = NULL;
	double v[4];

	failed (&d, d.ops->read (d.instrument, "pressure", v, 1, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "the register map test has no \"pressure\"");
	failed (&d, d.ops->read (d.instrument, "degc", v, 4, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME,
		"degc has 3 numbers in the map test, 4 were asked");
	failed (&d, d.ops->read (d.instrument, "name", v, 1, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "name has 0 numbers");
	failed (&d, d.ops->read_text (d.instrument, "volts", &text, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "volts of the bms is not text");
	failed (&d, d.ops->write (d.instrument, "pressure", 1, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "has no \"pressure\"");
	asked_in_all (&d, 0);
	end (&d);
}
END_TEST

START_TEST (an_exception_says_what_was_asked_of_whom)
{
	static const char *const answers[] = {TCP ("01", "03", "8402"), NULL};
	Device d = device (answers);
	double v;

	failed (&d, d.ops->read (d.instrument, "volts", &v, 1, &d.error), PL_MODBUS_ERROR,
		PL_MODBUS_ERROR_ADDRESS, "reading volts of the bms: ");
	asked_in_all (&d, 1); /* an exception is an answer: it is not asked again */
	end (&d);
}
END_TEST

START_TEST (silence_is_asked_again_and_then_a_timeout)
{
	static const char *const answers[] = {"", "", "", NULL};
	Device d = device (answers);
	double v;

	failed (&d, d.ops->read (d.instrument, "volts", &v, 1, &d.error), PL_LINK_ERROR,
		PL_LINK_ERROR_TIMEOUT, "reading volts of the bms: ");
	asked_in_all (&d, 3);
	end (&d);
}
END_TEST

/* -- writing ----------------------------------------------------------------------------------- */

START_TEST (a_number_is_written_read_back_and_compared)
{
	static const char *const answers[] = {TCP ("01", "06", "0600140e42"),
					      TCP ("02", "05", "03020e42"), /* limit */
					      TCP ("03", "06", "1000280002"),
					      TCP ("04", "07", "0304fffffff9"), /* gain */
					      TCP ("05", "06", "050006ff00"),
					      TCP ("06", "04", "010101"), /* relay */
					      NULL};
	Device d = device (answers);

	ck_assert_ok (d.ops->write (d.instrument, "limit", 3.65, &d.error), d.error);
	asked (&d, 0, TCP ("01", "06", "0600140e42"));
	asked (&d, 1, TCP ("02", "06", "0300140001"));
	ck_assert_ok (d.ops->write (d.instrument, "gain", -7, &d.error), d.error);
	asked (&d, 2, TCP ("03", "0b", "100028000204fffffff9"));
	asked (&d, 3, TCP ("04", "06", "0300280002"));
	ck_assert_ok (d.ops->write (d.instrument, "relay", 1, &d.error), d.error);
	asked (&d, 4, TCP ("05", "06", "050006ff00"));
	asked (&d, 5, TCP ("06", "06", "0100060001"));
	end (&d);
}
END_TEST

START_TEST (a_number_that_reads_back_otherwise_is_refused_with_both)
{
	static const char *const answers[] = {
	    TCP ("01", "06", "0600140e42"), TCP ("02", "05", "03020ce4"), /* clamped to 3.3 V */
	    TCP ("03", "06", "050006ff00"), TCP ("04", "04", "010100"), NULL};
	Device d = device (answers);

	failed (&d, d.ops->write (d.instrument, "limit", 3.65, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_REFUSED,
		"limit of the bms: wrote 3.65 V, reads back 3.3 V: nothing further was done");
	failed (&d, d.ops->write (d.instrument, "relay", 1, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_REFUSED, "relay of the bms: wrote 1, reads back 0: ");
	end (&d);
}
END_TEST

START_TEST (a_write_whose_read_back_fails_has_failed)
{
	static const char *const answers[] = {TCP ("01", "06", "0600140e42"),
					      TCP ("02", "03", "8304"), NULL};
	Device d = device (answers);

	failed (&d, d.ops->write (d.instrument, "limit", 3.65, &d.error), PL_MODBUS_ERROR,
		PL_MODBUS_ERROR_DEVICE, "reading back limit of the bms: ");
	end (&d);
}
END_TEST

START_TEST (a_command_is_sent_once_and_not_read_back)
{
	static const char *const answers[] = {TCP ("01", "06", "060001b007"),
					      TCP ("02", "06", "050009ff00"), "", NULL};
	Device d = device (answers);

	ck_assert_ok (d.ops->write (d.instrument, "beat", 0xb007, &d.error), d.error);
	ck_assert_ok (d.ops->write (d.instrument, "lever", 1, &d.error), d.error);
	asked_in_all (&d, 2);
	/* unheard, it may have been obeyed: once more could be once too often */
	failed (&d, d.ops->write (d.instrument, "beat", 1, &d.error), PL_LINK_ERROR,
		PL_LINK_ERROR_TIMEOUT, "writing beat of the bms: ");
	asked_in_all (&d, 3);
	end (&d);
}
END_TEST

/* Input register 0x64 and holding register 0x64 are two things: the wrong one must never be
 * written. */
START_TEST (what_the_map_does_not_call_writable_is_never_written)
{
	static const char *const answers[] = {NULL};
	Device d = device (answers);

	failed (&d, d.ops->write (d.instrument, "volts", 1, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "volts of the bms is not for writing");
	failed (&d, d.ops->write (d.instrument, "lamps", 1, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "lamps of the bms is not for writing");
	failed (&d, d.ops->write (d.instrument, "pair", 1, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "pair of the bms is an array");
	failed (&d, d.ops->write (d.instrument, "serial", 0, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "serial of the bms is text");
	failed (&d, d.ops->write_text (d.instrument, "name", "x", &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "name of the bms is not for writing");
	failed (&d, d.ops->write_text (d.instrument, "route", "x", &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "route of the bms is not text");
	asked_in_all (&d, 0);
	end (&d);
}
END_TEST

START_TEST (a_value_that_does_not_fit_is_refused_unsent)
{
	static const struct {
		const char *name;
		double value;
	} cases[] = {{"limit", 65.536}, {"limit", -0.001}, {"relay", 2},
		     {"gain", 3e9},	{"limit", NAN},	   {"route", INFINITY}};
	static const char *const answers[] = {NULL};
	Device d = device (answers);

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
		failed (&d, d.ops->write (d.instrument, cases[i].name, cases[i].value, &d.error),
			PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED, "nothing was written");
	failed (&d, d.ops->write_text (d.instrument, "serial", "1234567", &d.error),
		PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED,
		"\"1234567\" is longer than the 6 characters of serial");
	asked_in_all (&d, 0);
	end (&d);
}
END_TEST

START_TEST (text_is_padded_read_back_and_compared)
{
	static const char *const answers[] = {
	    TCP ("01", "06", "10002c0003"), TCP ("02", "09", "0306413132330000"),
	    TCP ("03", "06", "10002c0003"), TCP ("04", "09", "0306413132340000"), NULL};
	Device d = device (answers);

	ck_assert_ok (d.ops->write_text (d.instrument, "serial", "A123", &d.error), d.error);
	asked (&d, 0, TCP ("01", "0d", "10002c000306413132330000"));
	asked (&d, 1, TCP ("02", "06", "03002c0003"));
	failed (&d, d.ops->write_text (d.instrument, "serial", "A123", &d.error),
		PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED,
		"serial of the bms: wrote \"A123\", reads back \"A124\"");
	end (&d);
}
END_TEST

/* -- making safe ------------------------------------------------------------------------------- */

START_TEST (making_safe_follows_the_maps_order)
{
	static const char *const answers[] = {TCP ("01", "06", "0500060000"),
					      TCP ("02", "04", "010100"), /* relay off */
					      TCP ("03", "06", "0600000000"),
					      TCP ("04", "05", "03020000"), /* route none */
					      TCP ("05", "06", "050007ff00"),
					      TCP ("06", "04", "010101"), /* earthed */
					      NULL};
	Device d = device (answers);

	ck_assert_ok (d.instrument->make_safe (d.instrument, &d.error), d.error);
	asked (&d, 0, TCP ("01", "06", "0500060000"));
	asked (&d, 2, TCP ("03", "06", "0600000000"));
	asked (&d, 4, TCP ("05", "06", "050007ff00"));
	asked_in_all (&d, 6);
	end (&d);
}
END_TEST

START_TEST (making_safe_goes_on_after_failures_and_returns_the_first)
{
	static const char *const answers[] = {
	    TCP ("01", "06", "0500060000"), TCP ("02", "04", "010101"), /* the relay sticks */
	    TCP ("03", "03", "8604"), /* the route is broken */
	    TCP ("04", "06", "050007ff00"), TCP ("05", "04", "010101"), NULL};
	Device d = device (answers);

	failed (&d, d.instrument->make_safe (d.instrument, &d.error), PL_INSTRUMENT_ERROR,
		PL_INSTRUMENT_ERROR_REFUSED, "relay of the bms: wrote 0, reads back 1: ");
	asked (&d, 3, TCP ("04", "06", "050007ff00"));
	asked_in_all (&d, 5);
	end (&d);
}
END_TEST

START_TEST (making_a_silent_device_safe_tells_it_all_but_waits_once)
{
	static const char *const silence[] = {NULL};
	Device d = device (silence);

	failed (&d, d.instrument->make_safe (d.instrument, &d.error), PL_LINK_ERROR,
		PL_LINK_ERROR_TIMEOUT, "writing relay of the bms: ");
	asked (&d, 2, TCP ("03", "06", "0500060000")); /* the third time */
	asked (&d, 3, TCP ("04", "06", "0600000000"));
	asked (&d, 4, TCP ("05", "06", "050007ff00"));
	asked_in_all (&d, 5);
	/* and it is waited for again as soon as anybody asks it something */
	g_clear_error (&d.error);
	failed (&d, d.ops->read (d.instrument, "volts", &(double){0}, 1, &d.error), PL_LINK_ERROR,
		PL_LINK_ERROR_TIMEOUT, "tried 3 times");
	asked_in_all (&d, 8);
	end (&d);
}
END_TEST

/* -- opening ----------------------------------------------------------------------------------- */

START_TEST (identity_is_read_where_the_map_has_one)
{
	static const char more[] =
	    "  - { name: product, space: input, address: 0, type: ascii, count: 2 }\n"
	    "  - { name: serial_number, space: input, address: 2, type: ascii, count: 2 }\n";
	static const char *const answers[] = {TCP ("01", "07", "0404424d5300"),
					      TCP ("02", "07",
						   "0404303031"
						   "00"),
					      NULL};
	static const char *const silence[] = {"", "", NULL};
	Device d = device_with (&pl_driver_modbus_tcp, more, answers);

	ck_assert_str_eq (d.instrument->identity.model, "BMS");
	ck_assert_str_eq (d.instrument->identity.serial, "001");
	end (&d);
	/* a BMS in its bootloader says nothing and can be opened all the same */
	d = device_with (&pl_driver_modbus_tcp, more, silence);
	ck_assert_str_eq (d.instrument->identity.model, "");
	asked_in_all (&d, 1);
	end (&d);
}
END_TEST

START_TEST (a_map_that_is_not_there_or_not_for_this_driver_is_refused)
{
	static const char *const answers[] = {NULL};
	g_autofree char *map = map_file ("rtu", "");
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	Script *script = script_new (answers);
	g_autoptr (PlLink) link = script_link (script); /* stays ours on failure */
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (open_with (&pl_driver_modbus_tcp, map, link, clock, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
	g_clear_error (&error);
	ck_assert_ptr_null (open_with (&pl_driver_modbus_tcp, NULL, link, clock, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
	ck_assert_msg (strstr (error->message, "map: FILE") != NULL, "%s", error->message);
	g_clear_error (&error);
	g_unlink (map);
	ck_assert_ptr_null (open_with (&pl_driver_modbus_rtu, map, link, clock, &error));
	ck_assert_ptr_nonnull (error);
	ck_assert_uint_eq (script->written->len, 0);
	g_clear_pointer (&link, pl_link_free);
	script_free (script);
}
END_TEST

/* -- recordings -------------------------------------------------------------------------------- */

static PlInstrument *
replayed (const PlDriver *driver, const char *map, const char *file, PlClock *clock)
{
	g_autofree char *path =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "tests", "registers", file, NULL);
	g_autofree char *map_path =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "maps", map, NULL);
	g_autoptr (GError) error = NULL;
	PlLink *link = pl_link_replay (path, &error);
	PlInstrument *instrument;

	ck_assert_ok (link != NULL, error);
	instrument = open_with (driver, map_path, link, clock, &error);
	ck_assert_ok (instrument != NULL, error);
	return instrument;
}

static double
value (PlInstrument *instrument, const char *name)
{
	g_autoptr (GError) error = NULL;
	double ret = 0;

	ck_assert_ok (instrument->ops.registers->read (instrument, name, &ret, 1, &error), error);
	return ret;
}

START_TEST (a_recorded_plc_arms)
{
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	g_autoptr (PlInstrument) plc =
	    replayed (&pl_driver_modbus_tcp, "plc-fixture.yaml", "plc-arm.rec", clock);
	g_autoptr (GError) error = NULL;

	ck_assert_ok (plc->ops.registers->write (plc, "door_lock", 1, &error), error);
	ck_assert_double_eq_tol (value (plc, "door_locked"), 1, 1e-9);
	ck_assert_double_eq_tol (value (plc, "interlock_ok"), 1, 1e-9);
	ck_assert_double_eq_tol (value (plc, "leak_pressure"), -75, 1e-9);
	ck_assert_ok (plc->ops.registers->write (plc, "hv_enable", 1, &error), error);
}
END_TEST

START_TEST (a_recorded_plc_that_does_not_obey_is_refused_excepted_and_gone)
{
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	g_autoptr (PlInstrument) plc =
	    replayed (&pl_driver_modbus_tcp, "plc-fixture.yaml", "plc-refuses.rec", clock);
	g_autoptr (GError) refused = NULL, broken = NULL, gone = NULL;
	double closed;

	ck_assert (!plc->ops.registers->write (plc, "door_lock", 0, &refused));
	ck_assert_err (refused, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert (!plc->ops.registers->write (plc, "hv_enable", 1, &broken));
	ck_assert_err (broken, PL_MODBUS_ERROR, PL_MODBUS_ERROR_DEVICE);
	ck_assert (!plc->ops.registers->read (plc, "estop_ok", &closed, 1, &gone));
	ck_assert_err (gone, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
}
END_TEST

START_TEST (a_recorded_bms_tells_its_cells_and_closes)
{
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	g_autoptr (PlInstrument) bms =
	    replayed (&pl_driver_modbus_rtu, "bms-reference.yaml", "bms-close.rec", clock);
	g_autoptr (GError) error = NULL;
	double cells[32];

	ck_assert_str_eq (bms->identity.model, "PL-BMS-32S");
	ck_assert_str_eq (bms->identity.serial, "B2026-000123");
	ck_assert_ok (bms->ops.registers->read (bms, "cell_voltage", cells, 32, &error), error);
	ck_assert_double_eq_tol (cells[0], 3.2700, 1e-9);
	ck_assert_double_eq_tol (cells[31], 3.2731, 1e-9);
	ck_assert_double_eq_tol (value (bms, "current"), -50, 1e-9);
	ck_assert_ok (bms->ops.registers->write (bms, "contactor", 1, &error), error);
}
END_TEST

START_TEST (a_recorded_bms_without_supply_is_a_timeout)
{
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	g_autoptr (PlInstrument) bms =
	    replayed (&pl_driver_modbus_rtu, "bms-reference.yaml", "bms-silent.rec", clock);
	g_autoptr (GError) error = NULL;
	double volts;

	ck_assert_str_eq (bms->identity.model, "");
	ck_assert (!bms->ops.registers->read (bms, "pack_voltage", &volts, 1, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("registers-driver");
	TCase *tcase = tcase_create ("driver");

	tcase_add_test (tcase, numbers_come_in_the_maps_units);
	tcase_add_test (tcase, bits_come_one_by_one);
	tcase_add_test (tcase, neighbouring_bits_are_one_question_in_any_order);
	tcase_add_test (tcase, addresses_that_the_map_does_not_know_are_not_asked_for);
	tcase_add_test (tcase, text_comes_without_its_padding);
	tcase_add_test (tcase, rtu_frames_carry_unit_and_crc);
	tcase_add_test (tcase, what_cannot_be_true_is_no_measurement);
	tcase_add_test (tcase, names_and_sizes_are_the_maps_and_nothing_is_asked_otherwise);
	tcase_add_test (tcase, an_exception_says_what_was_asked_of_whom);
	tcase_add_test (tcase, silence_is_asked_again_and_then_a_timeout);
	tcase_add_test (tcase, a_number_is_written_read_back_and_compared);
	tcase_add_test (tcase, a_number_that_reads_back_otherwise_is_refused_with_both);
	tcase_add_test (tcase, a_write_whose_read_back_fails_has_failed);
	tcase_add_test (tcase, a_command_is_sent_once_and_not_read_back);
	tcase_add_test (tcase, what_the_map_does_not_call_writable_is_never_written);
	tcase_add_test (tcase, a_value_that_does_not_fit_is_refused_unsent);
	tcase_add_test (tcase, text_is_padded_read_back_and_compared);
	tcase_add_test (tcase, making_safe_follows_the_maps_order);
	tcase_add_test (tcase, making_safe_goes_on_after_failures_and_returns_the_first);
	tcase_add_test (tcase, making_a_silent_device_safe_tells_it_all_but_waits_once);
	tcase_add_test (tcase, identity_is_read_where_the_map_has_one);
	tcase_add_test (tcase, a_map_that_is_not_there_or_not_for_this_driver_is_refused);
	tcase_add_test (tcase, a_recorded_plc_arms);
	tcase_add_test (tcase, a_recorded_plc_that_does_not_obey_is_refused_excepted_and_gone);
	tcase_add_test (tcase, a_recorded_bms_tells_its_cells_and_closes);
	tcase_add_test (tcase, a_recorded_bms_without_supply_is_a_timeout);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
