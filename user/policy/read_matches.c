/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what a rule matches: ports of protocols, ICMP types, source ports. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/number.h"
#include "user/policy/read.h"

#define PORT_MAX 65535
#define BYTE_MAX 255

/* A rule's key that is being read. */
struct draft {
	struct reader *reader;
	struct rule *rule;
	const struct yaml_node *node;
};

static int add_match(struct draft *draft, enum slot slot, int low, int high)
{
	struct model *model = draft->reader->model;
	struct match *match;

	if (low < 0)
		return 0;
	if (draft->rule->matches.count == RANGES_MAX) {
		yaml_error(draft->reader->diag, draft->node,
			   "capacity exceeded: more than %d ports in a rule",
			   RANGES_MAX);
		return -ENOSPC;
	}
	match = model_push(&model->matches);
	if (!match)
		return read_no_memory(draft->reader);
	*match = (struct match){.slot = slot, .low = low, .high = high};
	draft->rule->matches.count++;
	return 0;
}

static int read_range(struct reader *reader, const struct yaml_node *node,
		      int *low, int *high)
{
	const char *what = "a port (0-65535) or a range of ports (lo-hi)";
	int err;

	if (!read_is_scalar(reader, node, what))
		return -EINVAL;
	err = number_range_from_str(node->text, PORT_MAX, low, high);
	if (err == -ERANGE)
		return yaml_error(reader->diag, node,
				  "empty port range: %s ends before it begins",
				  node->text);
	return err ? read_expected(reader, node, what) : 0;
}

static int add_ports(struct draft *draft, const struct yaml_node *node,
		     enum slot slot)
{
	int low, high;
	int err;

	err = read_range(draft->reader, node, &low, &high);
	return err ? err : add_match(draft, slot, low, high);
}

static int add_icmp(struct draft *draft, const struct yaml_node *node)
{
	struct icmp_types types;
	int err;

	err = read_icmp_types(draft->reader, node, &types);
	if (!err)
		err = add_match(draft, SLOT_ICMP, types.v4, types.v4);
	if (!err)
		err = add_match(draft, SLOT_ICMPV6, types.v6, types.v6);
	return err;
}

static int add_protocol(struct draft *draft, const struct yaml_node *node)
{
	int protocol = read_protocol(draft->reader, node);
	int err = 0;

	if (protocol < 0)
		return protocol;
	if (protocol == IPPROTO_TCP)
		return add_match(draft, SLOT_TCP, 0, PORT_MAX);
	if (protocol == IPPROTO_UDP)
		return add_match(draft, SLOT_UDP, 0, PORT_MAX);
	if (protocol == IPPROTO_SCTP)
		return add_match(draft, SLOT_SCTP, 0, PORT_MAX);
	if (protocol == IPPROTO_ICMP)
		err = add_match(draft, SLOT_ICMP, 0, BYTE_MAX);
	if (protocol == IPPROTO_ICMPV6)
		err = add_match(draft, SLOT_ICMPV6, 0, BYTE_MAX);
	return err ? err : add_match(draft, SLOT_OTHER, protocol, protocol);
}

/* Reads a key's list element by element. */
static void read_list(struct draft *draft, const struct yaml_node *rule,
		      const char *key, enum slot slot)
{
	const struct yaml_node *node = yaml_get(rule, key);
	const struct yaml_node *element;
	int err = 0;

	if (!node)
		return;
	if (!read_next(node, NULL))
		read_expected(draft->reader, node,
			      slot == SLOT_ICMP	   ? "an ICMP type"
			      : slot == SLOT_OTHER ? "a protocol"
						   : "a port");
	draft->node = node;
	read_for_each(element, node)
	{
		if (slot == SLOT_ICMP)
			err = add_icmp(draft, element);
		else if (slot == SLOT_OTHER)
			err = add_protocol(draft, element);
		else
			err = add_ports(draft, element, slot);
		if (err == -ENOSPC)
			return;
	}
}

static int compare_matches(const void *a, const void *b)
{
	const struct match *left = a;
	const struct match *right = b;

	if (left->slot != right->slot)
		return left->slot - right->slot;
	return left->low - right->low;
}

