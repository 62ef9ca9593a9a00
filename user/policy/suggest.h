/* SPDX-License-Identifier: GPL-2.0-only */
/* From dropped flows to the few rules that would pass exactly those. */
#ifndef ROLEGATE_USER_SUGGEST_H
#define ROLEGATE_USER_SUGGEST_H

#include "rolegate/events.h"
#include "user/policy/classes.h"
#include "user/policy/model.h"

/* Packets of one flow that were dropped though a rule could pass them. */
struct seen {
	__u16 sclass;
	__u16 dclass;
	__u16 port; /* of the end that kind says */
	__u8 slot;
	__u8 kind; /* enum flow_kind */
	__u64 packets;
	struct prefix from; /* addresses of one of the packets */
	struct prefix to;
};

/* A rule that would pass some of what was seen, and nothing else. */
struct proposal {
	struct span from;    /* of suggestion.roles */
	struct span to;	     /* of suggestion.roles */
	struct span matches; /* of suggestion.matches: ranges, ascending */
	struct span wider;   /* of suggestion.classes: see below */
	__u8 kind;	     /* why it is proposed: enum flow_kind */
	__u64 packets;	     /* counted with the first rule that passes them */
	__u64 answers;	     /* how many of them were answers */
	__u32 example;	     /* number of a flow that it passes */
};

struct suggestion {
	ARRAY_OF(struct proposal) proposals; /* by kind, then by packets */
	ARRAY_OF(__u32) roles;
	ARRAY_OF(struct match) matches;
	ARRAY_OF(__u32) classes;
	ARRAY_OF(__u32) strangers; /* numbers of flows with no role at an end */
};

void suggestion_init(struct suggestion *suggestion);
void suggestion_release(struct suggestion *suggestion);

/*
 * Fills an empty suggestion. An end is named by its most specific role
 * (user/policy/specific.h). A rule reaches every address with its roles: the
 * classes among those that were never seen at that end are in wider. What is
 * seen of answers counts for the rule that lets the other end open. Flows with
 * a role-less end need members, not rules, and are only listed. Returns 0 or
 * -ENOMEM.
 */
int suggest(struct suggestion *suggestion, const struct classes *classes,
	    const struct seen *seen, __u32 count);

#endif
