/*
 * address.h - where a server listens, and what visitors call it
 *
 * Numbers only: a name that must be looked up has no place in a conf file.
 *
 * Threads  Any. Memory  What is given is the arena's. Failing  False, nothing is written.
 */
#pragma once

#include "conf/conf.h"

struct address_port { const char *host; uint16_t port; bool v6, loopback, wildcard; };

/* "127.0.0.1:8080", "[::1]:8080"; the port is 1 to 65535. */
bool address_read(const char *text, struct arena *arena, struct address_port *out_address);

/* "10.0.0.0/8", "::1": no bits beyond the mask. */
bool network_read(const char *text, struct conf_network *out_network);

/* "https://login.example.com", "http://127.0.0.1:8080": lower case, no path, no port that
 * goes without saying. */
struct base_url { bool secure, loopback; };
bool base_url_read(const char *text, struct base_url *out_url);
