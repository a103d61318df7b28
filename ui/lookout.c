/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/lookout.h"

struct _PlLookout {
	PlLookoutFunc func;
	gpointer data;
	GThread *thread;
	GMutex mutex; /* guards what follows */
	GCond cond;
	gboolean poked, ends; /* poked: kept until the look that is on has ended */
};

/* TRUE = look once more. */
static gboolean
await (PlLookout *self, double seconds)
{
	gint64 until = g_get_monotonic_time () + (gint64)(seconds * G_USEC_PER_SEC);
	gboolean goes_on;

	g_mutex_lock (&self->mutex);
	/* a condition may wake up for nothing */
	while (!self->poked && !self->ends && g_cond_wait_until (&self->cond, &self->mutex, until))
		;
	self->poked = FALSE;
	goes_on = !self->ends;
	g_mutex_unlock (&self->mutex);
	return goes_on;
}

static gpointer
look_out (gpointer data)
{
	PlLookout *self = data;

	while (await (self, self->func (self->data)))
		;
	return NULL;
}

PlLookout *
pl_lookout_new (PlLookoutFunc func, gpointer data)
{
	PlLookout *self = g_new0 (PlLookout, 1);

	self->func = func;
	self->data = data;
	g_mutex_init (&self->mutex);
	g_cond_init (&self->cond);
	self->thread = g_thread_new ("pl-lookout", look_out, self);
	return self;
}

void
pl_lookout_poke (PlLookout *self)
{
	g_mutex_lock (&self->mutex);
	self->poked = TRUE;
	g_cond_signal (&self->cond);
	g_mutex_unlock (&self->mutex);
}

void
pl_lookout_free (PlLookout *self)
{
	if (self == NULL)
		return;
	g_mutex_lock (&self->mutex);
	self->ends = TRUE;
	g_cond_signal (&self->cond);
	g_mutex_unlock (&self->mutex);
	g_thread_join (self->thread);
	g_mutex_clear (&self->mutex);
	g_cond_clear (&self->cond);
	g_free (self);
}
