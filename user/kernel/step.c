/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of a change, at each of which a command may be killed. */
#include "user/kernel/step.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/output/report.h"

static unsigned long step_number;

void step(const char *what)
{
	const char *kill_at = getenv("ROLEGATE_KILL_AT");

	step_number++;
	report_detail("step %lu: %s", step_number, what);
	if (kill_at && strtoul(kill_at, NULL, 10) == step_number)
		kill(getpid(), SIGKILL);
}
