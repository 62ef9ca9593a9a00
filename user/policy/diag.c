/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors and warnings about a config, each with its place in the text. */
#include "user/policy/diag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/embedded.h"
#include "user/policy/source.h"
#include "user/policy/utf8.h"

#define MESSAGE_MAX 500
#define CLIP_MARK   "..."

void diag_init(struct diag *diag)
{
	memset(diag, 0, sizeof(*diag));
}

static void entry_release(struct diag_entry *entry)
{
	free(entry->file);
	free(entry->message);
	free(entry->source);
}

void diag_release(struct diag *diag)
{
	unsigned int i;

	for (i = 0; i < diag->count; i++)
		entry_release(&diag->entries[i]);
	diag_init(diag);
}

bool diag_has_room(const struct diag *diag)
{
	return diag->errors < DIAG_MAX;
}

/* The length in bytes of the next character, or of what is none. */
static int step(const char *text, bool *printable)
{
	__u32 character;
	int size = utf8_decode(text, strnlen(text, 4), &character);

	*printable = size > 0 && utf8_is_printable(character);
	return size > 0 ? size : 1;
}

/* A carriage return ends a line only in front of its end. */
static bool is_line_end(const char *text)
{
	if (*text == '\r')
		text++;
	return !*text || *text == '\n';
}

/* Writes at most count characters of a line, none that moves the cursor. */
static void put_safe(FILE *stream, const char *text, unsigned int count)
{
	bool printable;
	int size;

	for (; !is_line_end(text) && count; text += size, count--) {
		size = step(text, &printable);
		if (printable || *text == '\t')
			fwrite(text, 1, size, stream);
		else
			fputc('?', stream);
	}
}

static const char *skip_characters(const char *text, unsigned int count)
{
	bool printable;

	while (count-- && *text && *text != '\n')
		text += step(text, &printable);
	return text;
}

static bool is_longer(const char *text, unsigned int count)
{
	return !is_line_end(skip_characters(text, count));
}

/* Keeps the part of the line that is worth showing. */
static void keep_source(struct diag_entry *entry, const char *line)
{
	unsigned int start = 0;
	size_t size;
	FILE *stream;

	if (!line || !entry->column)
		return;
	stream = open_memstream(&entry->source, &size);
	if (!stream)
		return;
	entry->indent = entry->column - 1;
	if (entry->indent > DIAG_LINE_MAX / 2 && is_longer(line, DIAG_LINE_MAX))
		start = entry->indent - DIAG_LINE_MAX / 2;
	if (start) {
		fputs(CLIP_MARK, stream);
		entry->indent += strlen(CLIP_MARK) - start;
		line = skip_characters(line, start);
	}
	put_safe(stream, line, DIAG_LINE_MAX);
	if (is_longer(line, DIAG_LINE_MAX))
		fputs(CLIP_MARK, stream);
	fclose(stream);
}

/* A message quotes what it is about, so it is made safe as well. */
static char *message_format(const char *format, va_list arguments)
{
	char *message = NULL;
	char *text = NULL;
	FILE *stream;
	size_t size;

	if (vasprintf(&text, format, arguments) < 0)
		return NULL;
	stream = open_memstream(&message, &size);
	if (stream) {
		put_safe(stream, text, MESSAGE_MAX);
		if (is_longer(text, MESSAGE_MAX))
			fputs(CLIP_MARK, stream);
		fclose(stream);
	}
	free(text);
	return message;
}

/* An error takes the place of a warning if there is no other. */
static struct diag_entry *new_entry(struct diag *diag, bool warning)
{
	unsigned int i;

	if (diag->count < DIAG_MAX)
		return &diag->entries[diag->count++];
	for (i = diag->count; i-- > 0 && !warning;) {
		if (!diag->entries[i].warning)
			continue;
		entry_release(&diag->entries[i]);
		memmove(&diag->entries[i], &diag->entries[i + 1],
			(DIAG_MAX - i - 1) * sizeof(diag->entries[0]));
		return &diag->entries[DIAG_MAX - 1];
	}
	return NULL;
}

static struct diag_entry *add(struct diag *diag, bool warning, const char *file,
			      unsigned int line, unsigned int column,
			      unsigned int length)
{
	struct diag_entry *entry = new_entry(diag, warning);

	if (warning)
		diag->warnings++;
	else
		diag->errors++;
	if (!entry)
		return NULL;
	memset(entry, 0, sizeof(*entry));
	entry->warning = warning;
	entry->file = strdup(file ? file : "");
	entry->line = line;
	entry->column = column;
	entry->length = length ? length : 1;
	return entry;
}

void diag_vadd(struct diag *diag, bool warning, const char *file,
	       unsigned int line, unsigned int column, unsigned int length,
	       const char *source, const char *format, va_list arguments)
{
	struct diag_entry *entry;

	entry = add(diag, warning, file, line, column, length);
	if (!entry)
		return;
	entry->message = message_format(format, arguments);
	keep_source(entry, source);
}

