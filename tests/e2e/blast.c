/* SPDX-License-Identifier: GPL-2.0-only */
/* Sends numbered frames at a steady rate and counts which of them arrive. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAMES_MAX    8
#define FRAME_MAX     128
#define BATCH	      16
#define BUFFER	      (256 << 20)
#define NUMBERS_MAX   (64u << 20)
#define QUIET_SECONDS 0.5
#define IPV4_SEQUENCE (14 + 20 + 4)
#define IPV6_SEQUENCE (14 + 40 + 4)

/* One of the frames that are sent in turn; its number tells which it was. */
struct stream {
	unsigned char frame[FRAME_MAX];
	size_t length;
	unsigned long sent;
	unsigned long arrived;
};

struct blast {
	struct stream streams[FRAMES_MAX];
	unsigned int count;
	uint32_t next; /* number of the next frame */
	int sender, receiver;
	unsigned char *arrived; /* one bit a number */
	unsigned long twice;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* A packet socket on an interface called gateway in that namespace. */
static int open_socket(const char *namespace, int protocol)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET,
				      .sll_protocol = htons(protocol)};
	char path[256];
	int fd, size = BUFFER;

	snprintf(path, sizeof(path), "/run/netns/%s", namespace);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(2, "%s", path);
	close(fd);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	address.sll_ifindex = if_nametoindex("gateway");
	if (fd < 0 || bind(fd, (void *)&address, sizeof(address)))
		err(2, "packet socket in %s", namespace);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		err(2, "receive buffer");
	return fd;
}

static void stream_init(struct stream *stream, const char *hex)
{
	size_t i;

	stream->length = strlen(hex) / 2;
	if (stream->length < IPV4_SEQUENCE + 4 || stream->length > FRAME_MAX)
		errx(2, "no frame: %s", hex);
	for (i = 0; i < stream->length; i++)
		if (sscanf(hex + 2 * i, "%2hhx", &stream->frame[i]) != 1)
			errx(2, "no frame: %s", hex);
}

/* Where the TCP sequence number is, which carries the frame's number. */
static size_t number_offset(const unsigned char *frame)
{
	return frame[12] == 0x86 ? IPV6_SEQUENCE : IPV4_SEQUENCE;
}

static void send_batch(struct blast *blast)
{
	unsigned char frames[BATCH][FRAME_MAX];
	struct mmsghdr messages[BATCH] = {0};
	struct iovec parts[BATCH];
	struct stream *stream;
	uint32_t number;
	int i, sent;

	for (i = 0; i < BATCH; i++) {
		stream = &blast->streams[(blast->next + i) % blast->count];
		number = htonl(blast->next + i);
		memcpy(frames[i], stream->frame, stream->length);
		memcpy(frames[i] + number_offset(frames[i]), &number, 4);
		parts[i] = (struct iovec){frames[i], stream->length};
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(blast->sender, messages, BATCH, 0);
	/* A full ring takes nothing: the same frame is sent once more. */
	if (sent < 0 && errno == ENOBUFS)
		return;
	if (sent < 0)
		err(2, "send");
	for (i = 0; i < sent; i++)
		blast->streams[blast->next++ % blast->count].sent++;
}

static void note_arrival(struct blast *blast, const unsigned char *frame,
			 size_t length)
{
	size_t offset = number_offset(frame);
	uint32_t number;

	if (length < offset + 4)
		return;
	memcpy(&number, frame + offset, 4);
	number = ntohl(number);
	if (number >= blast->next ||
	    length != blast->streams[number % blast->count].length)
		return;
	if (blast->arrived[number / 8] & 1 << number % 8)
		blast->twice++;
	else
		blast->streams[number % blast->count].arrived++;
	blast->arrived[number / 8] |= 1 << number % 8;
}

/* Reads what has arrived; returns how many frames. */
static unsigned long receive(struct blast *blast)
{
	unsigned char frame[FRAME_MAX];
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	unsigned long count = 0;
	ssize_t length;

	while ((length = recvfrom(blast->receiver, frame, sizeof(frame),
				  MSG_DONTWAIT | MSG_TRUNC, (void *)&from,
				  &size)) >= 0) {
		size = sizeof(from);
		count++;
		if (from.sll_pkttype != PACKET_OUTGOING)
			note_arrival(blast, frame, length);
	}
	return count;
}

static bool is_stdin_closed(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	char byte;

	return poll(&in, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

/* Sends until standard input is closed and minimum frames of each are sent. */
static void run(struct blast *blast, double rate, unsigned long minimum)
{
	double start = now(), due;
	bool closed = false;

	while (!closed || blast->next < minimum * blast->count) {
		if (blast->next > NUMBERS_MAX - BATCH)
			errx(2, "out of numbers");
		send_batch(blast);
		receive(blast);
		due = start + blast->next / rate;
		while (now() < due)
			if (!receive(blast))
				usleep(100);
		closed = closed || is_stdin_closed();
	}
	for (due = now() + QUIET_SECONDS; now() < due; usleep(1000))
		if (receive(blast))
			due = now() + QUIET_SECONDS;
}

static void print(const struct blast *blast)
{
	struct tpacket_stats stats = {0};
	socklen_t size = sizeof(stats);
	unsigned int i;

	getsockopt(blast->receiver, SOL_PACKET, PACKET_STATISTICS, &stats,
		   &size);
	printf("{\"twice\": %lu, \"lost_by_socket\": %u, \"streams\": [",
	       blast->twice, stats.tp_drops);
	for (i = 0; i < blast->count; i++)
		printf("%s{\"sent\": %lu, \"arrived\": %lu}", i ? ", " : "",
		       blast->streams[i].sent, blast->streams[i].arrived);
	printf("]}\n");
}

int main(int argc, char **argv)
{
	struct blast blast = {0};
	int i;

	if (argc < 6 || argc > 5 + FRAMES_MAX)
		errx(2, "usage: blast FROM-NAMESPACE TO-NAMESPACE "
			"FRAMES-PER-SECOND MINIMUM-OF-EACH FRAME-AS-HEX...");
	for (i = 5; i < argc; i++)
		stream_init(&blast.streams[blast.count++], argv[i]);
	blast.arrived = calloc(NUMBERS_MAX / 8, 1);
	if (!blast.arrived)
		err(2, "memory");
	blast.receiver = open_socket(argv[2], ETH_P_ALL);
	blast.sender = open_socket(argv[1], 0);
	run(&blast, atof(argv[3]), strtoul(argv[4], NULL, 10));
	print(&blast);
	return 0;
}
