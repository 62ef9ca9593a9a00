/* SPDX-License-Identifier: GPL-2.0-only */
/* What the readers of a config's sections share. */
#ifndef ROLEGATE_USER_READ_H
#define ROLEGATE_USER_READ_H

#include "user/policy/diag.h"
#include "user/policy/icmp_types.h"
#include "user/policy/members.h"
#include "user/policy/model.h"
#include "user/policy/names.h"
#include "user/policy/source.h"
#include "user/policy/yaml.h"

#define NAME_MAX_LENGTH 32
#define RANGES_MAX	1000 /* of ports in one rule */
#define POLICIES_MAX	64

/* A file, or an embedded policy, that stays open until all is read. */
struct document {
	struct source source;
	struct yaml yaml;
	const struct yaml_node *entry; /* in policies; NULL for the config */
	__u32 policy;		       /* its number in the model */
};

/*
 * Readers report what is wrong and go on with the next thing, so their result
 * mostly tells whether the thing at hand is usable: 0, -EINVAL (reported) or
 * -ENOMEM (remembered by read_no_memory()).
 */
struct reader {
	struct model *model;
	struct diag *diag;
	struct document config;
	struct document policies[POLICIES_MAX];
	__u32 policy_count;
	struct names roles; /* number: in the model */
	struct names rules; /* number: in the model */
	struct names interfaces;
	struct names policy_names;
	struct names policy_rules; /* of all policies, left out or not */
	struct names without;	   /* rules to leave out */
	struct names protocols;	   /* of the system */
	ARRAY_OF(struct rule) left_out;
	bool lacks_policy; /* one could not be read */
	bool is_full;	   /* of members: said once */
	bool out_of_memory;
};

/* Walks a list, or takes anything but a null as a list of one. */
#define read_for_each(element, node)                       \
	for ((element) = read_next(node, NULL); (element); \
	     (element) = read_next(node, element))
const struct yaml_node *read_next(const struct yaml_node *node,
				  const struct yaml_node *element);

int read_no_memory(struct reader *reader);
struct place read_place(const struct yaml_node *node);

/* "expected a port, got a list". Returns -EINVAL. */
int read_expected(struct reader *reader, const struct yaml_node *node,
		  const char *what);

/* True for a mapping; another thing than NULL or a null is an error. */
bool read_is_mapping(struct reader *reader, const struct yaml_node *node);

/* Reports the keys of a mapping that are not among those up to the NULL. */
void read_keys(struct reader *reader, const struct yaml_node *mapping,
	       const char *const *keys);

/* True for a scalar with text; another thing is an error. */
bool read_is_scalar(struct reader *reader, const struct yaml_node *node,
		    const char *what);

/* The number of node's word among those up to the NULL, or -EINVAL. */
int read_word(struct reader *reader, const struct yaml_node *node,
	      const char *const *words);

/* Keeps text in the model. */
int read_store(struct reader *reader, const char *text, __u32 *offset);

/* Keeps free text as one line; for NULL and null it is "". */
int read_text(struct reader *reader, const struct yaml_node *node,
	      __u32 *offset);

/* Checks that a key can be the name of a new role or rule. */
int read_new_name(struct reader *reader, const struct yaml_node *key);

/* The name most similar to word; NULL if there is none or nobody will see. */
const char *read_near(struct reader *reader, const struct names *names,
		      const char *word);

/*
 * Reads a file's text and its tree, or the tree alone of a text that is there.
 * A file that cannot be read is reported at the document's entry.
 */
int read_document(struct reader *reader, struct document *document,
		  const char *path);
int read_tree(struct reader *reader, struct document *document);

/* The path of a file that the config names. */
char *read_path(const struct reader *reader, const char *name);

/* Says why source_read() failed. Returns err, or -ENOMEM. */
int read_file_error(struct reader *reader, const struct yaml_node *node,
		    const char *path, int err, size_t limit);

void read_policies(struct reader *reader, const struct yaml_node *node);

void read_policy_roles(struct reader *reader, const struct document *policy);
void read_roles(struct reader *reader, const struct yaml_node *node);
/* The number of a role that is defined; ROLE_ANY if any may be meant. */
int read_role(struct reader *reader, const struct yaml_node *node, bool any,
	      __u32 *role);
int read_role_list(struct reader *reader, const struct yaml_node *node,
		   bool any, struct span *span);
void read_mark_role(struct reader *reader, __u32 role);
void read_mark_used(struct reader *reader, const struct span *span);

int read_member(struct reader *reader, const struct yaml_node *node,
		__u32 role);
int read_member_file(struct reader *reader, const struct yaml_node *node,
		     __u32 role);

void read_without(struct reader *reader, const struct yaml_node *node);
void read_without_check(struct reader *reader, const struct yaml_node *node);
void read_rules(struct reader *reader, const struct document *document);

/* Ports of a rule and its source ports; sets its text, too. */
int read_matches(struct reader *reader, const struct yaml_node *node,
		 struct rule *rule);
/* What a rule without errors matches, as text. */
int read_rule_text(struct reader *reader, const struct yaml_node *node,
		   struct rule *rule);
/* A protocol's number, or -EINVAL (reported). */
int read_protocol(struct reader *reader, const struct yaml_node *node);
/* The types of an ICMP name or number in both families; -1 for none. */
int read_icmp_types(struct reader *reader, const struct yaml_node *node,
		    struct icmp_types *types);

void read_interfaces(struct reader *reader, const struct yaml_node *node);
void read_settings(struct reader *reader, const struct yaml_node *node);
void read_tests(struct reader *reader, const struct document *document);
void read_keep(struct reader *reader, const struct yaml_node *node);

/* Errors about roles that are used but have no members. */
void lint_members(struct reader *reader);
/* Warnings about what is right but hardly meant. */
void lint_unused(const struct model *model, struct diag *diag);
void lint_rules(const struct model *model, struct diag *diag);

#endif
