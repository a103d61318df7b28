/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Preloaded under the serial suite only: gives a pseudo terminal what libserialport 0.1.1 asks of a
 * UART and the kernel does not give: an entry in /sys/class/tty, modem lines and break. Everything
 * else is the real thing.
 */
int pl_ptyshim_modem; /* TIOCM_* bits as last set */
int pl_ptyshim_breaks; /* breaks begun */

#define SYS_PTS "/sys/class/tty/pts/"

int __lxstat (int version, const char *path, struct stat *st);
static int (*next_lxstat) (int, const char *, struct stat *);
static int (*next_lstat) (const char *, struct stat *);
static ssize_t (*next_readlink) (const char *, char *, size_t);
static int (*next_ioctl) (int, unsigned long, ...);

static int
is_pts (const char *path)
{
	return strncmp (path, SYS_PTS, strlen (SYS_PTS)) == 0;
}

static int
fake_stat (struct stat *st)
{
	memset (st, 0, sizeof *st);
	st->st_mode = S_IFLNK | 0777;
	return 0;
}

int
__lxstat (int version, const char *path, struct stat *st)
{
	if (next_lxstat == NULL)
		*(void **)&next_lxstat = dlsym (RTLD_NEXT, "__lxstat");
	return is_pts (path) ? fake_stat (st) : next_lxstat (version, path, st);
}

int
lstat (const char *path, struct stat *st)
{
	if (next_lstat == NULL)
		*(void **)&next_lstat = dlsym (RTLD_NEXT, "lstat");
	return is_pts (path) ? fake_stat (st) : next_lstat (path, st);
}

ssize_t
readlink (const char *path, char *buf, size_t size)
{
	static const char target[] = "../../devices/shim/tty/pts";

	if (next_readlink == NULL)
		*(void **)&next_readlink = dlsym (RTLD_NEXT, "readlink");
	if (!is_pts (path))
		return next_readlink (path, buf, size);
	memcpy (buf, target, size < sizeof target ? size : sizeof target);
	return sizeof target - 1;
}

int
ioctl (int fd, unsigned long request, ...)
{
	va_list args;
	void *argument;

	va_start (args, request);
	argument = va_arg (args, void *);
	va_end (args);
	if (next_ioctl == NULL)
		*(void **)&next_ioctl = dlsym (RTLD_NEXT, "ioctl");
	switch (request) {
	case TIOCMGET:
		*(int *)argument = pl_ptyshim_modem;
		return 0;
	case TIOCMSET:
		pl_ptyshim_modem = *(int *)argument;
		return 0;
	case TIOCMBIS:
		pl_ptyshim_modem |= *(int *)argument;
		return 0;
	case TIOCMBIC:
		pl_ptyshim_modem &= ~*(int *)argument;
		return 0;
	case TIOCSBRK:
		pl_ptyshim_breaks++;
		return 0;
	case TIOCCBRK:
		return 0;
	default:
		return next_ioctl (fd, request, argument);
	}
}
