/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads described packets: tests, and settings.keep. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/number.h"
#include "user/policy/probe_text.h"
#include "user/policy/read.h"
#include "user/policy/reason.h"

#define PORT_MAX  65535
#define ICMP_ECHO 8

static const char *const keep_keys[] = {"from",	 "to",	 "tcp",	     "udp",
					"sctp",	 "icmp", "protocol", "sport",
					"flags", NULL};
static const char *const test_keys[] = {
	"expect",   "from",  "to",     "tcp", "udp",   "sctp", "icmp",
	"protocol", "sport", "reason", "in",  "flags", NULL};
static const char *const match_keys[] = {"tcp",	 "udp",	     "sctp",
					 "icmp", "protocol", NULL};
/* In the order of the verdicts. */
static const char *const verdicts[] = {"pass", "drop", NULL};

/* One packet being read. */
struct draft {
	struct reader *reader;
	const struct document *document;
	const struct yaml_node *node;
	struct probe probe;
};

static const struct yaml_node *require(struct draft *draft, const char *key)
{
	const struct yaml_node *node = yaml_get(draft->node, key);

	if (!node)
		yaml_error(draft->reader->diag, draft->node, "this has no '%s'",
			   key);
	return node;
}

/* A policy's tests alone do not make a role used: it may lack members. */
static void read_end(struct draft *draft, const char *key,
		     struct prefix *address, __u32 *role)
{
	const struct yaml_node *node = require(draft, key);
	bool is_policy = draft->document && draft->document->entry;
	struct reader *reader = draft->reader;

	*role = ROLE_ANY;
	if (!node || !read_is_scalar(reader, node, "an address or a role"))
		return;
	if (!prefix_from_address(address, node->text)) {
		if (is_policy)
			yaml_error(reader->diag, node,
				   "a policy's tests name roles, "
				   "not addresses");
		return;
	}
	if (strpbrk(node->text, ".:/"))
		read_expected(reader, node, "an address or a role");
	else if (!read_role(reader, node, true, role) && !is_policy)
		read_mark_role(reader, *role);
}

static int read_number(struct draft *draft, const struct yaml_node *node)
{
	const char *what = "one port (0-65535)";
	int number;

	if (!read_is_scalar(draft->reader, node, what))
		return -EINVAL;
	number = number_from_str(node->text, PORT_MAX);
	return number < 0 ? read_expected(draft->reader, node, what) : number;
}

static void read_port(struct draft *draft, const struct yaml_node *node,
		      enum slot slot, __u8 protocol)
{
	int port = read_number(draft, node);

	draft->probe.slot = slot;
	draft->probe.protocol = protocol;
	if (port >= 0)
		draft->probe.port = port;
}

static int family_of(const struct probe *probe)
{
	return probe->from.family ? probe->from.family : probe->to.family;
}

/* Between roles a packet is sent in both families: only echo is told apart. */
static void read_icmp(struct draft *draft, const struct yaml_node *node)
{
	struct probe *probe = &draft->probe;
	bool is_v6 = family_of(probe) == 6;
	struct icmp_types types;

	if (read_icmp_types(draft->reader, node, &types))
		return;
	probe->slot = is_v6 ? SLOT_ICMPV6 : SLOT_ICMP;
	probe->protocol = is_v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	probe->icmp_name_echo = types.v4 == ICMP_ECHO && types.v6 != ICMP_ECHO;
	if (!family_of(probe) && types.v4 != types.v6 && !probe->icmp_name_echo)
		yaml_error(draft->reader->diag, node,
			   "between roles write 'echo' or a number: "
			   "'%s' is another type in each family",
			   node->text);
	else if ((is_v6 ? types.v6 : types.v4) < 0)
		yaml_error(draft->reader->diag, node,
			   "IPv%d has no ICMP type '%s'", is_v6 ? 6 : 4,
			   node->text);
	else
		probe->port = is_v6 ? types.v6 : types.v4;
}

/* Protocols with ports of their own have keys of their own. */
static void read_other(struct draft *draft, const struct yaml_node *node)
{
	static const char *const keys[] = {
		[IPPROTO_ICMP] = "icmp", [IPPROTO_TCP] = "tcp",
		[IPPROTO_UDP] = "udp",	 [IPPROTO_ICMPV6] = "icmp",
		[IPPROTO_SCTP] = "sctp", [255] = NULL,
	};
	int protocol = read_protocol(draft->reader, node);

	if (protocol < 0)
		return;
	if (keys[protocol]) {
		yaml_error(draft->reader->diag, node,
			   "'%s' needs a %s here: write %s: NUMBER", node->text,
			   !strcmp(keys[protocol], "icmp") ? "type" : "port",
			   keys[protocol]);
		return;
	}
	draft->probe.slot = SLOT_OTHER;
	draft->probe.protocol = protocol;
	draft->probe.port = protocol;
}

