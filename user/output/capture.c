/* SPDX-License-Identifier: GPL-2.0-only */
/* Capture files (pcap): frames written to one, and read from one. */
#include "user/output/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_ether.h>

#include <pcap/pcap.h>

#include "user/output/report.h"

#define SECOND	  1000000000ULL
#define FRAME_MAX 65535
#define AHEAD	  2 /* so that IP headers are aligned */

/* Link layers that are read: where the ethertype is, and how long they are. */
static const struct link_layer {
	int type;
	__u32 size;
	__u32 ethertype; /* offset */
} link_layers[] = {
	{DLT_EN10MB, ETH_HLEN, 12}, {DLT_LINUX_SLL, 16, 14},
	{DLT_LINUX_SLL2, 20, 0},    {DLT_RAW, 0, 0},
	{DLT_IPV4, 0, 0},	    {DLT_IPV6, 0, 0},
};

#define LINK_LAYERS (sizeof(link_layers) / sizeof(*link_layers))

static const struct link_layer *find_link_layer(int type)
{
	size_t i;

	for (i = 0; i < LINK_LAYERS; i++)
		if (link_layers[i].type == type)
			return &link_layers[i];
	return NULL;
}

int capture_create(struct capture *capture, const char *path, __u32 snaplen)
{
	memset(capture, 0, sizeof(*capture));
	capture->path = path;
	capture->pcap = pcap_open_dead_with_tstamp_precision(
		DLT_EN10MB, snaplen, PCAP_TSTAMP_PRECISION_NANO);
	if (!capture->pcap)
		return report_error(-ENOMEM, "out of memory");
	capture->dumper = pcap_dump_open(capture->pcap, path);
	if (!capture->dumper)
		return report_error(-EIO, "cannot write the capture: %s",
				    pcap_geterr(capture->pcap));
	return 0;
}

void capture_write(struct capture *capture, __u64 time_ns, const void *bytes,
		   __u32 caught, __u32 length)
{
	/* With that precision, microseconds are nanoseconds. */
	const struct pcap_pkthdr header = {
		.ts = {time_ns / SECOND, time_ns % SECOND},
		.caplen = caught,
		.len = length,
	};

	pcap_dump((u_char *)capture->dumper, &header, bytes);
	/* It tells nobody, and a later flush does not either. */
	if (!capture->err && ferror(pcap_dump_file(capture->dumper)))
		capture->err = -errno;
}

int capture_flush(struct capture *capture)
{
	int err = capture->err;

	if (!err && pcap_dump_flush(capture->dumper))
		err = -errno;
	if (err)
		report_error(err, "cannot write to %s: %s", capture->path,
			     strerror(-err));
	return err;
}

int capture_open(struct capture *capture, const char *path)
{
	char error[PCAP_ERRBUF_SIZE];

	memset(capture, 0, sizeof(*capture));
	capture->path = path;
	capture->pcap = pcap_open_offline(path, error);
	if (!capture->pcap)
		return report_error(-EIO, "cannot read the capture: %s", error);
	capture->link_type = pcap_datalink(capture->pcap);
	if (!find_link_layer(capture->link_type))
		return report_error(
			-EPROTO,
			"%s is a capture of link type %s, which is not read: "
			"capture Ethernet, with `tcpdump -i IFACE -w FILE`",
			path, pcap_datalink_val_to_name(capture->link_type));
	capture->buffer = malloc(AHEAD + FRAME_MAX);
	if (!capture->buffer)
		return report_error(-ENOMEM, "out of memory");
	capture->frame = capture->buffer + AHEAD;
	return 0;
}

/* The Ethernet header, of made-up addresses where the capture has another. */
static void put_header(struct capture *capture, const struct link_layer *layer,
		       const __u8 *bytes)
{
	struct ethhdr eth = {};

	if (layer->type == DLT_EN10MB)
		memcpy(&eth, bytes, sizeof(eth));
	else if (layer->size)
		memcpy(&eth.h_proto, bytes + layer->ethertype,
		       sizeof(eth.h_proto));
	else
		eth.h_proto = htons(bytes[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP);
	memcpy(capture->frame, &eth, sizeof(eth));
}

/* Lays the frame out; too short for its link layer, it is what it is. */
static long lay_out(struct capture *capture, const struct pcap_pkthdr *header,
		    const __u8 *bytes)
{
	const struct link_layer *layer = find_link_layer(capture->link_type);
	__u32 caught = header->caplen, length = header->len;

	if (length < caught)
		length = caught;
	if (caught <= layer->size) {
		memcpy(capture->frame, bytes, caught);
		return caught;
	}
	put_header(capture, layer, bytes);
	caught -= layer->size;
	length -= layer->size;
	if (length > FRAME_MAX - ETH_HLEN)
		length = FRAME_MAX - ETH_HLEN;
	if (caught > length)
		caught = length;
	memcpy(capture->frame + ETH_HLEN, bytes + layer->size, caught);
	memset(capture->frame + ETH_HLEN + caught, 0, length - caught);
	return ETH_HLEN + length;
}

long capture_read(struct capture *capture, const __u8 **frame)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	long size;
	int got;

	do {
		got = pcap_next_ex(capture->pcap, &header, &bytes);
		if (got == PCAP_ERROR_BREAK)
			return 0;
		if (got < 0)
			return report_error(-EIO, "cannot read %s: %s",
					    capture->path,
					    pcap_geterr(capture->pcap));
		capture->number++;
		size = lay_out(capture, header, bytes);
	} while (!size);
	*frame = capture->frame;
	return size;
}

void capture_close(struct capture *capture)
{
	if (capture->dumper)
		pcap_dump_close(capture->dumper);
	if (capture->pcap)
		pcap_close(capture->pcap);
	free(capture->buffer);
	memset(capture, 0, sizeof(*capture));
}
