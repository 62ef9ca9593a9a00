/* SPDX-License-Identifier: GPL-2.0-only */
/* What the readers of a config's sections share. */
#include "user/policy/read.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DESCRIPTION_SIZE 64

int read_no_memory(struct reader *reader)
{
	reader->out_of_memory = true;
	return -ENOMEM;
}

struct place read_place(const struct yaml_node *node)
{
	return (struct place){
		.file = node->source->file,
		.line = node->line,
		.column = node->column,
		.length = node->length,
	};
}

const struct yaml_node *read_next(const struct yaml_node *node,
				  const struct yaml_node *element)
{
	if (!node || node->is_null)
		return NULL;
	if (node->kind == YAML_LIST)
		return element ? element->next : node->first;
	return element ? NULL : node;
}

int read_expected(struct reader *reader, const struct yaml_node *node,
		  const char *what)
{
	char text[DESCRIPTION_SIZE];

	return yaml_error(reader->diag, node, "expected %s, got %s", what,
			  yaml_describe(node, text, sizeof(text)));
}

bool read_is_mapping(struct reader *reader, const struct yaml_node *node)
{
	if (!node || node->is_null)
		return false;
	if (node->kind == YAML_MAPPING)
		return true;
	read_expected(reader, node, "a mapping");
	return false;
}

bool read_is_scalar(struct reader *reader, const struct yaml_node *node,
		    const char *what)
{
	if (node->kind == YAML_SCALAR && !node->is_null)
		return true;
	read_expected(reader, node, what);
	return false;
}

static bool is_among(const char *const *words, const char *word)
{
	for (; *words; words++)
		if (!strcmp(*words, word))
			return true;
	return false;
}

void read_keys(struct reader *reader, const struct yaml_node *mapping,
	       const char *const *keys)
{
	const struct yaml_node *element;
	const char *near;

	yaml_for_each(element, mapping)
	{
		const struct yaml_node *key = element->key;

		if (is_among(keys, key->text))
			continue;
		near = diag_has_room(reader->diag)
			       ? words_nearest(keys, key->text)
			       : NULL;
		if (near)
			yaml_error(reader->diag, key,
				   "unknown key '%s': did you mean '%s'?",
				   key->text, near);
		else
			yaml_error(reader->diag, key, "unknown key '%s'",
				   key->text);
	}
}

/* "drop", "drop or pass", "related, drop or pass" */
static void list_words(const char *const *words, char *text, size_t size)
{
	size_t used = 0;
	size_t i;

	for (i = 0; words[i] && used < size; i++)
		used += snprintf(text + used, size - used, "%s%s",
				 !i		? ""
				 : words[i + 1] ? ", "
						: " or ",
				 words[i]);
}

int read_word(struct reader *reader, const struct yaml_node *node,
	      const char *const *words)
{
	char text[DESCRIPTION_SIZE];
	int i;

	for (i = 0; words[i] && node->kind == YAML_SCALAR; i++)
		if (!strcmp(words[i], node->text))
			return i;
	list_words(words, text, sizeof(text));
	return read_expected(reader, node, text);
}

int read_store(struct reader *reader, const char *text, __u32 *offset)
{
	__u32 stored = model_text(reader->model, text);

	if (!stored && *text)
		return read_no_memory(reader);
	*offset = stored;
	return 0;
}

/* Line breaks and runs of spaces become one space. */
static int squeeze(char *text)
{
	char *to = text;
	char *from;

	for (from = text; *from; from++) {
		if (isspace((unsigned char)*from)) {
			if (to > text && to[-1] != ' ')
				*to++ = ' ';
		} else if (iscntrl((unsigned char)*from)) {
			return -EINVAL;
		} else {
			*to++ = *from;
		}
	}
	if (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
	return 0;
}

int read_text(struct reader *reader, const struct yaml_node *node,
	      __u32 *offset)
{
	char *text;
	int err;

	*offset = 0;
	if (!node || node->is_null)
		return 0;
	if (!read_is_scalar(reader, node, "text"))
		return -EINVAL;
	text = strdup(node->text);
	if (!text)
		return read_no_memory(reader);
	err = squeeze(text);
	if (err)
		yaml_error(reader->diag, node, "control character in text");
	else
		err = read_store(reader, text, offset);
	free(text);
	return err;
}

int read_new_name(struct reader *reader, const struct yaml_node *key)
{
	const char *letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t length = strlen(key->text);

	if (!strcmp(key->text, "any"))
		return yaml_error(reader->diag, key,
				  "'any' is reserved: it is every address");
	if (!islower((unsigned char)key->text[0]) ||
	    strspn(key->text, letters) < length || length > NAME_MAX_LENGTH)
		return yaml_error(reader->diag, key,
				  "'%.64s' is not a name: names begin with a-z "
				  "and hold at most %d of a-z, 0-9 and '-'",
				  key->text, NAME_MAX_LENGTH);
	return 0;
}

const char *read_near(struct reader *reader, const struct names *names,
		      const char *word)
{
	return diag_has_room(reader->diag) ? names_nearest(names, word) : NULL;
}

char *read_path(const struct reader *reader, const char *name)
{
	const char *config = reader->config.source.name;
	const char *slash = strrchr(config, '/');
	int directory = slash ? slash + 1 - config : 0;
	char *path = NULL;

	if (name[0] == '/')
		return strdup(name);
	while (directory && !strncmp(name, "./", 2))
		name += 2;
	if (!directory && !strcmp(name, "-"))
		return strdup("./-");
	if (asprintf(&path, "%.*s%s", directory, config, name) < 0)
		return NULL;
	return path;
}

int read_file_error(struct reader *reader, const struct yaml_node *node,
		    const char *path, int err, size_t limit)
{
	char why[DESCRIPTION_SIZE];
	const char *what;

	if (err == -ENOMEM)
		return read_no_memory(reader);
	if (err == -EFBIG)
		snprintf(why, sizeof(why), "it is larger than %zu MiB",
			 limit >> 20);
	else
		snprintf(why, sizeof(why), "%s", source_problem(err));
	what = err == -EFBIG ? "capacity exceeded" : "cannot read it";
	if (!node)
		diag_add(reader->diag, false, path, 0, 0, 0, NULL, "%s: %s",
			 what, why);
	else if (err == -EFBIG)
		yaml_error(reader->diag, node, "%s: %s", what, why);
	else
		yaml_error(reader->diag, node, "cannot read %s: %s", path, why);
	return err;
}

int read_document(struct reader *reader, struct document *document,
		  const char *path)
{
	int err;

	err = source_read(&document->source, path, SOURCE_CONFIG_MAX);
	if (err)
		return read_file_error(reader, document->entry,
				       document->source.name, err,
				       SOURCE_CONFIG_MAX);
	return read_tree(reader, document);
}

int read_tree(struct reader *reader, struct document *document)
{
	int err;

	err = read_store(reader, document->source.name, &document->source.file);
	if (!err)
		err = yaml_read(&document->yaml, &document->source,
				reader->diag);
	return err == -ENOMEM ? read_no_memory(reader) : err;
}
