#include "base/log.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <string.h>

static _Atomic bool masked = true;

void log_set_mask(bool on)
{
	atomic_store_explicit(&masked, on, memory_order_relaxed);
}

/* The bytes of the first character. */
static int first_size(const char *text)
{
	int size = text[0] != '\0';

	while (size > 0 && size < 4 && ((unsigned char)text[size] & 0xc0) == 0x80)
		size++;
	return size;
}

const char *log_address(struct arena *arena, const char *address)
{
	if (address == NULL || !atomic_load_explicit(&masked, memory_order_relaxed))
		return address;
	const char *at = strrchr(address, '@');
	if (at == NULL || at == address)
		return "***";
	const char *domain = at + 1, *top = strrchr(domain, '.');
	return text_print(arena, "%.*s***@%.*s***%s", first_size(address), address,
	    first_size(domain), domain, top != NULL ? top : "");
}

static const char *ip_part(struct arena *arena, int family, unsigned char *bytes, size_t keep,
    unsigned bits)
{
	char text[INET6_ADDRSTRLEN];
	size_t size = family == AF_INET ? 4 : 16;

	memset(bytes + keep, 0, size - keep);
	if (inet_ntop(family, bytes, text, sizeof(text)) == NULL)
		return "***";
	return text_print(arena, "%s/%u", text, bits);
}

const char *log_ip(struct arena *arena, const char *ip)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned char bytes[16];

	if (ip == NULL || !atomic_load_explicit(&masked, memory_order_relaxed))
		return ip;
	if (inet_pton(AF_INET, ip, bytes) == 1)
		return ip_part(arena, AF_INET, bytes, 3, 24);
	if (inet_pton(AF_INET6, ip, bytes) != 1)
		return "***";
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0)
		return ip_part(arena, AF_INET, bytes + 12, 3, 24);
	return ip_part(arena, AF_INET6, bytes, 6, 48);
}
