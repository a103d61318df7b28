/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gio/gio.h>

/* A GTask on a thread of its own that keeps the application, and with it the station, until `done`
 * (may be NULL) has been called on the main thread. source is a GObject that is held meanwhile;
 * `work` is not given it, since it is not to be touched there. */
void pl_worker_start (gpointer source, GTaskThreadFunc work, gpointer data,
		      GDestroyNotify free_data, GAsyncReadyCallback done, gpointer done_data);
