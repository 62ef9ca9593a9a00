/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers HTTP on a listening socket: /metrics, and a page that links it. */
#ifndef ROLEGATE_USER_SERVE_H
#define ROLEGATE_USER_SERVE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the metrics into new memory that the server frees; NULL: there is
 * none. Called by one thread only, the server's.
 */
typedef char *serve_metrics(void *context, bool is_open, size_t *size);

/*
 * Answers until SIGINT or SIGTERM. Takes fd over. Reports its errors; returns
 * 0 or negative errno.
 */
int serve(int fd, serve_metrics *metrics, void *context);

#endif
