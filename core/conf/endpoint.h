/*
 * endpoint.h - where a server listens, and what visitors call it
 *
 * Numbers only: a name that must be looked up has no place in a conf file.
 *
 * Threads  Any. Memory  What is given is the arena's. Failing  False, nothing is written.
 */
#pragma once

#include "conf/conf.h"

struct endpoint { const char *host; uint16_t port; bool v6, loopback, wildcard; };

/* "127.0.0.1:8080", "[::1]:8080"; the port is 1 to 65535. */
bool endpoint_read(const char *text, struct arena *arena, struct endpoint *out_endpoint);

/* "10.0.0.0/8", "::1": no bits beyond the mask. */
bool endpoint_network(const char *text, struct conf_network *out_network);

/* "https://login.example.com", "http://127.0.0.1:8080": lower case, no path, no port that
 * goes without saying. */
struct endpoint_url { bool secure, loopback; };
bool endpoint_url(const char *text, struct endpoint_url *out_url);
