/* SPDX-License-Identifier: GPL-2.0-only */
/* How far a long step is, on standard error if that is a terminal. */
#include "user/output/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* So many calls pass before the clock is looked at. */
#define CALLS	    4096
#define INTERVAL_MS 200

static unsigned int calls;
static bool is_shown;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_show(const char *what, size_t done, size_t total)
{
	static long last;
	long now;

	if (++calls % CALLS || !isatty(STDERR_FILENO))
		return;
	now = now_ms();
	if (last && now - last < INTERVAL_MS)
		return;
	last = now;
	is_shown = true;
	fprintf(stderr, "\r%s: %zu %%", what, total ? done * 100 / total : 0);
}

void progress_end(void)
{
	if (is_shown)
		fprintf(stderr, "\r\033[K");
	is_shown = false;
	calls = 0;
}
