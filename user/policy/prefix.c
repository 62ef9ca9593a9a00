/* SPDX-License-Identifier: GPL-2.0-only */
/* IPv4 and IPv6 prefixes: from text, to text, and how they lie to each other. */
#include "user/policy/prefix.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/policy/number.h"

#define LONGEST_TEXT 49 /* an IPv6 address in full with "/128" */

int prefix_bits(const struct prefix *prefix)
{
	return prefix->family == 4 ? 32 : 128;
}

int prefix_from_address(struct prefix *prefix, const char *text)
{
	struct prefix parsed = {};

	if (inet_pton(AF_INET, text, parsed.address) == 1)
		parsed.family = 4;
	else if (inet_pton(AF_INET6, text, parsed.address) == 1)
		parsed.family = 6;
	else
		return -EINVAL;
	parsed.length = prefix_bits(&parsed);
	*prefix = parsed;
	return 0;
}

int prefix_from_str(struct prefix *prefix, const char *text)
{
	char address[LONGEST_TEXT + 1];
	const char *slash = strchr(text, '/');
	struct prefix parsed;
	size_t size;
	int length;

	if (!slash)
		return prefix_from_address(prefix, text);
	size = slash - text;
	if (size >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, size);
	address[size] = '\0';
	if (prefix_from_address(&parsed, address))
		return -EINVAL;
	length = number_from_str(slash + 1, prefix_bits(&parsed));
	if (length < 0)
		return -EINVAL;
	parsed.length = length;
	*prefix = parsed;
	return 0;
}

const char *prefix_to_str(const struct prefix *prefix, char *text)
{
	int family = prefix->family == 4 ? AF_INET : AF_INET6;
	size_t used;

	inet_ntop(family, prefix->address, text, PREFIX_TEXT_SIZE);
	if (prefix->length == prefix_bits(prefix))
		return text;
	used = strlen(text);
	snprintf(text + used, PREFIX_TEXT_SIZE - used, "/%u", prefix->length);
	return text;
}

/* The bits of byte number i that come after the first length bits. */
static __u8 host_mask(int length, int i)
{
	if (length >= 8 * (i + 1))
		return 0;
	if (length <= 8 * i)
		return 0xff;
	return 0xff >> (length - 8 * i);
}

bool prefix_has_host_bits(const struct prefix *prefix)
{
	int i;

	for (i = prefix->length / 8; i < prefix_bits(prefix) / 8; i++)
		if (prefix->address[i] & host_mask(prefix->length, i))
			return true;
	return false;
}

void prefix_clear_host_bits(struct prefix *prefix)
{
	int i;

	for (i = prefix->length / 8; i < prefix_bits(prefix) / 8; i++)
		prefix->address[i] &= ~host_mask(prefix->length, i);
}

bool prefix_contains(const struct prefix *outer, const struct prefix *inner)
{
	int whole = outer->length / 8;
	__u8 differ;

	if (outer->family != inner->family || outer->length > inner->length)
		return false;
	if (memcmp(outer->address, inner->address, whole))
		return false;
	if (outer->length % 8 == 0)
		return true;
	differ = outer->address[whole] ^ inner->address[whole];
	return !(differ & ~host_mask(outer->length, whole));
}

/* One half of an address as a number. */
static __u64 half_of(const struct prefix *prefix, int half)
{
	__u64 bytes;

	memcpy(&bytes, prefix->address + half * sizeof(bytes), sizeof(bytes));
	return be64toh(bytes);
}

static int compare(__u64 a, __u64 b)
{
	return (a > b) - (a < b);
}

int prefix_compare(const struct prefix *a, const struct prefix *b)
{
	int order = compare(a->family, b->family);

	if (!order)
		order = compare(half_of(a, 0), half_of(b, 0));
	if (!order)
		order = compare(half_of(a, 1), half_of(b, 1));
	return order ? order : compare(a->length, b->length);
}

bool prefix_bit(const struct prefix *prefix, int bit)
{
	return prefix->address[bit / 8] >> (7 - bit % 8) & 1;
}

struct prefix prefix_address(const struct prefix *prefix,
			     enum prefix_place place)
{
	struct prefix address = *prefix;
	int last = prefix_bits(prefix) - 1, i;

	address.length = prefix_bits(prefix);
	for (i = 0; i <= last / 8 && place == PREFIX_LAST; i++)
		address.address[i] |= host_mask(prefix->length, i);
	if (place == PREFIX_SECOND && prefix->length <= last)
		address.address[last / 8] |= 1;
	return address;
}

/* Steps to the address after; false after the family's last one. */
static bool next_address(struct prefix *address)
{
	int i;

	for (i = prefix_bits(address) / 8 - 1; i >= 0; i--)
		if (++address->address[i])
			return true;
	return false;
}

/* How many bits are left when those at the end that equal bit are dropped. */
static int bits_before_run(const struct prefix *prefix, bool bit)
{
	int bits = prefix_bits(prefix);

	while (bits && prefix_bit(prefix, bits - 1) == bit)
		bits--;
	return bits;
}

static int common_bits(const struct prefix *a, const struct prefix *b)
{
	int bits = 0;

	while (bits < prefix_bits(a) &&
	       prefix_bit(a, bits) == prefix_bit(b, bits))
		bits++;
	return bits;
}

/*
 * The largest block of addresses that starts at first and does not go beyond
 * last: it must not have host bits, and either be on the lower side of the bit
 * where the two part, or end with last.
 */
static struct prefix largest_block(const struct prefix *first,
				   const struct prefix *last)
{
	int common = common_bits(first, last);
	int ending = bits_before_run(last, true);
	int length = ending <= common ? ending : common + 1;
	struct prefix block = *first;

	block.length = bits_before_run(first, false);
	if (block.length < length)
		block.length = length;
	return block;
}

int prefix_from_range(struct prefix *prefixes, const struct prefix *first,
		      const struct prefix *last)
{
	struct prefix at = *first;
	int count = 0;

	if (first->family != last->family || prefix_compare(first, last) > 0)
		return -EINVAL;
	do {
		prefixes[count] = largest_block(&at, last);
		at = prefix_address(&prefixes[count++], PREFIX_LAST);
	} while (next_address(&at) && prefix_compare(&at, last) <= 0);
	return count;
}
