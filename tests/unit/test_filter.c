/* $filter: what fits, what is refused and where, what an index can use (req222, attackE4) */

#include "base/arena.h"
#include "base/text.h"
#include "model/filter.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct arena arena;

static void begin(void) { arena_init(&arena, NULL, 0); }
static void end(void) { arena_done(&arena); }

TestSuite(filter, .init = begin, .fini = end);

static const char object_text[] = "{'id':'0a8f6a52-7c1e-4b39-9a57-1f20c3d4e501','displayName':"
    "'Require O\\'Neil','state':'enabled','createdDateTime':'2026-11-01T10:00:00Z','count':7,"
    "'share':0.5,'on':true,'nothing':null,'modified':'',"
    "'conditions':{'users':{'includeUsers':['All','b']}},"
    "'identities':[{'issuer':'woodgrove','issuerAssignedId':'ann@example.com'},"
    "{'issuer':'other','issuerAssignedId':'bob@example.com'}]}";

static json_t *object(void)
{
	struct sp_error error = { "" };
	char *text = text_copy(&arena, object_text);

	for (char *at = text; *at != '\0'; at++)
		if (*at == '\\')
			*at++ = ' ', *at = '*';
		else if (*at == '\'')
			*at = '"';
	json_t *json = json_read(text, strlen(text), &error);
	cr_assert_not_null(json, "%s", error.text);
	json_object_set_new(json, "displayName", json_string("Require O'Neil"));
	return json;
}

static struct filter *parsed(const char *text)
{
	struct filter *filter = NULL;
	struct sp_error error = { "" };

	cr_assert(filter_parse(&arena, text, &filter, &error), "%s: %s", text, error.text);
	return filter;
}

Test(filter, req222_fits)
{
	static const struct { const char *text; bool fits; } rows[] = {
		{ "state eq 'enabled'", true },
		{ "state eq 'ENABLED'", true },
		{ "state eq 'disabled'", false },
		{ "state ne 'disabled'", true },
		{ "displayName eq 'Require O''Neil'", true },
		{ "startswith(displayName,'require')", true },
		{ "startswith( displayName , 'Neil' )", false },
		{ "startswith(absent,'')", false },
		{ "not startswith(displayName,'Neil')", true },
		{ "id eq 0A8F6A52-7c1e-4b39-9a57-1f20c3d4e501", true },
		{ "id eq '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e501'", true },
		{ "createdDateTime ge 2026-11-01T10:00:00Z", true },
		{ "createdDateTime gt 2026-11-01T10:00:00Z", false },
		{ "createdDateTime lt 2026-11-01T10:00:00.5Z", true },
		{ "createdDateTime le '2026-10-31T00:00:00Z'", false },
		{ "createdDateTime eq 2026-11-01T10:00:00.000Z", true },
		{ "modified gt 2026-11-01T10:00:00Z", false },
		{ "count eq 7 and count ge 7 and count lt 8 and count gt -1", true },
		{ "count eq 7.0 and share lt 1 and share ge 0.5 and share ne 5", true },
		{ "count eq '7'", false },
		{ "on eq true", true },
		{ "on eq false or on ne true", false },
		{ "nothing eq null and absent eq null and state ne null", true },
		{ "absent ne 'x'", true },
		{ "absent gt 1", false },
		{ "state in ('disabled','enabled')", true },
		{ "count in (1,2)", false },
		{ "conditions/users/includeUsers/any(u:u eq 'all')", true },
		{ "conditions/users/includeUsers/any(u:u eq 'c')", false },
		{ "conditions/users eq null", false },
		{ "identities/any(c:c/issuerAssignedId eq 'ANN@example.com' and c/issuer eq "
		    "'woodgrove')", true },
		{ "identities/any(c:c/issuerAssignedId eq 'ann@example.com' and c/issuer eq "
		    "'other')", false },
		{ "identities/any(c:startswith(c/issuerAssignedId,'bob') and state eq 'enabled')",
		    true },
		{ "state eq 'x' and state eq 'y' or on eq true", true },
		{ "state eq 'x' and (state eq 'y' or on eq true)", false },
		{ "not (state eq 'x') and not on eq false", true },
		{ "((((on eq true))))", true },
	};
	json_t *json = object();

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert_eq(filter_fits(parsed(rows[i].text), json), rows[i].fits, "%s",
		    rows[i].text);
	cr_assert(filter_fits(NULL, json));
	json_decref(json);
}

