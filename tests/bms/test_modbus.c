/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/crc.h"
#include "tests/bms/rig.h"
#include <string.h>

/*
 * The slave byte by byte. Requests and answers are the examples of the Application Protocol
 * V1.1b3, sections 6.3, 6.4, 6.6, 6.12, put into RTU frames for unit 17; the CRCs were computed
 * apart from this code (bitwise, in a script).
 */
typedef struct {
	struct bms_modbus modbus;
	struct bms_modbus_registers registers;
	Rig rig;
	guint16 holding[256], input[256];
	guint writes;
	guint8 refuse;
} Slave;

static uint8_t
slave_read (void *data, enum bms_modbus_space space, uint16_t address, uint16_t n, uint16_t *ret)
{
	Slave *slave = data;

	if (address + n > 256)
		return BMS_MODBUS_ADDRESS;
	memcpy (ret, (space == BMS_INPUT ? slave->input : slave->holding) + address, 2 * (size_t)n);
	return BMS_MODBUS_OK;
}

static uint8_t
slave_write (void *data, uint16_t address, uint16_t n, const uint16_t *values)
{
	Slave *slave = data;

	if (address + n > 256)
		return BMS_MODBUS_ADDRESS;
	if (slave->refuse != 0)
		return slave->refuse;
	slave->writes++;
	memcpy (slave->holding + address, values, 2 * (size_t)n);
	return BMS_MODBUS_OK;
}

static void
slave_send (void *data, const uint8_t *frame, size_t len)
{
	g_byte_array_append (((Slave *)data)->rig.sent, frame, (guint)len);
}

static Slave slave;

static void
set_up (void)
{
	memset (&slave, 0, sizeof slave);
	rig_open (&slave.rig);
	slave.registers =
	    (struct bms_modbus_registers){slave_read, slave_write, slave_send, &slave};
	slave.modbus.registers = &slave.registers;
	slave.modbus.unit = 17;
	slave.holding[107] = 0x022b;
	slave.holding[109] = 0x0064;
	slave.input[8] = 0x000a;
}

static void
tear_down (void)
{
	rig_close (&slave.rig);
}

static void
ask (const char *hex)
{
	g_autoptr (GByteArray) request = bytes_of (hex);

	bms_modbus_receive (&slave.modbus, request->data, request->len);
}

START_TEST (crcs_are_those_of_the_specifications)
{
	/* Serial Line V1.02, appendix B: 02 07 gives 41 12 on the wire; "123456789" is the
	 * catalogues' check word */
	ck_assert_uint_eq (bms_crc16 ((const uint8_t *)"\x02\x07", 2), 0x1241);
	ck_assert_uint_eq (bms_crc16 ((const uint8_t *)"123456789", 9), 0x4b37);
	ck_assert_uint_eq (bms_crc32 (0, "123456789", 9), 0xcbf43926);
	ck_assert_uint_eq (bms_crc32 (bms_crc32 (0, "1234", 4), "56789", 5), 0xcbf43926);
}
END_TEST

START_TEST (the_specification_s_requests_get_the_specification_s_answers)
{
	ask ("11 03 006b 0003 7687");
	rig_expect (&slave.rig, "11 03 06 022b 0000 0064 c8ba");
	ask ("11 04 0008 0001 b298");
	rig_expect (&slave.rig, "11 04 02 000a f8f4");
	ask ("11 06 0001 0003 9a9b");
	rig_expect (&slave.rig, "11 06 0001 0003 9a9b");
	ask ("11 10 0001 0002 04 000a 0102 c6f0");
	rig_expect (&slave.rig, "11 10 0001 0002 1298");
	ck_assert_uint_eq (slave.holding[1], 0x000a);
	ck_assert_uint_eq (slave.holding[2], 0x0102);
}
END_TEST

/* request, answer */
static const char *const refusals[][2] = {
    {"11 03 00ff 0002 f6ab", "11 83 02 c134"}, /* past the last register */
    {"11 04 0000 0000 f29a", "11 84 03 02c4"}, /* nothing */
    {"11 03 0000 007e c77a", "11 83 03 00f4"}, /* 126 registers, 125 fit */
    {"11 01 0000 0001 ff5a", "11 81 01 8055"}, /* coils: no such function here */
    {"11 05 0000 ff00 8eaa", "11 85 01 8295"},
    {"11 10 0001 0002 05 000a 0102 03 3182", "11 90 03 0dc4"}, /* byte count against registers */
    {"11 10 0001 0000 00 196d", "11 90 03 0dc4"},
};

START_TEST (what_cannot_be_done_gets_the_exception_of_its_cause)
{
	ask (refusals[_i][0]);
	rig_expect (&slave.rig, refusals[_i][1]);
	ck_assert_uint_eq (slave.writes, 0);
}
END_TEST

