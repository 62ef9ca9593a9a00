/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket that scrapes come to: from systemd, or bound to an address. */
#ifndef ROLEGATE_USER_LISTEN_H
#define ROLEGATE_USER_LISTEN_H

#include <stdbool.h>

/* "127.0.0.1:7653", "[::1]:7653": is the text an address and a port? */
bool listen_is_address(const char *text);

/*
 * The one socket that systemd passed on, or else one bound to the address;
 * NULL takes the default one. Reports errors; returns it or negative errno.
 */
int listen_open(const char *address);

#endif
