/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter as it is, behind packets of a corpus; and what does nothing. */
#include "bpf/filter.bpf.c"

#include "tests/bench/inject.h"

SEC("xdp")
int bench_filter(struct xdp_md *ctx)
{
	inject(ctx);
	return filter(ctx);
}

/* The floor: no filter can cost less. */
SEC("xdp")
int bench_drop(struct xdp_md *ctx)
{
	inject(ctx);
	return XDP_DROP;
}
