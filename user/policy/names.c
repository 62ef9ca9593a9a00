/* SPDX-License-Identifier: GPL-2.0-only */
/* A set of names with a number each, and the nearest one to a misspelling. */
#include "user/policy/names.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* Longer words are never near; a name has at most half of it. */
#define WORD_MAX 64

struct name {
	const char *text; /* first, so that a key to search is a char ** */
	struct name *next;
	__u32 number;
	char copy[];
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void forget(void *node)
{
	(void)node;
}

void names_release(struct names *names)
{
	struct name *name;

	tdestroy(names->tree, forget);
	while ((name = names->first)) {
		names->first = name->next;
		free(name);
	}
	memset(names, 0, sizeof(*names));
}

int names_add(struct names *names, const char *text, __u32 number)
{
	size_t size = strlen(text) + 1;
	struct name *name = calloc(1, sizeof(*name) + size);
	struct name **found;

	if (!name)
		return -ENOMEM;
	memcpy(name->copy, text, size);
	name->text = name->copy;
	name->number = number;
	found = tsearch(name, &names->tree, compare);
	if (!found || *found != name) {
		free(name);
		return found ? -EEXIST : -ENOMEM;
	}
	if (names->last)
		names->last->next = name;
	else
		names->first = name;
	names->last = name;
	return 0;
}

long names_find(const struct names *names, const char *text)
{
	struct name **found = tfind(&text, &names->tree, compare);

	return found ? (long)(*found)->number : -1;
}

static unsigned int min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Letters to insert, delete, change or swap with their neighbour. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int rows[3][WORD_MAX + 1];
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2];
	unsigned int *reused;
	unsigned int width = strlen(b);
	unsigned int i, j;

	for (j = 0; j <= width; j++)
		row[j] = j;
	for (i = 1; a[i - 1]; i++) {
		reused = before;
		before = above;
		above = row;
		row = reused;
		row[0] = i;
		for (j = 1; j <= width; j++) {
			row[j] = above[j - 1] + (a[i - 1] != b[j - 1]);
			row[j] = min(row[j], min(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = min(row[j], before[j - 2] + 1);
		}
	}
	return row[width];
}

/* The best of the words tried so far. */
struct nearest {
	const char *word;
	const char *best;
	unsigned int limit;
};

static void nearest_try(struct nearest *nearest, const char *candidate)
{
	unsigned int found;

	if (strlen(nearest->word) > WORD_MAX || strlen(candidate) > WORD_MAX)
		return;
	found = distance(nearest->word, candidate);
	if (found >= nearest->limit)
		return;
	nearest->limit = found;
	nearest->best = candidate;
}

/* Near is: a third of the letters wrong, and at most three. */
static struct nearest nearest_to(const char *word)
{
	unsigned int limit = min(strlen(word) / 3, 3) + 1;

	return (struct nearest){.word = word, .limit = limit};
}

const char *names_nearest(const struct names *names, const char *word)
{
	struct nearest nearest = nearest_to(word);
	const struct name *name;

	for (name = names->first; name; name = name->next)
		nearest_try(&nearest, name->text);
	return nearest.best;
}

const char *words_nearest(const char *const *words, const char *word)
{
	struct nearest nearest = nearest_to(word);

	for (; *words; words++)
		nearest_try(&nearest, *words);
	return nearest.best;
}
