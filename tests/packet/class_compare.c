/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares the roles that a running filter and a config give to addresses. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/kernel/state.h"
#include "user/policy/config.h"
#include "user/policy/frame.h"
#include "user/policy/native.h"

struct compare {
	struct state state;   /* what runs */
	struct model model;   /* what should */
	struct tables tables; /* of that, compiled anew */
	struct diag diag;
	unsigned int seed;
};

static __u32 number(struct compare *compare, __u32 below)
{
	return rand_r(&compare->seed) % below;
}

/* Anywhere, or at a member: in it, at its edges, just outside. */
static void random_address(struct compare *compare, int family,
			   struct prefix *address)
{
	const struct model *model = &compare->model;
	const struct member *member;
	int bits, bit;

	memset(address, 0, sizeof(*address));
	address->family = family;
	if (model->members.count && number(compare, 8)) {
		member = &model->members
				  .items[number(compare, model->members.count)];
		if (member->prefix.family == family)
			*address = member->prefix;
	}
	bits = prefix_bits(address);
	for (bit = address->length; bit < bits; bit++)
		if (number(compare, 4) == 0)
			address->address[bit / 8] |= 0x80 >> bit % 8;
	if (number(compare, 4) == 0) {
		bit = bits - 1 - number(compare, number(compare, bits) + 1);
		address->address[bit / 8] ^= 0x80 >> bit % 8;
	}
	address->length = bits;
}

/* Has the running class the roles, by name, that the config gives? */
static bool is_same(const struct compare *compare, __u32 running, __u32 wanted)
{
	const struct image *image = &compare->state.generation.image;
	const __u32 *roles;
	__u32 count, other_count, i;
	int role;

	roles = classes_roles(&image->classes, running, &count);
	classes_roles(&compare->tables.classes, wanted, &other_count);
	if (count != other_count)
		return false;
	for (i = 0; i < count; i++) {
		role = model_find_role(
			&compare->model,
			model_str(&image->model,
				  image->model.roles.items[roles[i]].name));
		if (role < 0 ||
		    !classes_has_role(&compare->tables.classes, wanted, role))
			return false;
	}
	return true;
}

static int check_end(const struct compare *compare,
		     const struct prefix *address, __u32 running)
{
	char text[PREFIX_TEXT_SIZE];

	if (is_same(compare, running,
		    native_classify(&compare->tables, address)))
		return 0;
	printf("%s has other roles than the config gives it\n",
	       prefix_to_str(address, text));
	return -1;
}

/* Two addresses in one packet, through the loaded program. */
static int check_packet(struct compare *compare, const struct judge *judge)
{
	struct frame_spec spec = {.protocol = IPPROTO_UDP, .port = 9};
	struct explain answer = {.iface = IFACE_UNKNOWN};
	int family = number(compare, 2) ? 4 : 6, size, err;
	struct frame_buffer frame;

	random_address(compare, family, &spec.from);
	random_address(compare, family, &spec.to);
	size = frame_build(&spec, &frame);
	err = judge->judge(judge, frame.bytes, size, &answer);
	if (err) {
		printf("cannot run the program: %s\n", strerror(-err));
		return err;
	}
	/* Some sources are impossible, and their classes not looked up. */
	if (answer.reason < REASON_SPOOFED)
		return 0;
	return check_end(compare, &spec.from, answer.sclass) |
	       check_end(compare, &spec.to, answer.dclass);
}

static int compare_all(struct compare *compare, const char *instance,
		       const char *config, __u32 addresses)
{
	struct judge judge;
	__u32 i;
	int err;

	err = config_read(&compare->model, config, &compare->diag);
	if (!err)
		err = tables_compile(&compare->tables, &compare->model,
				     &compare->diag);
	if (compare->diag.errors)
		diag_print(&compare->diag, stderr);
	if (!err)
		err = state_open(&compare->state, instance, false);
	if (err)
		return err;
	judge = judge_by_program(&compare->state.generation);
	for (i = 0; i < addresses && !err; i += 2)
		err = check_packet(compare, &judge);
	state_close(&compare->state);
	if (!err)
		printf("%u addresses, no difference\n", addresses);
	return err;
}

int main(int argc, char **argv)
{
	struct compare compare = {};
	int err;

	if (argc != 5) {
		fprintf(stderr, "usage: class_compare INSTANCE CONFIG "
				"ADDRESSES SEED\n");
		return 2;
	}
	compare.seed = strtoul(argv[4], NULL, 10);
	model_init(&compare.model);
	tables_init(&compare.tables);
	diag_init(&compare.diag);
	err = compare_all(&compare, argv[1], argv[2],
			  strtoul(argv[3], NULL, 10));
	diag_release(&compare.diag);
	tables_release(&compare.tables);
	model_release(&compare.model);
	return err != 0;
}
