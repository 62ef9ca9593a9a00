/* SPDX-License-Identifier: GPL-2.0-only */
/* Address tables: random members, painted at once and change by change. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/policy/native.h"
#include "user/policy/tables.h"

#define ROLES	     6
#define MEMBERS_MOST 400
#define ADDRESSES    300 /* looked up after each change */
#define ROUNDS	     12
#define CHANGES	     120
#define HOSTS	     64 /* in the table for them, fewer than there are */
#define MANY_CHANGES 2500

struct bench {
	unsigned int seed;
	int family;
	enum v4_form form;
	struct model model; /* the base */
	struct member tail[MANY_CHANGES];
	struct members members;
	struct tables tables;
};

static unsigned int number(struct bench *bench, unsigned int below)
{
	return rand_r(&bench->seed) % below;
}

/* Few different bytes, so that prefixes nest, touch and repeat. */
static void random_address(struct bench *bench, struct prefix *prefix)
{
	static const __u8 bytes[] = {0, 1, 2, 127, 128, 254, 255};
	int i, size = bench->family == 4 ? 4 : 16;

	memset(prefix, 0, sizeof(*prefix));
	prefix->family = bench->family;
	prefix->length = size * 8;
	for (i = 0; i < size; i++)
		prefix->address[i] = i < 2 || number(bench, 4)
					     ? bytes[number(bench, 2)]
					     : bytes[number(bench, 7)];
}

static void random_member(struct bench *bench, struct member *member)
{
	static const __u8 v4[] = {0,  1,  8,  15, 16, 17, 20, 23,
				  24, 25, 27, 28, 31, 32, 32, 32};
	static const __u8 v6[] = {0,  1,  31, 32, 47, 48, 49,  64,
				  65, 81, 82, 97, 98, 99, 127, 128};
	int which = number(bench, number(bench, 4) ? 16 : 2);

	memset(member, 0, sizeof(*member));
	random_address(bench, &member->prefix);
	member->prefix.length = bench->family == 4 ? v4[which] : v6[which];
	prefix_clear_host_bits(&member->prefix);
	member->role = number(bench, ROLES);
	member->excluded = !number(bench, 5);
}

/* The slow answer: every member that holds the address, one after the other. */
static bool holds(const struct bench *bench, __u32 role,
		  const struct prefix *address)
{
	const struct member *member;
	struct members_walk walk;
	bool is_in = false;

	members_start(&walk, &bench->members);
	while ((member = members_next(&walk))) {
		if (member->role != role || !member_is_held(member) ||
		    !prefix_contains(&member->prefix, address))
			continue;
		if (member->excluded)
			return false;
		is_in = true;
	}
	return is_in;
}

/* Near a member's edges rather than anywhere. */
static void address_to_try(struct bench *bench, struct prefix *address)
{
	struct member member;

	if (number(bench, 3)) {
		random_address(bench, address);
		return;
	}
	random_member(bench, &member);
	*address = member.prefix;
	address->length = prefix_bits(address);
	if (number(bench, 2))
		address->address[address->length / 8 - 1] ^= 1;
}

static void check(struct bench *bench)
{
	char text[PREFIX_TEXT_SIZE];
	struct prefix address;
	__u32 class, role;
	int i;

	for (i = 0; i < ADDRESSES; i++) {
		address_to_try(bench, &address);
		class = native_classify(&bench->tables, &address);
		for (role = 0; role < ROLES; role++)
			if (classes_has_role(&bench->tables.classes, class,
					     role) !=
			    holds(bench, role, &address))
				fail_msg("role %u is wrong for %s after %u "
					 "changes",
					 role, prefix_to_str(&address, text),
					 bench->members.tail_count);
	}
}

static void compile(struct bench *bench)
{
	struct prefix all = {.family = bench->family};
	struct class_list list = {};

	tables_release(&bench->tables);
	assert_int_equal(classes_of_region(&bench->tables.classes,
					   &bench->members, &all, &list),
			 0);
	if (bench->form)
		assert_int_equal(addresses_compile_v4_as(&bench->tables, &list,
							 bench->form, HOSTS),
				 0);
	else if (bench->family == 4)
		assert_int_equal(addresses_compile_v4(&bench->tables, &list),
				 0);
	else
		assert_int_equal(addresses_compile_v6(&bench->tables, &list),
				 0);
	free(list.items);
}

