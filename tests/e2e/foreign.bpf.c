/* SPDX-License-Identifier: GPL-2.0-only */
/* Somebody else's XDP program, for the test that we leave it alone. */

#define XDP_PASS 2

int foreign_pass(void *context);

__attribute__((section("xdp"), used)) int foreign_pass(void *context)
{
	(void)context;
	return XDP_PASS;
}
