/* SPDX-License-Identifier: GPL-2.0-only */
/* Results on their way to standard output, and why they did not get there. */
#include "user/output/result.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/*
 * Why an earlier write failed, which was of more than the stream's buffer: it
 * is tried once more, with what ends a line that was cut off.
 */
static int why_failed(void)
{
	return write(STDOUT_FILENO, "\n", 1) < 0 ? -errno : -EIO;
}

int result_flush(void)
{
	static int first;

	/* Flushed again, what failed is dropped: so the reason is kept. */
	if (first)
		return first;
	if (fflush(stdout))
		first = -errno;
	else if (ferror(stdout))
		first = why_failed();
	return first;
}
