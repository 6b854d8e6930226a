#include "message.h"

#include <limits.h>
#include <string.h>

#define ADDRESS_MAX 254		/* RFC 5321, 4.5.3.1.3 */

bool message_address(const char *address)
{
	size_t length = strlen(address);

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)address[i];
		if (c <= ' ' || c >= 0x7f || c == '<' || c == '>')
			return false;
	}
	return length <= ADDRESS_MAX && strchr(address, '@') != NULL;
}

/* Each CRLF, CR or LF becomes CRLF; NUL is dropped. Without `to`, only counts. */
static size_t normalise(struct sp_bytes from, char *to)
{
	const char *bytes = from.data;
	size_t size = 0;
	char last = '\n';

	for (size_t i = 0; i < from.size; i++) {
		char c = bytes[i];
		bool ends = c == '\n' || c == '\r';
		if (c == '\0')
			continue;
		if (c == '\n' && last == '\r') {
			last = c;
			continue;
		}
		if (to != NULL && ends)
			memcpy(to + size, "\r\n", 2);
		else if (to != NULL)
			to[size] = c;
		size += ends ? 2 : 1;
		last = c;
	}
	if (from.size > 0 && last != '\n' && last != '\r') {
		if (to != NULL)
			memcpy(to + size, "\r\n", 2);
		size += 2;
	}
	return size;
}

bool message_init(struct message *message, struct sp_mail_send *mail)
{
	if (!message_address(mail->from) || !message_address(mail->to))
		return false;
	size_t size = normalise(mail->mime, NULL);
	if (size == 0 || size > INT_MAX)
		return false;
	char *text = sp_op_alloc(&mail->op, size);
	normalise(mail->mime, text);
	*message = (struct message){ .mail = mail, .text = { text, size } };
	return true;
}

const char *message_feed(void **context, int *length, void *arg)
{
	struct message *message = arg;

	(void)context;		/* libesmtp would free() what is put there */
	if (length == NULL) {
		message->given = false;
		return NULL;
	}
	message->begun = true;
	*length = message->given ? 0 : (int)message->text.size;
	message->given = true;
	return *length > 0 ? message->text.data : NULL;
}

static bool taken(int code)
{
	return code >= 200 && code < 300;
}

/* Refusals that are about us or the session, not about this address. */
static bool not_the_address(int code)
{
	return code == 500 || (code >= 502 && code <= 504) || (code >= 530 && code <= 538);
}

enum sp_status message_outcome(const struct message_replies *replies, bool begun)
{
	bool silent = replies->transfer < 400;	/* 0, or the 354 before the text */

	if (replies->recipient >= 500 && !not_the_address(replies->recipient))
		return SP_REJECTED;
	if (taken(replies->recipient) && taken(replies->transfer))
		return begun ? SP_OK : SP_UNKNOWN;
	return taken(replies->recipient) && begun && silent ? SP_UNKNOWN : SP_UNAVAILABLE;
}
