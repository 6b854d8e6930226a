/*
 * mail.h - hands a finished message to a mail plugin
 *
 * On the seat's loop. All memory is the operation's: the message is copied, and wiped with
 * it, since it holds a live passcode.
 *
 * Failing  What the statuses mean is in sallyport/mail.h: only UNAVAILABLE may go on to the
 *          next transport. mail_fits() is the last guard against a second recipient or header
 *          (requirement 157): what it refuses may not be given to mail_send().
 */
#pragma once

#include <sallyport/mail.h>

struct op_kind;
struct seat;

#define MAIL_ADDRESS_MAX 320u
#define MAIL_SIZE_MAX (1u << 20)

extern const struct op_kind mail_kind_send;

/* What is to be sent. `html` may be NULL, `expires` 0. */
struct mail_message {
	const char *message_id, *from, *to, *headers, *text, *html;
	struct sp_bytes mime;
	int64_t expires;
};

bool mail_fits(const struct mail_message *message);
struct sp_mail_send *mail_send(struct seat *seat, const struct mail_message *message);
