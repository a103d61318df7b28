/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/port.h"

/*
 * An image's payload made to run: for this port it is a shared object without any dependency.
 * Every load is a fresh copy with fresh variables, as a reset demands.
 */
struct payload {
	void *handle;
	const struct bms_app *app;
};

/* False, with the reason on stderr, if it cannot be loaded or is of another interface. */
bool payload_load (struct payload *payload, const uint8_t *bytes, size_t len);
void payload_unload (struct payload *payload);
