/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/itech_it6000c/protocol.h"
#include "fixtures/supply.h"
#include "fixtures/link/scpi.h"
#include <math.h>
#include <string.h>

/* Any bytes as any reply of the supply: a value within its type or an error comes of them. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_identity (const char *text)
{
	PlIdentity id = {0};
	g_autoptr (GError) error = NULL;
	gboolean ok = pl_identity_parse (text, &id, &error);

	g_assert (ok == (error == NULL));
	g_assert (!ok || (id.maker[0] != '\0' && id.model[0] != '\0' && id.serial[0] != '\0'));
}

static void
check_model (const char *text)
{
	PlIt6000cModel model = {0};
	g_autoptr (GError) error = NULL;
	gboolean ok = pl_it6000c_parse_model (text, &model, &error);

	g_assert (ok == (error == NULL));
	g_assert (!ok || (model.voltage_v > 0 && model.current_a > 0 && model.power_w > 0));
	g_assert (!ok || g_ascii_strcasecmp (model.name, text) == 0);
}

static void
check_numbers (const char *text)
{
	g_autoptr (GError) a = NULL, b = NULL, c = NULL;
	gboolean on;
	guint32 bits = 0;
	int code;

	g_assert (pl_supply_parse_switch (text, &on, &a) == (a == NULL));
	g_assert (pl_scpi_parse_error (text, &code, &c) == (c == NULL));
	if (pl_supply_parse_status (text, &bits, &b)) {
		g_autofree char *words =
		    pl_supply_explain (pl_it6000c_trips, PL_IT6000C_TRIPS, bits);

		g_assert (bits <= G_MAXUINT16 && *words != '\0');
	}
}

/* The first bytes as limits: what is taken stands in order. */
static void
check_limits (const guint8 *data, gsize size)
{
	PlSupplyLimits limits;

	if (size < sizeof limits)
		return;
	memcpy (&limits, data, sizeof limits);
	if (pl_it6000c_check_limits (&pl_it6000c_models[0], &limits, NULL))
		g_assert (limits.ovp_v > limits.voltage_max_v &&
			  limits.voltage_max_v > limits.voltage_min_v &&
			  limits.voltage_min_v >= limits.uvp_v &&
			  limits.ocp_a > limits.charge_max_a && isfinite (limits.watchdog_s));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup ((const char *)data, size);

	check_identity (text);
	check_model (text);
	check_numbers (text);
	check_limits (data, size);
	return 0;
}
