/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of ICMP types, in both families. */
#include "user/policy/icmp_types.h"

#include <errno.h>
#include <string.h>

#include "user/policy/names.h"
#include "user/policy/number.h"

#define TYPE_MAX 255

/* Those with "-request" are nft's. */
static const struct {
	const char *name;
	struct icmp_types types;
} named[] = {
	{"echo", {8, 128}},
	{"echo-request", {8, 128}},
	{"echo-reply", {0, 129}},
	{"destination-unreachable", {3, 1}},
	{"packet-too-big", {-1, 2}},
	{"redirect", {5, 137}},
	{"router-advertisement", {9, 134}},
	{"router-solicitation", {10, 133}},
	{"time-exceeded", {11, 3}},
	{"parameter-problem", {12, 4}},
	{"timestamp", {13, -1}},
	{"timestamp-request", {13, -1}},
	{"timestamp-reply", {14, -1}},
};

#define NAMED (sizeof(named) / sizeof(named[0]))

int icmp_types_from_str(struct icmp_types *types, const char *text)
{
	int number = number_from_str(text, TYPE_MAX);
	size_t i;

	if (number >= 0) {
		*types = (struct icmp_types){number, number};
		return 0;
	}
	for (i = 0; i < NAMED; i++)
		if (!strcmp(named[i].name, text)) {
			*types = named[i].types;
			return 0;
		}
	return -EINVAL;
}

const char *icmp_types_nearest(const char *word)
{
	const char *words[NAMED + 1] = {};
	size_t i;

	for (i = 0; i < NAMED; i++)
		words[i] = named[i].name;
	return words_nearest(words, word);
}
