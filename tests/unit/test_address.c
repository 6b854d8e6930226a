#include <criterion/criterion.h>

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/address.h"

static struct arena arena;

static void begin(void)
{
	arena_init(&arena, NULL, 0);
}

static void end(void)
{
	arena_done(&arena);
}

TestSuite(address, .init = begin, .fini = end);

#define TEN "aaaaaaaaaa"
#define SIXTY TEN TEN TEN TEN TEN TEN
#define LABELS SIXTY "." SIXTY "." SIXTY "."

/* req153, req158, req159 */
Test(address, forms)
{
	static const struct { const char *text, *send, *key, *count, *mask; } rows[] = {
		{ "casey@example.com", "casey@example.com", "casey@example.com",
		  "casey@example.com",
		  "c***@e***.com" },
		{ "  Casey.Jensen+shop@Mail.Example.COM ", "Casey.Jensen+shop@mail.example.com",
		  "casey.jensen+shop@mail.example.com", "casey.jensen@mail.example.com",
		  "c***@m***.com" },
		{ "a@b\u00FCcher.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example",
		  "a@xn--bcher-kva.example", "a***@b***.example" },
		{ "a@\u00FCber.example", "a@xn--ber-goa.example", "a@xn--ber-goa.example",
		  "a@xn--ber-goa.example", "a***@\u00FC***.example" },
		{ "a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example",
		  "a@xn--bcher-kva.example", "a***@b***.example" },
		{ "+tag@example.com", "+tag@example.com", "+tag@example.com", "+tag@example.com",
		  "+***@e***.com" },
		{ "a+b+c@example.com", "a+b+c@example.com", "a+b+c@example.com", "a@example.com",
		  "a***@e***.com" },
		{ "o'hara_{1}@ex-ample.co.uk", "o'hara_{1}@ex-ample.co.uk",
		  "o'hara_{1}@ex-ample.co.uk",
		  "o'hara_{1}@ex-ample.co.uk", "o***@e***.uk" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct address got = { 0 };
		enum address_reason reason = address_parse(&arena, rows[i].text, &got);
		cr_assert(reason == ADDRESS_OK, "%s: %s", rows[i].text, address_word(reason));
		cr_expect_str_eq(got.send, rows[i].send);
		cr_expect_str_eq(got.key, rows[i].key);
		cr_expect_str_eq(got.count, rows[i].count);
		cr_expect_str_eq(got.mask, rows[i].mask);
		cr_expect_str_eq(got.domain, strchr(got.key, '@') + 1);
	}
}

/* attackA6: case, Unicode and A-label spellings are one account and one budget. */
Test(address, variants_have_one_key)
{
	static const char *const rows[] = {
		"kim@b\u00FCcher.example", "KIM@B\u00DCCHER.EXAMPLE", "Kim@bu\u0308cher.example",
		"\u212Aim@b\u00FCcher.example",		/* Kelvin sign: NFC makes it a K */
		"kim@xn--bcher-kva.example", "kim@XN--BCHER-KVA.EXAMPLE",
		"kim@b\u00FCcher\u3002example",		/* ideographic full stop */
		"kim@\uFF42\u00FCcher.example",		/* full-width b */
		" kim@b\u00FCcher.example ",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct address got = { 0 };
		enum address_reason reason = address_parse(&arena, rows[i], &got);
		cr_assert(reason == ADDRESS_OK, "%s: %s", rows[i], address_word(reason));
		cr_expect_str_eq(got.key, "kim@xn--bcher-kva.example");
	}
}

/* req157, req158, attackB6: nothing that could become a header or a second recipient. */
Test(address, refuses)
{
	static const struct { const char *text; enum address_reason want; } rows[] = {
		{ "", ADDRESS_EMPTY }, { "   ", ADDRESS_EMPTY },
		{ "casey", ADDRESS_MALFORMED }, { "@example.com", ADDRESS_MALFORMED },
		{ "attacker@a.example,victim@v.example", ADDRESS_SEVERAL },
		{ "attacker@a.example;victim@v.example", ADDRESS_SEVERAL },
		{ "attacker@a.example victim@v.example", ADDRESS_SEVERAL },
		{ "a@b@example.com", ADDRESS_SEVERAL }, { "a@b.example@", ADDRESS_SEVERAL },
		{ "@relay.example:casey@example.com", ADDRESS_SEVERAL },
		{ "a@example.com\r\nBcc: victim@v.example", ADDRESS_CONTROL },
		{ "a@example.com\n", ADDRESS_CONTROL }, { "a\r@example.com", ADDRESS_CONTROL },
		{ "a\t@example.com", ADDRESS_CONTROL }, { "a\x7f@example.com", ADDRESS_CONTROL },
		{ "a@exam\xc2\x85ple.com", ADDRESS_CONTROL },
		{ "a\xff@example.com", ADDRESS_CONTROL },
		{ "a@\xc0\xaf.com", ADDRESS_CONTROL },
		{ "<a@example.com>", ADDRESS_MALFORMED },
		{ "Ann <a@example.com>", ADDRESS_MALFORMED },
		{ "\"a b\"@example.com", ADDRESS_MALFORMED },
		{ "\"a\"@example.com", ADDRESS_MALFORMED },
		{ "a(comment)@example.com", ADDRESS_MALFORMED },
		{ "a@(x)example.com", ADDRESS_MALFORMED },
		{ "a\\b@example.com", ADDRESS_MALFORMED }, { "a b@example.com", ADDRESS_MALFORMED },
		{ "mailto:a@example.com", ADDRESS_MALFORMED },
		{ ".a@example.com", ADDRESS_MALFORMED }, { "a.@example.com", ADDRESS_MALFORMED },
		{ "a..b@example.com", ADDRESS_MALFORMED },
		{ "a@[127.0.0.1]", ADDRESS_MALFORMED }, { "a@127.0.0.1", ADDRESS_DOMAIN },
		{ "a@", ADDRESS_DOMAIN }, { "a@localhost", ADDRESS_DOMAIN },
		{ "a@example..com", ADDRESS_DOMAIN },
		{ "a@.example.com", ADDRESS_DOMAIN }, { "a@example.com.", ADDRESS_DOMAIN },
		{ "a@example.com\u3002", ADDRESS_DOMAIN }, { "a@-a.example", ADDRESS_DOMAIN },
		{ "a@a-.example", ADDRESS_DOMAIN }, { "a@a_b.example", ADDRESS_DOMAIN },
		{ "a@a!b.example", ADDRESS_DOMAIN }, { "a@ex%00ample.com", ADDRESS_DOMAIN },
		{ "a@xn--a.example", ADDRESS_DOMAIN },
		{ "a@" SIXTY "aaaa.example", ADDRESS_DOMAIN },
		{ "a@exa\uFF0Cmple.com", ADDRESS_DOMAIN },	/* full-width comma */
		{ "a@x\uFF20y.example", ADDRESS_DOMAIN },	/* full-width @ */
		{ "a@x\u2260y.example", ADDRESS_DOMAIN }, { "a@x\u2603y.example", ADDRESS_DOMAIN },
		{ "a@\u2100b.example", ADDRESS_DOMAIN },	/* a sign that becomes a/c */
		{ "\u00E4@example.com", ADDRESS_UNICODE },
		{ "a\uFF20b@example.com", ADDRESS_UNICODE },
		{ "\u0430dmin@example.com", ADDRESS_UNICODE },	/* Cyrillic a */
		{ SIXTY "aaaaa@example.com", ADDRESS_LONG },
		{ SIXTY "@" LABELS TEN "aaa.example", ADDRESS_LONG },
		{ SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY
		  SIXTY
		  SIXTY SIXTY SIXTY "@example.com", ADDRESS_LONG },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct address got = { .send = "untouched" };
		enum address_reason reason = address_parse(&arena, rows[i].text, &got);
		cr_expect(reason == rows[i].want, "%s: %s, not %s", rows[i].text,
		    address_word(reason),
		    address_word(rows[i].want));
		cr_expect_str_eq(got.send, "untouched");
	}
}

Test(address, limits_are_exact)
{
	struct address got;

	cr_expect(address_parse(&arena, SIXTY "aaaa@example.com", &got) == ADDRESS_OK);
	/* 60 + 1 + 183 + 10 = 254 */
	cr_expect(address_parse(&arena, SIXTY "@" LABELS "aa.example", &got) == ADDRESS_OK);
	cr_expect(strlen(got.send) == ADDRESS_MAX);
	cr_expect(address_parse(&arena, SIXTY "@" LABELS "aaa.example", &got) == ADDRESS_LONG);
}
