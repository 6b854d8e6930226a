/*
 * mail.c - does a mail transport keep the contract?
 *
 * Whatever there is at the other end: each message ends once, in words of the contract, and one
 * that nobody needs any more is not sent. Where what was taken over can be seen (delivered.h),
 * it is counted, too.
 */
#include "check/delivered.h"
#include "check/suite.h"

#include "plugin/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONCE \
	"mail.h, Once: UNAVAILABLE only if the message was not taken over; never delivered twice"
#define TAKEN "mail.h, SP_OK: the transport took the message over"
#define WORDS "mail.h: OK, REJECTED, UNAVAILABLE or UNKNOWN"
#define EXPIRED "mail.h, expires: of no use to anybody from then on; not sent, so UNAVAILABLE"

enum { MAILS = 64 };

struct letter {
	char to[64], id[64];
	int64_t expires;
	struct ask ask;
};

static struct sp_op *letter_make(struct seat *seat, void *arg)
{
	const struct letter *letter = arg;
	char mime[512];
	struct mail_message message = { .message_id = letter->id, .from = "shop@example.com",
		.to = letter->to, .headers = "Subject: Käse\r\n", .text = ".\n..\n東京 and no end",
		.html = "<p>and no end", .mime = { mime, 0 }, .expires = letter->expires };

	message.mime.size = (size_t)snprintf(mime, sizeof(mime), "From: <shop@example.com>\r\n"
	    "To: <%s>\r\nMessage-ID: %s\r\nSubject: test\r\n\r\n.\r\n..\r\nbare\nlines\n\r\n東京 "
	    "and no "
	    "end", letter->to, letter->id);
	if (!mail_fits(&message))
		abort();
	return &mail_send(seat, &message)->op;
}

/* Ids are of this run: what an earlier one delivered is not counted. */
static void letter_init(struct letter *letter, unsigned number)
{
	char run[33];

	for (unsigned i = 0; i < 16; i++)
		snprintf(&run[2 * i], 3, "%02x", page_now()->scope.byte[i]);
	snprintf(letter->to, sizeof(letter->to), "ann%u@example.com", number);
	snprintf(letter->id, sizeof(letter->id), "<%u.%s@example.com>", number, run);
	letter->ask = (struct ask){ .what = "mail.send", .make = letter_make, .arg = letter };
}

static void letter_judge(const struct letter *letter, unsigned number)
{
	enum sp_status status = letter->ask.status;
	long times = delivered_times(letter->id);

	MUST(status != SP_FAILED, CLAUSE_FAILED, "send of message %u: ended FAILED", number);
	MUST(status == SP_OK || status >= SP_REJECTED, WORDS, "send of message %u: ended %s",
	    number,
	    ask_word(status));
	if (times == DELIVERED_UNSEEN)
		return;
	MUST(times <= 1, ONCE, "message %u was delivered %ld times", number, times);
	MUST(times == 0 || (status != SP_UNAVAILABLE && status != SP_REJECTED), ONCE,
	    "send of message %u: ended %s, and it was delivered", number, ask_word(status));
	MUST(times == 1 || status != SP_OK, TAKEN, "send of message %u: OK, and it isn't there",
	    number);
}

static void sends(void)
{
	static struct letter letters[MAILS];

	for (unsigned i = 0; i < MAILS; i++) {
		letter_init(&letters[i], i);
		ask_start(&letters[i].ask, i);
	}
	for (unsigned i = 0; i < MAILS; i++)
		ask_wait(&letters[i].ask);
	for (unsigned i = 0; i < MAILS; i++)
		letter_judge(&letters[i], i);
}

static void expired(void)
{
	struct letter late = { .expires = SUBJECT_NOON };

	letter_init(&late, MAILS);
	ask_must(ask_run(&late.ask, 0), SP_UNAVAILABLE, EXPIRED, "send of a message that has "
	    "expired");
	MUST(delivered_times(late.id) <= 0, EXPIRED, "a message that has expired was delivered");
}

static void blocks(void)
{
	struct letter letter = { .expires = 0 };

	letter_init(&letter, MAILS + 1);
	blocks_check(&letter.ask);
}

static void turn(unsigned number)
{
	struct letter letter = { .expires = 0 };

	letter_init(&letter, 1000 + number);
	ask_run(&letter.ask, number);
}

static void keeps(void)
{
	keeps_check(turn, KEEPS_TURNS, "send");
}

const struct suite_row suite_mail[] = {
	{ "mail.send", "64 at once, each ends once, in words of the contract", sends, NULL, 0, 0 },
	{ "mail.expired", "what has expired is not sent", expired, NULL, 0, 0 },
	{ "mail.blocks", "submit returns at once", blocks, NULL, 0, 0 },
	{ "mail.keeps", "no memory and no file is kept", keeps, NULL, 0, 0 },
	{ 0 },
};
