/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/ports/host/payload.h"
#include <dlfcn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* A new memory file each time: the loader knows objects by their inode and would hand out the
 * old one again. */
static void *
load_bytes (const uint8_t *bytes, size_t len)
{
	int fd = memfd_create ("bms-app", MFD_CLOEXEC);
	char path[64];
	void *handle = NULL;

	if (fd < 0 || write (fd, bytes, len) != (ssize_t)len) {
		perror ("packline-bms: memory for the application");
	} else {
		snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
		handle = dlopen (path, RTLD_NOW | RTLD_LOCAL);
		if (handle == NULL)
			fprintf (stderr, "packline-bms: the application does not load: %s\n",
				 dlerror ());
	}
	if (fd >= 0)
		close (fd);
	return handle;
}

bool
payload_load (struct payload *payload, const uint8_t *bytes, size_t len)
{
	payload->app = NULL;
	payload->handle = load_bytes (bytes, len);
	if (payload->handle == NULL)
		return false;
	payload->app = dlsym (payload->handle, BMS_APP_SYMBOL);
	if (payload->app != NULL && payload->app->api == BMS_PORT_API)
		return true;
	fprintf (stderr, "packline-bms: the application is of another interface than %u\n",
		 BMS_PORT_API);
	payload_unload (payload);
	return false;
}

void
payload_unload (struct payload *payload)
{
	if (payload->handle != NULL)
		dlclose (payload->handle);
	payload->handle = NULL;
	payload->app = NULL;
}
