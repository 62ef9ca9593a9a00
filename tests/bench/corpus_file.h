/* SPDX-License-Identifier: GPL-2.0-only */
/* Corpora as files, as frames, and as maps of the injecting programs. */
#ifndef ROLEGATE_TESTS_CORPUS_FILE_H
#define ROLEGATE_TESTS_CORPUS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/bench/corpus.h"

struct corpus {
	struct corpus_header header;
	struct corpus_record *records;
};

/* Returns 0, -EINVAL for what is no corpus, or negative errno. */
int corpus_read(struct corpus *corpus, const char *path);
void corpus_release(struct corpus *corpus);

/* How many of its packets are to pass. */
__u32 corpus_passing(const struct corpus *corpus);

/* Packet i as it arrives; frame has room for CORPUS_V6_SIZE. Returns the size. */
size_t corpus_frame(const struct corpus *corpus, __u32 i, __u8 *frame);

/* The same with its checksums, as a stack takes it; IPv4 only. */
void corpus_whole_frame(const struct corpus *corpus, __u32 i, __u8 *frame);

/* Fills the map of its family, given both. Returns 0 or negative errno. */
int corpus_put(const struct corpus *corpus, int v4, int v6);

/* Lets injection begin at its first packet. */
void corpus_point(const struct corpus *corpus, struct corpus_cursor *cursor);

#endif
