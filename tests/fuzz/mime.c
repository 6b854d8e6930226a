/* Six lines - from, name, to, name, subject, the rest is text - become one message with exactly
 * the headers that we wrote, or none. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "text/mime.h"

static const char fields[] =
    "Date From To Subject Message-ID Auto-Submitted X-Auto-Response-Suppress";

static void check_headers(struct arena *arena, const char *headers)
{
	size_t lines = 0;

	while (*headers != '\0') {
		const char *end = strstr(headers, "\r\n");
		CHECK(end != NULL && end != headers);
		for (const char *c = headers; c < end; c++)
			CHECK(*c >= ' ' && *c <= '~');
		if (*headers != ' ') {
			size_t name = strcspn(headers, ":");
			CHECK(text_word(fields, text_part(arena, headers, name)));
			lines++;
		}
		headers = end + 2;
	}
	CHECK(lines == 7);
}

static void check_wire(const char *data, size_t size)
{
	size_t column = 0;

	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\r' || data[i] == '\n') {
			CHECK(data[i] == '\r' ? data[i + 1] == '\n' : data[i - 1] == '\r');
			column = 0;
		} else {
			CHECK(++column <= 300 && (unsigned char)data[i] <= '~');
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct mime_message message;
	struct sp_error error;
	const char *part[6];

	arena_init(&arena, NULL, 0);
	const char *text = text_part(&arena, (const char *)data, size);
	for (size_t i = 0; i < 5; i++) {
		size_t length = strcspn(text, "\n");
		part[i] = text_part(&arena, text, length);
		text += length + (text[length] == '\n');
	}
	struct mime_letter letter = {
		.from = part[0], .from_name = part[1], .to = part[2], .to_name = part[3],
		.subject = part[4], .text = text, .html = text, .date = 1795506693000,
		.message_id = "<1@shop.example>",
	};
	if (mime_compose(&arena, &letter, &message, &error) == SP_OK) {
		check_headers(&arena, message.headers);
		check_wire(message.mime.data, message.mime.size);
	}
	arena_done(&arena);
	return 0;
}
