/* One code: how it may be typed, when it lives, how often it is sent again. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/passcode.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW INT64_C(1795507893999)

static struct arena arena;
static struct settings settings;

static void begin(void)
{
	settings_default(&settings);
}

static void end(void)
{
	arena_done(&arena);
}

TestSuite(passcode, .init = begin, .fini = end);

Test(passcode, req140_one_rule_for_what_is_typed)
{
	static const struct { const char *typed, *code; } rows[] = {
		{ "12345678", "12345678" }, { "00000000", "00000000" },
		{ " 1234 5678 ", "12345678" }, { "1234-5678", "12345678" },
		{ "12\xe2\x80\x93" "34\xc2\xa0" "56\xe2\x88\x92" "78", "12345678" },
		{ "\t12345678\r\n", "12345678" },
		/* Full-width, Arabic-Indic, Persian, Devanagari; marks of right-to-left text. */
		{ "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94" "5678", "12345678" },
		{ "\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5\xd9\xa6\xd9\xa7\xd9\xa8", "12345678" },
		{ "\xdb\xb1\xdb\xb2\xdb\xb3\xdb\xb4\xdb\xb5\xdb\xb6\xdb\xb7\xdb\xb8", "12345678" },
		{ "\xe0\xa5\xa7\xe0\xa5\xa8" "345678", "12345678" },
		{ "\xe2\x80\x8f" "12345678\xe2\x80\x8e", "12345678" },
		/* attackC28: everything else is a wrong try. */
		{ NULL, NULL }, { "", NULL }, { "1", NULL }, { "1234567", NULL },
		{ "123456789", NULL }, { "1234567a", NULL }, { "1234567O", NULL },
		{ "+1234567", NULL }, { "1234.5678", NULL }, { "12345678;", NULL },
		{ "\xc2\xb2" "2345678", NULL }, { "\xe2\x91\xa0" "2345678", NULL },
		{ "1234567\xff", NULL }, { "1234567\xc3", NULL }, { "0x345678", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert(text_same(passcode_normalise(&arena, rows[i].typed, 8), rows[i].code),
		    "%zu", i);
	char spaces[400];
	memset(spaces, ' ', sizeof(spaces));
	memcpy(spaces, "12345678", 8);
	spaces[399] = '\0';
	cr_assert_null(passcode_normalise(&arena, spaces, 8));
	spaces[256] = '\0';
	cr_assert_str_eq(passcode_normalise(&arena, spaces, 8), "12345678");
}

static struct passcode fresh(void)
{
	return (struct passcode){ .purpose = PASSCODE_SECOND, .hash = { 1 }, .sent = NOW,
		.expires = NOW + settings.passcode_lifetime };
}

Test(passcode, attackB1_dead_at_its_expiry)
{
	static const uint8_t right[32] = { 1 }, wrong[32] = { 2 }, none[32] = { 0 };
	struct passcode code = fresh();
	static const struct { int64_t after; enum passcode_verdict verdict; } rows[] = {
		{ -600000, PASSCODE_RIGHT }, { -1, PASSCODE_RIGHT }, { 0, PASSCODE_EXPIRED },
		{ 1, PASSCODE_EXPIRED }, { INT64_C(10) * 365 * 86400000, PASSCODE_EXPIRED },
	};

	cr_assert_eq(settings.passcode_lifetime, 600000);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t now = code.expires + rows[i].after;
		cr_assert_eq(passcode_judge(&code, right, now), rows[i].verdict, "%zu", i);
		cr_assert_eq(passcode_judge(&code, wrong, now), PASSCODE_WRONG, "%zu", i);
		cr_assert_eq(passcode_judge(&code, none, now), PASSCODE_WRONG, "%zu", i);
	}
	code.decoy = true;
	cr_assert_eq(passcode_judge(&code, right, NOW), PASSCODE_WRONG);
}

Test(passcode, req133_a_new_code_ends_the_old)
{
	static const uint8_t none[32] = { 0 };
	struct passcode code = fresh();

	for (uint8_t i = 2; i < 12; i++) {
		uint8_t hash[32] = { i };
		code.refused = true;	/* the mail of the one before */
		passcode_replace(&code, hash, "ABCDE", &settings, NOW + i);
		cr_assert_not(code.refused);
		cr_assert_eq(passcode_judge(&code, hash, NOW + i), PASSCODE_RIGHT);
		cr_assert_eq(code.resends, i - 1);
		cr_assert_eq(code.sent, NOW + i);
		cr_assert_eq(code.expires, NOW + i + settings.passcode_lifetime);
		for (uint8_t old = 1; old < i; old++) {
			uint8_t before[32] = { old };
			cr_assert_eq(passcode_judge(&code, before, NOW + i),
			    i - old <= (int)PASSCODE_OLD ? PASSCODE_REPLACED : PASSCODE_WRONG,
			    "%u of %u", old, i);
		}
		/* Places not yet filled are no codes. */
		cr_assert_eq(passcode_judge(&code, none, NOW + i), PASSCODE_WRONG);
	}
}

Test(passcode, req141_resends_wait_and_end)
{
	struct passcode code = fresh();
	int64_t wait = 7;

	cr_assert(!passcode_may_resend(&code, &settings, NOW, &wait));
	cr_assert_eq(wait, 60000);
	cr_assert(!passcode_may_resend(&code, &settings, NOW + 59999, &wait));
	cr_assert_eq(wait, 1);
	cr_assert(passcode_may_resend(&code, &settings, NOW + 60000, &wait));
	cr_assert_eq(wait, 0);
	code.resends = settings.resend_limit - 1;
	cr_assert(passcode_may_resend(&code, &settings, NOW + 60000, &wait));
	code.resends = settings.resend_limit;
	cr_assert(!passcode_may_resend(&code, &settings, NOW + 60000, &wait));
	cr_assert_eq(wait, -1);
}

Test(passcode, req151_references_are_letters)
{
	char first[6], text[6];
	bool differs = false;

	passcode_reference(first);
	for (int i = 0; i < 200; i++) {
		passcode_reference(text);
		cr_assert_eq(strspn(text, "CDFGHJKLMNPQRTVWXY"), 5);
		cr_assert_eq(strlen(text), 5);
		differs |= strcmp(first, text) != 0;
	}
	cr_assert(differs);
}
