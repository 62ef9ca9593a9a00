/* SPDX-License-Identifier: GPL-2.0-only */
/* What a command that takes long is at, on a terminal. */
#include "user/output/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "user/output/screen.h"

#define PATIENCE_NS 500000000L
#define INTERVAL_NS 100000000L
#define SECOND_NS   1000000000L

#define NO_WRAP "\033[?7l"
#define WRAP	"\033[?7h"
#define REST	"\033[K" /* clears the rest of the line */

static bool is_wanted;

/* A thread draws, so that what takes long need not think of it. */
static pthread_t drawer;
static pthread_cond_t wake_up = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Under the lock: */
static bool is_drawn; /* by the thread, until the end */
static bool is_shown;
static const char *stage;
static const __u32 *members;

static struct timespec later(struct timespec time, long ns)
{
	time.tv_nsec += ns;
	if (time.tv_nsec >= SECOND_NS) {
		time.tv_nsec -= SECOND_NS;
		time.tv_sec++;
	}
	return time;
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec
				      : a->tv_nsec < b->tv_nsec;
}

static struct timespec now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time;
}

/* When the line may be shown, whatever was printed since the first stage. */
static const struct timespec *due(void)
{
	static struct timespec time;

	if (!time.tv_sec)
		time = later(now(), PATIENCE_NS);
	return &time;
}

static void put(const char *text, size_t size)
{
	/* What a terminal does not take is no loss. */
	if (write(STDERR_FILENO, text, size) < 0)
		return;
}

static void draw(void)
{
	char text[128], count[32] = "";
	__u32 number = 0;
	int size;

	if (members)
		number = __atomic_load_n(members, __ATOMIC_RELAXED);
	if (number)
		snprintf(count, sizeof(count), ": %u members", number);
	size = snprintf(text, sizeof(text), "\r" NO_WRAP "%s%s" REST WRAP,
			stage, count);
	put(text, size);
	is_shown = true;
}

static void *draw_until_the_end(void *unused)
{
	struct timespec next = *due(), time;

	pthread_mutex_lock(&lock);
	while (is_drawn) {
		pthread_cond_clockwait(&wake_up, &lock, CLOCK_MONOTONIC, &next);
		time = now();
		if (!is_drawn || is_before(&time, &next))
			continue;
		draw();
		next = later(time, INTERVAL_NS);
	}
	pthread_mutex_unlock(&lock);
	return unused;
}

void progress_want(bool wanted)
{
	is_wanted = wanted && screen_has_line(STDERR_FILENO);
}

void progress_stage(const char *next, const __u32 *counted)
{
	if (!is_wanted)
		return;
	pthread_mutex_lock(&lock);
	stage = next;
	members = counted;
	if (is_shown)
		draw();
	if (!is_drawn) {
		due();
		is_drawn = !pthread_create(&drawer, NULL, draw_until_the_end,
					   NULL);
	}
	pthread_mutex_unlock(&lock);
}

void progress_reading(const char *path, const char *next, const __u32 *counted)
{
	if (strcmp(path, "-") || !isatty(STDIN_FILENO))
		progress_stage(next, counted);
}

void progress_end(void)
{
	bool was_drawn;

	pthread_mutex_lock(&lock);
	was_drawn = is_drawn;
	is_drawn = false;
	pthread_cond_signal(&wake_up);
	pthread_mutex_unlock(&lock);
	if (!was_drawn)
		return;
	pthread_join(drawer, NULL);
	if (is_shown)
		put("\r" REST, sizeof("\r" REST) - 1);
	is_shown = false;
}
