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

/* What becomes of the packet; returns 0 or negative errno. */
static int ask(const struct judge *judge, const struct cutoff *packet,
	       struct explain *answer)
{
	struct frame_buffer frame;
	int size = frame_build(&packet->spec, &frame);

	*answer = (struct explain){.iface = packet->iface};
	return size < 0 ? size : judge->judge(judge, frame.bytes, size, answer);
}

static int note(struct lockout *lockout, const struct cutoff *packet,
		__u8 reason)
{
	struct cutoff *cutoff = model_push(&lockout->cutoffs);

	if (!cutoff)
		return -ENOMEM;
	*cutoff = *packet;
	cutoff->reason = reason;
	return 0;
}

/* Notes the packet if it would be dropped; returns 1 then. */
static int judge_packet(struct lockout *lockout, const struct judge *judge,
			const struct cutoff *packet)
{
	struct explain answer;
	int err = ask(judge, packet, &answer);

	if (err || answer.verdict == VERDICT_PASS)
		return err;
	err = note(lockout, packet, answer.reason);
	return err ? err : 1;
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

/*
 * Where it comes in is not written, so one interface that takes its source
 * suffices; if there is none it is noted at the first that enforces.
 */
static int judge_source(struct lockout *lockout, const struct model *model,
			const struct judge *judge, struct cutoff *packet)
{
	struct explain answer;
	__u16 closed = IFACE_UNKNOWN;
	__u32 i;
	int err;

	for (i = 0; i < model->interfaces.count; i++) {
		packet->iface = IFACE_NUMBER(i);
		err = ask(judge, packet, &answer);
		if (err || answer.reason != REASON_SPOOFED)
			return err;
		if (closed == IFACE_UNKNOWN &&
		    model->interfaces.items[i].enforce)
			closed = packet->iface;
	}
	packet->iface = closed;
	return note(lockout, packet, REASON_SPOOFED);
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
	if (!err)
		err = judge_source(lockout, model, judge, &packet);
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
