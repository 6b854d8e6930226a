/* Texts, JSON and packing. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/pack.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct arena arena;

static void end(void)
{
	arena_done(&arena);
}

TestSuite(text, .fini = end);

Test(text, copies_and_compares)
{
	cr_assert_null(text_copy(&arena, NULL));
	cr_assert_str_eq(text_copy(&arena, "abc"), "abc");
	cr_assert_str_eq(text_part(&arena, "abc", 2), "ab");
	cr_assert_str_eq(text_part(&arena, NULL, 0), "");
	cr_assert_str_eq(text_print(&arena, "%s-%d", "a", 7), "a-7");
	cr_assert(text_same("a", "a") && text_same(NULL, NULL));
	cr_assert(!text_same("a", NULL) && !text_same(NULL, "a") && !text_same("a", "b"));
	cr_assert(text_empty(NULL) && text_empty("") && !text_empty(" "));
	cr_assert(text_word("pwd emailotp mfa", "mfa") && text_word("pwd mfa", "pwd"));
	cr_assert(!text_word("pwd emailotp", "email") && !text_word("pwd", ""));
	cr_assert(!text_word("a b", "a b") && !text_word("", "a") && !text_word("a b", " "));
}

Test(text, utf8_is_well_formed)
{
	static const struct { const char *text; bool utf8, plain; } rows[] = {
		{ "", true, true }, { "abc", true, true }, { "\xc3\xa4\xe2\x82\xac", true, true },
		{ "\xf0\x9f\x98\x80", true, true }, { "a\nb", true, false }, { "a\rb", true, false },
		{ "\t", true, false }, { "\x7f", true, false }, { "\xc2\x85", true, false },
		{ "\xe2\x80\xa8", true, false }, { "\xc0\x80", false, false },
		{ "\xed\xa0\x80", false, false }, { "\xf4\x90\x80\x80", false, false },
		{ "\xc3", false, false }, { "\xff", false, false }, { "a\x80", false, false },
		{ "\xe0\x80\xaf", false, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_assert_eq(text_utf8(rows[i].text, strlen(rows[i].text)), rows[i].utf8, "%zu", i);
		cr_assert_eq(text_plain(rows[i].text), rows[i].plain, "%zu", i);
	}
	cr_assert(!text_utf8("a\0b", 3));
	cr_assert(text_ascii("") && text_ascii("a\x7f") && !text_ascii("a\x80"));
}

Test(text, time_is_iso_8601)
{
	cr_assert_str_eq(text_time(&arena, 0), "1970-01-01T00:00:00Z");
	cr_assert_str_eq(text_time(&arena, 1795507893999), "2026-11-24T08:11:33Z");
	cr_assert_str_eq(text_time(&arena, -1), "1969-12-31T23:59:59Z");
}

Test(text, req227_json_is_strict)
{
	static const char *const wrong[] = { "", "1", "{", "{} x", "{\"a\":1,\"a\":2}",
		"{\"a\":\"\\u0000\"}", "{\"a\":\"\xff\"}", "{\"a\":9223372036854775808}",
		"{\"a\":1e999}", "{'a':1}", "{\"a\":01}", "[1,]", "{\"a\":\"\\ud800\"}",
		"{\"x\":{\"a\":1,\"a\":1}}", "\xef\xbb\xbf{}" };
	struct sp_error error;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		error.text[0] = '\0';
		cr_assert_null(json_read(wrong[i], strlen(wrong[i]), &error), "%s", wrong[i]);
		cr_assert(strncmp(error.text, "line ", 5) == 0, "%s", error.text);
	}
	cr_assert_null(json_read("{\"a\":\"\0\"}", 9, &error));
}

static json_t *nested(int depth)
{
	struct sp_error error;
	char text[200];

	memset(text, '[', (size_t)depth);
	memset(text + depth, ']', (size_t)depth);
	return json_read(text, (size_t)depth * 2, &error);
}

Test(text, req227_json_depth_ends_at_32)
{
	struct sp_error error;
	json_t *json = nested(32);

	cr_assert_not_null(json);
	json_decref(json);
	cr_assert_null(nested(33));
	/* Brackets in strings are no depth. */
	static const char flat[] = "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[[[[[[[[[[\"}";
	json = json_read(flat, strlen(flat), &error);
	cr_assert_not_null(json);
	json_decref(json);
}

Test(text, json_errors_name_the_place_and_no_content)
{
	static const char text[] = "{\n \"password\": hunter2\n}";
	struct sp_error error;

	cr_assert_null(json_read(text, strlen(text), &error));
	cr_assert(strstr(error.text, "line 2, column ") == error.text, "%s", error.text);
	cr_assert_null(strstr(error.text, "hunter2"));
}

