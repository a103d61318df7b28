/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/ports/host/flash.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
system_error (GError **error, const char *doing, const char *file)
{
	int code = errno;

	g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s the flash file %s: %s",
		     doing, file, g_strerror (code));
	return FALSE;
}

static gboolean
fill_new (int fd, const char *file, GError **error)
{
	g_autofree uint8_t *blank = g_malloc (BMS_FLASH_SIZE);

	memset (blank, 0xff, BMS_FLASH_SIZE);
	return pwrite (fd, blank, BMS_FLASH_SIZE, 0) == BMS_FLASH_SIZE ||
	       system_error (error, "writing", file);
}

static gboolean
check_size (int fd, const char *file, GError **error)
{
	struct stat st;

	if (fstat (fd, &st) != 0)
		return system_error (error, "looking at", file);
	if (st.st_size == 0)
		return fill_new (fd, file, error);
	if (st.st_size == BMS_FLASH_SIZE)
		return TRUE;
	g_set_error (
	    error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
	    "%s has %lld bytes, a flash file has %u: name another file, or remove this one", file,
	    (long long)st.st_size, BMS_FLASH_SIZE);
	return FALSE;
}

/* Locked: two processes on one flash would each boot what the other one has half erased. */
gboolean
flash_open (struct flash *flash, const char *file, GError **error)
{
	flash->fd = open (file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (flash->fd < 0)
		return system_error (error, "opening", file);
	if (flock (flash->fd, LOCK_EX | LOCK_NB) != 0) {
		close (flash->fd);
		g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
			     "another packline-bms runs from %s: end it, or name another file",
			     file);
		return FALSE;
	}
	if (check_size (flash->fd, file, error)) {
		void *place =
		    mmap (NULL, BMS_FLASH_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, flash->fd, 0);

		if (place != MAP_FAILED) {
			flash->bytes = place;
			return TRUE;
		}
		system_error (error, "mapping", file);
	}
	close (flash->fd);
	return FALSE;
}

void
flash_open_memory (struct flash *flash)
{
	flash->fd = -1;
	flash->bytes = g_malloc (BMS_FLASH_SIZE);
	memset (flash->bytes, 0xff, BMS_FLASH_SIZE);
}

void
flash_close (struct flash *flash)
{
	if (flash->fd < 0) {
		g_free (flash->bytes);
		return;
	}
	munmap (flash->bytes, BMS_FLASH_SIZE);
	close (flash->fd);
}

/* NULL if any byte of it lies outside. */
static uint8_t *
place_of (const struct flash *flash, uint32_t address, size_t len)
{
	if (address < BMS_FLASH_ADDRESS || len > BMS_FLASH_SIZE ||
	    address - BMS_FLASH_ADDRESS > BMS_FLASH_SIZE - len)
		return NULL;
	return flash->bytes + (address - BMS_FLASH_ADDRESS);
}

gboolean
flash_is_blank (const struct flash *flash, uint32_t address, size_t len)
{
	const uint8_t *place = place_of (flash, address, len);

	for (size_t i = 0; i < len; i++)
		if (place[i] != 0xff)
			return FALSE;
	return TRUE;
}

bool
flash_read (void *host, uint32_t address, void *ret, size_t len)
{
	const uint8_t *place = place_of (host, address, len);

	if (place != NULL)
		memcpy (ret, place, len);
	return place != NULL;
}

bool
flash_write (void *host, uint32_t address, const void *data, size_t len)
{
	uint8_t *place = place_of (host, address, len);
	const uint8_t *bytes = data;

	for (size_t i = 0; place != NULL && i < len; i++)
		place[i] &= bytes[i];
	return place != NULL;
}

bool
flash_erase (void *host, uint32_t address)
{
	uint8_t *place = place_of (host, address - address % BMS_PAGE_SIZE, BMS_PAGE_SIZE);

	if (place != NULL)
		memset (place, 0xff, BMS_PAGE_SIZE);
	return place != NULL;
}
