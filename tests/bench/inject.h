/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the frame the next packet of the corpus. */
#ifndef ROLEGATE_TESTS_INJECT_H
#define ROLEGATE_TESTS_INJECT_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tests/bench/corpus.h"

#define CORPUS_TABLE(table_name, type_name)                         \
	struct {                                                    \
		__uint(type, BPF_MAP_TYPE_ARRAY);                   \
		__uint(map_flags, BPF_F_MMAPABLE);                  \
		__uint(key_size, sizeof(__u32));                    \
		__uint(value_size, CORPUS_MAX * sizeof(type_name)); \
		__uint(max_entries, 1);                             \
	} table_name SEC(".maps")

CORPUS_TABLE(corpus_v4, struct corpus_v4);
CORPUS_TABLE(corpus_v6, struct corpus_v6);

struct corpus_cursor cursor;

static __always_inline void inject_end(void *l4, const struct corpus_end *end)
{
	*(__u32 *)l4 = end->ports;
	*(__u16 *)(l4 + CORPUS_TCP) = end->tcp;
}

static __always_inline void inject_v4(void *frame, __u32 next)
{
	const struct corpus_v4 *packets;
	__u32 zero = 0;

	packets = bpf_map_lookup_elem(&corpus_v4, &zero);
	if (!packets)
		return;
	packets += next & (CORPUS_MAX - 1);
	*(__u64 *)(frame + CORPUS_V4_ADDRESSES) = packets->addresses;
	inject_end(frame + CORPUS_V4_L4, &packets->end);
}

static __always_inline void inject_v6(void *frame, __u32 next)
{
	const struct corpus_v6 *packets;
	__u64 *addresses = frame + CORPUS_V6_ADDRESSES;
	__u32 zero = 0;
	int i;

	packets = bpf_map_lookup_elem(&corpus_v6, &zero);
	if (!packets)
		return;
	packets += next & (CORPUS_MAX - 1);
	for (i = 0; i < 4; i++)
		addresses[i] = packets->addresses[i];
	inject_end(frame + CORPUS_V6_L4, &packets->end);
}

static __always_inline void inject(struct xdp_md *ctx)
{
	void *frame = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	__u32 next = cursor.next & cursor.mask;

	cursor.next = next + 1;
	if (cursor.family == 4 && frame + CORPUS_V4_SIZE <= end)
		inject_v4(frame, next);
	else if (cursor.family == 6 && frame + CORPUS_V6_SIZE <= end)
		inject_v6(frame, next);
}

#endif
