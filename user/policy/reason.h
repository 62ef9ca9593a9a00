/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of reasons and verdicts, as users read and write them. */
#ifndef ROLEGATE_USER_REASON_H
#define ROLEGATE_USER_REASON_H

#include "rolegate/reasons.h"

/* Never NULL: an unknown number is "none". */
const char *reason_name(unsigned int reason);
const char *reason_about(unsigned int reason);
const char *verdict_name(unsigned int verdict);

/* The reason of that name, or -1. */
int reason_from_name(const char *name);

#endif
