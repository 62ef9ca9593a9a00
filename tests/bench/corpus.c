/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads corpora, and puts them where the injecting programs find them. */
#include "tests/bench/corpus_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#define TCP_HEADER_WORDS 5

int corpus_read(struct corpus *corpus, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t count;

	if (!file)
		return -errno;
	memset(corpus, 0, sizeof(*corpus));
	if (fread(&corpus->header, sizeof(corpus->header), 1, file) != 1 ||
	    corpus->header.count > CORPUS_MAX) {
		fclose(file);
		return -EINVAL;
	}
	count = corpus->header.count;
	corpus->records = calloc(count, sizeof(*corpus->records));
	if (corpus->records && fread(corpus->records, sizeof(*corpus->records),
				     count, file) == count) {
		fclose(file);
		return 0;
	}
	fclose(file);
	corpus_release(corpus);
	return -EINVAL;
}

void corpus_release(struct corpus *corpus)
{
	free(corpus->records);
	corpus->records = NULL;
}

__u32 corpus_passing(const struct corpus *corpus)
{
	__u32 i, passing = 0;

	for (i = 0; i < corpus->header.count; i++)
		passing += corpus->records[i].passes;
	return passing;
}

static struct corpus_end end_of(const struct corpus_record *record)
{
	return (struct corpus_end){
		.ports = htonl((__u32)record->sport << 16 | record->dport),
		.tcp = htons(TCP_HEADER_WORDS << 12 | record->tcp_flags),
	};
}

/* The frame but for what is injected. */
static size_t frame_template(__u32 family, __u8 *frame)
{
	memset(frame, 0, CORPUS_V6_SIZE);
	memcpy(frame, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 12);
	if (family == 4) {
		memcpy(frame + 12, "\x08\0\x45\0\0\x28\0\0\x40\0\x40\x06", 12);
		return CORPUS_V4_SIZE;
	}
	memcpy(frame + 12, "\x86\xdd\x60\0\0\0\0\x14\x06\x40", 10);
	return CORPUS_V6_SIZE;
}

size_t corpus_frame(const struct corpus *corpus, __u32 i, __u8 *frame)
{
	const struct corpus_record *record = &corpus->records[i];
	struct corpus_end end = end_of(record);
	bool is_v4 = corpus->header.family == 4;
	size_t size = frame_template(corpus->header.family, frame);
	size_t at = is_v4 ? CORPUS_V4_ADDRESSES : CORPUS_V6_ADDRESSES;
	size_t l4 = is_v4 ? CORPUS_V4_L4 : CORPUS_V6_L4;
	size_t length = is_v4 ? 4 : 16;

	memcpy(frame + at, record->saddr, length);
	memcpy(frame + at + length, record->daddr, length);
	memcpy(frame + l4, &end.ports, sizeof(end.ports));
	memcpy(frame + l4 + CORPUS_TCP, &end.tcp, sizeof(end.tcp));
	return size;
}

/* The Internet checksum of size bytes, an even number, and of what was summed. */
static __u16 checksum(const __u8 *bytes, size_t size, __u32 sum)
{
	size_t i;

	for (i = 0; i < size; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return htons(~((sum & 0xffff) + (sum >> 16)));
}

void corpus_whole_frame(const struct corpus *corpus, __u32 i, __u8 *frame)
{
	__u8 whole[CORPUS_V6_SIZE];
	size_t length = corpus_frame(corpus, i, whole) - CORPUS_V4_L4;
	__u16 sum = checksum(whole + 14, CORPUS_V4_L4 - 14, 0);

	memcpy(whole + 24, &sum, sizeof(sum));
	/* With both addresses, which lie before it, protocol and length. */
	sum = checksum(whole + CORPUS_V4_ADDRESSES, 8 + length,
		       IPPROTO_TCP + length);
	memcpy(whole + CORPUS_V4_L4 + 16, &sum, sizeof(sum));
	memcpy(frame, whole, CORPUS_V4_SIZE);
}

static void pack_v4(const struct corpus_record *record,
		    struct corpus_v4 *packed)
{
	memcpy(&packed->addresses, record->saddr, 4);
	memcpy((__u8 *)&packed->addresses + 4, record->daddr, 4);
	packed->end = end_of(record);
}

static void pack_v6(const struct corpus_record *record,
		    struct corpus_v6 *packed)
{
	memcpy(packed->addresses, record->saddr, 16);
	memcpy(packed->addresses + 2, record->daddr, 16);
	packed->end = end_of(record);
}

int corpus_put(const struct corpus *corpus, int v4, int v6)
{
	bool is_v4 = corpus->header.family == 4;
	size_t size = is_v4 ? sizeof(struct corpus_v4)
			    : sizeof(struct corpus_v6);
	__u8 *packed = calloc(CORPUS_MAX, size);
	__u32 i, zero = 0;
	int err = 0;

	if (!packed)
		return -ENOMEM;
	for (i = 0; i < corpus->header.count; i++)
		if (is_v4)
			pack_v4(&corpus->records[i],
				(void *)(packed + i * size));
		else
			pack_v6(&corpus->records[i],
				(void *)(packed + i * size));
	if (bpf_map_update_elem(is_v4 ? v4 : v6, &zero, packed, BPF_ANY))
		err = -errno;
	free(packed);
	return err;
}

void corpus_point(const struct corpus *corpus, struct corpus_cursor *cursor)
{
	cursor->next = 0;
	cursor->mask = corpus->header.count - 1;
	cursor->family = corpus->header.family;
}
