/* SPDX-License-Identifier: GPL-2.0-only */
/* What a new policy would cut off that the operator cannot do without. */
#ifndef ROLEGATE_USER_LOCKOUT_H
#define ROLEGATE_USER_LOCKOUT_H

#include <net/if.h>

#include "user/policy/frame.h"
#include "user/policy/members.h"
#include "user/policy/probe.h"

#define SESSION_INTERFACES 16

/* The connection that the operator types in. */
struct session {
	struct frame_spec spec; /* what its client sends all the time */
	/* By which of these it comes in; none: unknown, unless it is elsewhere. */
	char interfaces[SESSION_INTERFACES][IF_NAMESIZE];
	__u32 count;
	bool is_elsewhere; /* this network does not lead to its client */
};

/* A packet that would be dropped. */
struct cutoff {
	struct frame_spec spec;
	const struct probe *keep; /* of settings.keep; NULL: the session */
	__u16 iface;		  /* IFACE_NUMBER(), or IFACE_UNKNOWN */
	__u8 reason;
};

enum session_fate {
	SESSION_UNKNOWN,  /* there is none to judge */
	SESSION_AWAY,	  /* comes in by no interface of the model */
	SESSION_OBSERVED, /* where it comes in nothing is dropped */
	SESSION_PASSES,
	SESSION_CUT,
};

/* All zeroes is an empty one. */
struct lockout {
	ARRAY_OF(struct cutoff) cutoffs;
	enum session_fate session;
	__u32 unjudged; /* of settings.keep: no address holds their roles */
};

/*
 * Asks the judge of the new state about the session (NULL: there is none) and
 * about settings.keep of the model: that is cut off if it is dropped wherever
 * it comes in, or if every interface calls it spoofed. Where no interface
 * enforces nothing is dropped. Returns 0, -ENOMEM or the judge's error.
 */
int lockout_find(struct lockout *lockout, const struct model *model,
		 const struct members *members, const struct judge *judge,
		 const struct session *session);
void lockout_release(struct lockout *lockout);

#define LOCKOUT_TEXT_SIZE 1024

/* "10.9.0.7 to 10.0.0.1, tcp 22, in by eth0"; text of LOCKOUT_TEXT_SIZE. */
const char *cutoff_to_str(const struct model *model,
			  const struct cutoff *cutoff, char *text);

/*
 * What the config lacks, in its own words: "rules: {kept: {from: …}}"; NULL if
 * nothing written there would let the packet pass. Of an address's roles the
 * one that holds it by the longest prefix is named, so that the rule reaches
 * little else.
 */
const char *cutoff_remedy(const struct model *model,
			  const struct members *members,
			  const struct cutoff *cutoff, char *text);

#define LOCKOUT_MESSAGE_SIZE (3 * LOCKOUT_TEXT_SIZE)

/*
 * All of it: what is cut off, why, and what the config lacks; text of
 * LOCKOUT_MESSAGE_SIZE.
 */
const char *cutoff_message(const struct model *model,
			   const struct members *members,
			   const struct cutoff *cutoff, char *text);

#endif