static void read_match(struct draft *draft)
{
	const struct yaml_node *found = NULL;
	const struct yaml_node *node;
	size_t i;

	for (i = 0; match_keys[i]; i++) {
		node = yaml_get(draft->node, match_keys[i]);
		if (node && found)
			yaml_error(draft->reader->diag, node->key,
				   "one packet has one protocol: "
				   "'%s' or '%s'",
				   found->key->text, node->key->text);
		if (!node || found)
			continue;
		found = node;
		if (!strcmp(match_keys[i], "tcp"))
			read_port(draft, node, SLOT_TCP, IPPROTO_TCP);
		else if (!strcmp(match_keys[i], "udp"))
			read_port(draft, node, SLOT_UDP, IPPROTO_UDP);
		else if (!strcmp(match_keys[i], "sctp"))
			read_port(draft, node, SLOT_SCTP, IPPROTO_SCTP);
		else if (!strcmp(match_keys[i], "icmp"))
			read_icmp(draft, node);
		else
			read_other(draft, node);
	}
	if (!found)
		yaml_error(draft->reader->diag, draft->node,
			   "this has no protocol: "
			   "add tcp, udp, sctp, icmp or protocol");
}

static void read_sport(struct draft *draft)
{
	const struct yaml_node *node = yaml_get(draft->node, "sport");
	int port;

	draft->probe.sport = PROBE_SPORT;
	if (!node)
		return;
	if (draft->probe.slot > SLOT_SCTP)
		yaml_error(draft->reader->diag, node->key,
			   "'sport' is for tcp, udp and sctp");
	port = read_number(draft, node);
	if (port >= 0)
		draft->probe.sport = port;
}

/* "syn+ack", one of several such words, or "none" */
static int add_flags(struct draft *draft, const struct yaml_node *node)
{
	char *rest, *word, *copy;
	int err = 0;
	int i;

	if (!read_is_scalar(draft->reader, node, "TCP flags"))
		return -EINVAL;
	if (!strcmp(node->text, "none"))
		return 0;
	copy = strdup(node->text);
	if (!copy)
		return read_no_memory(draft->reader);
	for (word = strtok_r(copy, "+,", &rest); word && !err;
	     word = strtok_r(NULL, "+,", &rest)) {
		for (i = 0; probe_flags_known[i] &&
			    strcmp(probe_flags_known[i], word);)
			i++;
		if (probe_flags_known[i])
			draft->probe.flags |= 1 << i;
		else
			err = read_expected(draft->reader, node,
					    "fin, syn, rst, psh, ack, urg, "
					    "joined by '+', or none");
	}
	free(copy);
	return err;
}

static void read_flags(struct draft *draft)
{
	const struct yaml_node *node = yaml_get(draft->node, "flags");
	const struct yaml_node *element;

	if (draft->probe.slot != SLOT_TCP) {
		if (node)
			yaml_error(draft->reader->diag, node->key,
				   "'flags' is for tcp");
		return;
	}
	if (!node)
		draft->probe.flags = PROBE_FLAGS;
	else if (!read_next(node, NULL))
		read_expected(draft->reader, node, "TCP flags or none");
	read_for_each(element, node)
	{
		if (add_flags(draft, element))
			return;
	}
}

static void read_packet(struct draft *draft)
{
	struct probe *probe = &draft->probe;

	probe->place = read_place(draft->node);
	read_end(draft, "from", &probe->from, &probe->from_role);
	read_end(draft, "to", &probe->to, &probe->to_role);
	if (probe->from.family && probe->to.family &&
	    probe->from.family != probe->to.family)
		yaml_error(draft->reader->diag, draft->node,
			   "'from' and 'to' are not of one family, "
			   "IPv4 or IPv6");
	read_match(draft);
	read_sport(draft);
	read_flags(draft);
}

static void read_expect(struct draft *draft)
{
	const struct yaml_node *node = require(draft, "expect");
	int verdict;

	if (!node)
		return;
	verdict = read_word(draft->reader, node, verdicts);
	if (verdict >= 0)
		draft->probe.expect = verdict;
}

