/*
 * address.h - one mailbox, and the forms it is known by
 *
 * Deliberately less than RFC 5322: a dot-atom of ASCII, one @, a domain name of at least
 * two labels. No quotes, comments, brackets, routes, lists: nothing that a mail program
 * behind us could read as two recipients. Spaces around are dropped, Unicode is brought to
 * NFC, a Unicode domain to A-labels (IDNA 2008, non-transitional). Requirements 153, 157 to
 * 159; attacks A6, B6.
 *
 * Threads  Any. Memory  The arena.
 * Failing  By a reason of its own; `out` is untouched.
 */
#pragma once

#include <stddef.h>

struct arena;

#define ADDRESS_MAX 254u	/* bytes of the whole: RFC 5321 4.5.3.1 and its erratum */
#define ADDRESS_LOCAL 64u

enum address_reason {
	ADDRESS_MALFORMED = 0,	/* not name@domain */
	ADDRESS_OK,
	ADDRESS_EMPTY,
	ADDRESS_LONG,
	ADDRESS_CONTROL,	/* control characters, or no UTF-8 */
	ADDRESS_SEVERAL,	/* more than one mailbox, or a second @ */
	ADDRESS_UNICODE,	/* letters before the @ that our mail can't carry (no SMTPUTF8) */
	ADDRESS_DOMAIN,		/* no domain name */
};

struct address {
	const char *send;	/* to mail to: the local part as written, A-label domain */
	const char *key;	/* to compare: lower case throughout. Unique in a tenant. */
	const char *count;	/* to count by: the key without "+tag". Budgets alone. */
	const char *mask;	/* to show: "a***@e***.com", which hides the lengths too */
	const char *domain;	/* A-labels, lower case */
};

enum address_reason address_parse(struct arena *arena, const char *text,
    struct address *out_address) __attribute__((warn_unused_result));

/* For developers and operators, in English; customers read message "address.WORD". */
const char *address_words(enum address_reason reason);
const char *address_word(enum address_reason reason);	/* "malformed", "several" */