/* What `role add` and `role del` do, in the same order. */
static void change(struct bench *bench)
{
	struct member *entry = &bench->tail[bench->members.tail_count];
	struct class_list list = {};
	int err;

	random_member(bench, entry);
	if (number(bench, 2) && bench->members.base_count)
		*entry =
			bench->members
				.base[number(bench, bench->members.base_count)];
	entry->state = number(bench, 2) ? MEMBER_DELETED : MEMBER_RUNTIME;
	bench->members.tail_count++;
	assert_int_equal(members_index(&bench->members), 0);
	assert_int_equal(classes_of_region(&bench->tables.classes,
					   &bench->members, &entry->prefix,
					   &list),
			 0);
	err = addresses_paint(&bench->tables, &list);
	free(list.items);
	if (err == -ENOSPC)
		compile(bench);
	else
		assert_int_equal(err, 0);
}

static void begin(struct bench *bench, int family, enum v4_form form,
		  unsigned int seed, __u32 members)
{
	__u32 i;

	memset(bench, 0, sizeof(*bench));
	bench->seed = seed;
	bench->family = family;
	bench->form = form;
	model_init(&bench->model);
	tables_init(&bench->tables);
	for (i = 0; i < members; i++)
		random_member(bench, model_push(&bench->model.members));
	members_sort(bench->model.members.items, &bench->model.members.count);
	bench->members = members_of_model(&bench->model);
	bench->members.tail = bench->tail;
	compile(bench);
}

static void end(struct bench *bench)
{
	members_release(&bench->members);
	tables_release(&bench->tables);
	model_release(&bench->model);
}

static void run(int family, enum v4_form form, __u32 rounds, __u32 changes)
{
	struct bench *bench = malloc(sizeof(*bench));
	unsigned int round;
	__u32 i;

	assert_non_null(bench);
	for (round = 0; round < rounds; round++) {
		begin(bench, family, form, round + 1,
		      round % 3 ? MEMBERS_MOST * round / rounds : 0);
		check(bench);
		for (i = 0; i < changes; i++) {
			change(bench);
			check(bench);
		}
		end(bench);
	}
	free(bench);
}

static void test_v4(void **state)
{
	(void)state;
	run(4, 0, ROUNDS, CHANGES);
}

static void test_v4_runs(void **state)
{
	(void)state;
	run(4, V4_FORM_RUNS, ROUNDS, CHANGES);
}

static void test_v4_lines(void **state)
{
	(void)state;
	run(4, V4_FORM_LINES, ROUNDS, CHANGES);
}

static void test_v6(void **state)
{
	(void)state;
	run(6, 0, ROUNDS, CHANGES);
}

/* Lengths that come one after the other; an address is looked for at each. */
static void test_v6_lengths_come(void **state)
{
	struct prefix address = {.family = 6, .length = 128};
	struct class_prefix prefixes[64 - 47] = {};
	struct class_list all = {.items = prefixes}, last = {.count = 1};
	__u32 remade = 0;
	struct tables tables;
	int err;

	(void)state;
	tables_init(&tables);
	assert_int_equal(addresses_compile_v6(&tables, &all), 0);
	for (; all.count < 64 - 47; remade += err == -ENOSPC) {
		last.items = &prefixes[all.count];
		last.items->prefix.family = 6;
		last.items->prefix.length = 48 + all.count++;
		last.items->class = all.count;
		/* All but the first, the /48, are beside the address. */
		last.items->prefix.address[7] = all.count > 1 ? 0xff : 0;
		prefix_clear_host_bits(&last.items->prefix);
		last.items->prefix.address[6] = all.count > 1 ? 0x80 : 0;
		err = addresses_paint(&tables, &last);
		if (err) {
			assert_int_equal(err, -ENOSPC);
			tables_release(&tables);
			assert_int_equal(addresses_compile_v6(&tables, &all),
					 0);
		}
		assert_int_equal(native_classify(&tables, &address), 1);
	}
	assert_in_range(remade, 1, 4);
	tables_release(&tables);
}

/* A long life of one table, looked at only now and then. */
static void test_many_changes(void **state)
{
	struct bench *bench = malloc(sizeof(*bench));
	int family;
	__u32 i;

	(void)state;
	assert_non_null(bench);
	for (family = 4; family <= 6; family += 2) {
		begin(bench, family, 0, 77, MEMBERS_MOST);
		for (i = 0; i < MANY_CHANGES; i++) {
			change(bench);
			if (i % 50 == 0)
				check(bench);
		}
		check(bench);
		end(bench);
	}
	free(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v4),
		cmocka_unit_test(test_v4_runs),
		cmocka_unit_test(test_v4_lines),
		cmocka_unit_test(test_v6),
		cmocka_unit_test(test_v6_lengths_come),
		cmocka_unit_test(test_many_changes),
	};

	return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