START_TEST (a_refusal_of_the_registers_is_passed_on)
{
	slave.refuse = BMS_MODBUS_FAILURE;
	ask ("11 06 0001 0003 9a9b");
	rig_expect (&slave.rig, "11 86 04 4266");
}
END_TEST

START_TEST (an_unknown_function_is_refused_when_its_frame_has_ended)
{
	ask ("11 2b 0e01 00 b1b4");
	rig_expect (&slave.rig, "");
	bms_modbus_silence (&slave.modbus);
	rig_expect (&slave.rig, "11 ab 01 9f35");
}
END_TEST

START_TEST (a_wrong_crc_is_met_with_silence_and_changes_nothing)
{
	ask ("11 06 0001 0003 9a9c");
	bms_modbus_silence (&slave.modbus);
	rig_expect (&slave.rig, "");
	ck_assert_uint_eq (slave.writes, 0);
	ask ("11 06 0001 0003 9a9b");
	rig_expect (&slave.rig, "11 06 0001 0003 9a9b");
}
END_TEST

START_TEST (what_follows_a_broken_frame_without_a_gap_is_part_of_it)
{
	ask ("11 06 0001 0003 9a9c 11 06 0001 0003 9a9b");
	bms_modbus_silence (&slave.modbus);
	rig_expect (&slave.rig, "");
	ck_assert_uint_eq (slave.writes, 0);
}
END_TEST

START_TEST (another_unit_s_traffic_is_not_answered)
{
	ask ("12 03 006b 0003 76b4");
	bms_modbus_silence (&slave.modbus);
	rig_expect (&slave.rig, "");
	ask ("12 03 06 022b 0000 0064 dc4a");
	bms_modbus_silence (&slave.modbus);
	rig_expect (&slave.rig, "");
	ask ("11 03 006b 0003 7687");
	rig_expect (&slave.rig, "11 03 06 022b 0000 0064 c8ba");
}
END_TEST

START_TEST (a_broadcast_is_obeyed_and_not_answered)
{
	ask ("00 06 0001 0003 99da");
	rig_expect (&slave.rig, "");
	ck_assert_uint_eq (slave.holding[1], 3);
}
END_TEST

START_TEST (a_frame_may_come_in_any_pieces)
{
	g_autoptr (GByteArray) request = bytes_of ("11 10 0001 0002 04 000a 0102 c6f0");

	for (guint i = 0; i < request->len; i++)
		bms_modbus_receive (&slave.modbus, request->data + i, 1);
	rig_expect (&slave.rig, "11 10 0001 0002 1298");
	ask ("11 03 006b 0003 7687 11 04 0008 0001 b298");
	rig_expect (&slave.rig, "11 03 06 022b 0000 0064 c8ba 11 04 02 000a f8f4");
}
END_TEST

START_TEST (half_a_frame_is_forgotten_when_the_line_falls_silent)
{
	ask ("11 03 006b");
	bms_modbus_silence (&slave.modbus);
	ask ("11 04 0008 0001 b298");
	rig_expect (&slave.rig, "11 04 02 000a f8f4");
}
END_TEST

START_TEST (more_bytes_than_a_frame_has_overrun_nothing)
{
	guint8 noise[1000];

	memset (noise, 0x11, sizeof noise);
	bms_modbus_receive (&slave.modbus, noise, sizeof noise);
	bms_modbus_silence (&slave.modbus);
	rig_expect (&slave.rig, "");
	ask ("11 04 0008 0001 b298");
	rig_expect (&slave.rig, "11 04 02 000a f8f4");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("bms-modbus");
	TCase *tc = tcase_create ("slave");

	tcase_add_checked_fixture (tc, set_up, tear_down);
	tcase_add_test (tc, crcs_are_those_of_the_specifications);
	tcase_add_test (tc, the_specification_s_requests_get_the_specification_s_answers);
	tcase_add_loop_test (tc, what_cannot_be_done_gets_the_exception_of_its_cause, 0,
			     G_N_ELEMENTS (refusals));
	tcase_add_test (tc, a_refusal_of_the_registers_is_passed_on);
	tcase_add_test (tc, an_unknown_function_is_refused_when_its_frame_has_ended);
	tcase_add_test (tc, a_wrong_crc_is_met_with_silence_and_changes_nothing);
	tcase_add_test (tc, what_follows_a_broken_frame_without_a_gap_is_part_of_it);
	tcase_add_test (tc, another_unit_s_traffic_is_not_answered);
	tcase_add_test (tc, a_broadcast_is_obeyed_and_not_answered);
	tcase_add_test (tc, a_frame_may_come_in_any_pieces);
	tcase_add_test (tc, half_a_frame_is_forgotten_when_the_line_falls_silent);
	tcase_add_test (tc, more_bytes_than_a_frame_has_overrun_nothing);
	suite_add_tcase (suite, tc);
	return pl_suite_main (suite);
}
