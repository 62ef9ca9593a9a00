/* SPDX-License-Identifier: GPL-2.0-only */
/* Text in columns: how wide it is, and broken into lines between words. */
#include "user/output/wrap.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "user/policy/utf8.h"

/* Decodes one character; what is none counts as one byte, one column wide. */
static size_t step(const char *text, size_t *columns)
{
	__u32 character = 0;
	int length = utf8_decode(text, strlen(text), &character);
	int width = length > 0 ? wcwidth(character) : 1;

	*columns = width < 0 ? 1 : width;
	return length > 0 ? length : 1;
}

size_t text_width(const char *text)
{
	size_t width = 0, columns;

	while (*text) {
		text += step(text, &columns);
		width += columns;
	}
	return width;
}

/* Bytes of text that fit into width columns, at least one character. */
static size_t fitting(const char *text, size_t width)
{
	size_t used = 0, columns, at = 0, length;

	while (text[at]) {
		length = step(text + at, &columns);
		if (at && used + columns > width)
			break;
		used += columns;
		at += length;
	}
	return at;
}

/* Behind the last of the first size bytes that is one of these; 0 if none is. */
static size_t behind_last(const char *text, size_t size, const char *these)
{
	while (size && !strchr(these, text[size - 1]))
		size--;
	return size;
}

/* Where the first line of text ends: behind a word if there is one. */
static size_t line_length(const char *text, size_t width)
{
	size_t fits = fitting(text, width), at;

	if (!text[fits] || text[fits] == ' ')
		return fits;
	at = behind_last(text, fits, " ,");
	if (!at)
		at = behind_last(text, fits, "-");
	return at ? at : fits;
}

static void put_line(FILE *stream, const char *text, size_t length)
{
	while (length && text[length - 1] == ' ')
		length--;
	fwrite(text, 1, length, stream);
}

char *text_wrap(const char *text, size_t width)
{
	char *wrapped = NULL;
	size_t size, length;
	FILE *stream = open_memstream(&wrapped, &size);

	if (!stream)
		return NULL;
	while (*text) {
		length = line_length(text, width);
		put_line(stream, text, length);
		text += length;
		text += strspn(text, " ");
		if (*text)
			fputc('\n', stream);
	}
	return fclose(stream) ? NULL : wrapped;
}

static size_t widest(const size_t *widths, const size_t *least, size_t count)
{
	size_t i, found = count;

	for (i = 0; i < count; i++)
		if (widths[i] > least[i] &&
		    (found == count || widths[i] > widths[found]))
			found = i;
	return found;
}

void widths_fit(size_t *widths, const size_t *least, size_t count, size_t room)
{
	size_t sum = 0, i;

	for (i = 0; i < count; i++)
		sum += widths[i];
	for (; sum > room; sum--) {
		i = widest(widths, least, count);
		if (i == count)
			return;
		widths[i]--;
	}
}
