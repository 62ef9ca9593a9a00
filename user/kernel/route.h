/* SPDX-License-Identifier: GPL-2.0-only */
/* By which interface a peer's packets come in, as the kernel routes. */
#ifndef ROLEGATE_USER_ROUTE_H
#define ROLEGATE_USER_ROUTE_H

#include "user/policy/lockout.h"

/*
 * Sets the session's interfaces: the one by which the kernel would answer the
 * client, else the one that holds the server's address; and those below it (a
 * VLAN's, a bond's, a bridge's), where the packets pass as well. None if
 * nothing is known.
 */
void route_interfaces(struct session *session);

#endif
