/* SPDX-License-Identifier: GPL-2.0-only */
/* What one config changes in another, in the operator's terms. */
#ifndef ROLEGATE_USER_DIFFERENCE_H
#define ROLEGATE_USER_DIFFERENCE_H

#include "user/policy/members.h"

enum subject {
	SUBJECT_INTERFACE,
	SUBJECT_ROLE,
	SUBJECT_RULE,
	SUBJECT_SETTING,
	SUBJECT_KEEP,
	SUBJECT_CLOSED, /* settings.closed */
	SUBJECT_COUNT
};

enum change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_CHANGED, CHANGE_COUNT };

#define NOWHERE (-1)

struct change {
	__u8 subject; /* enum subject */
	__u8 kind;    /* enum change_kind */
	__u8 pad[2];
	/* Its number in the model, or NOWHERE; a setting's in settings_known. */
	int before;
	int after;
	struct span added; /* of difference.added: what a role gains */
	struct span removed;
};

/* A config with its members, wherever they lie. */
struct side {
	const struct model *model;
	const struct members *members;
};

/* All zeroes is an empty difference. */
struct difference {
	ARRAY_OF(struct change) changes;	 /* by subject */
	ARRAY_OF(const struct member *) added;	 /* of the side after */
	ARRAY_OF(const struct member *) removed; /* of the side before */
};

/*
 * Fills an empty difference. Things are the same if their names are, whatever
 * their order and numbers. Texts (about) and tests change nothing. Members are
 * pointed to, not copied. Returns 0 or -ENOMEM.
 */
int difference_find(struct difference *difference, const struct side *before,
		    const struct side *after);
void difference_release(struct difference *difference);

#endif
