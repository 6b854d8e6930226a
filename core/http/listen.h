/*
 * listen.h - sockets to listen on
 *
 * Private. Threads  Main.
 * Failing  -1 or false, and why in words; the listener's address is named.
 */
#pragma once

#include <sallyport/plugin.h>
#include <sys/socket.h>

struct http_listener;

struct address {
	struct sockaddr_storage storage;
	socklen_t size;
	bool local, wildcard, loopback;	/* local: a Unix socket */
};

bool address_parse(const char *text, struct address *out_address, struct sp_error *out_error);
unsigned address_port(const struct address *address);
void address_set_port(struct address *address, unsigned port);
unsigned listen_port(int fd);

/* False: somebody else listens there, although SO_REUSEPORT would let us join. */
bool listen_free(const struct address *address, const char *text, struct sp_error *out_error);
int listen_open(const struct address *address, const struct http_listener *set,
    struct sp_error *out_error);

/* Those that were handed over (LISTEN_PID, LISTEN_FDS) for this address; how many. */
size_t listen_inherited(const struct address *address, int *out_fds, size_t most);
