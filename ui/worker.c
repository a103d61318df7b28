/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/worker.h"

typedef struct {
	GObject *source; /* owned; main thread only */
	GAsyncReadyCallback done;
	gpointer done_data;
} Job;

/* The thread may be the last to let go of its task. What is drawn must not die there, so the task
 * does not have it: it is held and let go of here. */
static void
on_done (GObject *none, GAsyncResult *result, gpointer data)
{
	Job *job = data;
	GApplication *application = g_application_get_default ();

	if (job->done != NULL)
		job->done (job->source, result, job->done_data);
	g_object_unref (job->source);
	g_free (job);
	/* none: a unit test's own main loop */
	if (application != NULL)
		g_application_release (application);
}

void
pl_worker_start (gpointer source, GTaskThreadFunc work, gpointer data, GDestroyNotify free_data,
		 GAsyncReadyCallback done, gpointer done_data)
{
	Job *job = g_new0 (Job, 1);
	g_autoptr (GTask) task = g_task_new (NULL, NULL, on_done, job);

	job->source = g_object_ref (source);
	job->done = done;
	job->done_data = done_data;
	if (g_application_get_default () != NULL)
		g_application_hold (g_application_get_default ());
	g_task_set_task_data (task, data, free_data);
	g_task_run_in_thread (task, work);
}
