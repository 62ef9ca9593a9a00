/* SPDX-License-Identifier: GPL-2.0-only */
/* Applies what explain and suggest propose, and sees what then passes. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <netinet/in.h>

#include <jansson.h>

#include "user/cmd/allow.h"
#include "user/cmd/describe_suggestion.h"
#include "user/cmd/sightings.h"
#include "user/policy/config.h"
#include "user/policy/native.h"
#include "user/policy/specific.h"

/*
 * Reads cases from standard input, one JSON object a line: {"config": …,
 * "packets": [[INTERFACE or null, HEX], …]}. Every drop that explain has a
 * remedy for has to pass with it. What suggest proposes for the first half of
 * the packets has to pass these, and of the second half nothing that was not
 * seen.
 */

#define FRAME_MAX 65536
#define AHEAD	  2 /* so that IP headers are aligned */

struct site {
	struct model model;
	struct tables tables;
	struct diag diag;
	struct image image;
	struct specific specific;
};

struct packet_case {
	__u8 *buffer;
	__u8 *frame;
	size_t size;
	__u16 iface;
	struct explain answer; /* with the case's own config */
};

static struct {
	unsigned long cases, drops, allowed, hopeless, proposed, newly, rules,
		wishes;
	unsigned long failed;
} totals;

static void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	printf("failed: case %lu: ", totals.cases);
	vprintf(format, arguments);
	putchar('\n');
	va_end(arguments);
	totals.failed++;
}

static void site_release(struct site *site)
{
	classes_init(&site->image.classes);
	image_release(&site->image);
	specific_release(&site->specific);
	tables_release(&site->tables);
	model_release(&site->model);
	diag_release(&site->diag);
}

