/*
 * mail.c - does a mail transport keep the contract?
 *
 * Whatever there is at the other end: each message ends once, in words of the contract, and
 * one that nobody needs any more is not sent. What arrives is for each plugin's own test.
 */
#include "conform.h"

#include "plugin/mail.h"

#include <string.h>

enum { MAILS = 64 };

static struct conform *test;

struct letter {
	char to[64], id[64];
	int64_t expires;
	struct ask ask;
};

static struct sp_op *letter_make(struct seat *seat, void *arg)
{
	static const char mime[] = "From: <shop@example.com>\r\nTo: <ann@example.com>\r\n"
	    "Subject: test\r\n\r\n.\r\n..\r\nbare\nlines\n\r\nand no end";
	const struct letter *letter = arg;
	struct mail_message message = { .message_id = letter->id, .from = "shop@example.com",
		.to = letter->to, .headers = "Subject: test\r\n", .text = ".\n..\nand no end",
		.html = "<p>and no end", .mime = { mime, sizeof(mime) - 1 },
		.expires = letter->expires };

	CHECK(mail_fits(&message));
	return &mail_send(seat, &message)->op;
}

static void letter_post(struct letter *letter, unsigned number)
{
	snprintf(letter->to, sizeof(letter->to), "ann%u@example.com", number);
	snprintf(letter->id, sizeof(letter->id), "<conform%u@example.com>", number);
	letter->ask = (struct ask){ .make = letter_make, .arg = letter, .now = CONFORM_NOON };
	ask_start(test->instance, conform_loop(test, number), &letter->ask);
}

void conform_mail(struct conform *conform)
{
	static struct letter letters[MAILS];
	struct letter late = { .expires = CONFORM_NOON };
	unsigned taken = 0;

	test = conform;
	for (unsigned i = 0; i < MAILS; i++)
		letter_post(&letters[i], i);
	for (unsigned i = 0; i < MAILS; i++) {
		enum sp_status status = ask_wait(&letters[i].ask);
		CHECK(status == SP_OK || status == SP_REJECTED || status == SP_UNAVAILABLE);
		taken += status == SP_OK;
	}
	letter_post(&late, MAILS);
	CHECK(ask_wait(&late.ask) == SP_UNAVAILABLE);
	printf("mail: %u of %d messages were taken over\n", taken, MAILS);
}
