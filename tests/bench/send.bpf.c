/* SPDX-License-Identifier: GPL-2.0-only */
/* Sends the frames of a corpus in turn; and what live traffic costs at least. */
#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>

#include "tests/bench/corpus.h"

const char gpl[] SEC("license") = "GPL";

/* The frame's words but for its last bytes, which an 8-byte store would pass. */
#define WORDS 6
#define REST  48

#define PROTOCOL 23 /* in a frame of IPv4 */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, CORPUS_MAX * sizeof(struct corpus_frame));
	__uint(max_entries, 1);
} frames SEC(".maps");

struct corpus_cursor cursor;
const volatile __u32 ifindex = 0;

/* Sends in one of so many cycles only, so that the receiver keeps up. */
const volatile __u32 every = 1;
__u32 cycles;

static __always_inline void copy(void *to, const void *from)
{
	int i;

	for (i = 0; i < WORDS; i++)
		((__u64 *)to)[i] = ((const __u64 *)from)[i];
	*(__u32 *)(to + REST) = *(const __u32 *)(from + REST);
	*(__u16 *)(to + REST + 4) = *(const __u16 *)(from + REST + 4);
}

SEC("xdp")
int bench_send(struct xdp_md *ctx)
{
	void *frame = (void *)(long)ctx->data;
	const struct corpus_frame *all;
	__u32 zero = 0, next = cursor.next & cursor.mask;

	if (++cycles < every)
		return XDP_DROP;
	cycles = 0;
	all = bpf_map_lookup_elem(&frames, &zero);
	if (!all || frame + CORPUS_V4_SIZE > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	copy(frame, all[next & (CORPUS_MAX - 1)].bytes);
	cursor.next = next + 1;
	return bpf_redirect(ifindex, 0);
}

SEC("xdp")
int bench_drop(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_DROP;
}

/* A frame that another CPU wrote is far away for the first that reads it. */
SEC("xdp")
int bench_read(struct xdp_md *ctx)
{
	const __u8 *frame = (void *)(long)ctx->data;

	if (frame + CORPUS_V4_SIZE > (const __u8 *)(long)ctx->data_end)
		return XDP_ABORTED;
	return frame[PROTOCOL] == IPPROTO_TCP ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int bench_pass(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}
