/* SPDX-License-Identifier: GPL-2.0-only */
/* Dropped flows that a rule could pass, as a generation has counted them. */
#include "user/kernel/flows.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "user/kernel/mapping.h"

static void take_bucket(struct flows *flows, const struct flow_bucket *bucket)
{
	int i;

	flows->missed += bucket->missed;
	for (i = 0; i < FLOWS_PER_BUCKET && bucket->keys[i]; i++)
		flows->items[flows->count++] = (struct flow){
			.key = bucket->keys[i],
			.packets = bucket->packets[i],
			.sample = bucket->samples[i],
		};
}

static int compare_flows(const void *left, const void *right)
{
	const struct flow *a = left, *b = right;

	return a->key < b->key ? -1 : a->key > b->key;
}

/* Each CPU counts a flow by itself. */
static void merge(struct flows *flows)
{
	__u32 i, count = 0;

	qsort(flows->items, flows->count, sizeof(*flows->items), compare_flows);
	for (i = 0; i < flows->count; i++) {
		if (count && flows->items[count - 1].key == flows->items[i].key)
			flows->items[count - 1].packets +=
				flows->items[i].packets;
		else
			flows->items[count++] = flows->items[i];
	}
	flows->count = count;
}

int flows_read_map(struct flows *flows, int fd)
{
	const struct flow_bucket *buckets;
	struct mapping mapping;
	size_t i, count;
	int err;

	*flows = (struct flows){};
	err = mapping_open(&mapping, fd);
	if (err)
		return err;
	buckets = mapping.data;
	count = mapping.size / sizeof(*buckets);
	flows->items = calloc(count * FLOWS_PER_BUCKET, sizeof(*flows->items));
	for (i = 0; i < count && flows->items; i++)
		take_bucket(flows, &buckets[i]);
	mapping_close(&mapping);
	merge(flows);
	return flows->items ? 0 : -ENOMEM;
}

int flows_read(struct flows *flows, const struct instance *instance,
	       __u32 generation)
{
	char path[PATH_MAX];
	int fd, err;

	*flows = (struct flows){};
	fd = bpf_obj_get(instance_pin(instance, path, "generation-%u/flows",
				      generation));
	if (fd < 0)
		return -errno;
	err = flows_read_map(flows, fd);
	close(fd);
	return err;
}

void flows_release(struct flows *flows)
{
	free(flows->items);
	*flows = (struct flows){};
}