Test(text, json_members_by_type)
{
	static const char text[] = "{\"t\":\"x\",\"n\":-5,\"f\":true,\"z\":null,\"d\":1.5}";
	struct sp_error error;
	json_t *json = json_read(text, strlen(text), &error);

	cr_assert_str_eq(json_text(json, "t", "-"), "x");
	cr_assert_str_eq(json_text(json, "n", "-"), "-");
	cr_assert_null(json_text(json, "z", NULL));
	cr_assert_eq(json_number(json, "n", 1), -5);
	cr_assert_eq(json_number(json, "d", 1), 1);
	cr_assert(json_flag(json, "f", false) && json_flag(json, "none", true));
	cr_assert(!json_flag(json, "t", false));
	cr_assert_str_eq(json_text(NULL, "t", "-"), "-");
	cr_assert_str_eq(json_write(&arena, json), text);
	cr_assert_not_null(strstr(json_write_pretty(&arena, json), "\n  \"n\": -5"));
	json_decref(json);
}

static const uint64_t numbers[] = { 0, 1, 127, 128, 300, UINT32_MAX, INT64_MAX, UINT64_MAX };
static const int64_t signeds[] = { 0, -1, 1, -64, 64, INT64_MIN, INT64_MAX };

static struct sp_bytes packed(void)
{
	struct pack pack;

	pack_begin(&pack, &arena, 2);
	for (size_t i = 0; i < COUNT(numbers); i++)
		pack_number(&pack, numbers[i]);
	for (size_t i = 0; i < COUNT(signeds); i++)
		pack_signed(&pack, signeds[i]);
	pack_id(&pack, (struct sp_id){ { 1, 2, 3 } });
	pack_text(&pack, NULL);
	pack_text(&pack, "");
	pack_text(&pack, text_print(&arena, "%0300d", 7));
	pack_bytes(&pack, "a\0b", 3);
	pack_bytes(&pack, NULL, 0);
	return pack_end(&pack);
}

Test(text, pack_comes_back)
{
	struct unpack unpack;

	unpack_begin(&unpack, &arena, packed(), 2);
	cr_assert_eq(unpack.format, 2);
	for (size_t i = 0; i < COUNT(numbers); i++)
		cr_assert_eq(unpack_number(&unpack), numbers[i]);
	for (size_t i = 0; i < COUNT(signeds); i++)
		cr_assert_eq(unpack_signed(&unpack), signeds[i]);
	cr_assert_eq(unpack_id(&unpack).byte[2], 3);
	cr_assert_null(unpack_text(&unpack));
	cr_assert_str_eq(unpack_text(&unpack), "");
	cr_assert_eq(strlen(unpack_text(&unpack)), 300);
	struct sp_bytes bytes = unpack_bytes(&unpack);
	cr_assert(bytes.size == 3 && memcmp(bytes.data, "a\0b", 3) == 0);
	cr_assert(unpack_more(&unpack) && !unpack_ok(&unpack));
	cr_assert_eq(unpack_bytes(&unpack).size, 0);
	cr_assert(!unpack_more(&unpack) && unpack_ok(&unpack));
	unpack_number(&unpack);
	cr_assert(!unpack_ok(&unpack) && !unpack_more(&unpack));
}

/* Cut anywhere, a reader says so and stays within its bytes (ASan watches). */
Test(text, pack_cut_short_is_wrong)
{
	struct sp_bytes whole = packed();

	for (size_t size = 0; size < whole.size; size++) {
		struct unpack unpack;
		void *part = arena_copy(&arena, whole.data, size);
		unpack_begin(&unpack, &arena, (struct sp_bytes){ part, size }, 2);
		for (size_t i = 0; i < COUNT(numbers) + COUNT(signeds); i++)
			unpack_number(&unpack);
		unpack_id(&unpack);
		for (int i = 0; i < 3; i++)
			unpack_text(&unpack);
		unpack_bytes(&unpack), unpack_bytes(&unpack);
		cr_assert(!unpack_ok(&unpack), "%zu", size);
	}
}

Test(text, pack_refuses_what_no_writer_writes)
{
	static const struct { const char *bytes; size_t size; } rows[] = {
		{ "", 0 }, { "\0\0", 2 }, { "\3\0", 2 },		/* formats */
		{ "\1\x80\0", 3 },					/* too long a spelling */
		{ "\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\2", 11 },	/* over 64 bits */
		{ "\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", 12 },
		{ "\1\5abc\0", 6 },					/* a zero byte in a text */
		{ "\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1z", 12 },	/* longer than all */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct unpack unpack;
		unpack_begin(&unpack, &arena, (struct sp_bytes){ rows[i].bytes, rows[i].size }, 2);
		cr_assert_null(unpack_text(&unpack), "%zu", i);
		cr_assert(!unpack_ok(&unpack), "%zu", i);
	}
}
