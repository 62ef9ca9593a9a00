/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs on interfaces that are none of the instance's: what, whose, and how they go. */
#ifndef ROLEGATE_USER_FOREIGN_H
#define ROLEGATE_USER_FOREIGN_H

#include "user/kernel/instance.h"

struct foreign {
	__u32 id;	  /* of the program, */
	char name[16];	  /* and its name */
	char remedy[128]; /* the command that takes it off */
};

/*
 * The program of another owner on an interface, which is called so. Returns 1,
 * or 0 if there is none, or it cannot be told.
 */
int foreign_find(const struct instance *instance, const char *interface,
		 struct foreign *foreign);

#endif
