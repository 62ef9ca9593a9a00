/* SPDX-License-Identifier: GPL-2.0-only */
/* Few boxes that make up exactly a set of (from, to, match) cells. */
#ifndef ROLEGATE_USER_COVER_H
#define ROLEGATE_USER_COVER_H

#include "user/policy/model.h"

/* The sides of a box: whatever is in it is a cell with each of the others. */
enum side { SIDE_FROM, SIDE_TO, SIDE_MATCH, SIDE_COUNT };

struct cell {
	__u32 at[SIDE_COUNT];
};

struct box {
	struct span sides[SIDE_COUNT]; /* of cover.values, ascending */
};

struct cover {
	ARRAY_OF(struct box) boxes;
	ARRAY_OF(__u32) values;
};

void cover_init(struct cover *cover);
void cover_release(struct cover *cover);

/*
 * Fills an empty cover with boxes whose union is exactly the cells, which are
 * sorted in place and may repeat. As few boxes as greed finds: the fewest are
 * NP-hard to find. Returns 0 or -ENOMEM.
 */
int cover_build(struct cover *cover, struct cell *cells, __u32 count);

/* Is the cell in the box? */
bool cover_has(const struct cover *cover, const struct box *box,
	       const struct cell *cell);

#endif