static void read_reason(struct draft *draft)
{
	const struct yaml_node *node = yaml_get(draft->node, "reason");
	const char *words[REASON_COUNT] = {};
	const char *near;
	int reason;

	if (!node || !read_is_scalar(draft->reader, node, "a reason's name"))
		return;
	reason = reason_from_name(node->text);
	if (reason > REASON_NONE) {
		draft->probe.reason = reason;
		return;
	}
	for (reason = REASON_NONE + 1; reason < REASON_COUNT; reason++)
		words[reason - 1] = reason_name(reason);
	near = words_nearest(words, node->text);
	if (near)
		yaml_error(draft->reader->diag, node,
			   "unknown reason '%s': did you mean '%s'?",
			   node->text, near);
	else
		read_expected(draft->reader, node, "a reason's name");
}

static void read_interface(struct draft *draft)
{
	const struct yaml_node *node = yaml_get(draft->node, "in");
	struct reader *reader = draft->reader;
	const char *near;

	if (!node || !read_is_scalar(reader, node, "an interface's name"))
		return;
	if (draft->document->entry) {
		yaml_error(reader->diag, node->key,
			   "a policy knows no interfaces");
		return;
	}
	if (names_find(&reader->interfaces, node->text) >= 0) {
		read_store(reader, node->text, &draft->probe.interface);
		return;
	}
	near = read_near(reader, &reader->interfaces, node->text);
	yaml_error(reader->diag, node,
		   near ? "unknown interface '%s': did you mean '%s'?"
			: "unknown interface '%s'",
		   node->text, near);
}

static bool has_role(const struct model *model, const struct span *span,
		     __u32 role)
{
	__u32 ref;
	__u32 i;

	for (i = 0; i < span->count; i++) {
		ref = model->role_refs.items[span->first + i];
		if (ref == role || ref == ROLE_ANY)
			return true;
	}
	return false;
}

static bool matches(const struct model *model, const struct rule *rule,
		    const struct probe *probe)
{
	const struct match *match;
	__u32 i;

	for (i = 0; i < rule->matches.count; i++) {
		match = &model->matches.items[rule->matches.first + i];
		if (match->slot == probe->slot && match->low <= probe->port &&
		    match->high >= probe->port)
			return true;
	}
	return false;
}

/* What only a left-out rule allows, the policy's tests cannot ask for. */
static bool is_left_out(const struct reader *reader, const struct probe *probe)
{
	const struct model *model = reader->model;
	const struct rule *rule = reader->left_out.items;
	__u32 i;

	for (i = 0; i < reader->left_out.count; i++, rule++)
		if (has_role(model, &rule->from, probe->from_role) &&
		    has_role(model, &rule->to, probe->to_role) &&
		    matches(model, rule, probe))
			return true;
	return false;
}

static void keep_test(struct draft *draft)
{
	const struct document *document = draft->document;
	struct model *model = draft->reader->model;
	struct probe *probe;

	if (document->entry && draft->probe.expect == VERDICT_PASS &&
	    is_left_out(draft->reader, &draft->probe))
		return;
	if (document->entry)
		draft->probe.policy =
			model->policies.items[document->policy].name;
	probe = model_push(&model->tests);
	if (probe)
		*probe = draft->probe;
	else
		read_no_memory(draft->reader);
}

/* True for a mapping; an empty entry of the list is an error as well. */
static bool is_packet(struct reader *reader, const struct yaml_node *node)
{
	if (node->kind == YAML_MAPPING)
		return true;
	read_expected(reader, node, "a mapping");
	return false;
}

void read_tests(struct reader *reader, const struct document *document)
{
	const struct yaml_node *node = yaml_get(document->yaml.root, "tests");
	const struct yaml_node *element;

	read_for_each(element, node)
	{
		struct draft draft = {.reader = reader,
				      .document = document,
				      .node = element};

		if (!is_packet(reader, element))
			continue;
		read_keys(reader, element, test_keys);
		read_packet(&draft);
		read_expect(&draft);
		read_reason(&draft);
		read_interface(&draft);
		keep_test(&draft);
	}
}

void read_keep(struct reader *reader, const struct yaml_node *node)
{
	const struct yaml_node *element;
	struct probe *probe;

	read_for_each(element, node)
	{
		struct draft draft = {.reader = reader, .node = element};

		if (!is_packet(reader, element))
			continue;
		read_keys(reader, element, keep_keys);
		read_packet(&draft);
		draft.probe.expect = VERDICT_PASS;
		probe = model_push(&reader->model->keep);
		if (probe)
			*probe = draft.probe;
		else
			read_no_memory(reader);
	}
}
