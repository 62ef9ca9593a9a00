/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints what a load takes that waits for the one before, by the memory it is in. */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define LINE   64
#define LOADS  65536 /* as many addresses as a cold corpus has packets */
#define ROUNDS 9

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

/* The offset of any line but the first: 0 is what nobody has been to yet. */
static size_t random_line(size_t lines)
{
	return (((size_t)rand() << 16 ^ rand()) % (lines - 1) + 1) * LINE;
}

/* A circle through so many lines: each holds the offset of the next one. */
static void lay_circle(char *memory, size_t lines, size_t count)
{
	size_t first, at, next;
	size_t i;

	first = at = random_line(lines);
	for (i = 1; i < count; i++) {
		do
			next = random_line(lines);
		while (*(uint64_t *)(memory + next) || next == at);
		*(uint64_t *)(memory + at) = next;
		at = next;
	}
	*(uint64_t *)(memory + at) = first;
}

/* The quickest of some walks around it, in ns a load. */
static double walk(const char *memory, uint64_t at, size_t count)
{
	double best = 0, took;
	size_t round, i;

	for (round = 0; round < ROUNDS; round++) {
		took = now();
		for (i = 0; i < count; i++)
			at = *(const volatile uint64_t *)(memory + at);
		took = (now() - took) / count;
		if (!round || took < best)
			best = took;
	}
	return best;
}

static double measure(size_t size)
{
	size_t lines = size / LINE, count = lines / 2, at = 0;
	char *memory;
	double took;

	if (count > LOADS)
		count = LOADS;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || madvise(memory, size, MADV_NOHUGEPAGE))
		err(1, "no memory");
	lay_circle(memory, lines, count);
	while (!*(uint64_t *)(memory + at))
		at += LINE;
	took = walk(memory, at, count);
	munmap(memory, size);
	return took;
}

int main(void)
{
	static const unsigned int sizes[] = {1, 4, 16, 64};
	const char *before = "";
	size_t i;

	putchar('{');
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		printf("%s\"%u\":%.1f", before, sizes[i],
		       measure((size_t)sizes[i] << 20));
		before = ",";
	}
	puts("}");
	return 0;
}
