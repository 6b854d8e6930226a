/*
 * proxy.h - the header of the PROXY protocol, version 2
 *
 * Private. Threads  Any. Memory  None. Failing  0 or false: no such header, close.
 */
#pragma once

#include "http/peer.h"

#define PROXY_HEAD 16u
#define PROXY_MOST 1024u

/* How long the whole header is, from its first sixteen bytes; 0: it is none. */
size_t proxy_size(const unsigned char head[PROXY_HEAD]);
/* LOCAL, and families without addresses, leave the source as it is. */
bool proxy_source(const unsigned char *header, size_t size, struct peer *io_peer);
