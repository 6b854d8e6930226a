#include "plugin/mail.h"

#include "base/arena.h"
#include "plugin/instance.h"
#include "plugin/op.h"

#include <assert.h>
#include <string.h>

static void call_send(const struct instance *instance, struct sp_op *op)
{
	instance->mail.send((struct sp_mail_send *)op);
}

const struct op_kind mail_kind_send = {
	"mail.send", sizeof(struct sp_mail_send), true, call_send, NULL, OP_MAIL_SEND,
};

/* No control character, no space, no angle bracket: nothing that ends a command early. */
static bool address_fits(const char *address)
{
	if (address == NULL || address[0] == '\0' || strlen(address) > MAIL_ADDRESS_MAX)
		return false;
	for (const unsigned char *c = (const unsigned char *)address; *c != '\0'; c++)
		if (*c <= ' ' || *c == 0x7f || *c == '<' || *c == '>')
			return false;
	return strchr(address, '@') != NULL;
}

/* Lines that end in CRLF, no bare one of the two, no empty line: one block of headers. */
static bool headers_fit(const char *headers)
{
	size_t length = strlen(headers);

	if (length < 2 || headers[0] == '\r' || strcmp(headers + length - 2, "\r\n") != 0)
		return false;
	for (const char *c = headers; *c != '\0'; c++) {
		bool pair = c[0] == '\r' && c[1] == '\n';
		if ((*c == '\r' && !pair) || (*c == '\n' && (c == headers || c[-1] != '\r')))
			return false;
		if (pair && c[2] == '\r')
			return false;
	}
	return true;
}

static size_t size_of(const char *text)
{
	return text != NULL ? strlen(text) : 0;
}

bool mail_fits(const struct mail_message *message)
{
	if (message->message_id == NULL || message->headers == NULL || message->text == NULL)
		return false;
	if (strpbrk(message->message_id, "\r\n") != NULL || !headers_fit(message->headers))
		return false;
	return address_fits(message->from) && address_fits(message->to) &&
	    size_of(message->headers) + size_of(message->text) + size_of(message->html) +
	    message->mime.size <= MAIL_SIZE_MAX && message->mime.size > 0;
}

struct sp_mail_send *mail_send(struct seat *seat, const struct mail_message *message)
{
	struct sp_mail_send *send = (struct sp_mail_send *)op_new(seat, &mail_kind_send);
	struct arena *arena = op_arena(&send->op);

	assert(mail_fits(message));
	send->message_id = arena_copy(arena, message->message_id, strlen(message->message_id) + 1);
	send->from = arena_copy(arena, message->from, strlen(message->from) + 1);
	send->to = arena_copy(arena, message->to, strlen(message->to) + 1);
	send->headers = arena_copy(arena, message->headers, strlen(message->headers) + 1);
	send->text = arena_copy(arena, message->text, strlen(message->text) + 1);
	if (message->html != NULL)
		send->html = arena_copy(arena, message->html, strlen(message->html) + 1);
	send->mime.data = arena_copy(arena, message->mime.data, message->mime.size);
	send->mime.size = message->mime.size;
	send->expires = message->expires;
	return send;
}
