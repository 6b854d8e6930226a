/*
 * sallyport/mail.h - hands one finished message to a transport
 *
 * An SMTP relay, a provider's HTTP API, a spool folder. A mail plugin knows
 * nothing of users, passcodes or policies: core has written the text, encoded
 * the headers and checked that no field holds CR, LF or NUL where it must not.
 *
 * Threads  send() runs on a loop and returns at once. A transport that blocks
 *          uses sp_op_work(), or sp_op_batch() to send several in one session.
 * Memory   The message lives in the operation: valid until sp_op_done().
 * Secrets  The text holds a live passcode. Never log it, never keep it.
 * Once     Core fails over to the next transport on SP_UNAVAILABLE and on that
 *          alone. So answer UNAVAILABLE only if the message was not taken over;
 *          once the transport may have it (SMTP: after DATA) it is SP_UNKNOWN.
 *          A plugin that retries must not deliver twice: a second passcode mail
 *          looks like an attack.
 * Late     A queued message is not sent after its deadline. When sp_op_wanted()
 *          turns false before the transport has the message, don't send it.
 *
 *   SP_OK           the transport took the message over
 *   SP_REJECTED     it never will: this address is refused
 *   SP_UNAVAILABLE  it did not take it: down, quota, busy
 *   SP_UNKNOWN      it may have taken it
 *   SP_FAILED       the plugin is at fault and has logged why
 */
#pragma once

#include <sallyport/plugin.h>

#define SP_MAIL_ABI 1u

struct sp_mail_send {
	struct sp_op op;
	const char *message_id;	/* the same whenever this message is tried again */
	const char *from;	/* envelope address */
	const char *to;		/* envelope address: one mailbox */
	const char *headers;	/* RFC 5322, lines end in CRLF, no empty line */
	const char *text;	/* UTF-8, lines end in LF */
	const char *html;	/* UTF-8, or NULL */
	struct sp_bytes mime;	/* the same as one message, ready for SMTP */
	int64_t expires;	/* wall time, ms: of no use to anybody from then on; 0: never */
};

struct sp_mail {
	unsigned abi;	/* SP_MAIL_ABI */
	size_t size;	/* sizeof(struct sp_mail) */
	void (*send)(struct sp_mail_send *op);
};

#define SP_MAIL(...) { .abi = SP_MAIL_ABI, .size = sizeof(struct sp_mail), __VA_ARGS__ }
