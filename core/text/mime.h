/*
 * mime.h - a letter as the bytes of one message
 *
 * text/plain first, HTML second (RFC 2046 5.1.4), both UTF-8 as quoted-printable; names
 * and subject as encoded words where need be (RFC 2047); lines end in CRLF and are at
 * most 78 bytes, addresses apart. The same letter gives the same bytes. Requirements
 * 154 to 157, 167; attack B6.
 *
 * Threads  Any.
 * Memory   Results are in the arena.
 * Failing  SP_REJECTED: a control character, an address that is more than one plain
 *          mailbox, text that is not UTF-8 or too long. The error names the field and
 *          never its content.
 */
#pragma once

#include <sallyport/plugin.h>

struct arena;

#define MIME_NAME 320u		/* bytes of a display name */
#define MIME_SUBJECT 512u
#define MIME_PART (64u << 10)	/* bytes of text or html */

struct mime_letter {
	const char *from, *to;			/* addresses, ASCII */
	const char *from_name, *to_name;	/* UTF-8, or NULL */
	const char *reply_to;			/* address, or NULL */
	const char *subject;			/* UTF-8, one line */
	const char *message_id;			/* from mime_message_id() */
	const char *language;			/* "de", or NULL */
	const char *text, *html;		/* UTF-8, LF; html may be NULL */
	int64_t date;				/* ms since 1970 */
};

struct mime_message {
	const char *headers;	/* without those of MIME, CRLF, no empty line at the end */
	struct sp_bytes mime;	/* the whole, ready for DATA but for dot-stuffing */
};

enum sp_status mime_compose(struct arena *arena, const struct mime_letter *letter,
    struct mime_message *out_message, struct sp_error *out_error)
    __attribute__((warn_unused_result));

/* "<id@domain>"; the domain is ours, the id that of the outbox entry. */
const char *mime_message_id(struct arena *arena, struct sp_id id, const char *domain);
