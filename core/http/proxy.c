#include "http/proxy.h"

#include <string.h>

size_t proxy_size(const unsigned char head[PROXY_HEAD])
{
	static const char signature[] = "\r\n\r\n\0\r\nQUIT\n";
	size_t size = PROXY_HEAD + ((size_t)head[14] << 8 | head[15]);

	if (memcmp(head, signature, 12) != 0 || head[12] >> 4 != 2 || (head[12] & 15) > 1)
		return 0;
	return size <= PROXY_MOST ? size : 0;
}

bool proxy_source(const unsigned char *header, size_t size, struct peer *io_peer)
{
	uint8_t address[16] = { [10] = 0xff, [11] = 0xff };
	unsigned family = header[13] >> 4;

	if ((header[12] & 15) == 0 || family == 0 || family == 3)
		return true;
	if (family == 1 && size >= PROXY_HEAD + 12)
		memcpy(address + 12, header + PROXY_HEAD, 4);
	else if (family == 2 && size >= PROXY_HEAD + 36)
		memcpy(address, header + PROXY_HEAD, 16);
	else
		return false;
	peer_of_bytes(address, io_peer);
	return true;
}
