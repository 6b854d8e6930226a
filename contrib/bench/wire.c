#include "wire.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REPLY_MOST = 1 << 20 };

void wire_close(struct wire *wire)
{
	if (wire->buffer != NULL)
		bufferevent_free(wire->buffer);
	wire->buffer = NULL;
}

static void wire_lose(struct wire *wire, const char *why)
{
	wire_close(wire);
	wire->lost(wire, why);
}

/* One reply, taken out of the buffer; 0: not all of it is there yet; -1: none of ours. */
static int reply_take(struct evbuffer *in, struct reply *out_reply)
{
	static char text[REPLY_MOST + 1];
	struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
	char length[16];

	if (end.pos < 0)
		return evbuffer_get_length(in) > 65536 ? -1 : 0;
	size_t head = (size_t)end.pos + 4;
	if (head >= REPLY_MOST || evbuffer_copyout(in, text, head) != (ev_ssize_t)head)
		return -1;
	text[head - 2] = '\0';
	*out_reply = (struct reply){ .head = text, .size = head };
	if (sscanf(text, "HTTP/1.1 %u", &out_reply->status) != 1 ||
	    !reply_field(out_reply, "Content-Length", '\r', length, sizeof(length)))
		return -1;
	size_t body = strtoul(length, NULL, 10);
	if (body > REPLY_MOST - head - 1)
		return -1;
	if (evbuffer_get_length(in) < head + body)
		return 0;
	evbuffer_drain(in, head);
	evbuffer_remove(in, text + head, body);
	text[head + body] = '\0';
	out_reply->body = text + head;
	out_reply->size += body;
	return 1;
}

static void wire_read(struct bufferevent *buffer, void *arg)
{
	struct wire *wire = arg;
	struct reply reply;
	int taken = reply_take(bufferevent_get_input(buffer), &reply);

	if (taken < 0)
		wire_lose(wire, "a reply that can't be read");
	else if (taken > 0)
		wire->heard(wire, &reply);
}

static void wire_event(struct bufferevent *buffer, short what, void *arg)
{
	(void)buffer;
	if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0)
		wire_lose(arg, (what & BEV_EVENT_EOF) != 0 ? "the server closed" :
		    strerror(EVUTIL_SOCKET_ERROR()));
}

/* A port only when it is connected, so that the ports of one address serve many. */
static int wire_socket(uint32_t source)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0x7f000000u | ((source >> 16) + 1) << 16 |
		    (source & 0xffffu)) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
	    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) == 0 &&
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	perror("bench-drive: socket");
	exit(1);
}

void wire_open(struct wire *wire, struct event_base *base, uint16_t port, uint32_t source)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	/* 127.1.0.0 names no host to some, and neither does .255.255. */
	source = source % (WIRE_SOURCES - 2) + 1;
	wire->buffer = bufferevent_socket_new(base, wire_socket(source), BEV_OPT_CLOSE_ON_FREE);
	if (wire->buffer == NULL)
		abort();
	bufferevent_setcb(wire->buffer, wire_read, NULL, wire_event, wire);
	bufferevent_enable(wire->buffer, EV_READ | EV_WRITE);
	if (bufferevent_socket_connect(wire->buffer, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror("bench-drive: connect");
		exit(1);
	}
}

void wire_send(struct wire *wire, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	evbuffer_add_vprintf(bufferevent_get_output(wire->buffer), format, args);
	va_end(args);
}

int reply_field(const struct reply *reply, const char *name, char until, char *out_value,
    size_t most)
{
	size_t length = strlen(name);

	for (const char *line = strchr(reply->head, '\n'); line != NULL;
	    line = strchr(line, '\n')) {
		line++;
		if (strncasecmp(line, name, length) != 0 || line[length] != ':')
			continue;
		const char *value = line + length + 1 + strspn(line + length + 1, " ");
		const char ends[] = { '\r', until, '\0' };
		size_t size = strcspn(value, ends);
		if (size >= most)
			return 0;
		memcpy(out_value, value, size);
		out_value[size] = '\0';
		return 1;
	}
	return 0;
}
