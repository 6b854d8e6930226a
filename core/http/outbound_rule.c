/* outbound_rule.c - which addresses are of the public internet (IANA special-purpose registries) */
#include "http/outbound.h"

#include "http/peer.h"

/* IPv4 is in ::ffff:0:0/96 here. Of IPv6 only what is given out is public: 2000::/3. */
static const struct peer_network hidden[] = {
#define V4(a, b, c, d, n) { { [10] = 0xff, [11] = 0xff, a, b, c, d }, 96 + (n) }
	V4(0, 0, 0, 0, 8), V4(10, 0, 0, 0, 8), V4(100, 64, 0, 0, 10), V4(127, 0, 0, 0, 8),
	V4(169, 254, 0, 0, 16), V4(172, 16, 0, 0, 12), V4(192, 0, 0, 0, 24), V4(192, 0, 2, 0, 24),
	V4(192, 31, 196, 0, 24), V4(192, 52, 193, 0, 24), V4(192, 88, 99, 0, 24),
	V4(192, 168, 0, 0, 16), V4(192, 175, 48, 0, 24), V4(198, 18, 0, 0, 15),
	V4(198, 51, 100, 0, 24), V4(203, 0, 113, 0, 24), V4(224, 0, 0, 0, 4), V4(240, 0, 0, 0, 4),
#undef V4
	{ { 0x20, 0x01, 0x00 }, 23 },		/* Teredo, ORCHID and the like */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },	/* documentation */
	{ { 0x20, 0x02 }, 16 },			/* 6to4: holds an IPv4 address */
	{ { 0x3f, 0xff }, 20 },			/* documentation */
};
static const struct peer_network open[] = {
	{ { [10] = 0xff, [11] = 0xff }, 96 }, { { 0x20 }, 3 },
};

bool outbound_public(const struct peer *peer)
{
	return peer_among(open, sizeof(open) / sizeof(open[0]), peer) &&
	    !peer_among(hidden, sizeof(hidden) / sizeof(hidden[0]), peer);
}
