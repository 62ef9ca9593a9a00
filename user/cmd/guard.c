/* SPDX-License-Identifier: GPL-2.0-only */
/* Nobody locks himself out: what a change would cut off is refused. */
#include "user/cmd/guard.h"

#include <errno.h>
#include <string.h>

#include "user/kernel/session.h"
#include "user/output/report.h"
#include "user/policy/lockout.h"

static void report_session(const struct lockout *lockout)
{
	static const char *const fates[] = {
		[SESSION_AWAY] = "comes in by no interface of the config",
		[SESSION_OBSERVED] = "comes in where nothing is dropped",
		[SESSION_PASSES] = "passes in the new state",
	};

	if (lockout->session != SESSION_UNKNOWN &&
	    lockout->session != SESSION_CUT)
		report_detail("session: %s", fates[lockout->session]);
	if (lockout->unjudged)
		report_detail("keep: %u cannot be judged, no address holds "
			      "their roles",
			      lockout->unjudged);
}

static void report_cutoff(const struct model *model,
			  const struct members *members,
			  const struct cutoff *cutoff, bool force)
{
	char message[LOCKOUT_MESSAGE_SIZE];

	cutoff_message(model, members, cutoff, message);
	if (force)
		report_warning("this cuts off %s", message);
	else
		report_error(-EPERM, "this would cut off %s", message);
}

static int report_lockout(const struct model *model,
			  const struct members *members,
			  const struct lockout *lockout, bool force)
{
	__u32 i;

	report_session(lockout);
	for (i = 0; i < lockout->cutoffs.count; i++)
		report_cutoff(model, members, &lockout->cutoffs.items[i],
			      force);
	if (!lockout->cutoffs.count || force)
		return 0;
	return report_error(-EPERM, "nothing was changed; --force does it all "
				    "the same");
}

bool guard_is_needed(const struct model *model)
{
	struct session session;

	return model->keep.count || session_find(&session);
}

int guard_check(const struct model *model, const struct members *members,
		const struct judge *judge, bool force)
{
	struct lockout lockout = {};
	struct session session;
	bool has_session = session_find(&session);
	int err;

	err = lockout_find(&lockout, model, members, judge,
			   has_session ? &session : NULL);
	if (err)
		report_error(err, "cannot tell what this would cut off: %s",
			     strerror(-err));
	else
		err = report_lockout(model, members, &lockout, force);
	lockout_release(&lockout);
	return err;
}

int guard_check_keep(const struct model *model, const struct judge *judge,
		     struct diag *diag)
{
	struct members members = members_of_model(model);
	char message[LOCKOUT_MESSAGE_SIZE];
	struct lockout lockout = {};
	const struct cutoff *cutoff;
	__u32 i;
	int err;

	err = lockout_find(&lockout, model, &members, judge, NULL);
	for (i = 0; i < lockout.cutoffs.count; i++) {
		cutoff = &lockout.cutoffs.items[i];
		cutoff_message(model, &members, cutoff, message);
		diag_error(diag, model, &cutoff->keep->place,
			   "this would cut off %s", message);
	}
	lockout_release(&lockout);
	return err;
}
