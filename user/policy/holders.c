/* SPDX-License-Identifier: GPL-2.0-only */
/* Which roles an address holds, by the members alone. */
#include "user/policy/holders.h"

#include <string.h>

/* So many members of a role are tried. */
#define MEMBERS_TRIED 16

void holders_find(struct holders *holders, const struct members *members,
		  __u32 roles, const struct prefix *address)
{
	__u32 i;

	memset(holders, 0, sizeof(*holders));
	for (i = 0; i < roles; i++) {
		holders->holds[i] = members_nearest(members, i, address) !=
				    NULL;
		holders->count += holders->holds[i];
	}
}

/* An address without a role, from the blocks kept for documentation. */
static bool find_stranger(const struct members *members, __u32 roles,
			  int family, struct prefix *address)
{
	static const char *const candidates[] = {
		"203.0.113.77", "198.51.100.77",   "192.0.2.77",
		"100.64.77.77", "2001:db8:77::77", "3fff:77::77",
	};
	struct holders holders;
	size_t i;

	for (i = 0; i < sizeof(candidates) / sizeof(*candidates); i++) {
		prefix_from_address(address, candidates[i]);
		if (address->family != family)
			continue;
		holders_find(&holders, members, roles, address);
		if (!holders.count)
			return true;
	}
	return false;
}

/* The best address so far, and how many roles it holds; 0: there is none. */
struct best {
	struct prefix address;
	__u32 count;
};

static void try_member(const struct members *members, __u32 roles,
		       const struct member *member, struct best *best)
{
	static const enum prefix_place places[] = {PREFIX_SECOND, PREFIX_FIRST,
						   PREFIX_LAST};
	struct holders holders;
	struct prefix address;
	size_t i;

	for (i = 0; i < PREFIX_PLACES; i++) {
		address = prefix_address(&member->prefix, places[i]);
		holders_find(&holders, members, roles, &address);
		if (!holders.holds[member->role] ||
		    (best->count && holders.count >= best->count))
			continue;
		best->address = address;
		best->count = holders.count;
	}
}

bool holders_example(const struct members *members, __u32 roles, __u32 role,
		     int family, struct prefix *address)
{
	const struct member *member;
	struct members_walk walk;
	struct best best = {};
	int tried = 0;

	if (role == ROLE_ANY)
		return find_stranger(members, roles, family, address);
	members_start(&walk, members);
	while (best.count != 1 && tried < MEMBERS_TRIED &&
	       (member = members_next(&walk))) {
		if (member->role != role || member->excluded ||
		    member->prefix.family != family || !member_is_held(member))
			continue;
		try_member(members, roles, member, &best);
		tried++;
	}
	*address = best.address;
	return best.count;
}
