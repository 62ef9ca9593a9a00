/* SPDX-License-Identifier: GPL-2.0-only */
/* A loaded config as one run of bytes, kept in a map beside its tables. */
#ifndef ROLEGATE_USER_IMAGE_H
#define ROLEGATE_USER_IMAGE_H

#include <stddef.h>

#include "user/policy/classes.h"
#include "user/policy/digest.h"
#include "user/policy/model.h"

/* What every command needs that has no config file: the state explains itself. */
struct image {
	__u32 generation;
	__u32 pad;
	__u64 loaded_at; /* seconds since 1970 */
	__u64 namespace; /* whose interfaces it is on, see namespace_cookie() */
	char digest[DIGEST_TEXT_SIZE];
	char config[4096];  /* path of the config file */
	struct model model; /* without members, and */
	struct classes
		classes; /* empty: both change, see user/kernel/roster.h */
};

void image_init(struct image *image);
void image_release(struct image *image);

/* Copies a model without its members into an image that has none yet. */
int image_copy(struct image *image, const struct model *model);

/* The image is of the same config as another: digest, path and time. */
void image_take_origin(struct image *image, const struct image *other);

/*
 * Writes the model and the rest into new memory, which the caller frees.
 * Returns 0 or -ENOMEM.
 */
int image_write(const struct image *image, const struct model *model,
		void **bytes, size_t *size);

/*
 * Reads what image_write() wrote into an empty image. Returns 0, -EPROTO if it
 * is none or of another LAYOUT_VERSION, or -ENOMEM.
 */
int image_read(struct image *image, const void *bytes, size_t size);

#endif