/* Sorts, and makes one of ranges that overlap or touch. */
static void merge_matches(struct model *model, struct span *span)
{
	struct match *matches, *last;
	__u32 i;

	if (!span->count)
		return;
	matches = last = model->matches.items + span->first;
	qsort(matches, span->count, sizeof(*matches), compare_matches);
	for (i = 1; i < span->count; i++) {
		if (matches[i].slot != last->slot ||
		    matches[i].low > last->high + 1)
			*++last = matches[i];
		else if (matches[i].high > last->high)
			last->high = matches[i].high;
	}
	span->count = last - matches + 1;
	model->matches.count = span->first + span->count;
}

static int compare_ports(const void *a, const void *b)
{
	return ((const struct ports *)a)->low - ((const struct ports *)b)->low;
}

static void merge_sports(struct model *model, struct span *span)
{
	struct ports *ports, *last;
	__u32 i;

	if (!span->count)
		return;
	ports = last = model->sports.items + span->first;
	qsort(ports, span->count, sizeof(*ports), compare_ports);
	for (i = 1; i < span->count; i++) {
		if (ports[i].low > last->high + 1)
			*++last = ports[i];
		else if (ports[i].high > last->high)
			last->high = ports[i].high;
	}
	span->count = last - ports + 1;
	if (ports->low == 0 && ports->high == PORT_MAX)
		span->count = 0;
	model->sports.count = span->first + span->count;
}

static int add_sport(struct draft *draft, const struct yaml_node *node)
{
	struct model *model = draft->reader->model;
	struct ports *ports;
	int low, high;
	int err;

	err = read_range(draft->reader, node, &low, &high);
	if (err)
		return err;
	if (draft->rule->sports.count == RANGES_MAX) {
		yaml_error(draft->reader->diag, draft->node,
			   "capacity exceeded: "
			   "more than %d source ports in a rule",
			   RANGES_MAX);
		return -ENOSPC;
	}
	ports = model_push(&model->sports);
	if (!ports)
		return read_no_memory(draft->reader);
	*ports = (struct ports){.low = low, .high = high};
	draft->rule->sports.count++;
	return 0;
}

static bool has_portless(const struct model *model, const struct span *span)
{
	__u32 i;

	for (i = 0; i < span->count; i++)
		if (model->matches.items[span->first + i].slot > SLOT_SCTP)
			return true;
	return false;
}

static void read_sports(struct draft *draft, const struct yaml_node *rule)
{
	struct model *model = draft->reader->model;
	const struct yaml_node *node = yaml_get(rule, "sport");
	const struct yaml_node *element;

	if (!node)
		return;
	draft->node = node;
	if (!read_next(node, NULL))
		read_expected(draft->reader, node, "a port");
	read_for_each(element, node)
	{
		if (add_sport(draft, element) == -ENOSPC)
			return;
	}
	if (has_portless(model, &draft->rule->matches))
		yaml_error(draft->reader->diag, node->key,
			   "'sport' is for tcp, udp and sctp: put other "
			   "protocols into a rule of their own");
	merge_sports(model, &draft->rule->sports);
}

int read_matches(struct reader *reader, const struct yaml_node *node,
		 struct rule *rule)
{
	static const struct {
		const char *key;
		enum slot slot;
	} keys[] = {
		{"tcp", SLOT_TCP},	  {"udp", SLOT_UDP},
		{"sctp", SLOT_SCTP},	  {"icmp", SLOT_ICMP},
		{"protocol", SLOT_OTHER},
	};
	struct draft draft = {.reader = reader, .rule = rule};
	unsigned int errors = reader->diag->errors;
	bool has_key = false;
	size_t i;

	rule->matches.first = reader->model->matches.count;
	rule->sports.first = reader->model->sports.count;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		has_key = has_key || yaml_get(node, keys[i].key);
		read_list(&draft, node, keys[i].key, keys[i].slot);
	}
	if (!has_key)
		return yaml_error(reader->diag, node->key,
				  "rule '%s' names no protocol: "
				  "add tcp, udp, sctp, icmp or protocol",
				  node->key->text);
	merge_matches(reader->model, &rule->matches);
	read_sports(&draft, node);
	if (errors != reader->diag->errors)
		return -EINVAL;
	return read_rule_text(reader, node, rule);
}
