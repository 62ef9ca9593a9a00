/* SPDX-License-Identifier: GPL-2.0-only */
/* The addresses of one /24 with their classes, and what is made of them. */
#include "user/policy/leaf_v4.h"

void leaf_fill(struct leaf *leaf, __u32 from, __u32 to, __u16 class)
{
	__u32 i;

	for (i = from; i < to; i++)
		leaf->classes[i] = class;
}

__u16 leaf_usual_class(const struct leaf *leaf, __u32 *others)
{
	__u32 i, j, most = 0, same;
	__u16 usual = leaf->classes[0];

	for (i = 0; i < V4_BLOCK && most < V4_BLOCK - i; i++) {
		if (i && leaf->classes[i] == leaf->classes[i - 1])
			continue;
		for (same = 0, j = 0; j < V4_BLOCK; j++)
			same += leaf->classes[j] == leaf->classes[i];
		if (same > most) {
			most = same;
			usual = leaf->classes[i];
		}
	}
	*others = V4_BLOCK - most;
	return usual;
}
