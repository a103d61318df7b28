/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/worker.h"

static void
on_completed (GTask *task, GParamSpec *property, GApplication *application)
{
	g_application_release (application);
}

void
pl_worker_start (gpointer source, GTaskThreadFunc work, gpointer data, GDestroyNotify free_data,
		 GAsyncReadyCallback done, gpointer done_data)
{
	g_autoptr (GTask) task = g_task_new (source, NULL, done, done_data);
	GApplication *application = g_application_get_default ();

	if (application != NULL) {
		g_application_hold (application);
		g_signal_connect (task, "notify::completed", G_CALLBACK (on_completed),
				  application);
	}
	g_task_set_task_data (task, data, free_data);
	g_task_run_in_thread (task, work);
}
