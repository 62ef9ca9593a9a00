/* SPDX-License-Identifier: GPL-2.0-only */
/* The addresses of one /24 with their classes, and what is made of them. */
#ifndef ROLEGATE_USER_LEAF_V4_H
#define ROLEGATE_USER_LEAF_V4_H

#include "rolegate/tables.h"

/* A /24 has so many differing hosts in the host table, or a block of its own. */
#define LEAF_HOSTS_MAX 16
#define NO_LEAF	       0xffffffffU

struct leaf {
	__u32 number; /* upper 24 bits, or NO_LEAF */
	__u16 classes[V4_BLOCK];
};

/* Sets the classes from one address of it up to, not including, another. */
void leaf_fill(struct leaf *leaf, __u32 from, __u32 to, __u16 class);

/* The class that most of its addresses have, and how many have others. */
__u16 leaf_usual_class(const struct leaf *leaf, __u32 *others);

#endif