void diag_add(struct diag *diag, bool warning, const char *file,
	      unsigned int line, unsigned int column, unsigned int length,
	      const char *source, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	diag_vadd(diag, warning, file, line, column, length, source, format,
		  arguments);
	va_end(arguments);
}

/* The embedded policy whose source is shown under that name, or NULL. */
static const struct embedded_policy *embedded_from_shown(const char *name)
{
	const struct embedded_policy *policy;
	size_t size;

	for (policy = embedded_policies; policy->name; policy++) {
		size = strlen(policy->name);
		if (name[0] == '<' && !strncmp(name + 1, policy->name, size) &&
		    !strcmp(name + 1 + size, ">"))
			return policy;
	}
	return NULL;
}

/* Reads the place's file once more for its line. */
static void keep_source_again(struct diag_entry *entry)
{
	const struct embedded_policy *policy = embedded_from_shown(entry->file);
	struct source source;
	int err;

	if (policy)
		err = source_embed(&source, policy->name, policy->text);
	else
		err = source_read(&source, entry->file, SOURCE_MEMBERS_MAX);
	/* A pipe has nothing more to read. */
	if (!err && source.size)
		keep_source(entry, source_line(&source, entry->line));
	source_release(&source);
}

static void add_at_place(struct diag *diag, bool warning,
			 const struct model *model, const struct place *place,
			 const char *format, va_list arguments)
{
	struct diag_entry *entry;

	entry = add(diag, warning, model_str(model, place->file), place->line,
		    place->column, place->length);
	if (!entry)
		return;
	entry->message = message_format(format, arguments);
	if (entry->file && entry->file[0] && entry->line)
		keep_source_again(entry);
}

int diag_too_many(struct diag *diag, const char *what, unsigned int max)
{
	diag_add(diag, false, NULL, 0, 0, 0, NULL,
		 "capacity exceeded: the policy needs more than %u %s; "
		 "merge rules or roles",
		 max, what);
	return -E2BIG;
}

void diag_error(struct diag *diag, const struct model *model,
		const struct place *place, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_at_place(diag, false, model, place, format, arguments);
	va_end(arguments);
}

void diag_warning(struct diag *diag, const struct model *model,
		  const struct place *place, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_at_place(diag, true, model, place, format, arguments);
	va_end(arguments);
}

static void print_mark(const struct diag_entry *entry, FILE *stream)
{
	unsigned int left = entry->length;
	const char *at = entry->source;
	unsigned int i;
	bool printable;

	for (i = 0; i < entry->indent; i++) {
		fputc(*at == '\t' ? '\t' : ' ', stream);
		at += *at ? step(at, &printable) : 0;
	}
	fputc('^', stream);
	at = skip_characters(at, 1);
	for (; --left && *at; at = skip_characters(at, 1))
		fputc('~', stream);
	fputc('\n', stream);
}

static void print_entry(const struct diag_entry *entry, FILE *stream)
{
	if (entry->file && entry->file[0]) {
		put_safe(stream, entry->file, MESSAGE_MAX);
		if (entry->line)
			fprintf(stream, ":%u:%u", entry->line, entry->column);
		fputs(": ", stream);
	}
	fprintf(stream, "%s: %s\n", entry->warning ? "warning" : "error",
		entry->message ? entry->message : "out of memory");
	if (!entry->source)
		return;
	fprintf(stream, "%5u | %s\n      | ", entry->line, entry->source);
	print_mark(entry, stream);
}

static unsigned int file_rank(const struct diag *diag, unsigned int number)
{
	const char *file = diag->entries[number].file;
	unsigned int i;

	for (i = 0; i < number && file; i++)
		if (diag->entries[i].file &&
		    !strcmp(diag->entries[i].file, file))
			return i;
	return number;
}

static bool comes_before(const struct diag *diag, unsigned int a,
			 unsigned int b)
{
	const struct diag_entry *left = &diag->entries[a];
	const struct diag_entry *right = &diag->entries[b];
	unsigned int ranks[] = {file_rank(diag, a), file_rank(diag, b)};

	if (ranks[0] != ranks[1])
		return ranks[0] < ranks[1];
	if (left->line != right->line)
		return left->line < right->line;
	if (left->column != right->column)
		return left->column < right->column;
	return a < b;
}

static void print_rest(unsigned int number, const char *kind, FILE *stream)
{
	if (number)
		fprintf(stream, "... and %u more %s%s\n", number, kind,
			number == 1 ? "" : "s");
}

void diag_print(const struct diag *diag, FILE *stream)
{
	unsigned int order[DIAG_MAX];
	unsigned int kept[2] = {};
	unsigned int i, at;

	for (i = 0; i < diag->count; i++) {
		for (at = i; at && comes_before(diag, i, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = i;
		kept[diag->entries[i].warning]++;
	}
	for (i = 0; i < diag->count; i++)
		print_entry(&diag->entries[order[i]], stream);
	print_rest(diag->errors - kept[0], "error", stream);
	print_rest(diag->warnings - kept[1], "warning", stream);
}
