/*
 * send.c - send FOLDER FILE.so [key value]... -- RECIPIENT...
 *
 * Sends a message to each recipient, all at once, and prints how each ended. For tests
 * that look at the other end.
 */
#include "conform.h"

#include "plugin/mail.h"

#include <string.h>

static const char *const words[] = { "FAILED", "OK", "NOT_FOUND", "CONFLICT", "REJECTED",
	"UNAVAILABLE", "UNKNOWN" };

struct letter {
	const char *to;
	unsigned number;
	struct ask ask;
};

static struct sp_op *letter_make(struct seat *seat, void *arg)
{
	const struct letter *letter = arg;
	char headers[512], mime[1024];
	struct mail_message message = { .message_id = "<1@shop.example>",
		.from = "shop@shop.example", .to = letter->to, .headers = headers, .text = "-",
		.mime.data = mime };

	snprintf(headers, sizeof(headers), "Date: Tue, 24 Nov 2026 08:00:00 +0000\r\n"
	    "From: =?utf-8?q?Sh=C3=B6p?= <shop@shop.example>\r\nTo: <ann@x.example>\r\n"
	    "Message-ID: <1@shop.example>\r\nSubject: number %u\r\n  folded\r\n"
	    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "Auto-Submitted: auto-generated\r\n", letter->number);
	message.mime.size = (size_t)snprintf(mime, sizeof(mime),
	    "%s\r\n.\r\n..two\r\nbare\nlf\rcr\r\nlast", headers);
	return &mail_send(seat, &message)->op;
}

int main(int argc, char **argv)
{
	struct conform conform;
	struct letter letters[64];
	int end = 3;

	while (end < argc && strcmp(argv[end], "--") != 0)
		end++;
	CHECK(argc > end + 1 && argc - end - 1 <= 64);
	conform_open(&conform, argv[1], argv[2], argv + 3, end - 3);
	for (int i = end + 1; i < argc; i++) {
		struct letter *letter = &letters[i - end - 1];
		*letter = (struct letter){ .to = argv[i], .number = (unsigned)(i - end - 1) };
		letter->ask = (struct ask){ .make = letter_make, .arg = letter };
		ask_start(conform.instance, conform_loop(&conform, 0), &letter->ask);
	}
	for (int i = 0; i < argc - end - 1; i++)
		puts(words[ask_wait(&letters[i].ask)]);
	conform_close(&conform);
	return 0;
}
