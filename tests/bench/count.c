/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints how many instructions each kind of packet takes. */
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/machine.h"
#include "tests/packet/packets.h"
#include "tests/packet/subject.h"
#include "user/policy/reason.h"

#define V4_NETWORK "10.1.2.3"
#define V4_HOST	   "10.0.0.5"
#define V4_PUBLIC  "10.0.0.9"
#define V4_NOBODY  "192.0.2.1"
#define V6_NETWORK "2001:db8:0:2::9"
#define V6_HOST	   "2001:db8:0:1::5"
#define V6_NOBODY  "2001:db8:9::1"
#define SYN	   0x02
#define ACK	   0x10

#define TCP(source, target, from_port, to_port, with)                  \
	{                                                              \
		.from = source, .to = target, .protocol = IPPROTO_TCP, \
		.sport = from_port, .dport = to_port, .flags = with    \
	}

static const struct kind {
	const char *name;
	struct packet_spec packet;
} kinds[] = {
	{"v4 tcp opens", TCP(V4_NETWORK, V4_HOST, 40000, 80, SYN)},
	{"v4 tcp goes on", TCP(V4_NETWORK, V4_HOST, 40000, 80, ACK)},
	{"v4 tcp in 1514 bytes",
	 {.from = V4_NETWORK,
	  .to = V4_HOST,
	  .protocol = IPPROTO_TCP,
	  .sport = 40000,
	  .dport = 80,
	  .flags = ACK,
	  .payload = 1460}},
	{"v4 tcp answers", TCP(V4_HOST, V4_NETWORK, 80, 40000, ACK)},
	{"v4 udp opens",
	 {.from = V4_NETWORK,
	  .to = V4_HOST,
	  .protocol = IPPROTO_UDP,
	  .sport = 40000,
	  .dport = 53,
	  .payload = 12}},
	{"v4 ping",
	 {.from = V4_NETWORK,
	  .to = V4_HOST,
	  .protocol = IPPROTO_ICMP,
	  .type = 8}},
	{"v4 closed port", TCP(V4_NETWORK, V4_HOST, 40000, 22, SYN)},
	{"v4 from a stranger", TCP(V4_NOBODY, V4_HOST, 40000, 80, SYN)},
	{"v4 from a stranger to what is for any",
	 TCP(V4_NOBODY, V4_PUBLIC, 40000, 443, SYN)},
	{"v4 from a stranger beside it",
	 TCP(V4_NOBODY, V4_PUBLIC, 40000, 80, SYN)},
	{"v4 between strangers", TCP(V4_NOBODY, "192.0.2.2", 40000, 80, SYN)},
	{"v4 tcp in two tags",
	 {.from = V4_NETWORK,
	  .to = V4_HOST,
	  .tags = 2,
	  .protocol = IPPROTO_TCP,
	  .sport = 40000,
	  .dport = 80,
	  .flags = ACK}},
	{"v6 tcp opens", TCP(V6_NETWORK, V6_HOST, 40000, 80, SYN)},
	{"v6 tcp goes on", TCP(V6_NETWORK, V6_HOST, 40000, 80, ACK)},
	{"v6 tcp answers", TCP(V6_HOST, V6_NETWORK, 80, 40000, ACK)},
	{"v6 closed port", TCP(V6_NETWORK, V6_HOST, 40000, 22, SYN)},
	{"v6 from a stranger", TCP(V6_NOBODY, V6_HOST, 40000, 80, SYN)},
	{"v6 between strangers", TCP(V6_NOBODY, "2001:db8:9::2", 1, 80, SYN)},
	{"arp", {.ethertype = 0x0806, .payload = 28}},
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* Its first run claims the pair's slot; the second is like all others. */
static void count(struct machine *machine, const struct subject *subject,
		  const struct kind *kind, bool is_last)
{
	struct explain answer = {.iface = 1};
	struct wire wire;
	int action, judged;

	packet_build(&kind->packet, &wire);
	machine_run(machine, wire.bytes, wire.size, 1);
	action = machine_run(machine, wire.bytes, wire.size, 1);
	judged = subject_filter(subject, 1, wire.bytes, wire.size);
	if (action != judged)
		errx(1, "%s: counting ends with %d, the kernel with %d",
		     kind->name, action, judged);
	subject_ask_natively(subject, wire.bytes, wire.size, &answer);
	printf("{\"kind\":\"%s\",\"reason\":\"%s\",\"instructions\":%lu,"
	       "\"calls\":%lu}%s",
	       kind->name, reason_name(answer.reason), machine->executed,
	       machine->calls, is_last ? "" : ",");
}

int main(int argc, char **argv)
{
	struct machine machine;
	struct subject subject;
	size_t i;

	if (argc != 2)
		errx(2, "usage: bench_count CONFIG");
	if (subject_load(&subject, argv[1]))
		errx(1, "%s: cannot load", argv[1]);
	if (machine_open(&machine, subject.generation.filter))
		errx(1, "cannot read the program back from the kernel");
	printf("{\"program\":{\"instructions\":%u,\"machine_bytes\":%u},"
	       "\"kinds\":[",
	       machine.length, machine.machine_bytes);
	for (i = 0; i < KINDS; i++)
		count(&machine, &subject, &kinds[i], i == KINDS - 1);
	printf("]}\n");
	subject_release(&subject);
	return 0;
}
