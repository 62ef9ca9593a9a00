/* SPDX-License-Identifier: GPL-2.0-only */
/* A loaded config as one run of bytes, kept in a map beside its tables. */
#include "user/policy/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0x656c6f72U /* "role", in the order of its bytes */

/*
 * The arrays of a model but its members (user/kernel/roster.h), whose elements
 * mean the same wherever they lie.
 */
struct array {
	void *items;
	__u32 count;
	__u32 room;
};

struct section {
	size_t offset; /* in struct model */
	size_t size;   /* of an element */
};

#define SECTION(name)                                               \
	{                                                           \
		offsetof(struct model, name),                       \
			sizeof(*((struct model *)NULL)->name.items) \
	}

static const struct section sections[] = {
	SECTION(text),	 SECTION(roles), SECTION(role_refs),  SECTION(matches),
	SECTION(sports), SECTION(rules), SECTION(interfaces), SECTION(policies),
	SECTION(tests),	 SECTION(keep),
};

#define SECTION_COUNT (sizeof(sections) / sizeof(*sections))

struct header {
	__u32 magic;
	__u32 layout;
	__u64 size;
	__u32 counts[SECTION_COUNT];
	__u32 generation;
	__u64 loaded_at;
	__u64 namespace;
	struct settings settings;
	char digest[DIGEST_TEXT_SIZE];
	char config[4096];
};

void image_init(struct image *image)
{
	memset(image, 0, sizeof(*image));
	model_init(&image->model);
	classes_init(&image->classes);
}

void image_release(struct image *image)
{
	model_release(&image->model);
	classes_release(&image->classes);
}

static const struct array *array_of(const struct model *model, size_t i)
{
	return (const void *)((const char *)model + sections[i].offset);
}

static size_t size_of(const struct model *model)
{
	size_t size = sizeof(struct header), i;

	for (i = 0; i < SECTION_COUNT; i++)
		size += array_of(model, i)->count * sections[i].size;
	return size;
}

static char *put(char *at, const void *bytes, size_t size)
{
	if (size)
		memcpy(at, bytes, size);
	return at + size;
}

int image_write(const struct image *image, const struct model *model,
		void **bytes, size_t *size)
{
	struct header header = {
		.magic = MAGIC,
		.layout = LAYOUT_VERSION,
		.size = size_of(model),
		.generation = image->generation,
		.loaded_at = image->loaded_at,
		.namespace = image->namespace,
		.settings = model->settings,
	};
	char *start = malloc(header.size), *at;
	size_t i;

	if (!start)
		return -ENOMEM;
	memcpy(header.digest, image->digest, sizeof(header.digest));
	memcpy(header.config, image->config, sizeof(header.config));
	for (i = 0; i < SECTION_COUNT; i++)
		header.counts[i] = array_of(model, i)->count;
	at = put(start, &header, sizeof(header));
	for (i = 0; i < SECTION_COUNT; i++)
		at = put(at, array_of(model, i)->items,
			 array_of(model, i)->count * sections[i].size);
	*bytes = start;
	*size = header.size;
	return 0;
}

/* Takes size bytes off the run that is left; NULL if there are fewer. */
static const void *take(const char **at, size_t *left, size_t size)
{
	const char *bytes = *at;

	if (size > *left)
		return NULL;
	*at += size;
	*left -= size;
	return bytes;
}

static int read_section(struct model *model, size_t i, __u32 count,
			const char **at, size_t *left)
{
	struct array *array = (void *)((char *)model + sections[i].offset);
	const void *bytes = take(at, left, count * sections[i].size);

	if (!bytes)
		return -EPROTO;
	free(array->items);
	array->items = malloc(count * sections[i].size + 1);
	array->count = count;
	array->room = count;
	if (!array->items)
		return -ENOMEM;
	memcpy(array->items, bytes, count * sections[i].size);
	return 0;
}

int image_read(struct image *image, const void *bytes, size_t size)
{
	const char *at = bytes;
	size_t left = size, i;
	struct header header;
	int err = 0;

	if (!take(&at, &left, sizeof(header)))
		return -EPROTO;
	memcpy(&header, bytes, sizeof(header));
	if (header.magic != MAGIC || header.layout != LAYOUT_VERSION ||
	    header.size > size)
		return -EPROTO;
	image->generation = header.generation;
	image->loaded_at = header.loaded_at;
	image->namespace = header.namespace;
	image->model.settings = header.settings;
	memcpy(image->digest, header.digest, sizeof(image->digest));
	memcpy(image->config, header.config, sizeof(image->config));
	for (i = 0; i < SECTION_COUNT && !err; i++)
		err = read_section(&image->model, i, header.counts[i], &at,
				   &left);
	return err;
}

int image_copy(struct image *image, const struct model *model)
{
	void *bytes;
	size_t size;
	int err;

	err = image_write(image, model, &bytes, &size);
	if (err)
		return err;
	err = image_read(image, bytes, size);
	free(bytes);
	return err;
}

void image_take_origin(struct image *image, const struct image *other)
{
	memcpy(image->digest, other->digest, sizeof(image->digest));
	memcpy(image->config, other->config, sizeof(image->config));
	image->loaded_at = other->loaded_at;
}
