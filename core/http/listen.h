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

struct place {
	struct sockaddr_storage storage;
	socklen_t size;
	bool local, wildcard, loopback;	/* local: a Unix socket */
};

bool place_parse(const char *text, struct place *out_address, struct sp_error *out_error);
unsigned place_port(const struct place *address);
void place_set_port(struct place *address, unsigned port);
unsigned listen_port(int fd);

/* False: somebody else listens there, although SO_REUSEPORT would let us join. */
bool listen_free(const struct place *address, const char *text, struct sp_error *out_error);
int listen_open(const struct place *address, const struct http_listener *set,
    struct sp_error *out_error);

/* Those that were handed over (LISTEN_PID, LISTEN_FDS) for this address; how many. */
size_t listen_inherited(const struct place *address, int *out_fds, size_t most);
