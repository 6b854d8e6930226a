/* probe.c - a connect with a deadline, before libesmtp makes one without */
#include "relay.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until the connect is over. 0, or an errno. */
static int probe_wait(int fd, int64_t until)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0, ready;

	do {
		int64_t left = until - clock_ms();
		ready = poll(&poll_fd, 1, left > 0 ? (int)left : 0);
	} while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		return ready == 0 ? ETIMEDOUT : errno;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

static int probe_one(const struct addrinfo *to, int64_t until)
{
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error = 0;

	if (fd < 0)
		return errno;
	if (connect(fd, to->ai_addr, to->ai_addrlen) != 0)
		error = errno == EINPROGRESS ? probe_wait(fd, until) : errno;
	close(fd);
	return error;
}

/* libesmtp takes what follows the first colon for the port, so an IPv6 address can only
 * be given as the name. */
static void probe_server(const struct relay *relay, const struct addrinfo *to,
    char *out_server, size_t size)
{
	char address[NI_MAXHOST];
	bool numeric = to->ai_family == AF_INET && getnameinfo(to->ai_addr, to->ai_addrlen,
	    address, sizeof(address), NULL, 0, NI_NUMERICHOST) == 0;

	snprintf(out_server, size, "%s:%lld", numeric ? address : relay->conf->host,
	    (long long)relay->conf->port);
}

bool probe_reach(const struct relay *relay, int64_t ms, char *out_server, size_t size)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	int64_t until = clock_ms() + ms;
	char port[16];
	int error = EHOSTUNREACH;

	snprintf(port, sizeof(port), "%lld", (long long)relay->conf->port);
	int failed = getaddrinfo(relay->conf->host, port, &hints, &found);
	if (failed != 0) {
		relay_log(relay, SP_ERROR, "cannot be resolved", gai_strerror(failed));
		return false;
	}
	for (const struct addrinfo *to = found; to != NULL && error != 0; to = to->ai_next) {
		error = probe_one(to, until);
		if (error == 0)
			probe_server(relay, to, out_server, size);
	}
	freeaddrinfo(found);
	if (error != 0)
		relay_log(relay, SP_ERROR, "cannot be reached", strerrordesc_np(error));
	return error == 0;
}
