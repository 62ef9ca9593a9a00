/* SPDX-License-Identifier: GPL-2.0-only */
/* What a new policy would cut off that the operator cannot do without. */
#include "user/policy/lockout.h"

#include <errno.h>
#include <stdlib.h>

#include "user/policy/holders.h"

static bool does_enforce(const struct model *model)
{
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++)
		if (model->interfaces.items[i].enforce)
			return true;
	return false;
}

/* Notes the packet if it would be dropped; returns 1 then. */
static int judge_packet(struct lockout *lockout, const struct judge *judge,
			const struct cutoff *packet)
{
	struct explain answer = {.iface = packet->iface};
	struct frame_buffer frame;
	struct cutoff *cutoff;
	int size, err;

	size = frame_build(&packet->spec, &frame);
	if (size < 0)
		return size;
	err = judge->judge(judge, frame.bytes, size, &answer);
	if (err)
		return err;
	if (answer.verdict == VERDICT_PASS)
		return 0;
	cutoff = model_push(&lockout->cutoffs);
	if (!cutoff)
		return -ENOMEM;
	*cutoff = *packet;
	cutoff->reason = answer.reason;
	return 1;
}

/* At one interface, IFACE_UNKNOWN for none in particular. */
static int judge_session_at(struct lockout *lockout, const struct judge *judge,
			    const struct session *session, __u16 iface)
{
	struct cutoff packet = {.spec = session->spec, .iface = iface};
	int err = judge_packet(lockout, judge, &packet);

	if (err > 0)
		lockout->session = SESSION_CUT;
	else if (!err && lockout->session != SESSION_CUT)
		lockout->session = SESSION_PASSES;
	return err < 0 ? err : 0;
}

/* It suffices that one of the interfaces would drop it. */
static int judge_session(struct lockout *lockout, const struct model *model,
			 const struct judge *judge,
			 const struct session *session)
{
	int number, err = 0;
	__u32 i;

	if (!does_enforce(model)) {
		lockout->session = SESSION_OBSERVED;
		return 0;
	}
	if (!session->count && !session->is_elsewhere)
		return judge_session_at(lockout, judge, session, IFACE_UNKNOWN);
	lockout->session = SESSION_AWAY;
	for (i = 0; i < session->count && !err; i++) {
		number = model_find_interface(model, session->interfaces[i]);
		if (number < 0 || lockout->session == SESSION_CUT)
			continue;
		if (model->interfaces.items[number].enforce)
			err = judge_session_at(lockout, judge, session,
					       IFACE_NUMBER(number));
		else if (lockout->session == SESSION_AWAY)
			lockout->session = SESSION_OBSERVED;
	}
	return err;
}

static bool find_end(const struct model *model, const struct members *members,
		     const struct prefix *written, __u32 role, int family,
		     struct prefix *address)
{
	*address = *written;
	if (written->family)
		return written->family == family;
	return holders_example(members, model->roles.count, role, family,
			       address);
}

/* Judges a tuple in one family; returns 1 if it can be sent in that. */
static int judge_keep_in(struct lockout *lockout, const struct model *model,
			 const struct members *members,
			 const struct judge *judge, const struct probe *keep,
			 int family)
{
	struct cutoff packet = {.keep = keep, .iface = IFACE_UNKNOWN};
	int err;

	probe_frame(keep, family, &packet.spec);
	if (!find_end(model, members, &keep->from, keep->from_role, family,
		      &packet.spec.from) ||
	    !find_end(model, members, &keep->to, keep->to_role, family,
		      &packet.spec.to))
		return 0;
	err = judge_packet(lockout, judge, &packet);
	return err < 0 ? err : 1;
}

static int judge_keep(struct lockout *lockout, const struct model *model,
		      const struct members *members, const struct judge *judge)
{
	const struct probe *keep = model->keep.items;
	int v4, v6;
	__u32 i;

	for (i = 0; i < model->keep.count; i++, keep++) {
		v4 = judge_keep_in(lockout, model, members, judge, keep, 4);
		if (v4 < 0)
			return v4;
		v6 = judge_keep_in(lockout, model, members, judge, keep, 6);
		if (v6 < 0)
			return v6;
		lockout->unjudged += !v4 && !v6;
	}
	return 0;
}

int lockout_find(struct lockout *lockout, const struct model *model,
		 const struct members *members, const struct judge *judge,
		 const struct session *session)
{
	int err = 0;

	if (session)
		err = judge_session(lockout, model, judge, session);
	if (!err && does_enforce(model))
		err = judge_keep(lockout, model, members, judge);
	return err;
}

void lockout_release(struct lockout *lockout)
{
	free(lockout->cutoffs.items);
	*lockout = (struct lockout){};
}
