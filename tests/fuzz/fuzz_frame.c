/* SPDX-License-Identifier: GPL-2.0-only */
/* Fuzzes the filter's judging code with any bytes as frames; checks what must hold. */
#include <stdio.h>
#include <stdlib.h>

/* Not linked but included: the steps inside are asked, too. */
#include "user/policy/native.c"

#include "tests/fuzz/fuzz.h"
#include "tests/packet/cases.h"
#include "user/policy/config.h"
#include "user/policy/reason.h"

/*
 * An input is a byte for the settings, a byte for the interface, the size of
 * the first frame in two bytes (low one first), the first frame, and what is
 * left as a second one, which may be a later fragment of the first.
 */
#define INPUT_HEAD 4

/* One frame that comes in by an interface, and the config that it meets. */
struct sample {
	const struct tables *tables;
	__u16 iface;
	const __u8 *bytes;
	size_t size;
};

static struct tables compiled[VARIANT_COUNT];
static __u16 rule_count, iface_count;
static enum reason last_reason;

#define MUST(condition, sample)                             \
	do {                                                \
		if (!(condition))                           \
			fail(#condition, __func__, sample); \
	} while (0)

static void fail(const char *condition, const char *check,
		 const struct sample *sample)
{
	size_t i;

	fprintf(stderr, "%s: not %s\n%s, interface %u, %zu bytes: ", check,
		condition, reason_name(last_reason), sample->iface,
		sample->size);
	for (i = 0; i < sample->size; i++)
		fprintf(stderr, "%02x", sample->bytes[i]);
	fputc('\n', stderr);
	abort();
}

/* A copy that ends where its memory ends, with IP headers aligned. */
static __u8 *copy_exactly(const __u8 *bytes, size_t size)
{
	__u8 *copy = malloc(size + 2);

	if (!copy)
		abort();
	if (size)
		memcpy(copy + 2, bytes, size);
	return copy + 2;
}

static void free_copy(const void *copy)
{
	free((__u8 *)copy - 2);
}

static struct frame frame_of(const struct sample *sample, size_t linear)
{
	__u8 *copy = copy_exactly(sample->bytes, linear);

	return (struct frame){
		.data = copy,
		.data_end = copy + linear,
		.len = sample->size,
	};
}

/* Judges a frame of which linear bytes are in the first buffer. */
static struct explain ask_split(const struct sample *sample, size_t linear,
				bool track)
{
	struct explain answer = {.iface = sample->iface, .track = track};
	struct frame frame = frame_of(sample, linear);

	current = sample->tables;
	explain_frame(&frame, &answer);
	free_copy(frame.data);
	last_reason = answer.reason;
	return answer;
}

static struct explain ask(const struct sample *sample)
{
	return ask_split(sample, sample->size, false);
}

/* What the parser says of it, ports included if they are read. */
static enum reason parse(const struct sample *sample, struct packet *packet)
{
	struct frame frame = frame_of(sample, sample->size);
	enum reason reason;

	*packet = (struct packet){};
	current = sample->tables;
	reason = read_headers(&frame, packet);
	free_copy(frame.data);
	return reason;
}

static bool is_same(const struct explain *one, const struct explain *other)
{
	return one->verdict == other->verdict && one->reason == other->reason &&
	       one->rule == other->rule && one->sclass == other->sclass &&
	       one->dclass == other->dclass;
}

/* May a packet pass for that reason under the settings of now? */
static bool may_pass(enum reason reason)
{
	switch (reason) {
	case REASON_NEIGHBOR:
	case REASON_RULE:
	case REASON_REPLY:
		return true;
	case REASON_RELATED:
		return SHAPE(icmp_errors) != ICMP_ERRORS_DROP;
	case REASON_FRAGMENT:
		return SHAPE(fragments_track);
	case REASON_NON_IP:
		return SHAPE(non_ip_pass);
	case REASON_STRANGER:
		return SHAPE(strangers_pass);
	default:
		return false;
	}
}

static bool must_pass(enum reason reason)
{
	return reason != REASON_FRAGMENT && may_pass(reason);
}

/* One verdict, one reason, and a rule exactly where one decided. */
static void check_answer(const struct sample *sample,
			 const struct explain *answer)
{
	bool pass = answer->verdict == VERDICT_PASS;
	bool by_rule = answer->reason == REASON_RULE ||
		       answer->reason == REASON_REPLY;

	current = sample->tables;
	MUST(answer->reason > REASON_NONE, sample);
	MUST(answer->reason < REASON_NO_POLICY, sample);
	MUST(pass || answer->verdict == VERDICT_DROP, sample);
	MUST(!pass || may_pass(answer->reason), sample);
	MUST(pass || !must_pass(answer->reason), sample);
	MUST((answer->rule != RULE_NONE) == by_rule, sample);
	MUST(!by_rule || answer->rule < rule_count, sample);
	MUST(answer->sclass <= SHAPE(class_mask), sample);
	MUST(answer->dclass <= SHAPE(class_mask), sample);
	MUST(answer->reason != REASON_UNRELATED ||
		     SHAPE(icmp_errors) != ICMP_ERRORS_PASS,
	     sample);
}

static void check_again(const struct sample *sample,
			const struct explain *answer)
{
	struct explain again = ask(sample);

	MUST(is_same(&again, answer), sample);
}

/* Bytes behind the announced length change nothing, if it was there at all. */
static void check_padding(const struct sample *sample,
			  const struct explain *answer)
{
	__u8 padded[FUZZ_FRAME_MAX + 64];
	struct sample longer = *sample;
	struct explain again;
	size_t i;

	if (answer->reason == REASON_TRUNCATED)
		return;
	memcpy(padded, sample->bytes, sample->size);
	longer.bytes = padded;
	longer.size += 1 + sample->bytes[sample->size - 1] % 64;
	for (i = sample->size; i < longer.size; i++)
		padded[i] = sample->bytes[i % sample->size];
	again = ask(&longer);
	MUST(is_same(&again, answer), &longer);
}

/* Without the announced length's last byte, IP is truncated. */
static void check_cut(const struct sample *sample)
{
	struct sample shorter = *sample;
	struct explain answer;
	struct packet packet;

	parse(sample, &packet);
	if (!packet.end || packet.end > sample->size)
		return;
	shorter.size = packet.end - 1;
	answer = ask(&shorter);
	MUST(answer.reason == REASON_TRUNCATED, &shorter);
}

static unsigned int tags_of(const struct sample *sample)
{
	const __u8 *at = sample->bytes + 2 * ETH_ALEN;
	unsigned int tags = 0;

	while (at + 2 <= sample->bytes + sample->size &&
	       ((at[0] == 0x81 && at[1] == 0) ||
		(at[0] == 0x88 && at[1] == 0xa8))) {
		tags++;
		at += 4;
	}
	return tags;
}

/* A tag more changes nothing, unless it is one too many. */
static void check_tagged(const struct sample *sample,
			 const struct explain *answer)
{
	static const __u8 tags[2][4] = {{0x81, 0, 0, 1}, {0x88, 0xa8, 0, 1}};
	__u8 tagged[FUZZ_FRAME_MAX + 4];
	struct sample longer = *sample;
	struct explain again;

	if (sample->size < ETH_HLEN)
		return;
	memcpy(tagged, sample->bytes, 2 * ETH_ALEN);
	memcpy(tagged + 2 * ETH_ALEN, tags[sample->bytes[0] & 1], 4);
	memcpy(tagged + 2 * ETH_ALEN + 4, sample->bytes + 2 * ETH_ALEN,
	       sample->size - 2 * ETH_ALEN);
	longer.bytes = tagged;
	longer.size += 4;
	again = ask(&longer);
	if (tags_of(sample) < 2)
		MUST(is_same(&again, answer), &longer);
	else
		MUST(again.reason == REASON_VLAN_DEPTH, &longer);
}

/* Flips bytes of the packet at these places behind l3, up to the -1. */
static void flip(__u8 *bytes, size_t size, size_t l3, const int *places)
{
	for (; *places >= 0; places++)
		if (l3 + *places < size)
			bytes[l3 + *places] ^= bytes[size - 1] | 1;
}

/* MACs, DSCP, TTL, checksum and flow label are nobody's business here. */
static void check_indifferent(const struct sample *sample,
			      const struct explain *answer)
{
	static const int ethernet[] = {0, 1, 2, 3,  4,	5, 6,
				       7, 8, 9, 10, 11, -1};
	static const int ipv4[] = {1, 8, 10, 11, -1};
	static const int ipv6[] = {1, 2, 3, -1};
	struct frame frame = frame_of(sample, sample->size);
	__u8 flipped[FUZZ_FRAME_MAX];
	struct sample other = *sample;
	struct explain again;
	__u16 ethertype = 0;
	__u32 l3 = 0;

	parse_ethernet(&frame, &l3, &ethertype);
	free_copy(frame.data);
	memcpy(flipped, sample->bytes, sample->size);
	flip(flipped, sample->size, 0, ethernet);
	if (ethertype == ETH_P_IP)
		flip(flipped, sample->size, l3, ipv4);
	if (ethertype == ETH_P_IPV6)
		flip(flipped, sample->size, l3, ipv6);
	other.bytes = flipped;
	again = ask(&other);
	MUST(is_same(&again, answer), &other);
}

/* What lies beyond the first buffer is never guessed. */
static void check_buffers(const struct sample *sample,
			  const struct explain *answer)
{
	size_t linear = sample->size * sample->bytes[sample->size / 2] / 256;
	struct explain split = ask_split(sample, linear, false);

	check_answer(sample, &split);
	if (is_same(&split, answer))
		return;
	MUST(split.verdict == VERDICT_DROP, sample);
	MUST(split.reason == REASON_TRUNCATED ||
		     split.reason == REASON_SOURCE_ROUTE ||
		     split.reason == REASON_EXT_CHAIN ||
		     split.reason == REASON_SPOOFED ||
		     split.reason == REASON_UNRELATED,
	     sample);
}

/* An answer to what a rule lets pass passes; what is answered passes. */
static void check_turned_round(const struct sample *sample,
			       const struct explain *answer)
{
	struct decision back = {
		.sclass = answer->dclass,
		.dclass = answer->sclass,
		.rule = RULE_NONE,
	};
	struct packet packet;

	if (answer->rule == RULE_NONE && answer->reason != REASON_DIRECTION)
		return;
	MUST(parse(sample, &packet) == REASON_NONE, sample);
	packet.tcp_flags = TCP_ACK;
	packet.sport ^= packet.dport;
	packet.dport ^= packet.sport;
	packet.sport ^= packet.dport;
	current = sample->tables;
	decide(&packet, &back);
	MUST(back.pass, sample);
	MUST(answer->reason == REASON_RULE || back.reason == REASON_RULE,
	     sample);
}

/* Judges one frame in every way that must not matter. */
static struct explain check_frame(const struct sample *sample)
{
	struct explain answer = ask(sample);

	check_answer(sample, &answer);
	check_again(sample, &answer);
	if (!sample->size)
		return answer;
	check_padding(sample, &answer);
	check_cut(sample);
	check_tagged(sample, &answer);
	check_indifferent(sample, &answer);
	check_buffers(sample, &answer);
	check_turned_round(sample, &answer);
	return answer;
}

static bool has_same_ends(const struct packet *one, const struct packet *other)
{
	return !memcmp(one->saddr, other->saddr, sizeof(one->saddr)) &&
	       !memcmp(one->daddr, other->daddr, sizeof(one->daddr)) &&
	       one->family == other->family;
}

/* A later fragment passes only behind a first one that passed. */
static void check_datagram(const struct sample *first,
			   const struct sample *second)
{
	struct explain answer, before;
	struct packet head, tail;

	memset(&tracked, 0, sizeof(tracked));
	before = ask_split(first, first->size, true);
	answer = check_frame(second);
	if (answer.reason != REASON_FRAGMENT || answer.verdict != VERDICT_PASS)
		return;
	parse(first, &head);
	parse(second, &tail);
	MUST(before.verdict == VERDICT_PASS, second);
	MUST(head.fragment == FRAGMENT_FIRST, second);
	MUST(tail.fragment == FRAGMENT_LATER, second);
	MUST(has_same_ends(&head, &tail), second);
	MUST(head.fragment_id == tail.fragment_id, second);
	MUST(head.family == 6 || head.protocol == tail.protocol, second);
	MUST(tail.fragment_offset >= head.fragment_length, second);
}

static void compile(struct tables *tables, const char *settings)
{
	struct model model;
	struct diag diag;
	char text[2048];

	snprintf(text, sizeof(text), "%s%s", config_text, settings);
	tables_init(tables);
	model_init(&model);
	diag_init(&diag);
	if (fuzz_config_read(&model, text, strlen(text), &diag) ||
	    tables_compile(tables, &model, &diag))
		abort();
	rule_count = model.rules.count;
	iface_count = model.interfaces.count;
	diag_release(&diag);
	model_release(&model);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int i;

	(void)argc;
	(void)argv;
	for (i = 0; i < VARIANT_COUNT; i++)
		compile(&compiled[i], variant_settings[i]);
	return 0;
}

/* Makes the announced IP length fit what there is. */
static void mend_length(__u8 *bytes, size_t size)
{
	size_t at = 2 * ETH_ALEN;
	__u16 length;

	while (at + 46 < size && (bytes[at] == 0x81 || bytes[at] == 0x88))
		at += 4;
	if (at + 46 >= size)
		return;
	length = size - at - 2;
	if (bytes[at] == 0x86)
		length -= sizeof(struct ipv6hdr);
	at += bytes[at] == 0x86 ? 6 : 4;
	bytes[at] = length >> 8;
	bytes[at + 1] = length;
}

/* Lengths that lie are easily found; ones that fit need help. */
size_t LLVMFuzzerCustomMutator(__u8 *data, size_t size, size_t room,
			       unsigned int seed)
{
	size_t split;

	size = LLVMFuzzerMutate(data, size, room);
	if (seed % 4 == 0 || size < INPUT_HEAD)
		return size;
	split = data[2] | data[3] << 8;
	if (split > size - INPUT_HEAD)
		split = size - INPUT_HEAD;
	mend_length(data + INPUT_HEAD, split);
	mend_length(data + INPUT_HEAD + split, size - INPUT_HEAD - split);
	return size;
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct sample first, second;
	size_t split;

	if (size < INPUT_HEAD || size - INPUT_HEAD > FUZZ_FRAME_MAX)
		return 0;
	split = data[2] | data[3] << 8;
	size -= INPUT_HEAD;
	if (split > size)
		split = size;
	first = (struct sample){
		.tables = &compiled[data[0] % VARIANT_COUNT],
		.iface = data[1] % (iface_count + 1),
		.bytes = data + INPUT_HEAD,
		.size = split,
	};
	second = first;
	second.bytes += split;
	second.size = size - split;
	memset(&tracked, 0, sizeof(tracked));
	check_frame(&first);
	if (second.size)
		check_datagram(&first, &second);
	return 0;
}
