/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes the packets of the table of verdicts as inputs for fuzz_frame. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/packet/error_cases.h"
#include "tests/packet/fragment_cases.h"
#include "tests/packet/frame_cases.h"
#include "tests/packet/policy_cases.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *directory;
static unsigned int number;

static void build(const struct verdict_case *c, int family, struct wire *wire)
{
	struct resolved resolved;

	packet_resolve(&resolved, &c->packet, family);
	packet_build(resolved.specs, wire);
}

/* An input as fuzz_frame.c describes it; second may be NULL. */
static void write_seed(const struct verdict_case *c, const struct wire *first,
		       const struct wire *second)
{
	__u8 head[] = {c->variant, 0, first->size, first->size >> 8};
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u", directory, number++);
	file = fopen(path, "w");
	if (!file) {
		perror(path);
		exit(1);
	}
	fwrite(head, 1, sizeof(head), file);
	fwrite(first->bytes, 1, first->size, file);
	if (second)
		fwrite(second->bytes, 1, second->size, file);
	fclose(file);
}

static void write_family(const struct verdict_case *cases, size_t count,
			 int family)
{
	static struct wire wire;
	size_t i;

	for (i = 0; i < count; i++) {
		if (cases[i].family && cases[i].family != family)
			continue;
		build(&cases[i], family, &wire);
		write_seed(&cases[i], &wire, NULL);
	}
}

/* Each fragment of a datagram with the one that came before. */
static void write_datagram(const struct datagram *datagram, int family)
{
	static struct wire first, second;
	const struct verdict_case *c;

	for (c = datagram->steps; c->name && c[1].name; c++) {
		build(c, family, &first);
		build(c + 1, family, &second);
		write_seed(c, &first, &second);
	}
}

int main(int argc, char **argv)
{
	int family;
	size_t i;

	if (argc != 2) {
		fprintf(stderr, "usage: frame_seeds DIRECTORY\n");
		return 2;
	}
	directory = argv[1];
	for (family = 4; family <= 6; family += 2) {
		write_family(frame_cases, COUNT(frame_cases), family);
		write_family(policy_cases, COUNT(policy_cases), family);
		write_family(error_cases, COUNT(error_cases), family);
		for (i = 0; i < COUNT(datagrams); i++)
			write_datagram(&datagrams[i], family);
	}
	return 0;
}
