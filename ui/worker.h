/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gio/gio.h>

/* A GTask on a thread of its own that keeps the application, and with it the station, until `done`
 * has been called on the main thread. source is a GObject that `done` may outlive: it looks there
 * whether anybody still waits. */
void pl_worker_start (gpointer source, GTaskThreadFunc work, gpointer data,
		      GDestroyNotify free_data, GAsyncReadyCallback done, gpointer done_data);
