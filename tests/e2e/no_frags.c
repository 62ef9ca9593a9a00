/* SPDX-License-Identifier: GPL-2.0-only */
/* Preloaded, makes the kernel look like one before 5.18: no xdp.frags. */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include <linux/bpf.h>

long syscall(long number, ...);

/* libbpf's way into the kernel; no call has more than six arguments. */
long syscall(long number, ...)
{
	long (*next)(long, ...) = dlsym(RTLD_NEXT, "syscall");
	long arguments[6];
	va_list list;
	int i;

	va_start(list, number);
	for (i = 0; i < 6; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_bpf && arguments[0] == BPF_PROG_LOAD &&
	    ((union bpf_attr *)arguments[1])->prog_flags &
		    BPF_F_XDP_HAS_FRAGS) {
		errno = EINVAL;
		return -1;
	}
	return next(number, arguments[0], arguments[1], arguments[2],
		    arguments[3], arguments[4], arguments[5]);
}
