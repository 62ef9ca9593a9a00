/* SPDX-License-Identifier: GPL-2.0-only */
/* YAML, written piece by piece. */
#include "user/policy/emit.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* No folding: our own reader refuses what libfyaml makes of it. */
#define FLAGS                                                  \
	(FYECF_MODE_BLOCK | FYECF_WIDTH_INF | FYECF_INDENT_2 | \
	 FYECF_DOC_START_MARK_OFF | FYECF_DOC_END_MARK_OFF)

/* Puts a node where it belongs: as a list's element, a key, or its value. */
static void attach(struct emit *emit, struct fy_node *node)
{
	unsigned int at = emit->depth - 1;
	struct fy_node *parent = emit->depth ? emit->open[at].node : NULL;
	int err = 0;

	if (!node) {
		emit->err = emit->err ? emit->err : -ENOMEM;
		return;
	}
	if (!parent) {
		err = fy_document_set_root(emit->document, node);
	} else if (fy_node_is_sequence(parent)) {
		err = fy_node_sequence_append(parent, node);
	} else if (!emit->open[at].key) {
		emit->open[at].key = node;
	} else {
		err = fy_node_mapping_append(parent, emit->open[at].key, node);
		emit->open[at].key = NULL;
	}
	if (err)
		emit->err = -ENOMEM;
}

static void begin(struct emit *emit, struct fy_node *node)
{
	attach(emit, node);
	if (!emit->err)
		emit->open[emit->depth++].node = node;
}

void emit_list(struct emit *emit)
{
	if (!emit->err)
		begin(emit, fy_node_create_sequence(emit->document));
}

void emit_mapping(struct emit *emit)
{
	if (!emit->err)
		begin(emit, fy_node_create_mapping(emit->document));
}

void emit_end(struct emit *emit)
{
	if (!emit->err)
		emit->depth--;
}

void emit_open(struct emit *emit, FILE *stream)
{
	*emit = (struct emit){.stream = stream};
	emit->document = fy_document_create(NULL);
	if (!emit->document)
		emit->err = -ENOMEM;
	emit_mapping(emit);
}

int emit_close(struct emit *emit)
{
	errno = 0;
	if (!emit->err &&
	    (fy_emit_document_to_fp(emit->document, FLAGS, emit->stream) ||
	     fflush(emit->stream) || ferror(emit->stream)))
		emit->err = errno ? -errno : -EIO;
	fy_document_destroy(emit->document);
	return emit->err;
}

/* Words that are something else than text to one YAML reader or another. */
static bool is_special(const char *text)
{
	static const char *const words[] = {
		"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(text, words[i]))
			return true;
	return false;
}

/* Letters, digits, and between them what has no meaning in YAML. */
static bool is_plain(const char *text)
{
	size_t i;

	if (!isalnum((unsigned char)text[0]) || is_special(text))
		return false;
	for (i = 0; text[i]; i++)
		if (!isalnum((unsigned char)text[i]) &&
		    !strchr("-./_+:", text[i]))
			return false;
	return true;
}

/* A JSON string is one of YAML in double quotes, with all that it escapes. */
static struct fy_node *quoted(struct fy_document *document, const char *text)
{
	json_t *string = json_string(text);
	char *written = json_dumps(string, JSON_ENCODE_ANY);
	struct fy_node *node = NULL;

	if (written)
		node = fy_node_build_from_malloc_string(document, written,
							FY_NT);
	json_decref(string);
	return node;
}

static void emit_plain(struct emit *emit, const char *text)
{
	if (!emit->err)
		attach(emit,
		       fy_node_create_scalar_copy(emit->document, text, FY_NT));
}

void emit_text(struct emit *emit, const char *text)
{
	if (is_plain(text))
		emit_plain(emit, text);
	else if (!emit->err)
		attach(emit, quoted(emit->document, text));
}

void emit_flag(struct emit *emit, bool flag)
{
	emit_plain(emit, flag ? "true" : "false");
}

void emit_number(struct emit *emit, __u32 number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	emit_text(emit, text);
}

void emit_pair(struct emit *emit, const char *key, const char *value)
{
	emit_text(emit, key);
	emit_text(emit, value);
}
