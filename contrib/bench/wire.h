/*
 * wire.h - one customer's connection to the server: a request, its reply, the next request
 *
 * Comes from an address of its own in 127.0.0.0/8, as customers do: what one source may do in an
 * hour then holds for each of them, and no limit has to be loosened for a measurement.
 *
 * Threads  One. Memory  A reply is good until the function that hears of it returns.
 * Failing  lost() once, in words; the wire is closed then.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct bufferevent;
struct event_base;

struct reply {
	unsigned status;
	const char *head, *body;	/* end with NUL */
	size_t size;			/* of both */
};

struct wire {
	struct bufferevent *buffer;	/* NULL: closed */
	void (*heard)(struct wire *wire, const struct reply *reply);
	void (*lost)(struct wire *wire, const char *why);
};

#define WIRE_SOURCES (200u << 16)

/* `source` below WIRE_SOURCES. */
void wire_open(struct wire *wire, struct event_base *base, uint16_t port, uint32_t source);
void wire_send(struct wire *wire, const char *format, ...) __attribute__((format(printf, 2, 3)));
void wire_close(struct wire *wire);

/* The value of a header field, cut at the end of its line or at `until`. False: none, or longer
 * than `most`. */
int reply_field(const struct reply *reply, const char *name, char until, char *out_value,
    size_t most);
