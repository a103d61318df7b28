/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <stdint.h>

/*
 * The far end of the UART: a pseudo terminal whose slave gets a symbolic link, or a socket that
 * serves one client at a time. A pty has no parity and no rate; tools must be told 8N1.
 */
struct uart {
	int fd; /* bytes; -1 = no client */
	int listener; /* -1 for a pty */
	int slave; /* held open, so that clients may come and go without a hang-up */
	char *remove; /* symbolic link or socket to remove at the end */
};

/* "pty:PATH", "unix:PATH" or "tcp:127.0.0.1:PORT" */
gboolean uart_open (struct uart *uart, const char *address, GError **error);
void uart_close (struct uart *uart);
/* What to poll for input. */
int uart_poll_fd (const struct uart *uart);
/* Accepts a client or reads bytes: how many, 0 if none. */
size_t uart_read (struct uart *uart, uint8_t *buf, size_t len);
void uart_write (struct uart *uart, const uint8_t *data, size_t len);
