/* SPDX-License-Identifier: GPL-2.0-only */
/* Drops as they happen: the one watcher of an instance. */
#include "user/kernel/watcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "user/kernel/shared.h"

#define SECOND	    1000000000ULL
/* The filter forgets a watcher that has not moved for so long. */
#define LIFETIME_NS (3 * SECOND)

void watcher_init(struct watcher *watcher)
{
	memset(watcher, 0, sizeof(*watcher));
	watcher->place = -1;
	watcher->budgets = -1;
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

/* The resolution of the coarse clock is a jiffy. */
static __u32 jiffies_of_second(void)
{
	struct timespec jiffy;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &jiffy) || !jiffy.tv_nsec)
		return 250;
	return (SECOND + jiffy.tv_nsec / 2) / jiffy.tv_nsec;
}

static size_t mapped_size(void)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (sizeof(struct watch) + page - 1) / page * page;
}

static int take_place(struct watcher *watcher, const struct instance *instance,
		      char *holder)
{
	instance_pin(instance, watcher->path, WATCH_DIRECTORY);
	watcher->place = open(watcher->path,
			      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (watcher->place < 0)
		return -errno;
	if (!flock(watcher->place, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK)
		return -errno;
	instance_holder(watcher->place, holder);
	return -EBUSY;
}

static int get(const struct instance *instance, const char *name)
{
	char path[PATH_MAX];
	int fd;

	instance_pin(instance, path, WATCH_DIRECTORY "/%s", name);
	fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

int watcher_open(struct watcher *watcher, const struct instance *instance,
		 char holder[INSTANCE_HOLDER_SIZE])
{
	int watches, events, budgets, err;

	err = take_place(watcher, instance, holder);
	if (err)
		return err;
	watches = get(instance, "watches");
	events = get(instance, "events");
	budgets = get(instance, "budgets");
	if (watches < 0 || events < 0 || budgets < 0)
		err = -ENOENT;
	else
		err = watcher_open_maps(watcher, watches, events, budgets);
	close_fd(watches);
	close_fd(events);
	close_fd(budgets);
	return err;
}

static int take_event(void *context, void *data, size_t size)
{
	const struct watcher *watcher = context;
	const struct event *event = data;

	if (size < sizeof(*event) || size < sizeof(*event) + event->caught ||
	    !watcher->show || event->time < watcher->since)
		return 0;
	watcher->show(event, watcher->context);
	return 0;
}

int watcher_open_maps(struct watcher *watcher, int watches, int events,
		      int budgets)
{
	void *mapped;

	watcher->budgets = fcntl(budgets, F_DUPFD_CLOEXEC, 0);
	if (watcher->budgets < 0)
		return -errno;
	mapped = mmap(NULL, mapped_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
		      watches, 0);
	if (mapped == MAP_FAILED)
		return -errno;
	watcher->watch = mapped;
	watcher->ring = ring_buffer__new(events, take_event, watcher, NULL);
	return watcher->ring ? 0 : -errno;
}

/* Every CPU's budget anew: what an earlier watcher left does not count. */
static int clear_budgets(struct watcher *watcher)
{
	int cpus = libbpf_num_possible_cpus(), err = 0;
	struct budget *budgets;
	__u32 zero = 0;

	budgets = calloc(cpus > 0 ? cpus : 1, sizeof(*budgets));
	if (!budgets)
		return -ENOMEM;
	if (bpf_map_update_elem(watcher->budgets, &zero, budgets, BPF_ANY))
		err = -errno;
	free(budgets);
	return err;
}

int watcher_unseen(const struct watcher *watcher, struct unseen *unseen)
{
	int cpus = libbpf_num_possible_cpus(), cpu, err = 0;
	struct budget *budgets;
	__u32 zero = 0;

	*unseen = (struct unseen){};
	budgets = calloc(cpus > 0 ? cpus : 1, sizeof(*budgets));
	if (!budgets)
		return -ENOMEM;
	if (bpf_map_lookup_elem(watcher->budgets, &zero, budgets))
		err = -errno;
	for (cpu = 0; cpu < cpus && !err; cpu++) {
		unseen->limited += budgets[cpu].limited;
		unseen->lost += budgets[cpu].lost;
	}
	free(budgets);
	return err;
}

/* until is written last, and first when it ends: the filter reads meanwhile. */
static void set_until(struct watcher *watcher, __u64 until)
{
	__atomic_store_n(&watcher->watch->until, until, __ATOMIC_SEQ_CST);
}

int watcher_start(struct watcher *watcher, const struct watch *wanted,
		  void (*show)(const struct event *event, void *context),
		  void *context)
{
	const size_t until = sizeof(watcher->watch->until);
	int err;

	set_until(watcher, 0);
	err = ring_buffer__consume(watcher->ring);
	if (err < 0)
		return err;
	err = clear_budgets(watcher);
	if (err)
		return err;
	watcher->show = show;
	watcher->context = context;
	watcher->since = now_ns();
	memcpy((char *)watcher->watch + until, (const char *)wanted + until,
	       sizeof(*wanted) - until);
	watcher->watch->hz = jiffies_of_second();
	watcher->watch->has_filters = wanted->ifindex || wanted->family ||
				      wanted->generation != GENERATION_NONE;
	set_until(watcher, now_ns() + LIFETIME_NS);
	return 0;
}

void watcher_set_classes(struct watcher *watcher, __u32 generation,
			 const __u64 classes[CLASSES_MAX / 64])
{
	__atomic_store_n(&watcher->watch->generation, GENERATION_NONE,
			 __ATOMIC_SEQ_CST);
	memcpy(watcher->watch->classes, classes,
	       sizeof(watcher->watch->classes));
	watcher->watch->has_filters = 1;
	__atomic_store_n(&watcher->watch->generation, generation,
			 __ATOMIC_SEQ_CST);
}

int watcher_read(struct watcher *watcher)
{
	set_until(watcher, now_ns() + LIFETIME_NS);
	return ring_buffer__consume(watcher->ring);
}

int watcher_stop(struct watcher *watcher)
{
	set_until(watcher, 0);
	return ring_buffer__consume(watcher->ring);
}

/* Its directory is then gone, or another one. */
bool watcher_is_over(const struct watcher *watcher)
{
	struct stat held, there;

	return fstat(watcher->place, &held) || stat(watcher->path, &there) ||
	       held.st_ino != there.st_ino;
}

void watcher_close(struct watcher *watcher)
{
	if (watcher->watch) {
		set_until(watcher, 0);
		munmap(watcher->watch, mapped_size());
	}
	ring_buffer__free(watcher->ring);
	close_fd(watcher->budgets);
	close_fd(watcher->place);
	watcher_init(watcher);
}
