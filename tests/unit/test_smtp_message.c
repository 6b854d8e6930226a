#include <criterion/criterion.h>

#include "../../plugins/smtp/message.h"

#include <stdlib.h>
#include <string.h>

static char room[4096];

static void *fake_alloc(struct sp_op *op, size_t size)
{
	(void)op;
	cr_assert_leq(size, sizeof(room));
	return memset(room, 0, sizeof(room));
}

static const struct sp_host fake = { .api = SP_API, .alloc = fake_alloc };

/* req157, req159 */
Test(smtp_message, takes_no_address_that_could_be_more_than_one)
{
	static const struct { const char *address; bool fine; } rows[] = {
		{ "ann@example.com", true }, { "a+b=c'd@x.example", true },
		{ "x@y>\r\nRCPT TO:<evil@x", false }, { "x@y\n", false }, { "x y@z", false },
		{ "<x@y>", false }, { "x@y\x7f", false }, { "jos\xc3\xa9@x", false },
		{ "nobody", false }, { "", false }, { "a\tb@c", false },
	};
	char longest[300];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(message_address(rows[i].address), rows[i].fine, "row %zu", i);
	memset(longest, 'a', sizeof(longest));
	longest[100] = '@';
	longest[254] = '\0';
	cr_assert(message_address(longest));
	longest[254] = 'a';
	longest[255] = '\0';
	cr_assert_not(message_address(longest));
}

Test(smtp_message, ends_every_line_with_both)
{
	static const struct { const char *in; size_t size; const char *out; } rows[] = {
		{ "a\r\nb\r\n", 6, "a\r\nb\r\n" }, { "a\nb", 3, "a\r\nb\r\n" },
		{ "a\rb\r", 4, "a\r\nb\r\n" }, { "\n\n", 2, "\r\n\r\n" },
		{ "\r\r\n\n", 4, "\r\n\r\n\r\n" }, { "a\n\rb\n", 5, "a\r\n\r\nb\r\n" },
		{ "a\0b\r\n", 5, "ab\r\n" },
		{ "\n.\nMAIL FROM:<x>\n", 17, "\r\n.\r\nMAIL FROM:<x>\r\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sp_mail_send mail = { .op.host = &fake, .from = "a@b", .to = "c@d",
			.mime = { rows[i].in, rows[i].size } };
		struct message message;
		cr_assert(message_init(&message, &mail), "row %zu", i);
		cr_assert_eq(message.text.size, strlen(rows[i].out), "row %zu", i);
		cr_assert_arr_eq(message.text.data, rows[i].out, message.text.size);
	}
}

Test(smtp_message, is_read_once_and_again_after_going_back)
{
	struct sp_mail_send mail = { .op.host = &fake, .from = "a@b", .to = "c@d",
		.mime = { "x\r\n", 3 } };
	struct message message;
	void *context = NULL;
	int length;

	cr_assert(message_init(&message, &mail));
	for (int i = 0; i < 2; i++) {
		cr_assert_null(message_feed(&context, NULL, &message));
		cr_assert_eq(message.begun, i > 0);
		cr_assert_not_null(message_feed(&context, &length, &message));
		cr_assert_eq(length, 3);
		cr_assert_null(message_feed(&context, &length, &message));
		cr_assert_eq(length, 0);
		cr_assert(message.begun);
	}
	cr_assert_null(context);
}

Test(smtp_message, outcome_comes_from_replies_alone)
{
	static const struct {
		struct message_replies replies;
		bool begun;
		enum sp_status status;
	} rows[] = {
		{ { 250, 250, 250 }, true, SP_OK },
		{ { 0, 0, 0 }, false, SP_UNAVAILABLE },
		{ { 250, 550, 503 }, false, SP_REJECTED },
		{ { 250, 501, 0 }, false, SP_REJECTED },
		{ { 250, 450, 503 }, false, SP_UNAVAILABLE },
		{ { 530, 503, 503 }, false, SP_UNAVAILABLE },
		{ { 250, 530, 0 }, false, SP_UNAVAILABLE },
		{ { 550, 0, 0 }, false, SP_UNAVAILABLE },
		{ { 250, 250, 451 }, false, SP_UNAVAILABLE },
		{ { 250, 250, 554 }, true, SP_UNAVAILABLE },
		{ { 250, 250, 0 }, false, SP_UNAVAILABLE },
		{ { 250, 250, 354 }, true, SP_UNKNOWN },
		{ { 250, 250, 0 }, true, SP_UNKNOWN },
		{ { 250, 250, 250 }, false, SP_UNKNOWN },
		{ { 250, 0, 250 }, false, SP_UNAVAILABLE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(message_outcome(&rows[i].replies, rows[i].begun), rows[i].status,
		    "row %zu", i);
}
