/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes what a rule matches: "tcp 443,50000-59999 udp 3478". */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "user/policy/read.h"

/* Items come as "key item,item", keys apart by a space. */
struct writer {
	FILE *stream;
	bool has_key;
	bool has_item;
};

static void put_key(struct writer *writer, const char *key)
{
	if (!writer->has_item)
		fprintf(writer->stream, "%s%s ", writer->has_key ? " " : "",
			key);
	else
		fputc(',', writer->stream);
	writer->has_key = true;
	writer->has_item = true;
}

static void put_range(struct writer *writer, const char *key, int low, int high)
{
	put_key(writer, key);
	fprintf(writer->stream, low == high ? "%d" : "%d-%d", low, high);
}

static void put_ports(struct writer *writer, const struct model *model,
		      const struct rule *rule, const char *key, enum slot slot)
{
	const struct match *match = model->matches.items + rule->matches.first;
	__u32 i;

	writer->has_item = false;
	for (i = 0; i < rule->matches.count; i++, match++)
		if (match->slot == slot)
			put_range(writer, key, match->low, match->high);
}

/* ICMP types and protocols are shown by the names that were written. */
static void put_names(struct writer *writer, struct reader *reader,
		      const struct yaml_node *node, const char *key)
{
	const struct yaml_node *element;
	int protocol = -1;

	writer->has_item = false;
	read_for_each(element, yaml_get(node, key))
	{
		if (key[0] == 'p')
			protocol = read_protocol(reader, element);
		if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
		    protocol == IPPROTO_SCTP)
			continue;
		put_key(writer, key);
		fputs(element->text, writer->stream);
	}
}

static void put_rule(struct writer *writer, struct reader *reader,
		     const struct yaml_node *node, const struct rule *rule)
{
	const struct ports *sports = reader->model->sports.items;
	__u32 i;

	put_ports(writer, reader->model, rule, "tcp", SLOT_TCP);
	put_ports(writer, reader->model, rule, "udp", SLOT_UDP);
	put_ports(writer, reader->model, rule, "sctp", SLOT_SCTP);
	put_names(writer, reader, node, "icmp");
	put_names(writer, reader, node, "protocol");
	writer->has_item = false;
	for (i = 0; i < rule->sports.count; i++)
		put_range(writer, "sport", sports[rule->sports.first + i].low,
			  sports[rule->sports.first + i].high);
}

int read_rule_text(struct reader *reader, const struct yaml_node *node,
		   struct rule *rule)
{
	struct writer writer = {};
	char *text = NULL;
	size_t size;
	int err;

	writer.stream = open_memstream(&text, &size);
	if (!writer.stream)
		return read_no_memory(reader);
	put_rule(&writer, reader, node, rule);
	if (fclose(writer.stream))
		err = read_no_memory(reader);
	else
		err = read_store(reader, text, &rule->text);
	free(text);
	return err;
}
