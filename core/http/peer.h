/*
 * peer.h - where a request comes from
 *
 * An address of sixteen bytes, IPv4 mapped into IPv6, and a number for budgets and fair
 * queues: the whole IPv4 address, or the /64 of an IPv6 one, since that is what one
 * household or one attacker gets. A Unix socket's source is its peer's uid.
 *
 * Threads  Any. Memory  Values. Failing  False leaves the output untouched.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;
struct sp_error;

#define PEER_TEXT 46u	/* INET6_ADDRSTRLEN */

struct peer {
	uint8_t address[16];
	uint64_t key;
	char text[PEER_TEXT];	/* "192.0.2.7", "2001:db8::1", "uid 0" */
};

void peer_of(const struct sockaddr *address, struct peer *out_peer);
void peer_of_bytes(const uint8_t address[16], struct peer *out_peer);
void peer_of_uid(int64_t uid, struct peer *out_peer);

/* "192.0.2.7", "2001:db8::1", "[2001:db8::1]", each with or without ":port" (an IPv6 address
 * has one in brackets only): what proxies write into X-Forwarded-For. */
bool peer_parse(const char *text, size_t size, struct peer *out_peer);

/* Addresses that are taken together: "10.0.0.0/8", "2001:db8::/32", "192.0.2.7". */
struct peer_network { uint8_t address[16]; unsigned bits; };

bool peer_network_parse(const char *text, struct peer_network *out_network);
bool peer_among(const struct peer_network *networks, size_t count, const struct peer *peer);

/* The visitor behind trusted proxies: from the right, the first that is none of them. False
 * where a hop is no address: whoever wrote that is not to be believed (attack E4). */
bool peer_forwarded(const char *value, const struct peer_network *trusted, size_t count,
    struct peer *io_peer);
