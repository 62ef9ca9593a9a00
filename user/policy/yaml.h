/* SPDX-License-Identifier: GPL-2.0-only */
/* A YAML text as a tree of nodes that know their places. */
#ifndef ROLEGATE_USER_YAML_H
#define ROLEGATE_USER_YAML_H

#include <stdbool.h>

#include <linux/types.h>

#include "user/policy/diag.h"
#include "user/policy/source.h"

/* In a multi-line scalar libfyaml takes quadratic time for them. */
#define YAML_BLANK_MAX 200
/* libfyaml looks ahead for a key to the end of a line: bound that as well. */
#define YAML_OPEN_MAX  100
#define YAML_DEPTH_MAX 8
#define YAML_NODES_MAX 2000000

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAPPING };

struct yaml_node {
	__u8 kind;    /* enum yaml_kind */
	__u8 is_null; /* a scalar that says nothing: ~, null, empty */
	__u8 is_open; /* its end has not been read */
	__u8 pad;
	__u32 count;	  /* of elements */
	__u32 line;	  /* from 1 */
	__u32 column;	  /* from 1 */
	__u32 length;	  /* characters to mark */
	const char *text; /* of a scalar, else NULL */
	const struct source *source;
	struct yaml_node *key;	 /* if an element of a mapping */
	struct yaml_node *first; /* element */
	struct yaml_node *next;	 /* element beside this one */
	struct yaml_node *older; /* node made before this one */
};

struct yaml {
	struct yaml_node *root; /* NULL for a text with nothing in it */
	struct yaml_node *newest;
	__u32 count;
};

/* The second half of yaml_read(), for a text that is checked and indexed. */
int yaml_build(struct yaml *yaml, struct source *source, struct diag *diag);

/*
 * Reads a source into an empty yaml. Aliases have become copies of what they
 * stand for. Keys of a mapping are scalars and differ. Returns 0, -EINVAL with
 * the trouble in diag, or -ENOMEM. Nodes point to source and are valid until
 * yaml_release().
 */
int yaml_read(struct yaml *yaml, struct source *source, struct diag *diag);
void yaml_release(struct yaml *yaml);

/* Adds an error about a node. Returns -EINVAL. */
int yaml_error(struct diag *diag, const struct yaml_node *node,
	       const char *format, ...) __attribute__((format(printf, 3, 4)));
void yaml_warning(struct diag *diag, const struct yaml_node *node,
		  const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The value under a key; NULL if there is none, or node is no mapping. */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);

/* "a list", "a mapping", "nothing", or the scalar's text in quotes. */
const char *yaml_describe(const struct yaml_node *node, char *text,
			  size_t size);

/* yaml_for_each(element, list or mapping) */
#define yaml_for_each(element, node) \
	for ((element) = (node)->first; (element); (element) = (element)->next)

#endif
