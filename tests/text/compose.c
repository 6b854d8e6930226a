/*
 * compose.c - composes one message from arguments, for tests/text/mime.py
 *
 *	compose FROM FROM_NAME TO TO_NAME SUBJECT TEXT [HTML]
 *
 * Exits with 1 and the reason on standard error when the letter is refused.
 */
#include <stdio.h>

#include "base/arena.h"
#include "base/id.h"
#include "text/mime.h"

int main(int argc, char **argv)
{
	struct arena arena;
	struct mime_message message;
	struct sp_error error = { "" };

	if (argc < 7)
		return 64;
	arena_init(&arena, NULL, 0);
	struct mime_letter letter = {
		.from = argv[1], .from_name = argv[2], .to = argv[3], .to_name = argv[4],
		.subject = argv[5], .text = argv[6], .html = argc > 7 ? argv[7] : NULL,
		.message_id = mime_message_id(&arena, id_ordered(1795506693000), "shop.example"),
		.language = "en", .date = 1795506693000,
	};
	bool good = mime_compose(&arena, &letter, &message, &error) == SP_OK;
	if (good)
		fwrite(message.mime.data, 1, message.mime.size, stdout);
	else
		fprintf(stderr, "%s\n", error.text);
	arena_done(&arena);
	return good ? 0 : 1;
}
