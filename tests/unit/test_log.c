#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/logline.h"

#include <jansson.h>
#include <string.h>

static struct logline line;

static const char *one(enum log_format format, const char *value)
{
	logline_begin(&line, format, SP_INFO, 0);
	logline_add(&line, "event", "sign-in");
	logline_add(&line, "user", value);
	logline_end(&line);
	return line.text;
}

Test(log, lets_nothing_break_out_req241)
{
	static const struct { const char *value, *json, *text; } rows[] = {
		{ "ann", "\"ann\"", "\"ann\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"", "\"a\\\"b\\\\c\"" },
		{ "x\r\n{\"level\":\"error\"}", "\"x\\u000d\\u000a{\\\"level\\\":\\\"error\\\"}\"",
		  "\"x\\u000d\\u000a{\\\"level\\\":\\\"error\\\"}\"" },
		{ "\x1b[31mred", "\"\\u001b[31mred\"", "\"\\u001b[31mred\"" },
		{ "\xc2\x9b" "31m", "\"\\u009b31m\"", "\"\\u009b31m\"" },
		{ "\x7f", "\"\\u007f\"", "\"\\u007f\"" },
		{ "\xe2\x80\xae" "evil", "\"\\u202eevil\"", "\"\\u202eevil\"" },
		{ "\xe2\x80\xa8", "\"\\u2028\"", "\"\\u2028\"" },
		{ "\xff\xc0\xaf", "\"\\ufffd\\ufffd\\ufffd\"", "\"\\ufffd\\ufffd\\ufffd\"" },
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"", "\"\\ufffd\\ufffd\\ufffd\"" },
		{ "\xe2\x82", "\"\\ufffd\\ufffd\"", "\"\\ufffd\\ufffd\"" },
		{ "J\xc3\xb6rg \xe6\x97\xa5 \xf0\x9f\x9a\xaa",
		  "\"J\xc3\xb6rg \xe6\x97\xa5 \xf0\x9f\x9a\xaa\"",
		  "\"J\xc3\xb6rg \xe6\x97\xa5 \xf0\x9f\x9a\xaa\"" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char expected[256];
		snprintf(expected, sizeof(expected), "{\"event\":\"sign-in\",\"user\":%s}\n",
		    rows[i].json);
		cr_assert_str_eq(one(LOG_JSON, rows[i].value), expected, "row %zu", i);
		json_t *json = json_loads(line.text, JSON_REJECT_DUPLICATES, NULL);
		cr_assert_not_null(json, "row %zu", i);
		cr_assert_eq(json_object_size(json), 2);
		json_decref(json);
		snprintf(expected, sizeof(expected), "event=\"sign-in\" user=%s\n", rows[i].text);
		cr_assert_str_eq(one(LOG_TEXT, rows[i].value), expected, "row %zu", i);
	}
}

Test(log, cuts_what_is_too_long_and_says_so)
{
	static char value[3 * LOG_LINE_MAX];

	for (size_t size = LOG_LINE_MAX - 200; size < sizeof(value) - 1; size += 13) {
		memset(value, '"', size);
		value[size] = '\0';
		one(LOG_JSON, value);
		json_t *json = json_loads(line.text, JSON_REJECT_DUPLICATES, NULL);
		cr_assert_not_null(json, "%zu bytes: %s", size, line.text + LOG_LINE_MAX - 100);
		cr_assert_str_eq(json_string_value(json_object_get(json, "cut")), "yes");
		json_decref(json);
		cr_assert_eq(line.size, strlen(line.text));
	}
}

Test(log, tells_time_and_level)
{
	logline_begin(&line, LOG_JSON, SP_WARNING, 1795506693007);
	logline_end(&line);
	cr_assert_str_eq(line.text,
	    "{\"time\":\"2026-11-24T07:51:33.007Z\",\"level\":\"warning\"}\n");
	logline_begin(&line, LOG_TEXT, SP_ERROR, 1795506693007);
	logline_add(&line, "message", "no");
	logline_end(&line);
	cr_assert_str_eq(line.text, "2026-11-24T07:51:33.007Z error message=\"no\"\n");
}

Test(log, masks_who_and_from_where_req240)
{
	static const struct { const char *address, *masked; } addresses[] = {
		{ "ann@example.com", "a***@e***.com" },
		{ "\xc3\xb6@\xc3\xa4.example.org", "\xc3\xb6***@\xc3\xa4***.org" },
		{ "ann@localhost", "a***@l***" },
		{ "ann", "***" }, { "@b", "***" }, { "", "***" }, { "a@", "a***@***" },
	};
	static const struct { const char *ip, *masked; } ips[] = {
		{ "203.0.113.77", "203.0.113.0/24" }, { "::ffff:203.0.113.77", "203.0.113.0/24" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48" }, { "ann", "***" },
	};
	struct arena arena;

	arena_init(&arena, NULL, 0);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		cr_assert_str_eq(log_address(&arena, addresses[i].address), addresses[i].masked);
	for (size_t i = 0; i < sizeof(ips) / sizeof(ips[0]); i++)
		cr_assert_str_eq(log_ip(&arena, ips[i].ip), ips[i].masked);
	log_set_mask(false);
	cr_assert_str_eq(log_address(&arena, "ann@example.com"), "ann@example.com");
	arena_done(&arena);
}

static unsigned heard;

static void hear(enum sp_level level, const char *text)
{
	heard++;
	cr_assert_eq(level, SP_WARNING);
	cr_assert_str_eq(text, "{\"event\":\"x\",\"a\":\"1\"}");
}

Test(log, leaves_out_what_is_not_wanted)
{
	log_to(hear);
	log_set_level(SP_WARNING);
	LOG_EVENT(SP_INFO, "x", { "a", "1" });
	log_line(SP_DEBUG, "no");
	LOG_EVENT(SP_WARNING, "x", { "none", NULL }, { "a", "1" });
	cr_assert_eq(heard, 1);
}
