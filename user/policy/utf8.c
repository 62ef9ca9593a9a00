/* SPDX-License-Identifier: GPL-2.0-only */
/* Characters of UTF-8 text: their length, and whether a terminal may see them. */
#include "user/policy/utf8.h"

#include <errno.h>

static const __u32 smallest[] = {0, 0, 0x80, 0x800, 0x10000};

static int length_from_lead(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc0 && lead < 0xe0)
		return 2;
	if (lead >= 0xe0 && lead < 0xf0)
		return 3;
	if (lead >= 0xf0 && lead < 0xf8)
		return 4;
	return 0;
}

int utf8_decode(const char *text, size_t size, __u32 *character)
{
	unsigned char lead = size ? text[0] : 0xff;
	int length = length_from_lead(lead);
	__u32 value;
	int i;

	if (!length || (size_t)length > size)
		return -EINVAL;
	value = length == 1 ? lead : lead & (0x7f >> length);
	for (i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return -EINVAL;
		value = value << 6 | (text[i] & 0x3f);
	}
	if (value < smallest[length] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return -EINVAL;
	*character = value;
	return length;
}

bool utf8_is_printable(__u32 character)
{
	if (character < 0x20 || (character >= 0x7f && character < 0xa0))
		return false;
	if (character >= 0x200b && character <= 0x200f)
		return false;
	if (character >= 0x2028 && character <= 0x202e)
		return false;
	if (character >= 0x2060 && character <= 0x206f)
		return false;
	return character != 0xfeff && character < 0xe0000;
}
