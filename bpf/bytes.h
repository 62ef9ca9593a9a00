/* SPDX-License-Identifier: GPL-2.0-only */
/* A frame as a run of bytes, and byte order, for the kernel and for tests. */
#ifndef ROLEGATE_BYTES_H
#define ROLEGATE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* Keeps a compiler from making a branch of arithmetic that avoids one. */
#define keep_opaque(value) __asm__ volatile("" : "+r"(value))

/* The first buffer, and the frame's length as far as it is known. */
struct frame {
	void *context; /* struct xdp_md in the kernel, for the steps apart */
	const void *data;
	const void *data_end;
	__u64 len; /* of the first buffer, or of all: see frame_is_shorter() */
};

/*
 * The length over all buffers; the includer provides it. In the kernel it
 * takes a call, which small frames, of one buffer, are spared.
 */
static __always_inline __u32 frame_whole(const struct frame *frame);

static __always_inline bool frame_is_shorter(const struct frame *frame, __u32 n)
{
	return n > frame->len && n > frame_whole(frame);
}

/*
 * No header is sought beyond this: keeps offsets bounded for the verifier. The
 * longest chain of eight extension headers ends before it.
 */
#define FRAME_OFFSET_MAX 0x7fff

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define be16_to_host(value) __builtin_bswap16((__u16)(value))
#define be32_to_host(value) __builtin_bswap32((__u32)(value))
#define be64_to_host(value) __builtin_bswap64((__u64)(value))
#else
#define be16_to_host(value) ((__u16)(value))
#define be32_to_host(value) ((__u32)(value))
#define be64_to_host(value) ((__u64)(value))
#endif
#define host_to_be16(value) be16_to_host(value)
#define host_to_be32(value) be32_to_host(value)

/* The n bytes from offset, or NULL if they are not all in the first buffer. */
static __always_inline const void *frame_at(const struct frame *frame,
					    __u32 offset, __u32 n)
{
	const __u8 *bytes = frame->data;

	if (offset > FRAME_OFFSET_MAX)
		return NULL;
	bytes += offset;
	if ((const void *)(bytes + n) > frame->data_end)
		return NULL;
	return bytes;
}

#endif
