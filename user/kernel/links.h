/* SPDX-License-Identifier: GPL-2.0-only */
/* The links that hold programs on interfaces, and their pins. */
#ifndef ROLEGATE_USER_LINKS_H
#define ROLEGATE_USER_LINKS_H

#include <net/if.h>

#include "user/kernel/instance.h"
#include "user/policy/model.h"

#define LINKS "links" /* directory of the pins */

struct attachment {
	char pin[256]; /* name of the link's pin */
	__u32 ifindex; /* 0: the interface is gone */
	__u32 program; /* id of the program on it */
	bool is_native;
};

/* Reads a link of the instance by its pin's name. Returns 0 or -errno. */
int attachment_read(const struct instance *instance, const char *pin,
		    struct attachment *attachment);

/*
 * The link that holds the interface. Returns 1, 0 if none of the instance
 * does, or negative errno if that cannot be told.
 */
int attachment_find(const struct instance *instance, __u32 ifindex,
		    struct attachment *attachment);

/*
 * Which device an interface of a model is. One that a generation held stays
 * that device, whatever it is called now; else it is the one of its name. 0 if
 * there is none.
 */
__u32 interface_find(const struct instance *instance, const struct model *model,
		     const struct interface *interface);

/* Opens a pinned link: a descriptor or -errno. */
int link_open(const struct instance *instance, const char *pin);

/*
 * How the pin of an interface's link is called: as the interface, but bpffs
 * takes no dots: "eth0%2e100". text holds LINK_PIN_SIZE.
 */
#define LINK_PIN_SIZE (3 * IF_NAMESIZE)
const char *link_pin_name(const char *interface, char *text);

/*
 * Pins a link under an interface's name. Another link that lives under it, since its
 * interface was renamed, moves aside. Reports its errors.
 */
int link_pin(const struct instance *instance, int fd, const char *interface);

/* Gives a pin another name; who has that one takes the old. 0 or -errno. */
int link_rename(const struct instance *instance, const char *pin,
		const char *name);

#endif
