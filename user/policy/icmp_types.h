/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of ICMP types, in both families. */
#ifndef ROLEGATE_USER_ICMP_TYPES_H
#define ROLEGATE_USER_ICMP_TYPES_H

/* -1 where a family has no such type. */
struct icmp_types {
	int v4;
	int v6;
};

/*
 * The types of a name; of a number (0-255), that number in both families.
 * Returns 0, or -EINVAL with types unchanged.
 */
int icmp_types_from_str(struct icmp_types *types, const char *text);

/* The name most similar to a word; NULL if none is near. */
const char *icmp_types_nearest(const char *word);

#endif
