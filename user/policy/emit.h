/* SPDX-License-Identifier: GPL-2.0-only */
/* YAML, written piece by piece. */
#ifndef ROLEGATE_USER_EMIT_H
#define ROLEGATE_USER_EMIT_H

#include <stdbool.h>
#include <stdio.h>

#include <libfyaml.h>

#include <linux/types.h>

#define EMIT_DEPTH_MAX 8

/* Errors are remembered: only emit_close() tells. */
struct emit {
	struct fy_document *document;
	FILE *stream;
	struct {
		struct fy_node *node; /* a list or mapping that is open */
		struct fy_node *key;  /* waits for its value */
	} open[EMIT_DEPTH_MAX];
	unsigned int depth;
	int err;
};

/* Begins a document whose root is a mapping. */
void emit_open(struct emit *emit, FILE *stream);

/* Writes it. Returns 0, -ENOMEM, or the stream's negative errno. */
int emit_close(struct emit *emit);

/* Begin a list or a mapping as the next value, and end the innermost one. */
void emit_list(struct emit *emit);
void emit_mapping(struct emit *emit);
void emit_end(struct emit *emit);

/* A key or a value, in quotes if it could be taken for something else. */
void emit_text(struct emit *emit, const char *text);
void emit_number(struct emit *emit, __u32 number);
void emit_flag(struct emit *emit, bool flag);

/* A key with its value. */
void emit_pair(struct emit *emit, const char *key, const char *value);

#endif
