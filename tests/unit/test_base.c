/* Ids, randomness, secrets and encodings. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/random.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct arena arena;

static void end(void)
{
	arena_done(&arena);
}

TestSuite(base, .fini = end);

Test(base, id_is_spelled_and_read)
{
	char text[ID_TEXT];
	struct sp_id id, untouched = { { 7 } };

	cr_assert(id_parse("01234567-89AB-cdef-0123-456789abcdef", &id));
	id_format(id, text);
	cr_assert_str_eq(text, "01234567-89ab-cdef-0123-456789abcdef");
	static const char *const wrong[] = { "", "01234567-89ab-cdef-0123-456789abcde",
		"01234567-89ab-cdef-0123-456789abcdef0", "0123456789abcdef0123456789abcdef",
		"01234567+89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdeg",
		"{1234567-89ab-cdef-0123-456789abcde}", "01234567-89ab-cdef-01234-56789abcdef",
		"0x234567-89ab-cdef-0123-456789abcdef" };
	for (size_t i = 0; i < COUNT(wrong); i++)
		cr_assert(!id_parse(wrong[i], &untouched), "%s", wrong[i]);
	cr_assert(!id_parse(NULL, &untouched));
	cr_assert_eq(untouched.byte[0], 7);
}

Test(base, id_random_is_a_version_4_uuid_and_ordered_ones_follow_time)
{
	char text[ID_TEXT];

	id_format(id_random(), text);
	cr_assert_eq(text[14], '4');
	cr_assert(strchr("89ab", text[19]) != NULL);
	cr_assert(!id_equal(id_random(), id_random()));
	struct sp_id early = id_ordered(0x0123456789ab), late = id_ordered(0x0123456789ac);
	cr_assert(id_compare(&early, &late) < 0);
	static const uint8_t head[6] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab };
	cr_assert_arr_eq(early.byte, head, 6);
	cr_assert(id_zero((struct sp_id){ 0 }) && !id_zero(early));
}

Test(base, id_sets_are_sorted_without_doubles)
{
	struct sp_id a = { { 1 } }, b = { { 2 } }, c = { { 3 } };
	struct sp_id set[] = { c, a, b, a, c, a };
	size_t count = id_sort(set, COUNT(set));

	cr_assert_eq(count, 3);
	cr_assert(id_equal(set[0], a) && id_equal(set[1], b) && id_equal(set[2], c));
	cr_assert(id_among(set, count, b) && !id_among(set, count, (struct sp_id){ { 9 } }));
	cr_assert_eq(id_sort(NULL, 0), 0);
	cr_assert(!id_among(NULL, 0, a));
	cr_assert_eq(id_sort(set, 1), 1);
}

/* req129: every digit as often; chi-square with 9 degrees of freedom, p = 1e-9. */
Test(base, req129_digits_are_even)
{
	double count[10] = { 0 }, sum = 0, expected = 50000 * 8 / 10;
	char code[9];

	for (int i = 0; i < 50000; i++) {
		random_digits(code, 8);
		cr_assert_eq(strlen(code), 8);
		for (int j = 0; j < 8; j++)
			count[code[j] - '0']++;
	}
	for (int i = 0; i < 10; i++)
		sum += (count[i] - expected) * (count[i] - expected) / expected;
	cr_assert_lt(sum, 62);
}

Test(base, random_stays_below)
{
	bool seen[3] = { false };

	for (int i = 0; i < 200; i++) {
		uint32_t n = random_below(3);
		cr_assert_lt(n, 3);
		seen[n] = true;
	}
	cr_assert(seen[0] && seen[1] && seen[2]);
	cr_assert_eq(random_below(1), 0);
}

Test(base, req139_secrets_are_compared_whole_and_nothing_is_no_proof)
{
	cr_assert(secret_equal(secret_text("12345678"), secret_text("12345678")));
	cr_assert(!secret_equal(secret_text("12345678"), secret_text("12345679")));
	cr_assert(!secret_equal(secret_text("12345678"), secret_text("1234567")));
	cr_assert(!secret_equal(secret_text(""), secret_text("")));
	cr_assert(!secret_equal(secret_text(NULL), secret_text(NULL)));
}

Test(base, encodings_have_known_spellings)
{
	static const struct { const char *plain, *base64, *base64url, *hex; } rows[] = {
		{ "", "", "", "" },
		{ "f", "Zg==", "Zg", "66" },
		{ "fo", "Zm8=", "Zm8", "666f" },
		{ "foo", "Zm9v", "Zm9v", "666f6f" },
		{ "\xfb\xff\xfe", "+//+", "-__-", "fbfffe" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *plain = rows[i].plain;
		size_t length = strlen(plain), size;
		void *data;
		cr_assert_str_eq(encode_base64(&arena, plain, length), rows[i].base64);
		cr_assert_str_eq(encode_base64url(&arena, plain, length), rows[i].base64url);
		cr_assert_str_eq(encode_hex(&arena, plain, length), rows[i].hex);
		cr_assert(decode_base64(&arena, rows[i].base64, &data, &size));
		cr_assert(size == length && memcmp(data, plain, size + 1) == 0);
		cr_assert(decode_base64url(&arena, rows[i].base64url, &data, &size));
		cr_assert(size == length && memcmp(data, plain, size + 1) == 0);
	}
}

Test(base, decoders_take_one_spelling)
{
	static const char *const url[] = { "Zg==", "Zh", "Z", "Zm9", "Zm 8", "Zm8\n", "Zm8=",
		"+//+", "-_*-", "AAAAA", "AAA\xe3", "\x80" "AAA", "A\xff" "AA" };
	static const char *const padded[] = { "Zg", "Zg=", "Zg===", "Zh==", "-__-", "Zg==Zg==",
		"====", " Zg==", "Zm8", "=", "AAA\xe3", "A\x80==" };
	size_t size = 99;
	void *data = &size;

	for (size_t i = 0; i < COUNT(url); i++)
		cr_assert(!decode_base64url(&arena, url[i], &data, &size), "%s", url[i]);
	for (size_t i = 0; i < COUNT(padded); i++)
		cr_assert(!decode_base64(&arena, padded[i], &data, &size), "%s", padded[i]);
	cr_assert(data == &size && size == 99);
}

Test(base, urls_are_encoded_and_decoded)
{
	static const char *const wrong[] = { "%", "%4", "%4g", "%00", "a%0", "%%41", "% 1" };
	char *text = NULL;

	cr_assert_str_eq(encode_url(&arena, "a b&c=\xc3\xa4~-._/+"), "a%20b%26c%3D%C3%A4~-._%2F%2B");
	cr_assert(decode_url(&arena, "a+b%26%c3%A4", 12, &text));
	cr_assert_str_eq(text, "a b&\xc3\xa4");
	for (size_t i = 0; i < COUNT(wrong); i++)
		cr_assert(!decode_url(&arena, wrong[i], strlen(wrong[i]), &text), "%s", wrong[i]);
	cr_assert(!decode_url(&arena, "a\0b", 3, &text));
	cr_assert_str_eq(text, "a b&\xc3\xa4");
	cr_assert(decode_url(&arena, "", 0, &text) && text[0] == '\0');
}
