/* SPDX-License-Identifier: GPL-2.0-only */
/* What IPv4 tables will have to hold, before they are made. */
#ifndef ROLEGATE_USER_MEASURE_V4_H
#define ROLEGATE_USER_MEASURE_V4_H

#include "user/policy/classes.h"

struct v4_measure {
	__u32 divided; /* /16s of several classes */
	__u32 leaves;  /* /24s of several classes */
	__u32 hosts; /* that differ from most of their /24, where those are few */
};

/* Measures all prefixes of IPv4, one of length 0 among them. */
struct v4_measure measure_v4(const struct class_list *list);

#endif
