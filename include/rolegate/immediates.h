/* SPDX-License-Identifier: GPL-2.0-only */
/* What the loader puts into the program's instructions: sizes and addresses of a policy. */
#ifndef ROLEGATE_IMMEDIATES_H
#define ROLEGATE_IMMEDIATES_H

#include <stddef.h>

#include "rolegate/tables.h"

/*
 * The program is compiled before there is a policy. Where it needs a field of
 * struct shape, or the address of what lies in a map, its instructions have one
 * of these numbers for an operand, which the loader replaces by the true one
 * (user/kernel/immediates.c). A packet then loads no constants, and the
 * verifier knows them all.
 */
#define IMMEDIATE_FIELD	  0x4c4b0000U		/* | offset in struct shape */
#define IMMEDIATE_ADDRESS 0x4c4b414400000000ULL /* | enum memory */

#define IMMEDIATE_OF(field) (IMMEDIATE_FIELD | offsetof(struct shape, field))

/* The tables by their number, and what else has a map of one value. */
enum memory {
	MEMORY_TALLIES = TABLE_COUNT,
	MEMORY_PAIR_KEY,
	MEMORY_FLOWS,
	MEMORY_WATCH,
	MEMORY_COUNT
};

_Static_assert(sizeof(struct shape) < 0x10000, "an offset has 16 bits");

#endif
