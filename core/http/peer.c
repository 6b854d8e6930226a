#include "http/peer.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static uint64_t peer_key(const uint8_t address[16])
{
	const uint8_t *from = memcmp(address, mapped, sizeof(mapped)) == 0 ? address + 8 : address;
	uint64_t key = 0;

	for (size_t i = 0; i < 8; i++)
		key = key << 8 | from[i];
	return key;	/* of IPv4: ::ffff:a.b.c.d, a /64 that nobody has */
}

void peer_of_bytes(const uint8_t address[16], struct peer *out_peer)
{
	struct peer peer = { .key = peer_key(address) };

	memcpy(peer.address, address, sizeof(peer.address));
	if (memcmp(address, mapped, sizeof(mapped)) == 0)
		inet_ntop(AF_INET, address + 12, peer.text, sizeof(peer.text));
	else
		inet_ntop(AF_INET6, address, peer.text, sizeof(peer.text));
	*out_peer = peer;
}

static void address_of_four(const void *four, uint8_t out[16])
{
	memcpy(out, mapped, sizeof(mapped));
	memcpy(out + 12, four, 4);
}

void peer_of(const struct sockaddr *address, struct peer *out_peer)
{
	uint8_t bytes[16] = { 0 };

	if (address->sa_family == AF_INET)
		address_of_four(&((const struct sockaddr_in *)(const void *)address)->sin_addr,
		    bytes);
	else if (address->sa_family == AF_INET6)
		memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
	peer_of_bytes(bytes, out_peer);
}

void peer_of_uid(int64_t uid, struct peer *out_peer)
{
	struct peer peer = { .key = (uint64_t)uid };	/* ::/64 has no visitors */

	snprintf(peer.text, sizeof(peer.text), "uid %lld", (long long)uid);
	*out_peer = peer;
}

static bool address_parse(const char *text, uint8_t out[16])
{
	struct in_addr four;
	struct in6_addr six;

	if (inet_pton(AF_INET, text, &four) == 1) {
		address_of_four(&four, out);
		return true;
	}
	if (inet_pton(AF_INET6, text, &six) != 1)
		return false;
	memcpy(out, &six, 16);
	return true;
}

static bool port_fits(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits < 6 && text[digits] == '\0';
}

/* Cuts ":port" and brackets off, in place; NULL: rubbish. */
static char *peer_strip(char *text)
{
	char *end, *colon = strchr(text, ':');

	if (*text == '[') {
		end = strchr(text, ']');
		if (end == NULL || (end[1] != '\0' && !(end[1] == ':' && port_fits(end + 2))))
			return NULL;
		*end = '\0';
		return strchr(text + 1, ':') != NULL ? text + 1 : NULL;
	}
	if (colon != NULL && strchr(colon + 1, ':') == NULL) {
		if (!port_fits(colon + 1))
			return NULL;
		*colon = '\0';
	}
	return text;
}

bool peer_parse(const char *text, size_t size, struct peer *out_peer)
{
	char copy[PEER_TEXT + 8];
	uint8_t address[16];

	if (size == 0 || size >= sizeof(copy) || memchr(text, '\0', size) != NULL)
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	const char *bare = peer_strip(copy);
	if (bare == NULL || !address_parse(bare, address))
		return false;
	peer_of_bytes(address, out_peer);
	return true;
}

bool peer_network_parse(const char *text, struct peer_network *out_network)
{
	size_t size = strcspn(text, "/");
	struct peer_network network = { .bits = 128 };
	char address[PEER_TEXT];

	if (size >= sizeof(address))
		return false;
	memcpy(address, text, size);
	address[size] = '\0';
	if (!address_parse(address, network.address))
		return false;
	if (text[size] == '/') {
		unsigned least = strchr(address, ':') == NULL ? 96 : 0;
		char *end;
		unsigned long bits = strtoul(text + size + 1, &end, 10);

		if (!isdigit((unsigned char)text[size + 1]) || *end != '\0' || bits > 128 - least)
			return false;
		network.bits = least + (unsigned)bits;
	}
	*out_network = network;
	return true;
}

static bool peer_held(const struct peer_network *network, const uint8_t address[16])
{
	unsigned whole = network->bits / 8, left = network->bits % 8;

	if (memcmp(network->address, address, whole) != 0)
		return false;
	return left == 0 || ((network->address[whole] ^ address[whole]) >> (8 - left)) == 0;
}

bool peer_among(const struct peer_network *networks, size_t count, const struct peer *peer)
{
	for (size_t i = 0; i < count; i++)
		if (peer_held(&networks[i], peer->address))
			return true;
	return false;
}

bool peer_forwarded(const char *value, const struct peer_network *trusted, size_t count,
    struct peer *io_peer)
{
	size_t end = strlen(value);
	struct peer peer = *io_peer;

	while (peer_among(trusted, count, &peer)) {
		while (end > 0 && strchr(" \t", value[end - 1]) != NULL)
			end--;
		size_t begin = end;
		while (begin > 0 && value[begin - 1] != ',')
			begin--;
		size_t from = begin + strspn(value + begin, " \t");
		if (from >= end || !peer_parse(value + from, end - from, &peer))
			return false;
		if (begin == 0)
			break;
		end = begin - 1;
	}
	*io_peer = peer;
	return true;
}
