#include "text/mime.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"
#include "text/buffer.h"
#include "text/quoted.h"

/* Quoted-printable never writes "=_", so that no text can end its part. */
#define BOUNDARY "=_sallyport"
#define MESSAGE_MAX (1u << 20)
#define ADDRESS_BYTES 254u
#define LOCAL_BYTES 64u

static bool wrong(struct sp_error *error, const char *field, const char *why)
{
	snprintf(error->text, sizeof(error->text), "mail: %s %s", field, why);
	return false;
}

static bool atom_char(char c, bool domain)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
	    || c == '.' || c == '-' || (!domain && c != '\0' && strchr("!#$%&'*+/=?^_`{|}~", c));
}

/* The model has parsed it already; this holds when somebody forgets to. */
static bool one_mailbox(const char *address)
{
	const char *at = strchr(address, '@');

	if (at == NULL || at == address || at[1] == '\0' || at - address > (ptrdiff_t)LOCAL_BYTES
	    || strlen(address) > ADDRESS_BYTES)
		return false;
	for (const char *c = address; *c != '\0'; c++)
		if (c != at && !atom_char(*c, c > at))
			return false;
	return true;
}

static bool check_address(const char *address, const char *field, struct sp_error *error)
{
	if (address == NULL || !one_mailbox(address))
		return wrong(error, field, "is not one plain mailbox");
	return true;
}

static bool check_line(const char *text, size_t most, const char *field, struct sp_error *error)
{
	if (strlen(text) > most)
		return wrong(error, field, "is too long");
	if (!text_utf8(text, strlen(text)) || !text_plain(text))
		return wrong(error, field, "holds control characters or is not UTF-8");
	return true;
}

static bool check_part(const char *text, const char *field, struct sp_error *error)
{
	if (strlen(text) > MIME_PART)
		return wrong(error, field, "is too long");
	if (!text_utf8(text, strlen(text)))
		return wrong(error, field, "is not UTF-8");
	for (const char *c = text; *c != '\0'; c++)
		if ((*c >= 0 && *c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7F)
			return wrong(error, field, "holds control characters");
	return true;
}

/* "<id@domain>", of which we made every character. */
static bool check_message_id(const char *id, struct sp_error *error)
{
	size_t size = id == NULL ? 0 : strlen(id);

	if (size < 5 || size > ADDRESS_BYTES || id[0] != '<' || id[size - 1] != '>')
		return wrong(error, "message id", "is not <id@domain>");
	for (size_t i = 1; i + 1 < size; i++)
		if (!atom_char(id[i], true) && id[i] != '@')
			return wrong(error, "message id", "is not <id@domain>");
	return true;
}

static bool check_language(const char *language, struct sp_error *error)
{
	for (const char *c = language; *c != '\0'; c++)
		if (!atom_char(*c, true) || c - language > 35)
			return wrong(error, "language", "is no language tag");
	return true;
}

static bool check(const struct mime_letter *letter, struct sp_error *error)
{
	if (letter->subject == NULL || letter->text == NULL)
		return wrong(error, letter->text == NULL ? "text" : "subject", "is missing");
	return check_address(letter->from, "From", error)
	    && check_address(letter->to, "To", error)
	    && (letter->reply_to == NULL || check_address(letter->reply_to, "Reply-To", error))
	    && (letter->from_name == NULL || check_line(letter->from_name, MIME_NAME,
	    "name of From", error))
	    && (letter->to_name == NULL || check_line(letter->to_name, MIME_NAME,
	    "name of To", error))
	    && check_line(letter->subject, MIME_SUBJECT, "subject", error)
	    && check_message_id(letter->message_id, error)
	    && (letter->language == NULL || check_language(letter->language, error))
	    && check_part(letter->text, "text", error)
	    && (letter->html == NULL || check_part(letter->html, "html", error));
}

static void write_mailbox(struct buffer *out, const char *field, const char *name,
    const char *address)
{
	size_t column = strlen(field) + 2;

	buffer_text(out, field);
	buffer_text(out, ": ");
	if (text_empty(name)) {
		buffer_text(out, address);
	} else {
		column = quoted_header(out, name, column, 1);
		buffer_text(out, column + strlen(address) + 3 > QUOTED_COLUMN ? "\r\n <" : " <");
		buffer_text(out, address);
		buffer_char(out, '>');
	}
	buffer_text(out, "\r\n");
}

static void write_line(struct buffer *out, const char *field, const char *value)
{
	buffer_text(out, field);
	buffer_text(out, ": ");
	buffer_text(out, value);
	buffer_text(out, "\r\n");
}

/* Without the locale, which belongs to the process. */
static void write_date(struct buffer *out, int64_t ms)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)(ms / 1000);
	struct tm t = { 0 };
	char text[64];

	gmtime_r(&seconds, &t);
	snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d +0000", days[t.tm_wday],
	    t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
	write_line(out, "Date", text);
}

static void write_headers(struct buffer *out, const struct mime_letter *letter)
{
	write_date(out, letter->date);
	write_mailbox(out, "From", letter->from_name, letter->from);
	if (letter->reply_to != NULL)
		write_mailbox(out, "Reply-To", NULL, letter->reply_to);
	write_mailbox(out, "To", letter->to_name, letter->to);
	buffer_text(out, "Subject: ");
	quoted_header(out, letter->subject, strlen("Subject: "), 0);
	buffer_text(out, "\r\n");
	write_line(out, "Message-ID", letter->message_id);
	write_line(out, "Auto-Submitted", "auto-generated");	/* RFC 3834 5 */
	/* Exchange looks at this instead, and would answer "out of office". */
	write_line(out, "X-Auto-Response-Suppress", "All");
	if (!text_empty(letter->language))
		write_line(out, "Content-Language", letter->language);
}

static void write_part(struct buffer *out, const char *type, const char *text)
{
	write_line(out, "Content-Type", type);
	write_line(out, "Content-Transfer-Encoding", "quoted-printable");
	buffer_text(out, "\r\n");
	quoted_body(out, text);
}

static void write_body(struct buffer *out, const struct mime_letter *letter)
{
	write_line(out, "MIME-Version", "1.0");
	if (letter->html == NULL) {
		write_part(out, "text/plain; charset=utf-8", letter->text);
		return;
	}
	write_line(out, "Content-Type", "multipart/alternative; boundary=\"" BOUNDARY "\"");
	buffer_text(out, "\r\n--" BOUNDARY "\r\n");
	write_part(out, "text/plain; charset=utf-8", letter->text);
	buffer_text(out, "\r\n--" BOUNDARY "\r\n");
	write_part(out, "text/html; charset=utf-8", letter->html);
	buffer_text(out, "\r\n--" BOUNDARY "--\r\n");
}

enum sp_status mime_compose(struct arena *arena, const struct mime_letter *letter,
    struct mime_message *out_message, struct sp_error *out_error)
{
	struct buffer out;

	if (!check(letter, out_error))
		return SP_REJECTED;
	buffer_begin(&out, arena, MESSAGE_MAX);
	write_headers(&out, letter);
	const char *headers = text_part(arena, out.data, out.size);
	write_body(&out, letter);
	const char *data = buffer_end(&out);
	if (data == NULL) {
		wrong(out_error, "message", "is too long");
		return SP_REJECTED;
	}
	*out_message = (struct mime_message){ headers, { data, out.size } };
	return SP_OK;
}

const char *mime_message_id(struct arena *arena, struct sp_id id, const char *domain)
{
	return text_print(arena, "<%s@%s>", encode_hex(arena, id.byte, sizeof(id.byte)), domain);
}
