/* SPDX-License-Identifier: GPL-2.0-only */
/* A drop that was seen, as JSON and as a line of text. */
#include "user/cmd/describe_event.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/if_ether.h>

#include "user/cmd/describe.h"
#include "user/output/show.h"
#include "user/policy/protocol.h"
#include "user/policy/reason.h"

#define SECOND 1000000000ULL

struct prefix event_address(__u8 family, const __u32 *words)
{
	struct prefix prefix = {.family = family};

	prefix.length = prefix_bits(&prefix);
	memcpy(prefix.address, words, prefix.length / 8);
	return prefix;
}

/* The policy's name for it, or the system's. */
static json_t *describe_interface(const struct event *event,
				  const struct image *image)
{
	char name[IF_NAMESIZE];
	__u32 index = event->iface - 1U;

	if (image && index < image->model.interfaces.count)
		return json_string(
			model_str(&image->model,
				  image->model.interfaces.items[index].name));
	if (if_indextoname(event->ifindex, name))
		return json_string(name);
	return json_sprintf("%u", event->ifindex);
}

static bool has_ports(const struct event *event)
{
	return event->slot <= SLOT_SCTP && (event->sport || event->dport);
}

static json_t *describe_mac(const __u8 *bytes)
{
	return json_sprintf("%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1],
			    bytes[2], bytes[3], bytes[4], bytes[5]);
}

/* One end: its IP address and roles, or its MAC where there is no such. */
static json_t *describe_end(const struct event *event,
			    const struct image *image, const __u32 *address,
			    __u32 class, __u16 port, const __u8 *mac)
{
	char text[PREFIX_TEXT_SIZE];
	struct prefix prefix;
	json_t *end = json_object();

	if (!event->family) {
		if (event->caught >= ETH_HLEN)
			json_object_set_new(end, "mac", describe_mac(mac));
		return end;
	}
	prefix = event_address(event->family, address);
	json_object_set_new(end, "address",
			    json_string(prefix_to_str(&prefix, text)));
	if (event->has_classes && image && class < image->classes.sets.count)
		json_object_set_new(
			end, "roles",
			describe_class(&image->model, &image->classes, class));
	if (has_ports(event))
		json_object_set_new(end, "port", json_integer(port));
	return end;
}

static json_t *describe_moment(__u64 time)
{
	time_t seconds = time / SECOND;
	struct tm parts;
	char text[32];

	gmtime_r(&seconds, &parts);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
	return json_sprintf("%s.%09uZ", text, (unsigned int)(time % SECOND));
}

static bool is_icmp(const struct event *event)
{
	return event->slot == SLOT_ICMP || event->slot == SLOT_ICMPV6;
}

json_t *describe_flags(__u8 flags)
{
	json_t *list = json_array();
	int i;

	for (i = 0; i < TCP_FLAG_COUNT; i++)
		if (flags >> i & 1)
			json_array_append_new(list,
					      json_string(tcp_flag_names[i]));
	return list;
}

/* What only some packets have. */
static void add_details(json_t *row, const struct event *event)
{
	char name[PROTOCOL_TEXT_SIZE];
	__be16 ethertype;

	if (event->family)
		json_object_set_new(
			row, "protocol",
			json_string(protocol_to_str(event->protocol, name)));
	if (event->slot == SLOT_TCP && event->tcp_flags)
		json_object_set_new(row, "flags",
				    describe_flags(event->tcp_flags));
	if (is_icmp(event) && event->has_classes)
		json_object_set_new(row, "type", json_integer(event->dport));
	if (!event->family && event->caught >= ETH_HLEN) {
		memcpy(&ethertype, event->frame + 2 * ETH_ALEN, 2);
		json_object_set_new(row, "ethertype",
				    json_sprintf("0x%04x", ntohs(ethertype)));
	}
}

json_t *describe_event(const struct event *event, const struct image *image,
		       __u64 clock)
{
	json_t *row = show_new();

	json_object_update_new(
		row,
		json_pack(
			"{s:o, s:o, s:s, s:s, s:o, s:o, s:I, s:I}", "time",
			describe_moment(event->time + clock), "interface",
			describe_interface(event, image), "verdict",
			verdict_name(event->verdict), "reason",
			reason_name(event->reason), "from",
			describe_end(event, image, event->saddr, event->sclass,
				     event->sport, event->frame + ETH_ALEN),
			"to",
			describe_end(event, image, event->daddr, event->dclass,
				     event->dport, event->frame),
			"bytes", (json_int_t)event->length, "generation",
			(json_int_t)event->generation));
	add_details(row, event);
	return row;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* "192.0.2.1:443", "[2001:db8::1]:443 (edge)", "?" */
static void print_end(const json_t *end)
{
	const char *address = text_of(end, "address");
	const json_t *port = json_object_get(end, "port");
	const json_t *roles = json_object_get(end, "roles");
	bool in_brackets = port && address && strchr(address, ':');
	char *list;

	if (!address)
		address = text_of(end, "mac");
	printf("%s%s%s", in_brackets ? "[" : "", address ? address : "?",
	       in_brackets ? "]" : "");
	if (port)
		printf(":%lld", json_integer_value(port));
	if (!roles)
		return;
	list = show_text(roles);
	printf(" (%s)", json_array_size(roles) && list ? list : "no role");
	free(list);
}

static void print_details(const json_t *row)
{
	const json_t *flags = json_object_get(row, "flags");
	const json_t *type = json_object_get(row, "type");
	const char *protocol = text_of(row, "protocol");
	const char *ethertype = text_of(row, "ethertype");
	char *list;

	if (protocol)
		printf(" %s", protocol);
	if (ethertype)
		printf(" ethertype %s", ethertype);
	if (type)
		printf(" type %lld", json_integer_value(type));
	if (flags) {
		list = show_text(flags);
		printf(" %s", list ? list : "");
		free(list);
	}
}

void print_event(const json_t *row, const struct event *event, __u64 clock)
{
	__u64 time = event->time + clock;
	time_t seconds = time / SECOND;
	struct tm parts;
	char text[16];

	localtime_r(&seconds, &parts);
	strftime(text, sizeof(text), "%H:%M:%S", &parts);
	printf("%s.%06u %s %s %s ", text, (unsigned int)(time % SECOND / 1000),
	       text_of(row, "interface"), text_of(row, "verdict"),
	       text_of(row, "reason"));
	print_end(json_object_get(row, "from"));
	printf(" > ");
	print_end(json_object_get(row, "to"));
	print_details(row);
	printf(", %u bytes\n", event->length);
}
