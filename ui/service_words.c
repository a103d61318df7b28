/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/service_words.h"
#include "ui/language.h"
#include "ui/signs.h"
#include <math.h>
#include <stdio.h>

static const char *
find_word (const char *const (*words)[2], guint n, const char *name, const char *otherwise)
{
	for (guint i = 0; i < n; i++)
		if (g_str_equal (words[i][0], name))
			return _ (words[i][1]);
	return otherwise;
}

const char *
pl_output_title (const PlServiceOutput *output)
{
	static const char *const words[][2] = {
	    {"door_lock", N_ ("Door lock (bolt out)")},
	    {"clamp", N_ ("Clamp")},
	    {"bms_power", N_ ("BMS supply")},
	    {"bms_boot", N_ ("BMS boot strap")},
	    {"bms_reset", N_ ("BMS held in reset")},
	    {"discharge", N_ ("Discharge resistor")},
	    {"contactor", N_ ("Main contactor")},
	    {"load_relay", N_ ("Load relay")},
	    {"output", N_ ("Supply output")},
	    {"insulation_monitor", N_ ("Insulation monitor")},
	    {"clear_protection", N_ ("Clear the BMS's protections")},
	    {"hv_route", N_ ("Route of the tester")},
	    {"leak_fill", N_ ("Leak test valve")},
	    {"lamp_red", N_ ("Red lamp")},
	    {"lamp_yellow", N_ ("Yellow lamp")},
	    {"lamp_green", N_ ("Green lamp")},
	    {"lamp_blue", N_ ("Blue lamp")},
	    {"lamp_white", N_ ("White lamp")},
	    {"buzzer", N_ ("Buzzer")},
	};

	return find_word (words, G_N_ELEMENTS (words), output->name, output->name);
}

const char *
pl_choice_title (const char *word)
{
	static const char *const words[][2] = {
	    {"off", N_ ("dark")},
	    {"steady", N_ ("steady")},
	    {"flash", N_ ("flashing")},
	    {"none", N_ ("none")},
	    {"pass", N_ ("for PASS")},
	    {"fail", N_ ("for FAIL")},
	    {"refused", N_ ("refused code")},
	    {"call", N_ ("call")},
	    {"alarm", N_ ("alarm")},
	    {"pos-chassis", N_ ("+ to chassis")},
	    {"neg-chassis", N_ ("- to chassis")},
	    {"comms-chassis", N_ ("comms to chassis")},
	    {"hv-lv", N_ ("HV to LV")},
	    {"hv-chassis", N_ ("HV to chassis")},
	    {"ground-bond", N_ ("ground bond")},
	};

	return find_word (words, G_N_ELEMENTS (words), word, word);
}

const char *
pl_fault_title (const char *name, const char *title)
{
	static const char *const words[][2] = {
	    {"loose-busbar", N_ ("Loose busbar after a cell")},
	    {"reversed-cell", N_ ("Cell built in the wrong way round")},
	    {"low-capacity-cell", N_ ("Weak cell: less capacity, more resistance, lower charge")},
	    {"soft-short", N_ ("Cell that has been leaking for weeks and is nearly empty by now")},
	    {"cold-cell", N_ ("Cell straight out of the cold store")},
	    {"dead-balancer", N_ ("Balancing channel that draws nothing")},
	    {"swapped-sense-wires", N_ ("The BMS's sense wires below and above a cell exchanged")},
	    {"open-probe", N_ ("Open sense wire of a cell, at the BMS or at the external harness")},
	    {"stuck-ntc", N_ ("NTC open (-40), shorted (125) or stuck")},
	    {"current-gain", N_ ("The BMS's current sensor reads too much")},
	    {"bms-silent", N_ ("The BMS's supply does not arrive: no output, no answer")},
	    {"wrong-firmware", N_ ("The pack comes with a foreign firmware")},
	    {"welded-contactor", N_ ("Main contactor welded shut")},
	    {"stuck-open-contactor", N_ ("Main contactor does not pull in")},
	    {"no-precharge", N_ ("Pre-charge resistor open")},
	    {"hipot-breakdown", N_ ("Insulation breaks down at this peak voltage")},
	    {"low-insulation", N_ ("Insulation resistance of a route")},
	    {"insulation-monitor-left-on",
	     N_ ("The insulation monitor's relay hangs: its bridge stays connected")},
	    {"high-ground-bond", N_ ("Bad bond from the ground stud to exposed metal")},
	    {"leaky-housing", N_ ("Housing loses pressure with this time constant")},
	    {"estop-pressed", N_ ("Emergency stop pressed")},
	    {"door-open", N_ ("Cage door open")},
	    {"door-opened-under-hv",
	     N_ ("The door opens as soon as the tester has the fixture above 60 V")},
	    {"printer-paper-out", N_ ("Label printer without paper")},
	    {"instrument-unplugged", N_ ("An instrument's cable is out")},
	};

	return find_word (words, G_N_ELEMENTS (words), name, title);
}

char *
pl_value_text (double value, const char *unit)
{
	/* A unit that is not here is a number or a word of bits: as it is, with 10 digits. */
	static const struct {
		const char *unit, *format;
	} formats[] = {{"V", "%.3f"}, {"A", "%.3f"},  {"degC", "%.1f"}, {"W", "%.1f"},
		       {"%", "%.1f"}, {"Pa", "%.0f"}, {"mohm", "%.4f"}};
	const char *format = "%.10g";
	char number[G_ASCII_DTOSTR_BUF_SIZE];
	g_autofree char *text = NULL;

	if (!isfinite (value))
		return g_strdup ("–");
	for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
		if (g_str_equal (formats[i].unit, unit))
			format = formats[i].format;
	g_ascii_formatd (number, sizeof number, format, value);
	text = g_strdup_printf ("%s%s%s", number, *unit != '\0' ? " " : "", unit);
	return pl_with_signs (text);
}

char *
pl_due_words (const char *due, int *ret_days)
{
	g_autoptr (GDate) today = g_date_new ();
	int year, month, day, days;
	GDate then;

	if (due == NULL || sscanf (due, "%d-%d-%d", &year, &month, &day) != 3 ||
	    !g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year))
		return NULL;
	g_date_clear (&then, 1);
	g_date_set_dmy (&then, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
	g_date_set_time_t (today, time (NULL));
	days = g_date_days_between (today, &then);
	if (ret_days != NULL)
		*ret_days = days;
	return g_strdup_printf ("%s   %d %s", due, days, _ ("days"));
}
