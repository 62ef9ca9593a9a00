/* SPDX-License-Identifier: GPL-2.0-only */
/* Looks for what will bite at an interface: driver, MTU, offloads, place, owner. */
#include "user/kernel/examine.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "user/kernel/attach.h"
#include "user/kernel/features.h"
#include "user/kernel/foreign.h"
#include "user/output/report.h"

/*
 * What fits into one buffer of a page with its headroom (256) and the
 * kernel's own data behind the frame (320), Ethernet header counted.
 */
#define PAGE_OVERHEAD (256 + 320 + 14)

static bool is_kind(const struct nic *nic, const char *kind)
{
	return !strcmp(nic->kind, kind);
}

/* Stacked interfaces and tunnels: the kernel has no native XDP for them. */
static bool has_native_kind(const struct nic *nic)
{
	static const char *const kinds[] = {"",	   "veth", "bond",
					    "tun", "hsr",  "netkit"};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (is_kind(nic, kinds[i]))
			return true;
	return false;
}

/* False also if it is unknown, on a card before Linux 6.3. */
static bool has_no_native(const struct nic *nic)
{
	return nic->has_xdp_features ? !nic->is_native : !has_native_kind(nic);
}

static char *mend_native(const struct nic *nic)
{
	if (nic->below[0])
		return finding_text("put %s in its place in the config",
				    nic->below);
	return finding_text("`%s: {mode: generic}` in the config accepts it",
			    nic->name);
}

static void examine_driver(struct findings *findings, const struct nic *nic,
			   enum attach_mode mode)
{
	bool is_fatal = mode == MODE_NATIVE;

	if (mode == MODE_GENERIC || !has_no_native(nic))
		return;
	findings_add(
		findings, is_fatal ? SEVERITY_ERROR : SEVERITY_WARNING,
		"no-native", nic->name,
		finding_text("its driver%s%s has no native XDP",
			     nic->driver[0] ? " " : "", nic->driver),
		finding_text("%s", is_fatal ? "the config asks for `mode: "
					      "native`, so load will fail"
					    : "packets are filtered in generic "
					      "mode: later and slower"),
		mend_native(nic));
}

/* Whether the driver does is told since Linux 6.3; veth has since 5.18. */
static bool takes_frags(const struct nic *nic)
{
	return features_has_frags() &&
	       (nic->has_xdp_features ? nic->takes_frags
				      : is_kind(nic, "veth"));
}

static void examine_mtu(struct findings *findings, const struct nic *nic,
			enum attach_mode mode)
{
	__u32 max = sysconf(_SC_PAGESIZE) - PAGE_OVERHEAD;

	if (nic->mtu <= max || mode == MODE_GENERIC || has_no_native(nic) ||
	    takes_frags(nic))
		return;
	findings_add(findings, SEVERITY_WARNING, "mtu", nic->name,
		     finding_text("its MTU of %u is more than one buffer "
				  "holds (%u)",
				  nic->mtu, max),
		     finding_text("%s: native mode %s refused, and packets "
				  "are filtered in generic mode",
				  nic->has_xdp_features
					  ? "driver or kernel have no XDP for "
					    "frames in several buffers"
					  : "this kernel does not tell whether "
					    "the driver takes several",
				  nic->has_xdp_features ? "is" : "may be"),
		     finding_text("ip link set dev %s mtu 1500", nic->name));
}

static void examine_merging(struct findings *findings, const struct nic *nic)
{
	const char *why = "the card joins segments before XDP sees them; "
			  "native mode is refused by some drivers and "
			  "switches this off in others";

	if (nic->lro)
		findings_add(findings, SEVERITY_WARNING, "lro", nic->name,
			     finding_text("large receive offload is on"),
			     finding_text("%s", why),
			     finding_text("ethtool -K %s lro off", nic->name));
	if (nic->gro_hw)
		findings_add(
			findings, SEVERITY_WARNING, "gro-hw", nic->name,
			finding_text("GRO in hardware is on"),
			finding_text("%s", why),
			finding_text("ethtool -K %s rx-gro-hw off", nic->name));
}

static void examine_vlan(struct findings *findings, const struct nic *nic)
{
	if (nic->strips_vlan)
		findings_add(
			findings,
			nic->above[0] ? SEVERITY_WARNING : SEVERITY_NOTE,
			"vlan-offload", nic->name,
			finding_text("VLAN tags are taken off before XDP"),
			finding_text("a frame with a tag is judged as if it "
				     "had none, and one with three passes "
				     "`vlan-depth`"),
			finding_text("ethtool -K %s rxvlan off", nic->name));
	if (nic->above[0])
		findings_add(findings, SEVERITY_NOTE, "vlan-above", nic->name,
			     finding_text("%s stand on it", nic->above),
			     finding_text("a program on %s judges their frames "
					  "too, under its own name and roles: "
					  "do not list both",
					  nic->name),
			     NULL);
}

/* Drivers that need a transmit queue for XDP beside each channel. */
static bool needs_half(const struct nic *nic)
{
	return !strcmp(nic->driver, "ena") || !strcmp(nic->driver, "gve");
}

static bool would_like_half(const struct nic *nic)
{
	return needs_half(nic) || !strcmp(nic->driver, "virtio_net");
}

static void examine_channels(struct findings *findings, const struct nic *nic)
{
	__u32 max = nic->channels_max / (needs_half(nic) ? 2 : 1);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	__u32 wanted = max < cpus ? max : cpus;

	if (nic->channels >= wanted)
		return;
	findings_add(findings, SEVERITY_NOTE, "channels", nic->name,
		     finding_text("it receives on %u of %u channels, and "
				  "there are %ld CPUs",
				  nic->channels, nic->channels_max, cpus),
		     finding_text("a channel is one CPU's; with few of them "
				  "few CPUs filter"),
		     finding_text("ethtool -L %s %s %u", nic->name,
				  nic->is_combined ? "combined" : "rx",
				  wanted));
}

