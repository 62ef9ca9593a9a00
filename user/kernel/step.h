/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of a change, at each of which a command may be killed. */
#ifndef ROLEGATE_USER_STEP_H
#define ROLEGATE_USER_STEP_H

/*
 * Says with -v which step comes next. So that tests can show that a command
 * may end anywhere, the environment variable ROLEGATE_KILL_AT=N kills the
 * process (SIGKILL) before its Nth step.
 */
void step(const char *what);

#endif
