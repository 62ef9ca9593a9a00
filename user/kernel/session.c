/* SPDX-License-Identifier: GPL-2.0-only */
/* The session that the operator types in, as far as it can be known. */
#include "user/kernel/session.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/kernel/process.h"
#include "user/kernel/route.h"
#include "user/kernel/terminal.h"
#include "user/output/report.h"

#define VARIABLE      "SSH_CONNECTION"
#define ANCESTORS_MAX 64

int session_address(struct prefix *address, const char *text)
{
	static const __u8 mapped[12] = {[10] = 0xff, [11] = 0xff};
	char copy[PREFIX_TEXT_SIZE];
	struct prefix v4 = {.family = 4, .length = 32};
	int err;

	snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(text, "%"), text);
	err = prefix_from_address(address, copy);
	if (err || address->family == 4 ||
	    memcmp(address->address, mapped, sizeof(mapped)))
		return err;
	memcpy(v4.address, address->address + sizeof(mapped), 4);
	*address = v4;
	return 0;
}

int session_from_str(struct frame_spec *spec, const char *text)
{
	char client[64], server[64];
	struct frame_spec read = {.protocol = IPPROTO_TCP,
				  .flags = SESSION_FLAGS};

	if (sscanf(text, "%63s %hu %63s %hu", client, &read.sport, server,
		   &read.port) != 4 ||
	    session_address(&read.from, client) ||
	    session_address(&read.to, server) ||
	    read.from.family != read.to.family)
		return -EINVAL;
	*spec = read;
	return 0;
}

/* Asks this process and its ancestors, the nearest first. */
static bool ask_ancestors(struct frame_spec *spec,
			  bool (*ask)(struct frame_spec *spec,
				      const struct process *process))
{
	struct process process;
	int pid = getpid(), i;

	for (i = 0; i < ANCESTORS_MAX && pid > 0; i++) {
		if (process_read(&process, pid))
			return false;
		if (ask(spec, &process))
			return true;
		pid = process.parent;
	}
	return false;
}

/* Does the process say where it was logged in from? */
static bool by_environment(struct frame_spec *spec,
			   const struct process *process)
{
	char *text = process_variable(process->pid, VARIABLE);
	bool found = text && !session_from_str(spec, text);

	if (found)
		report_detail("session: " VARIABLE "=\"%s\" of process %d",
			      text, process->pid);
	free(text);
	return found;
}

static bool by_terminal(struct frame_spec *spec, const struct process *process)
{
	return process->terminal && !terminal_peer(spec, process->terminal);
}

bool session_find(struct session *session)
{
	memset(session, 0, sizeof(*session));
	if (!ask_ancestors(&session->spec, by_environment) &&
	    !ask_ancestors(&session->spec, by_terminal)) {
		report_detail("session: none is known: no " VARIABLE
			      ", and no peer of a terminal");
		return false;
	}
	route_interfaces(session);
	return true;
}
