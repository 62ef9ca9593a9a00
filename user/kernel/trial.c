/* SPDX-License-Identifier: GPL-2.0-only */
/* Generations on trial: in effect until a deadline, unless confirmed. */
#include "user/kernel/trial.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "user/kernel/attach.h"
#include "user/kernel/carry.h"
#include "user/kernel/mapping.h"
#include "user/kernel/step.h"
#include "user/output/report.h"

#define NS_PER_SECOND 1000000000ULL

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return time.tv_sec * NS_PER_SECOND + time.tv_nsec;
}

static int read_deadline(const struct generation *generation, __u64 *deadline)
{
	struct trial trial;
	__u32 zero = 0;

	if (bpf_map_lookup_elem(generation->deadline, &zero, &trial))
		return -errno;
	*deadline = trial.deadline;
	return 0;
}

/* One store: the programs on all interfaces see it at once. */
static int set_deadline(const struct generation *generation, __u64 deadline)
{
	struct mapping mapping = {};
	struct trial *trial;
	int err = mapping_open(&mapping, generation->deadline);

	if (err)
		return report_error(err, "cannot set the deadline: %s",
				    strerror(-err));
	trial = mapping.data;
	__atomic_store_n(&trial->deadline, deadline, __ATOMIC_RELEASE);
	mapping_close(&mapping);
	return 0;
}

int trial_state(const struct generation *generation)
{
	__u64 deadline = 0;
	int err;

	if (generation->deadline < 0)
		return TRIAL_NONE;
	err = read_deadline(generation, &deadline);
	if (err)
		return err;
	if (!deadline)
		return TRIAL_WITHDRAWN;
	if (deadline == TRIAL_KEPT)
		return TRIAL_CONFIRMED;
	return now() < deadline ? TRIAL_RUNNING : TRIAL_OVER;
}

int trial_ask(const struct generation *generation)
{
	int state = trial_state(generation);

	return state < 0 ? report_error(state,
					"cannot read the deadline of "
					"generation %u: %s",
					generation->number, strerror(-state))
			 : state;
}

__u32 trial_seconds(const struct generation *generation)
{
	__u64 deadline = 0, time = now();

	if (read_deadline(generation, &deadline) || deadline <= time)
		return 0;
	return (deadline - time + NS_PER_SECOND - 1) / NS_PER_SECOND;
}

static int lead_back(const struct generation *generation,
		     const struct generation *previous)
{
	__u32 zero = 0;

	if (!previous)
		return 0;
	if (bpf_map_update_elem(generation->previous, &zero, &previous->filter,
				BPF_ANY))
		return report_error(-errno,
				    "cannot lead back to generation %u: %s",
				    previous->number, strerror(errno));
	return 0;
}

int trial_begin(const struct instance *instance,
		const struct generation *generation,
		const struct generation *previous, __u32 seconds)
{
	int err = lead_back(generation, previous);

	/* Until the deadline is set, the programs decide as before. */
	if (!err)
		err = attach_more(instance, generation, previous);
	if (err)
		return err;
	step("the trial begins");
	err = set_deadline(generation, now() + seconds * NS_PER_SECOND);
	if (err && previous) {
		attach_switch(instance, previous, previous);
		attach_less(instance, previous);
	}
	return err;
}

int trial_confirm(const struct generation *generation)
{
	step("the trial is confirmed");
	return set_deadline(generation, TRIAL_KEPT);
}

static void unpin(const struct instance *instance, __u32 number,
		  const char *name)
{
	char path[PATH_MAX];

	unlink(instance_pin(instance, path, "generation-%u/%s", number, name));
}

static void forget(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/*
 * The program without a deadline, then the traces of the trial. The deadline
 * goes last: as long as it is there this is done again.
 */
int trial_confirm_rest(const struct instance *instance,
		       struct generation *generation)
{
	int trial = generation->trial, err;

	generation->trial = -1;
	err = attach_more(instance, generation, generation);
	if (!err)
		err = attach_less(instance, generation);
	if (err) {
		generation->trial = trial;
		return err;
	}
	forget(&trial);
	step("the way back is unpinned");
	unpin(instance, generation->number, "previous");
	step("the trial program is unpinned");
	unpin(instance, generation->number, "trial_filter");
	step("the deadline is unpinned");
	unpin(instance, generation->number, "trial");
	forget(&generation->deadline);
	return 0;
}

int trial_withdraw(const struct generation *generation)
{
	step("the trial is withdrawn");
	return set_deadline(generation, 0);
}

int trial_withdraw_rest(const struct instance *instance,
			const struct generation *generation,
			const struct generation *previous)
{
	int err = attach_switch(instance, previous, previous);

	if (!err)
		err = attach_less(instance, previous);
	if (err)
		return err;
	step("the withdrawn generation is no longer asked");
	err = attach_wait();
	if (!err)
		err = carry_back(instance, previous, generation);
	if (err)
		return report_error(err,
				    "cannot take over the counters of "
				    "generation %u: %s",
				    generation->number, strerror(-err));
	step("the withdrawn generation is unpinned");
	return generation_unpin(instance, generation->number);
}
