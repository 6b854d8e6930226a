/* Which addresses the server may call. */
#include "http/outbound.h"
#include "http/peer.h"

#include <criterion/criterion.h>
#include <string.h>

Test(outbound, req101_only_what_is_public_is_called)
{
	static const struct { const char *address; bool public; } rows[] = {
		{ "8.8.8.8", true }, { "1.1.1.1", true }, { "100.63.255.255", true },
		{ "100.64.0.1", false }, { "100.128.0.0", true }, { "0.0.0.0", false },
		{ "10.255.0.1", false }, { "127.0.0.1", false }, { "127.1.2.3", false },
		{ "169.254.169.254", false }, { "172.15.0.1", true }, { "172.16.0.1", false },
		{ "172.31.255.255", false }, { "172.32.0.1", true }, { "192.168.1.1", false },
		{ "192.0.0.8", false }, { "192.0.2.1", false }, { "198.18.0.1", false },
		{ "198.51.100.1", false }, { "203.0.113.9", false }, { "224.0.0.1", false },
		{ "240.0.0.1", false }, { "255.255.255.255", false },
		{ "2606:4700::1111", true }, { "2a00:1450::1", true }, { "::1", false },
		{ "::", false }, { "::ffff:127.0.0.1", false }, { "::ffff:8.8.8.8", true },
		{ "::8.8.8.8", false }, { "64:ff9b::7f00:1", false }, { "fc00::1", false },
		{ "fd12::1", false }, { "fe80::1", false }, { "ff02::1", false },
		{ "2001::1", false }, { "2001:db8::1", false }, { "2002:7f00:1::", false },
		{ "3fff::1", false },
	};
	struct peer peer;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = rows[i].address;
		cr_assert(peer_parse(text, strlen(text), &peer), "%s", text);
		cr_assert_eq(outbound_public(&peer), rows[i].public, "%s", text);
	}
}
