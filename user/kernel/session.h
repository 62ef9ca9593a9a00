/* SPDX-License-Identifier: GPL-2.0-only */
/* The session that the operator types in, as far as it can be known. */
#ifndef ROLEGATE_USER_SESSION_H
#define ROLEGATE_USER_SESSION_H

#include "user/policy/lockout.h"

/*
 * Finds the connection behind this process: SSH_CONNECTION of the environment
 * or of the nearest ancestor's (sudo strips it), else the peer of its terminal
 * by utmp. Sets what the client sends, and the interfaces that it may come in
 * by, as the kernel routes. False if there is none, or too little is known.
 */
bool session_find(struct session *session);

/* ACK: as every segment of an established connection has it. */
#define SESSION_FLAGS 0x10

/*
 * For those who look for sessions. An IPv4 address written as IPv6 becomes IPv4; of
 * "fe80::1%eth0" the part before '%' counts. Returns 0 or -EINVAL.
 */
int session_address(struct prefix *address, const char *text);

/* "CLIENT PORT SERVER PORT" to what the client sends. 0 or -EINVAL. */
int session_from_str(struct frame_spec *spec, const char *text);

#endif