/* Reads a config from memory, as from a file. */
static int site_read(struct site *site, const json_t *config)
{
	int fd = memfd_create("config", 0), err;
	char path[64];

	model_init(&site->model);
	tables_init(&site->tables);
	diag_init(&site->diag);
	image_init(&site->image);
	site->specific = (struct specific){};
	if (fd < 0)
		return -errno;
	json_dumpfd(config, fd, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = config_read(&site->model, path, &site->diag);
	if (!err)
		err = tables_compile(&site->tables, &site->model, &site->diag);
	if (!err)
		err = image_copy(&site->image, &site->model);
	if (!err)
		err = specific_init(&site->specific, &site->tables.classes);
	/* Only borrowed: site_release(). */
	site->image.classes = site->tables.classes;
	close(fd);
	if (err)
		diag_print(&site->diag, stdout);
	return err;
}

static struct explain judge_packet(const struct site *site,
				   const struct packet_case *packet)
{
	struct explain answer = {.iface = packet->iface};

	native_judge(&site->tables, packet->frame, packet->size, &answer);
	return answer;
}

static size_t read_hex(const char *hex, __u8 *bytes)
{
	unsigned int value;
	size_t n = 0;

	for (; hex[0] && n < FRAME_MAX && sscanf(hex, "%2x", &value) == 1;
	     hex += 2)
		bytes[n++] = value;
	return n;
}

static int read_packet(const struct site *site, const json_t *row,
		       struct packet_case *packet)
{
	const char *name = json_string_value(json_array_get(row, 0));
	const char *hex = json_string_value(json_array_get(row, 1));

	packet->iface = IFACE_UNKNOWN;
	if (name)
		packet->iface =
			IFACE_NUMBER(model_find_interface(&site->model, name));
	packet->buffer = malloc(AHEAD + strlen(hex) / 2 + 1);
	if (!packet->buffer)
		return -ENOMEM;
	packet->frame = packet->buffer + AHEAD;
	packet->size = read_hex(hex, packet->frame);
	packet->answer = judge_packet(site, packet);
	return 0;
}

static void merge_section(json_t *config, const json_t *snippet,
			  const char *section)
{
	json_t *from = json_object_get(snippet, section);
	json_t *to = json_object_get(config, section), *value;
	const char *key;

	json_object_foreach (from, key, value) {
		if (json_is_object(json_object_get(to, key)))
			json_object_update(json_object_get(to, key), value);
		else
			json_object_set(to, key, value);
	}
}

/* The config as an operator would have it who takes the advice. */
static json_t *with_snippet(const json_t *config, const json_t *snippet)
{
	json_t *merged = json_deep_copy(config);

	merge_section(merged, snippet, "interfaces");
	merge_section(merged, snippet, "roles");
	merge_section(merged, snippet, "rules");
	return merged;
}

static void check_allow(const json_t *config, const struct site *site,
			const struct packet_case *packet)
{
	json_t *snippet, *merged;
	struct explain answer;
	struct packet parsed;
	struct site other;
	char *text;

	native_parse(packet->frame, packet->size, &parsed);
	snippet = allow_snippet(&site->image, &parsed, &packet->answer,
				packet->iface);
	if (!snippet) {
		totals.hopeless++;
		if (!allow_advice(&parsed, &packet->answer))
			fail("nothing named for reason %u",
			     packet->answer.reason);
		return;
	}
	merged = with_snippet(config, snippet);
	text = json_dumps(snippet, 0);
	if (site_read(&other, merged)) {
		fail("%s is refused", text);
	} else {
		answer = judge_packet(&other, packet);
		totals.allowed += answer.verdict == VERDICT_PASS;
		if (answer.verdict != VERDICT_PASS)
			fail("with %s: verdict %u, reason %u (was %u)", text,
			     answer.verdict, answer.reason,
			     packet->answer.reason);
	}
	site_release(&other);
	free(text);
	json_decref(merged);
	json_decref(snippet);
}

static bool is_of(const struct site *site, __u32 class, __u32 other)
{
	const struct classes *classes = &site->tables.classes;

	return classes_has_role(classes, class,
				specific_role(&site->specific, classes, other));
}

static bool is_between(const struct site *site, __u32 from, __u32 to,
		       __u32 sclass, __u32 dclass)
{
	return is_of(site, sclass, from) && is_of(site, dclass, to);
}

/* Config text does not tell the two kinds of ICMP apart. */
static bool is_same_port(__u8 slot, __u16 port, __u8 other, __u16 other_port)
{
	bool icmp = slot == SLOT_ICMP || slot == SLOT_ICMPV6;
	bool other_icmp = other == SLOT_ICMP || other == SLOT_ICMPV6;

	if (!icmp || !other_icmp)
		return slot == other && port == other_port;
	if (port == 8 || port == 128)
		return other_port == 8 || other_port == 128;
	if (port == 0 || port == 129)
		return other_port == 0 || other_port == 129;
	return port == other_port;
}

/* `protocol: icmp` lets every type pass, which suggest says. */
static bool opens_all_icmp(const struct seen *seen)
{
	return seen->slot == SLOT_OTHER &&
	       (seen->port == IPPROTO_ICMP || seen->port == IPPROTO_ICMPV6);
}

/* Is what newly passes, that way round, what some flow was proposed for? */
static bool was_wished(const struct site *site,
		       const struct sightings *sightings,
		       const struct packet_case *packet,
		       const struct packet *parsed, bool is_reply)
{
	const struct seen *seen;
	__u32 from = is_reply ? packet->answer.dclass : packet->answer.sclass;
	__u32 to = is_reply ? packet->answer.sclass : packet->answer.dclass;
	__u16 port = is_reply ? parsed->sport : parsed->dport;
	bool answers;
	__u32 i;

	for (i = 0; i < sightings->flows.count; i++) {
		seen = &sightings->flows.items[i];
		answers = seen->kind == FLOW_ANSWERS;
		if (seen->sclass == CLASS_NONE || seen->dclass == CLASS_NONE ||
		    !is_between(site, answers ? seen->dclass : seen->sclass,
				answers ? seen->sclass : seen->dclass, from,
				to))
			continue;
		if (opens_all_icmp(seen) ||
		    is_same_port(seen->slot, seen->port, parsed->slot, port))
			return true;
	}
	return false;
}

static void check_suggested(const struct site *site, const struct site *other,
			    const struct sightings *sightings,
			    const struct packet_case *packet, bool was_seen)
{
	struct explain answer = judge_packet(other, packet);
	bool has_roles = packet->answer.sclass != CLASS_NONE &&
			 packet->answer.dclass != CLASS_NONE;
	struct packet parsed;

	if (packet->answer.verdict == VERDICT_PASS) {
		if (answer.verdict != VERDICT_PASS)
			fail("what passed is dropped with the suggestion");
		return;
	}
	if (was_seen && has_roles && allow_by_rule(packet->answer.reason)) {
		totals.proposed++;
		if (answer.verdict != VERDICT_PASS)
			fail("a seen drop stays one, reason %u (was %u)",
			     answer.reason, packet->answer.reason);
	}
	if (answer.verdict != VERDICT_PASS || answer.reason == REASON_RELATED)
		return;
	totals.newly++;
	native_parse(packet->frame, packet->size, &parsed);
	if (!was_wished(site, sightings, packet, &parsed,
			answer.reason == REASON_REPLY))
		fail("what was never seen passes with the suggestion, slot %u "
		     "port %u",
		     parsed.slot, parsed.dport);
}

static json_t *rules_of(const json_t *described)
{
	const json_t *rules = json_object_get(described, "rules"), *row;
	json_t *section = json_object();
	size_t i;

	for (i = 0; i < json_array_size(rules); i++) {
		row = json_array_get(rules, i);
		json_object_set(section,
				json_string_value(json_object_get(row, "name")),
				json_object_get(row, "rule"));
	}
	return json_pack("{s:o}", "rules", section);
}

static void check_suggestion(const json_t *config, const struct site *site,
			     const struct packet_case *packets, size_t count)
{
	struct sightings sightings = {};
	struct suggestion suggestion;
	json_t *described, *snippet, *merged;
	struct site other;
	size_t i;

	suggestion_init(&suggestion);
	for (i = 0; i < count / 2; i++)
		sightings_add(&sightings, packets[i].frame, packets[i].size,
			      &packets[i].answer);
	sightings_merge(&sightings);
	if (suggest(&suggestion, &site->tables.classes, sightings.flows.items,
		    sightings.flows.count))
		fail("no memory");
	described = describe_suggestion(&site->image, &suggestion, &sightings,
					"test");
	totals.rules += suggestion.proposals.count;
	totals.wishes += sightings.flows.count - suggestion.strangers.count;
	snippet = rules_of(described);
	merged = with_snippet(config, snippet);
	if (site_read(&other, merged))
		fail("the suggestion is refused");
	else
		for (i = 0; i < count; i++)
			check_suggested(site, &other, &sightings, &packets[i],
					i < count / 2);
	site_release(&other);
	json_decref(merged);
	json_decref(snippet);
	json_decref(described);
	suggestion_release(&suggestion);
	sightings_release(&sightings);
}

static void check_case(const json_t *config, const json_t *rows,
		       unsigned long drops_wanted)
{
	size_t count = json_array_size(rows), i;
	struct packet_case *packets = calloc(count + 1, sizeof(*packets));
	unsigned long drops = 0;
	struct site site;

	if (!packets || site_read(&site, config)) {
		fail("the config is refused");
		exit(2);
	}
	for (i = 0; i < count; i++)
		if (read_packet(&site, json_array_get(rows, i), &packets[i]))
			exit(2);
	for (i = 0; i < count && drops < drops_wanted; i++) {
		if (packets[i].answer.verdict == VERDICT_PASS ||
		    !allow_by_rule(packets[i].answer.reason))
			continue;
		drops++;
		check_allow(config, &site, &packets[i]);
	}
	totals.drops += drops;
	check_suggestion(config, &site, packets, count);
	for (i = 0; i < count; i++)
		free(packets[i].buffer);
	free(packets);
	site_release(&site);
}

int main(int argc, char **argv)
{
	unsigned long drops = argc > 1 ? strtoul(argv[1], NULL, 10) : 20;
	char *line = NULL;
	size_t room = 0;
	json_t *row;

	while (getline(&line, &room, stdin) > 0) {
		row = json_loads(line, 0, NULL);
		if (!row)
			return 2;
		totals.cases++;
		check_case(json_object_get(row, "config"),
			   json_object_get(row, "packets"), drops);
		json_decref(row);
	}
	free(line);
	printf("%lu cases: %lu of %lu drops pass with what explain names, for %lu "
	       "it names nothing; "
	       "%lu rules for %lu flows pass all of %lu drops, and %lu packets "
	       "in all; %lu failed\n",
	       totals.cases, totals.allowed, totals.drops, totals.hopeless,
	       totals.rules, totals.wishes, totals.proposed, totals.newly,
	       totals.failed);
	/* Only for the oddest of addresses nothing can be named. */
	return totals.failed || !totals.drops ||
	       totals.hopeless * 50 > totals.drops;
}
