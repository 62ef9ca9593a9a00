/* SPDX-License-Identifier: GPL-2.0-only */
/* Looks for what will bite on this host: privileges, bpffs, memory, JIT, kernel. */
#include "user/kernel/examine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/capability.h>

#include "user/kernel/features.h"

static bool has_capability(const struct __user_cap_data_struct *data,
			   int number)
{
	return data[CAP_TO_INDEX(number)].effective & CAP_TO_MASK(number);
}

/* CAP_SYS_ADMIN stands for the two that were split off it. */
static bool may_use_bpf(char *lacking, size_t size)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {};
	bool is_admin;

	lacking[0] = '\0';
	if (syscall(SYS_capget, &header, data))
		return true;
	is_admin = has_capability(data, CAP_SYS_ADMIN);
	snprintf(lacking, size, "%s%s%s",
		 has_capability(data, CAP_NET_ADMIN) ? "" : " CAP_NET_ADMIN",
		 is_admin || has_capability(data, CAP_BPF) ? "" : " CAP_BPF",
		 is_admin || has_capability(data, CAP_PERFMON)
			 ? ""
			 : " CAP_PERFMON");
	return !lacking[0];
}

/* False if there is no point in asking the kernel for more. */
static bool examine_privileges(struct findings *findings)
{
	char lacking[64];
	bool may = may_use_bpf(lacking, sizeof(lacking));

	if (may && geteuid() == 0)
		return true;
	findings_add(findings, SEVERITY_ERROR, "privileges", NULL,
		     lacking[0] ? finding_text("this process lacks%s", lacking)
				: finding_text("this process is not root"),
		     finding_text("loading and attaching BPF programs needs "
				  "them, and bpffs is root's; the kernel's "
				  "part cannot be examined without"),
		     finding_text("sudo rolegate doctor"));
	return may;
}

static void examine_bpffs(struct findings *findings)
{
	if (instance_has_bpffs())
		return;
	findings_add(findings, SEVERITY_ERROR, "bpffs", NULL,
		     finding_text("bpffs is not mounted at /sys/fs/bpf"),
		     finding_text("all state is pinned there (`ip netns exec` "
				  "hides it: `nsenter --net=/run/netns/NAME` "
				  "does not)"),
		     finding_text("mount -t bpf -o mode=0700 bpf /sys/fs/bpf"));
}

static void examine_memory(struct findings *findings)
{
	int err = features_try_map();

	if (!err)
		return;
	findings_add(findings, SEVERITY_ERROR, "memlock", NULL,
		     finding_text("a table of 1 MiB cannot be made: %s",
				  strerror(-err)),
		     finding_text("kernels before 5.11 count maps as locked "
				  "memory, and the limit is too low for the "
				  "tables"),
		     finding_text("ulimit -l unlimited"));
}

static void examine_jit(struct findings *findings)
{
	if (features_jit() != JIT_OFF)
		return;
	findings_add(findings, SEVERITY_WARNING, "jit", NULL,
		     finding_text("the BPF JIT compiler is off"),
		     finding_text("every packet is then interpreted, several "
				  "times slower"),
		     finding_text("sysctl -w net.core.bpf_jit_enable=1"));
}

static void examine_kernel(struct findings *findings)
{
	struct utsname uts = {};
	char missing[512];

	uname(&uts);
	if (!features_missing(missing, sizeof(missing)) && missing[0])
		findings_add(findings, SEVERITY_ERROR, "kernel", NULL,
			     finding_text("Linux %s lacks what the filter "
					  "needs: %s",
					  uts.release, missing),
			     finding_text("rolegate needs Linux 6.1 or newer"),
			     finding_text("boot a newer kernel"));
	if (features_has_frags())
		return;
	findings_add(findings, SEVERITY_NOTE, "no-frags", NULL,
		     finding_text("Linux %s has no XDP for frames in several "
				  "buffers",
				  uts.release),
		     finding_text("the filter is loaded as plain `xdp`; where "
				  "the MTU is above some 3500 bytes native "
				  "mode is then refused"),
		     finding_text("boot a newer kernel, or keep the MTU at "
				  "1500"));
}

void examine_host(struct findings *findings)
{
	examine_bpffs(findings);
	if (!examine_privileges(findings))
		return;
	examine_kernel(findings);
	examine_memory(findings);
	examine_jit(findings);
}