Test(filter, req222_refused_with_its_place)
{
	static const struct { const char *text, *told; } rows[] = {
		{ "", "character 1: a comparison" },
		{ "state", "character 6: one of eq" },
		{ "state is 'x'", "character 7: one of eq" },
		{ "state eq", "character 9: a value is missing" },
		{ "state eq enabled", "character 10: a value is missing" },
		{ "state eq 'x", "character 10: the text has no end" },
		{ "state gt 'x'", "character 10: gt, ge" },
		{ "state gt true", "character 10: gt, ge" },
		{ "contains(displayName,'x')", "character 1: 'contains()' is not offered" },
		{ "identities/all(c:c/issuer eq 'x')", "character 1: 'all()' is not offered" },
		{ "any(c:c eq 'x')", "character 1: 'any()' is not offered" },
		{ "startswith(state)", "character 17: \",\" is missing" },
		{ "startswith(state,5)", "character 18: a 'text'" },
		{ "(state eq 'x'", "character 14: \")\" is missing" },
		{ "state eq 'x')", "character 13: and, or, or the end" },
		{ "state eq 'x' state eq 'y'", "character 14: and, or, or the end" },
		{ "state eq 'x' and", "character 17: a comparison" },
		{ "state/ eq 'x'", "character 11: one of eq" },
		{ "state// eq 'x'", "character 7: no name" },
		{ "'\xc3\xa4' eq $x", "character 1: a comparison" },
		{ "on eq '\xc3\xa4\xc3\xa4' or %", "character 15: nothing" },
		{ "x in 'a'", "character 6: \"(\" is missing" },
		{ "x in ()", "character 7: a value" },
		{ "a/b/c/d/e/f/g/h/i eq 1", "character 17: no name" },
		{ "a/any(:x eq 1)", "character 7: any() begins" },
		{ "not", "character 4: a comparison" },
		{ "\xff eq 1", "character 1: longer" },
	};
	struct filter *filter = NULL;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sp_error error = { "" };
		cr_assert(!filter_parse(&arena, rows[i].text, &filter, &error), "%s",
		    rows[i].text);
		cr_assert(strncmp(error.text, rows[i].told, strlen(rows[i].told)) == 0,
		    "%s: %s", rows[i].text, error.text);
	}
	cr_assert_null(filter);
}

static const char *repeated(const char *text, const char *last, size_t count)
{
	char *all = arena_alloc(&arena, strlen(text) * count + strlen(last) + 1);

	for (size_t i = 0; i < count; i++)
		memcpy(all + i * strlen(text), text, strlen(text));
	memcpy(all + count * strlen(text), last, strlen(last));
	return all;
}

Test(filter, attackE4_has_limits)
{
	static const char close[] = "))))))))))))";
	struct filter *filter = NULL;
	struct sp_error error = { "" };

	(void)parsed(repeated("a eq 1 or ", "a eq 1", FILTER_TERMS - 1));
	cr_assert(!filter_parse(&arena, repeated("a eq 1 or ", "a eq 1", FILTER_TERMS), &filter,
	    &error));
	(void)parsed(text_print(&arena, "%s%s", repeated("(", "a eq 1", FILTER_DEPTH), close));
	cr_assert(!filter_parse(&arena, repeated("(", "a eq 1)", FILTER_DEPTH + 1), &filter, &error));
	cr_assert(!filter_parse(&arena, repeated("not ", "a eq 1", FILTER_DEPTH + 1), &filter,
	    &error));
	cr_assert(!filter_parse(&arena, "a/any(x:x/b/any(y:y eq 1))", &filter, &error));
	cr_assert_str_eq(error.text, "character 16: any() in any() is not offered");
	(void)parsed("a/any(x:x eq 1) and a/any(x:x eq 1)");
	cr_assert(!filter_parse(&arena, repeated("x", " eq 1", FILTER_SIZE), &filter, &error));
}

