/*
 * message.h - one message on its way: checked, normalised, fed, judged
 *
 * libesmtp sends what it is given: a line break in an address becomes a second
 * recipient, a bare LF in a body may become a second mail at the next server.
 */
#pragma once

#include <sallyport/mail.h>

/* What libesmtp reads from. It may go back to the start. */
struct message {
	struct sp_mail_send *mail;
	struct sp_bytes text;	/* all lines end in CRLF; the operation's */
	bool given;		/* its reader has all of it */
	bool begun;		/* the server may have some of it */
	void *handle, *recipient;	/* libesmtp's */
};

/* SMTP without SMTPUTF8: ASCII, no controls, no space, no angle brackets, one mailbox. */
bool message_address(const char *address);

/* Takes the message up. False: it cannot be sent by SMTP as it is. */
bool message_init(struct message *message, struct sp_mail_send *mail);

/* smtp_messagecb_t, with a struct message as `arg`. */
const char *message_feed(void **context, int *length, void *arg);

/* What the server said, as reply codes; 0: nothing. */
struct message_replies { int sender, recipient, transfer; };

/* How the operation ends: from replies alone, since a session may "succeed" unsent. */
enum sp_status message_outcome(const struct message_replies *replies, bool begun);
