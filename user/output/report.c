/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages to the operator on standard error: one place, one form. */
#include "user/output/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "user/output/progress.h"
#include "user/output/result.h"

static bool is_verbose;

void report_verbose(bool verbose)
{
	is_verbose = verbose;
}

bool report_is_verbose(void)
{
	return is_verbose;
}

static void print(const char *kind, const char *format, va_list arguments)
{
	progress_end();
	result_flush();
	fprintf(stderr, "rolegate: %s", kind);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

int report_error(int err, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print("error: ", format, arguments);
	va_end(arguments);
	return err;
}

void report_warning(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print("warning: ", format, arguments);
	va_end(arguments);
}

void report_detail(const char *format, ...)
{
	va_list arguments;

	if (!is_verbose)
		return;
	va_start(arguments, format);
	print("", format, arguments);
	va_end(arguments);
}
