/* SPDX-License-Identifier: GPL-2.0-only */
/* Ports to port classes: ports that the same rules name are one class. */
#ifndef ROLEGATE_USER_PORTS_H
#define ROLEGATE_USER_PORTS_H

#include "user/policy/tables.h"

/*
 * Fills port_root and port_block and, for each port class, the set of rules
 * (bits, BITSET_WORDS(rules) words and one more word: 1 where source ports
 * count) into sets, whose number 0 is the empty set. Returns 0, -E2BIG (diag
 * says what) or -ENOMEM.
 */
int ports_compile(struct tables *tables, const struct model *model,
		  struct intern *sets, struct diag *diag);

#endif