static void examine_half(struct findings *findings, const struct nic *nic)
{
	__u32 half = nic->channels_max / 2;
	bool is_needed = needs_half(nic);

	if (!would_like_half(nic) || !half || nic->channels <= half)
		return;
	findings_add(
		findings, is_needed ? SEVERITY_WARNING : SEVERITY_NOTE,
		"channels-half", nic->name,
		finding_text("%u of %u channels are in use", nic->channels,
			     nic->channels_max),
		finding_text("%s wants as many transmit queues again for "
			     "XDP: %s",
			     nic->driver,
			     is_needed ? "it refuses native mode unless at "
					 "most half are in use"
				       : "without them transmitting locks, "
					 "which dropping and passing do not "
					 "notice"),
		finding_text("ethtool -L %s combined %u", nic->name, half));
}

static void examine_place(struct findings *findings, const struct nic *nic)
{
	if (!strcmp(nic->master_kind, "bond"))
		findings_add(findings, SEVERITY_WARNING, "bond-member",
			     nic->name,
			     finding_text("it is a member of %s", nic->master),
			     finding_text("the other members are not "
					  "filtered, and %s takes no program "
					  "then",
					  nic->master),
			     finding_text("put %s in its place in the config",
					  nic->master));
	if (!strcmp(nic->master_kind, "bridge"))
		findings_add(
			findings, SEVERITY_WARNING, "bridge-port", nic->name,
			finding_text("it is a port of the bridge %s",
				     nic->master),
			finding_text("frames that are bridged, not "
				     "routed, are judged too"),
			finding_text("ip link set dev %s nomaster", nic->name));
	if (is_kind(nic, "bond"))
		findings_add(findings, SEVERITY_NOTE, "bond", nic->name,
			     finding_text("it is a bond of %s",
					  nic->members[0] ? nic->members
							  : "nothing"),
			     finding_text("frames of a member that is added "
					  "later are dropped as `no-policy` "
					  "until the next load"),
			     finding_text("rolegate load"));
}

static void examine_owner(struct findings *findings,
			  const struct instance *instance,
			  const struct nic *nic)
{
	struct foreign foreign;

	if (!foreign_find(instance, nic->name, &foreign))
		return;
	findings_add(findings, SEVERITY_ERROR, "foreign-program", nic->name,
		     finding_text("it already runs another XDP program, %s "
				  "(id %u)",
				  foreign.name, foreign.id),
		     finding_text("an interface runs one; load leaves it alone "
				  "and changes nothing"),
		     finding_text("%s", foreign.remedy));
}

/* How it is set up, whatever the policy makes of it. */
static void examine_setup(struct findings *findings, const struct nic *nic,
			  enum attach_mode mode)
{
	examine_mtu(findings, nic, mode);
	examine_merging(findings, nic);
	examine_vlan(findings, nic);
	examine_channels(findings, nic);
	examine_half(findings, nic);
	examine_place(findings, nic);
}

static int find(const struct nics *nics, const char *name, struct nic *nic)
{
	int err = nics_find(nics, name, nic);

	if (err)
		return err;
	nic_ask_driver(nic);
	nic_ask_xdp(nic);
	return 0;
}

void examine_interface(struct findings *findings, const struct nics *nics,
		       const struct instance *instance, const char *name,
		       enum attach_mode mode, struct nic *nic)
{
	*nic = (struct nic){};
	if (find(nics, name, nic)) {
		findings_add(
			findings, SEVERITY_ERROR, "no-interface", name,
			finding_text("there is no interface %s here", name),
			finding_text("load attaches to all or to none"),
			finding_text("ip link"));
		return;
	}
	examine_owner(findings, instance, nic);
	examine_driver(findings, nic, mode);
	examine_setup(findings, nic, mode);
}

/* What load itself does not come across: how the interfaces are set up. */
static void examine_new(struct findings *findings,
			const struct instance *instance,
			const struct model *model)
{
	const struct interface *interface;
	struct attachment attachment;
	struct nics nics;
	struct nic nic;
	__u32 i;

	if (!nics_open(&nics))
		for (i = 0; i < model->interfaces.count; i++) {
			interface = &model->interfaces.items[i];
			if (find(&nics, model_str(model, interface->name),
				 &nic) ||
			    attachment_find(instance, nic.ifindex,
					    &attachment) > 0)
				continue;
			examine_setup(findings, &nic, interface->mode);
		}
	nics_close(&nics);
}

static int report_finding(const struct finding *finding)
{
	if (finding->severity == SEVERITY_ERROR)
		return report_error(-ENOTSUP,
				    "%s: %s; nothing was changed; `%s`",
				    finding->what, finding->why, finding->mend);
	if (finding->severity == SEVERITY_WARNING)
		report_warning("%s%s%s: %s; `%s`", finding->about,
			       finding->about[0] ? ": " : "", finding->what,
			       finding->why, finding->mend);
	return 0;
}

int examine_before_load(const struct instance *instance,
			const struct model *model)
{
	struct findings findings;
	unsigned int i;
	int err = 0;

	findings_init(&findings);
	if (!instance->is_loaded)
		examine_host(&findings);
	examine_new(&findings, instance, model);
	for (i = 0; i < findings.count && !err; i++)
		err = report_finding(&findings.items[i]);
	findings_release(&findings);
	return err;
}
