/*
 * framing.h - where a request ends, said as plainly as possible
 *
 * RFC 9112 to the letter and nothing besides: the second definition that core/http is
 * compared with. It shares no code with it, nor with llhttp.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum framing_verdict { FRAMING_BAD = 0, FRAMING_MORE, FRAMING_WHOLE };

struct framing {
	const uint8_t *target, *host;
	size_t target_size, host_size, fields;
	size_t head, total;	/* bytes, from the first one given */
	uint8_t *body;		/* taken out of its chunks; framing_done() frees it */
	size_t body_size;
};

/* What does not fit the grammar is BAD, even where a server may be lenient. */
enum framing_verdict framing_read(const uint8_t *data, size_t size, struct framing *out);
void framing_done(struct framing *framing);
