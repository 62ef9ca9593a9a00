/* SPDX-License-Identifier: GPL-2.0-only */
/* A config as data: roles, members, rules, interfaces, settings, tests. */
#ifndef ROLEGATE_USER_MODEL_H
#define ROLEGATE_USER_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include "rolegate/reasons.h"
#include "rolegate/tables.h"
#include "user/policy/prefix.h"

/*
 * The model is flat: growable arrays whose elements refer to each other by
 * index and to text by its offset in one pool. So it can be written into a
 * map and read back as it stands (user/policy/image.h). Text offset 0 is "".
 */

/* A place in a file: lines and columns count from 1; line 0 means nowhere. */
struct place {
	__u32 file; /* offset of the file's name, as shown to the user */
	__u32 line;
	__u32 column;
	__u32 length; /* characters to mark, at least 1 */
};

/* A run of elements of another array. */
struct span {
	__u32 first;
	__u32 count;
};

#define ROLE_ANY 0xffffffffU /* every address, with or without a role */

struct role {
	__u32 name;
	__u32 about;
	struct place
		place;	  /* where it got its members; of a policy: its name */
	__u8 has_members; /* the config gave members, or [] on purpose */
	__u8 used;	  /* by a rule, an interface or a test */
	__u8 pad[2];
};

/* Where a member comes from, and whether it still is one. */
enum member_state {
	MEMBER_CONFIG = 0,
	MEMBER_RUNTIME = 1, /* added by `rolegate role` */
	MEMBER_DELETED = 2, /* a bit beside: taken away at run time */
};

/* 32 bytes, so that a million of them lie in a map as they are. */
struct member {
	struct prefix prefix;
	__u16 role;
	__u8 excluded; /* "!": all but */
	__u8 state;    /* enum member_state */
	__u32 file;    /* offset of the file's name; line 0: nowhere written */
	__u32 line;
};

/* Ports of one slot: tcp 443, udp 50000-59999, an ICMP type, a protocol. */
struct match {
	__u8 slot; /* enum slot */
	__u8 pad;
	__u16 low;
	__u16 high;
};

struct ports {
	__u16 low;
	__u16 high;
};

struct rule {
	__u32 name;
	__u32 about;
	__u32 policy;	  /* name of the policy that holds it; 0: the config */
	__u32 text;	  /* what it matches, for people: "tcp 5061" */
	struct span from; /* of role_refs; ROLE_ANY may be among them */
	struct span to;	  /* of role_refs */
	struct span matches; /* of matches, never empty */
	struct span sports; /* of sports, ascending; empty: every source port */
	struct place place;
};

enum attach_mode { MODE_AUTO, MODE_NATIVE, MODE_GENERIC };

struct interface {
	__u32 name;
	__u8 mode; /* enum attach_mode */
	__u8 enforce;
	__u8 has_roles; /* only these roles may be sources here */
	__u8 pad;
	__u32 ifindex;	   /* where a generation put it; 0: nowhere yet */
	struct span roles; /* of role_refs */
	struct place place;
};

/* A packet of tests or keep: ends, ports, and for tests what is expected. */
struct probe {
	struct prefix from; /* full length; family 0 if from_role tells */
	struct prefix to;
	__u32 from_role; /* ROLE_ANY if from tells; policies' tests use roles */
	__u32 to_role;
	__u32 policy; /* name of the policy whose test it is, 0: the config's */
	__u32 interface; /* name of the one it comes in by, 0: none */
	__u8 slot;
	__u8 protocol;	     /* protocol number */
	__u8 flags;	     /* TCP flags */
	__u8 icmp_name_echo; /* ICMP echo: the type depends on the family */
	__u16 port;	     /* as in struct match */
	__u16 sport;
	__u8 expect; /* VERDICT_PASS or VERDICT_DROP */
	__u8 reason; /* REASON_NONE: any */
	__u8 pad[2];
	struct place place;
};

struct settings {
	__u8 strangers_pass;
	__u8 non_ip_pass;
	__u8 fragments_track;
	__u8 icmp_errors; /* enum icmp_errors */
	__u8 boot_open;
	__u8 closed; /* of no config: in the place of one that cannot be loaded */
	__u8 pad[2];
};

struct policy {
	__u32 name;   /* embedded name or path as written */
	__u32 source; /* where the table was published */
	__u32 about;
	struct span rules;
};

/* A growable array: items, their number, the room there is. */
#define ARRAY_OF(type)       \
	struct {             \
		type *items; \
		__u32 count; \
		__u32 room;  \
	}

struct model {
	ARRAY_OF(char) text;
	ARRAY_OF(struct role) roles;
	ARRAY_OF(struct member) members; /* sorted: user/policy/members.h */
	ARRAY_OF(__u32) role_refs;
	ARRAY_OF(struct match) matches;
	ARRAY_OF(struct ports) sports;
	ARRAY_OF(struct rule)
	rules; /* the policies' first, then the config's */
	ARRAY_OF(struct interface) interfaces;
	ARRAY_OF(struct policy) policies;
	ARRAY_OF(struct probe) tests;
	ARRAY_OF(struct probe) keep;
	struct settings settings;
};

/* Makes an empty model with default settings. */
void model_init(struct model *model);
void model_release(struct model *model);

/*
 * Appends one zeroed element and returns it; NULL when memory is short. What
 * was returned before for the same array may have moved.
 */
#define model_push(array)                                                  \
	((__typeof__((array)->items))model_grow(                           \
		(void **)&(array)->items, &(array)->count, &(array)->room, \
		sizeof(*(array)->items)))
void *model_grow(void **items, __u32 *count, __u32 *room, size_t size);

/* Appends text to the pool; returns its offset, 0 for "" or no memory. */
__u32 model_text(struct model *model, const char *text);

/* The text at an offset that model_text() returned. */
const char *model_str(const struct model *model, __u32 offset);

/* The role, rule or interface of that name, or -1. */
int model_find_role(const struct model *model, const char *name);
int model_find_rule(const struct model *model, const char *name);
int model_find_interface(const struct model *model, const char *name);

#endif
