/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages to the operator on standard error: one place, one form. */
#ifndef ROLEGATE_USER_REPORT_H
#define ROLEGATE_USER_REPORT_H

#include <stdbool.h>

/* Shows what report_detail() is given (option -v). */
void report_verbose(bool verbose);
bool report_is_verbose(void);

/*
 * "rolegate: error: cannot attach to eth1: Device or resource busy; …":
 * what was tried, on what, why, and the next step. Returns err, for
 * `return report_error(-EBUSY, …)`.
 */
int report_error(int err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void report_warning(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* What libbpf and the steps say; only with -v. */
void report_detail(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
