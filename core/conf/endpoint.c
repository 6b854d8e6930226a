#include "conf/endpoint.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static bool bytes_loopback(bool v6, const unsigned char *bytes)
{
	static const unsigned char one[16] = { [15] = 1 };

	return v6 ? memcmp(bytes, one, sizeof(one)) == 0 : bytes[0] == 127;
}

static bool bytes_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

static bool number_read(const char *text, unsigned least, unsigned most, unsigned *out_number)
{
	unsigned number = 0;

	if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
		return false;
	for (const char *c = text; *c != '\0'; c++) {
		if (*c < '0' || *c > '9' || number > most)
			return false;
		number = number * 10 + (unsigned)(*c - '0');
	}
	if (number < least || number > most)
		return false;
	*out_number = number;
	return true;
}

bool endpoint_read(const char *text, struct arena *arena, struct endpoint *out_endpoint)
{
	struct endpoint address = { .v6 = text[0] == '[' };
	const char *colon = strrchr(text, ':'), *end = colon;
	unsigned char bytes[16];
	unsigned port;

	if (colon == NULL || !number_read(colon + 1, 1, 65535, &port))
		return false;
	if (address.v6 && (end == text || *--end != ']'))
		return false;
	const char *begin = text + address.v6;
	address.host = text_part(arena, begin, (size_t)(end - begin));
	if (inet_pton(address.v6 ? AF_INET6 : AF_INET, address.host, bytes) != 1)
		return false;
	address.port = (uint16_t)port;
	address.loopback = bytes_loopback(address.v6, bytes);
	address.wildcard = bytes_zero(bytes, address.v6 ? 16 : 4);
	*out_endpoint = address;
	return true;
}

bool endpoint_network(const char *text, struct conf_network *out_network)
{
	struct conf_network network = { .v6 = strchr(text, ':') != NULL };
	const char *slash = strchr(text, '/');
	size_t length = slash != NULL ? (size_t)(slash - text) : strlen(text);
	unsigned most = network.v6 ? 128 : 32;
	char host[INET6_ADDRSTRLEN];

	if (length >= sizeof(host))
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	network.bits = most;
	if (inet_pton(network.v6 ? AF_INET6 : AF_INET, host, network.address) != 1 ||
	    (slash != NULL && !number_read(slash + 1, 0, most, &network.bits)))
		return false;
	for (unsigned bit = network.bits; bit < most; bit++)
		if (network.address[bit / 8] & 0x80 >> bit % 8)
			return false;
	*out_network = network;
	return true;
}

/* A name, an IPv4 address or a bracketed IPv6 one; says how far it goes. */
static bool host_read(const char *text, size_t *out_length, bool *out_loopback)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
	unsigned char bytes[16];
	char host[256];
	bool v6 = text[0] == '[';
	size_t length = v6 ? strcspn(text, "]") : strspn(text, allowed);

	if (length == 0 || length >= sizeof(host) || (v6 && text[length] != ']'))
		return false;
	memcpy(host, text + v6, length - v6);
	host[length - v6] = '\0';
	if (v6) {
		if (inet_pton(AF_INET6, host, bytes) != 1)
			return false;
		*out_loopback = bytes_loopback(true, bytes);
		*out_length = length + 1;
		return true;
	}
	*out_loopback = strcmp(host, "localhost") == 0 ||
	    (inet_pton(AF_INET, host, bytes) == 1 && bytes_loopback(false, bytes));
	*out_length = length;
	return host[0] != '.' && host[0] != '-' && host[length - 1] != '.' &&
	    host[length - 1] != '-' && strstr(host, "..") == NULL;
}

bool endpoint_url(const char *text, struct endpoint_url *out_url)
{
	struct endpoint_url url = { .secure = strncmp(text, "https://", 8) == 0 };
	const char *at = text + (url.secure ? 8 : 7);
	unsigned port = 0;
	size_t length;

	if (!url.secure && strncmp(text, "http://", 7) != 0)
		return false;
	if (!host_read(at, &length, &url.loopback))
		return false;
	at += length;
	if (*at == ':' && !number_read(at + 1, 1, 65535, &port))
		return false;
	if ((*at != '\0' && *at != ':') || port == (url.secure ? 443u : 80u))
		return false;
	*out_url = url;
	return true;
}
