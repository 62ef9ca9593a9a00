/* SPDX-License-Identifier: GPL-2.0-only */
/* A tree of nodes while it is being built. */
#ifndef ROLEGATE_USER_YAML_BUILD_H
#define ROLEGATE_USER_YAML_BUILD_H

#include <libfyaml.h>

#include "user/policy/names.h"
#include "user/policy/yaml.h"

/* A list or mapping whose end has not come. */
struct frame {
	struct yaml_node *node;
	struct yaml_node *last; /* element */
	struct yaml_node *key;	/* waits for its value */
};

struct builder {
	struct yaml *yaml;
	struct source *source;
	struct diag *diag;
	struct frame frames[YAML_DEPTH_MAX];
	unsigned int depth;
	unsigned int documents;
	struct names anchor_names;
	ARRAY_OF(struct yaml_node *) anchors;
};

/* A scalar at the text's beginning; NULL if memory is short. */
struct yaml_node *yaml_node_new(struct builder *builder, size_t text_size);

/*
 * Gives a node its place; without start, that of its key or of its dash in a
 * list. end may be NULL: one character.
 */
void yaml_node_place(struct builder *builder, struct yaml_node *node,
		     const struct fy_mark *start, const struct fy_mark *end);

/*
 * Make a node that is not attached yet. Return 0, -EINVAL (reported) or
 * -ENOMEM.
 */
int yaml_node_from_event(struct builder *builder, struct fy_event *event,
			 enum yaml_kind kind, struct yaml_node **made);
int yaml_node_from_alias(struct builder *builder, struct fy_event *event,
			 struct yaml_node **made);

/* Lets aliases find the node; anchor may be NULL. */
int yaml_node_anchor(struct builder *builder, struct fy_token *anchor,
		     struct yaml_node *node);

/* The innermost list or mapping that is open, or NULL. */
struct frame *yaml_innermost(struct builder *builder);

#endif