Test(filter, what_an_index_can_use)
{
	static const char one[] = "identities/$any/issuerAssignedId";
	static const struct { const char *text, *path, *equal, *begins; } rows[] = {
		{ "userId eq 'a'", "userId", "a", "a" },
		{ "userId eq 'a' and status/errorCode eq 5", "userId", "a", "a" },
		{ "status/kind eq 'x' and userId eq 'a'", "status/kind", "x", "x" },
		{ "userId eq 'a' or userId eq 'b'", "userId", NULL, NULL },
		{ "not (userId eq 'a')", "userId", NULL, NULL },
		{ "userId ne 'a'", "userId", NULL, NULL },
		{ "startswith(mail,'ann')", "mail", NULL, "ann" },
		{ "identities/any(c:c/issuerAssignedId eq 'x' and c/issuer eq 'y')", one, "x", "x" },
		{ "identities/any(c:c/issuerAssignedId eq 'x' or c/issuer eq 'y')", one, NULL,
		    NULL },
		{ "identities/any(c:startswith(c/issuerAssignedId,'x'))", one, NULL, "x" },
		{ "identities/any(c:issuerAssignedId eq 'x')", one, NULL, NULL },
		{ "userIdentity eq 'a'", "userId", NULL, NULL },
		{ "userId eq 5", "userId", NULL, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct filter *filter = parsed(rows[i].text);
		cr_assert(text_same(filter_equal(filter, rows[i].path), rows[i].equal), "%s",
		    rows[i].text);
		cr_assert(text_same(filter_begins(filter, rows[i].path), rows[i].begins), "%s",
		    rows[i].text);
	}
	cr_assert_null(filter_equal(NULL, "x"));
}

Test(filter, times_narrow_a_range)
{
	static const struct { const char *text; int64_t from, to; } rows[] = {
		{ "at ge 1970-01-01T00:00:05Z", 5000, 90000 },
		{ "at gt 1970-01-01T00:00:05Z and at lt 1970-01-01T00:00:09Z", 5001, 8999 },
		{ "at le 1970-01-01T00:00:09Z and x eq 'y' and at le 1970-01-01T00:00:08Z", 0, 8000 },
		{ "at eq 1970-01-01T00:00:07Z", 7000, 7000 },
		{ "at ne 1970-01-01T00:00:07Z", 0, 90000 },
		{ "at ge 1970-01-01T00:00:05Z or at le 1970-01-01T00:00:01Z", 0, 90000 },
		{ "other ge 1970-01-01T00:00:05Z", 0, 90000 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t from = 0, to = 90000;
		filter_times(parsed(rows[i].text), "at", &from, &to);
		cr_assert(from == rows[i].from && to == rows[i].to, "%s", rows[i].text);
	}
}

Test(filter, a_property_that_nothing_has_is_named)
{
	static const char words[] = "id state identities";

	cr_assert_null(filter_foreign(parsed("id eq 'x' or not (state eq 'y')"), words));
	cr_assert_str_eq(filter_foreign(parsed("id eq 'x' or not (stat eq 'y')"), words), "stat");
	cr_assert_str_eq(filter_foreign(parsed("identities/any(c:c/x eq 'y' and y eq 1)"), words),
	    "y");
	cr_assert_null(filter_foreign(parsed("identities/any(c:c/x eq 'y')"), words));
}
