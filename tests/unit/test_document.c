/* Documents of operators: checked, brought to one shape, merged, matched, compared. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/shape.h"
#include "model/tenant.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define A "11111111-1111-4111-8111-111111111111"
#define B "22222222-2222-4222-8222-222222222222"
#define C "33333333-3333-4333-8333-333333333333"

static struct arena arena;
static struct document_errors errors;

static void begin(void)
{
	errors = (struct document_errors){ .arena = &arena };
}

static void end(void)
{
	arena_done(&arena);
}

TestSuite(document, .init = begin, .fini = end);

/* With ' for ", so that rows stay readable. */
static json_t *read_json(const char *text)
{
	char *copy = text_copy(&arena, text);
	struct sp_error error;

	for (char *at = copy; *at != '\0'; at++)
		if (*at == '\'')
			*at = '"';
	json_t *json = json_read(copy, strlen(copy), &error);
	cr_assert(json != NULL, "%s: %s", text, error.text);
	return json;
}

static json_t *check(enum document_kind kind, const char *text)
{
	json_t *document = read_json(text), *canonical;

	begin();
	canonical = document_row(kind)->check(document, &errors);
	cr_assert((canonical == NULL) == (errors.count > 0));
	json_decref(document);
	return canonical;
}

/* The paths that are wrong, in order, separated by spaces. */
static const char *wrong(enum document_kind kind, const char *text)
{
	const char *paths = "";
	json_t *canonical = check(kind, text);

	json_decref(canonical);
	for (struct document_error *error = errors.first; error != NULL; error = error->next)
		paths = text_print(&arena, "%s%s%s=%s", paths, paths[0] != '\0' ? " " : "",
		    error->path, error->code);
	return paths;
}

static void expect(enum document_kind kind, const char *text, const char *paths)
{
	const char *told = wrong(kind, text);

	cr_assert(strcmp(told, paths) == 0, "%s\n  told:   %s\n  wanted: %s", text, told, paths);
}

static void same(enum document_kind kind, const char *text, const char *wanted)
{
	json_t *canonical = check(kind, text), *json = read_json(wanted);

	cr_assert(canonical != NULL, "%s: %s: %s", text, errors.first->path, errors.first->text);
	const char *one = json_write(&arena, canonical), *other = json_write(&arena, json);
	cr_assert(strcmp(one, other) == 0, "%s\n%s", one, other);
	json_decref(canonical);
	json_decref(json);
}

Test(document, every_kind_has_one_row)
{
	for (int kind = DOCUMENT_NONE + 1; kind < DOCUMENT_KINDS; kind++) {
		const struct document_row *row = document_row(kind);
		cr_assert(row != NULL && row->kind == (enum document_kind)kind);
		cr_assert(document_section(row->section) == row);
	}
	cr_assert(document_row(DOCUMENT_NONE) == NULL && document_section("nothing") == NULL);
}

#define TENANT(name, more) "{'id':'" A "','name':'" name "','displayName':'W'" more "}"

Test(document, tenants_are_checked)
{
	static const struct { const char *document, *wrong; } rows[] = {
		{ TENANT("woodgrove", ""), "" },
		{ TENANT("a", ",'mailFrom':'a@b.example'"), "" },
		{ TENANT("Wood", ""), "name=InvalidValue" },
		{ TENANT("wood grove", ""), "name=InvalidValue" },
		{ TENANT("-wood", ""), "name=InvalidValue" },
		{ TENANT("wood-", ""), "name=InvalidValue" },
		{ TENANT("../x", ""), "name=InvalidValue" },
		{ TENANT("admin", ""), "name=InvalidValue" },
		{ TENANT(A, ""), "name=InvalidValue" },
		{ TENANT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""),
		    "name=TooLong" },
		{ TENANT("w", ",'mailFrom':'nobody'"), "mailFrom=InvalidValue" },
		{ TENANT("w", ",'mailFrom':'a@b.example, c@d.example'"),
		    "mailFrom=InvalidValue" },
		{ TENANT("w", ",'defaultLocale':'d/e'"), "defaultLocale=InvalidValue" },
		{ TENANT("w", ",'nope':1,'__proto__':{}"),
		    "nope=UnknownProperty __proto__=UnknownProperty" },
		{ "{}", "id=Required name=Required displayName=Required" },
		{ TENANT("w", ",'settings':{'passcodeTries':0,'x':1,'passcodeDigits':'8'}"),
		    "settings.passcodeTries=OutOfRange settings=UnknownProperty "
		    "settings.passcodeDigits=InvalidType" },
		{ TENANT("w", ",'settings':{'codeLifetime':601}"),
		    "settings.codeLifetime=OutOfRange" },
		{ TENANT("w", ",'settings':[]"), "settings=InvalidType" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		expect(DOCUMENT_TENANT, rows[i].document, rows[i].wrong);
}

Test(document, a_tenant_holds_all_settings_and_compiles)
{
	json_t *canonical = check(DOCUMENT_TENANT,
	    TENANT("w", ",'settings':{'passcodeLifetime':120,'codeInSubject':true}"));
	const json_t *settings = json_object_get(canonical, "settings");
	struct tenant tenant = { 0 };
	size_t count = 0;

	while (settings_rows[count].name != NULL) {
		const struct settings_row *row = &settings_rows[count++];
		cr_assert(json_object_get(settings, row->name) != NULL, "%s", row->name);
		cr_assert(row->min <= row->fallback && row->fallback <= row->max, "%s", row->name);
	}
	cr_assert_eq(json_object_size(settings), count);
	cr_assert(tenant_compile(&arena, canonical, &tenant));
	cr_assert_str_eq(tenant.id_text, A);
	cr_assert_str_eq(tenant.name, "w");
	cr_assert(tenant.mail_from == NULL);
	cr_assert_eq(tenant.settings.passcode_lifetime, 120000);
	cr_assert_eq(tenant.settings.passcode_digits, 8);
	cr_assert(tenant.settings.code_in_subject && tenant.settings.proof_counts_as_mfa);
	json_decref(canonical);
}

/* SEMANTICS 1: the numbers there are the defaults. */
Test(document, settings_have_the_defaults_that_are_promised)
{
	struct settings settings;

	settings_default(&settings);
	static const struct { size_t offset; int64_t value; } rows[] = {
		{ offsetof(struct settings, passcode_digits), 8 },
		{ offsetof(struct settings, passcode_lifetime), 600000 },
		{ offsetof(struct settings, passcode_tries), 5 },
		{ offsetof(struct settings, resend_after), 60000 },
		{ offsetof(struct settings, resend_limit), 5 },
		{ offsetof(struct settings, mfa_run), 10 },
		{ offsetof(struct settings, mfa_day), 50 },
		{ offsetof(struct settings, mfa_pause_most), 3600000 },
		{ offsetof(struct settings, unproven_day), 30 },
		{ offsetof(struct settings, password_run), 10 },
		{ offsetof(struct settings, password_pause_most), 900000 },
		{ offsetof(struct settings, pause_first), 60000 },
		{ offsetof(struct settings, mfa_sends), 10 },
		{ offsetof(struct settings, unproven_sends), 3 },
		{ offsetof(struct settings, unproven_sends_window), 900000 },
		{ offsetof(struct settings, unproven_sends_day), 10 },
		{ offsetof(struct settings, source_sends), 30 },
		{ offsetof(struct settings, source_passwords), 20 },
		{ offsetof(struct settings, tenant_sends), 1000 },
		{ offsetof(struct settings, journey_lifetime), 1800000 },
		{ offsetof(struct settings, session_idle), 86400000 },
		{ offsetof(struct settings, session_persistent), INT64_C(7776000000) },
		{ offsetof(struct settings, code_lifetime), 60000 },
		{ offsetof(struct settings, access_token_lifetime), 600000 },
		{ offsetof(struct settings, password_least), 8 },
		{ offsetof(struct settings, signin_retention), INT64_C(2592000000) },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert_eq(*(int64_t *)(void *)((char *)&settings + rows[i].offset),
		    rows[i].value, "row %zu", i);
}

Test(document, tenants_find_apps_and_flows)
{
	struct app apps[3] = { 0 };
	const struct app *sorted[3];
	struct userflow flow = { .app_count = 1 };
	const struct userflow *flows[] = { &flow };
	static const char *const ids[] = { A, B, C };

	for (size_t i = 0; i < 3; i++) {
		cr_assert(id_parse(ids[i], &apps[i].app_id));
		sorted[i] = &apps[i];
	}
	flow.apps = &apps[1].app_id;
	struct tenant tenant = { .app_count = 3, .apps = sorted, .flow_count = 1, .flows = flows };
	for (size_t i = 0; i < 3; i++) {
		cr_assert(tenant_app(&tenant, ids[i]) == &apps[i]);
		cr_assert(tenant_flow(&tenant, &apps[i]) == (i == 1 ? &flow : NULL));
	}
	cr_assert(tenant_app(&tenant, "44444444-4444-4444-8444-444444444444") == NULL);
	cr_assert(tenant_app(&tenant, "") == NULL && tenant_app(&tenant, NULL) == NULL);
	cr_assert(tenant_app(&(struct tenant){ 0 }, A) == NULL);
}

#define GROUP(more) "{'id':'" A "','displayName':'G'" more "}"

/* Requirement 228: what is not known is refused, what is read-only is the caller's. */
Test(document, req228_shapes_take_graph_and_refuse_the_rest)
{
	same(DOCUMENT_GROUP, "{'@odata.context':'x','displayName@odata.type':'y',"
	    "'id':'AAAAAAAA-1111-4111-8111-111111111111','displayName':'G','description':null,"
	    "'parentGroups':['" B "','" B "']}",
	    "{'id':'aaaaaaaa-1111-4111-8111-111111111111','displayName':'G','description':null,"
	    "'createdDateTime':null,'parentGroups':['" B "']}");
	static const struct { const char *document, *wrong; } rows[] = {
		{ GROUP(",'members':[]"), "members=UnknownProperty" },
		{ GROUP(",'parentGroups':'" B "'"), "parentGroups=InvalidType" },
		{ GROUP(",'parentGroups':['" B "',7,'x']"),
		    "parentGroups[1]=InvalidValue parentGroups[2]=InvalidValue" },
		{ GROUP(",'description':7"), "description=InvalidType" },
		{ GROUP(",'description':'a\\u0007b'"), "description=InvalidValue" },
		{ GROUP(",'createdDateTime':'yesterday'"), "createdDateTime=InvalidValue" },
		{ GROUP(",'createdDateTime':'2026-02-29T00:00:00Z'"),
		    "createdDateTime=InvalidValue" },
		{ GROUP(",'createdDateTime':'2026-02-28T00:00:00.1234567Z'"), "" },
		{ "{'id':'x','displayName':''}", "id=InvalidValue displayName=InvalidValue" },
		{ "[]", "=InvalidType" },
		{ "[{}]", "=InvalidType" },
		{ GROUP(",'a\\u0001b':1"), "?=UnknownProperty" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		expect(DOCUMENT_GROUP, rows[i].document, rows[i].wrong);
}

Test(document, req227_a_document_fits_its_record)
{
	json_t *group = read_json(GROUP("")), *text = json_string("x");
	size_t size = 1024 + 1;
	char *long_text = memset(arena_alloc(&arena, size + 1), 'x', size);

	json_object_set_new(group, "description", json_string(long_text));
	cr_assert(document_row(DOCUMENT_GROUP)->check(group, &errors) == NULL);
	cr_assert_str_eq(errors.first->code, "TooLong");
	json_decref(group);
	json_decref(text);
	begin();
	json_t *policy = read_json("{'id':'" A "','displayName':'P','state':'enabled',"
	    "'conditions':{'clientAppTypes':['all'],'applications':{'includeApplications':['All']},"
	    "'users':{}},'grantControls':{'operator':'OR','builtInControls':['mfa']}}");
	json_t *users = json_object_get(json_object_get(policy, "conditions"), "users");
	json_t *include = json_array(), *exclude = json_array();
	for (int i = 0; i < 1000; i++) {
		json_array_append_new(include, json_string(
		    text_print(&arena, "%08d-1111-4111-8111-111111111111", i)));
		json_array_append_new(exclude, json_string(
		    text_print(&arena, "%08d-2222-4222-8222-111111111111", i)));
	}
	json_object_set_new(users, "includeUsers", include);
	json_t *canonical = document_row(DOCUMENT_POLICY)->check(policy, &errors);
	cr_assert(canonical != NULL);
	json_decref(canonical);
	json_object_set_new(users, "excludeUsers", exclude);
	cr_assert(document_row(DOCUMENT_POLICY)->check(policy, &errors) == NULL);
	cr_assert_str_eq(errors.first->code, "TooLong");
	json_decref(policy);
}

#define METHOD(more) "{'id':'Email'" more "}"

Test(document, methods_are_checked_and_have_a_default)
{
	same(DOCUMENT_METHOD, "{'id':'email'}",
	    "{'@odata.type':'#microsoft.graph.emailAuthenticationMethodConfiguration',"
	    "'id':'Email','state':'disabled','allowExternalIdToUseEmailOtp':'default',"
	    "'includeTargets':[{'targetType':'group','id':'all_users',"
	    "'isRegistrationRequired':false}],'excludeTargets':[]}");
	expect(DOCUMENT_METHOD, "{'id':'Sms'}", "id=InvalidValue");
	expect(DOCUMENT_METHOD, METHOD(",'state':'on','includeTargets':[{'targetType':'user',"
	    "'id':'all_users'},{'targetType':'role','id':'x'}],"
	    "'excludeTargets':[{'targetType':'group','id':'all_users'}]"),
	    "state=InvalidValue includeTargets[1].targetType=InvalidValue "
	    "includeTargets[1].id=InvalidValue excludeTargets[0].id=InvalidValue "
	    "includeTargets[0].targetType=InvalidValue");
}

Test(document, methods_are_for_their_targets)
{
	static const struct { const char *more; bool user, in_b, in_c; } rows[] = {
		{ "", false, false, false },
		{ ",'state':'enabled'", true, true, true },
		{ ",'state':'enabled','includeTargets':[]", false, false, false },
		{ ",'state':'enabled','includeTargets':[{'targetType':'user','id':'" A "'}]",
		    true, true, true },
		{ ",'state':'enabled','includeTargets':[{'targetType':'group','id':'" B "'}]",
		    false, true, false },
		{ ",'state':'enabled','excludeTargets':[{'targetType':'user','id':'" A "'}]",
		    false, false, false },
		{ ",'state':'enabled','excludeTargets':[{'targetType':'group','id':'" C "'}]",
		    true, true, false },
	};
	struct sp_id user, b, c;

	cr_assert(id_parse(A, &user) && id_parse(B, &b) && id_parse(C, &c));
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *canonical = check(DOCUMENT_METHOD, text_print(&arena, METHOD("%s"),
		    rows[i].more));
		struct method method = { 0 };
		cr_assert(method_compile(&arena, canonical, &method));
		cr_assert(method.first_factor);
		cr_assert_eq(method_usable(&method, user, (struct sp_ids){ 0 }), rows[i].user);
		cr_assert_eq(method_usable(&method, user, (struct sp_ids){ 1, &b }), rows[i].in_b);
		cr_assert_eq(method_usable(&method, user, (struct sp_ids){ 1, &c }), rows[i].in_c);
		json_decref(canonical);
	}
	cr_assert(!method_usable(&(struct method){ 0 }, user, (struct sp_ids){ 0 }));
}

static struct group groups[64];

/* "0>1 1>2": group 0 lies in group 1, and so on. */
static size_t make_groups(const char *text)
{
	size_t count = 0;

	memset(groups, 0, sizeof(groups));
	for (size_t i = 0; i < COUNT(groups); i++)
		groups[i].id.byte[15] = (uint8_t)(i + 1);
	for (const char *at = text; *at != '\0'; at += strspn(at, " ")) {
		char *next;
		size_t low = strtoul(at, &next, 10), high = strtoul(next + 1, &next, 10);
		struct sp_id *ids = arena_alloc(&arena, 8 * sizeof(ids[0]));
		struct sp_ids *parents = &groups[low].parents;
		memcpy(ids, parents->sorted != NULL ? parents->sorted : ids,
		    parents->count * sizeof(ids[0]));
		ids[parents->count] = groups[high].id;
		*parents = (struct sp_ids){ id_sort(ids, parents->count + 1), ids };
		count = low >= count ? low + 1 : count;
		at = next;
	}
	return count;
}

Test(document, req187_groups_are_closed_over_what_they_lie_in)
{
	static const struct { const char *graph; size_t count; const char *direct, *all; } rows[] = {
		{ "", 0, "", "" },
		{ "", 0, "5", "5" },			/* the backend's */
		{ "0>1 1>2", 3, "0", "0 1 2" },
		{ "0>1 1>2", 3, "1 2", "1 2" },
		{ "0>1 0>2 1>3 2>3", 4, "0", "0 1 2 3" },
		{ "0>1", 1, "0", "0" },			/* 1 is gone */
		{ "0>1 1>0", 2, "0", "0 1" },		/* a ring, from an older store: ends */
		{ "0>1 2>1", 3, "0 2 9", "0 1 2 9" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sp_id direct[8] = { 0 };
		size_t count = 0;
		make_groups(rows[i].graph);
		for (const char *at = rows[i].direct; *at != '\0'; at += strspn(at, " ")) {
			char *next;
			direct[count++] = groups[strtoul(at, &next, 10)].id;
			at = next;
		}
		struct sp_ids all;
		cr_assert(group_close(&arena, groups, rows[i].count,
		    (struct sp_ids){ count, direct }, &all));
		const char *told = "";
		for (size_t j = 0; j < all.count; j++)
			told = text_print(&arena, "%s%s%d", told, j > 0 ? " " : "",
			    all.sorted[j].byte[15] - 1);
		cr_assert_str_eq(told, rows[i].all);
	}
}

Test(document, groups_beyond_the_limit_are_no_cut_list)
{
	struct sp_id *ids = arena_alloc(&arena, (GROUP_MOST + 1) * sizeof(ids[0]));
	struct sp_ids all = { 7, NULL };

	for (size_t i = 0; i <= GROUP_MOST; i++)
		ids[i] = (struct sp_id){ { 1, [14] = (uint8_t)(i >> 8), [15] = (uint8_t)i } };
	cr_assert(!group_close(&arena, NULL, 0, (struct sp_ids){ GROUP_MOST + 1, ids }, &all));
	cr_assert_eq(all.count, 7);
	cr_assert(group_close(&arena, NULL, 0, (struct sp_ids){ GROUP_MOST, ids }, &all));
	cr_assert_eq(all.count, GROUP_MOST);
	make_groups("0>1 1>2");
	ids[GROUP_MOST - 1] = groups[0].id;
	cr_assert(!group_close(&arena, groups, 3, (struct sp_ids){ GROUP_MOST, ids }, &all));
}

Test(document, group_cycles_and_depth_are_found)
{
	const char *deep = "";
	size_t index = 99;

	for (int i = 0; i < 16; i++)
		deep = text_print(&arena, "%s%d>%d ", deep, i, i + 1);
	const char *deeper = text_print(&arena, "%s16>17", deep);
	const char *backwards = "";
	for (int i = 17; i > 0; i--)
		backwards = text_print(&arena, "%s%d>%d ", backwards, i, i - 1);
	const struct { const char *graph; size_t count; enum group_nesting nesting; } rows[] = {
		{ "", 0, GROUP_GOOD },
		{ "0>1 0>2 1>3 2>3", 4, GROUP_GOOD },
		{ "0>0", 1, GROUP_CYCLE },
		{ "0>1 1>2 2>0", 3, GROUP_CYCLE },
		{ "0>1 2>3 3>2", 4, GROUP_CYCLE },
		{ "0>1 1>0", 1, GROUP_GOOD },	/* 1 is gone */
		{ deep, 17, GROUP_GOOD },
		{ deeper, 18, GROUP_DEEP },
		{ backwards, 18, GROUP_DEEP },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		make_groups(rows[i].graph);
		cr_assert_eq(group_cycle(&arena, groups, rows[i].count, &index), rows[i].nesting,
		    "row %zu", i);
	}
}

Test(document, patches_merge)
{
	static const struct { const char *base, *patch, *merged; } rows[] = {
		{ "{'a':1,'b':2}", "{'b':3}", "{'a':1,'b':3}" },
		{ "{'a':1}", "{'a':null}", "{'a':null}" },
		{ "{'a':{'x':1,'y':[1,2]}}", "{'a':{'y':[3]}}", "{'a':{'x':1,'y':[3]}}" },
		{ "{'a':null}", "{'a':{'x':1}}", "{'a':{'x':1}}" },
		{ "{'a':{'x':1}}", "{'a':7}", "{'a':7}" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *base = read_json(rows[i].base), *patch = read_json(rows[i].patch);
		json_t *wanted = read_json(rows[i].merged), *merged = document_merge(base, patch);
		cr_assert(json_equal(merged, wanted), "row %zu", i);
		json_decref(base), json_decref(patch), json_decref(wanted), json_decref(merged);
	}
}

Test(document, apply_matches_by_id_then_by_name)
{
	static const struct {
		enum document_kind kind;
		const char *stored, *wanted;
		enum document_found found;
		size_t index;
	} rows[] = {
		{ DOCUMENT_POLICY, "[]", "{'displayName':'P'}", DOCUMENT_ABSENT, 9 },
		{ DOCUMENT_POLICY, "[{'id':'" A "','displayName':'O'},{'id':'" B
		    "','displayName':'P'}]", "{'displayName':'P'}", DOCUMENT_FOUND, 1 },
		{ DOCUMENT_POLICY, "[{'id':'" A "','displayName':'P'},{'id':'" B
		    "','displayName':'P'}]", "{'displayName':'P'}", DOCUMENT_AMBIGUOUS, 9 },
		{ DOCUMENT_POLICY, "[{'id':'" A "','displayName':'P'},{'id':'" B
		    "','displayName':'P'}]", "{'id':'" B "','displayName':'P'}",
		    DOCUMENT_FOUND, 1 },
		{ DOCUMENT_POLICY, "[{'id':'" A "','displayName':'P'}]",
		    "{'id':'" B "','displayName':'P'}", DOCUMENT_ABSENT, 9 },
		{ DOCUMENT_FLOW, "[{'id':'" A "','displayName':'P'}]",
		    "{'id':'" B "','displayName':'P'}", DOCUMENT_AMBIGUOUS, 9 },
		{ DOCUMENT_APP, "[{'id':'" A "','appId':'" C "'}]",
		    "{'appId':'" C "','displayName':'new'}", DOCUMENT_FOUND, 0 },
		{ DOCUMENT_APP, "[{'id':'" A "','appId':'" C "'}]", "{'displayName':'new'}",
		    DOCUMENT_ABSENT, 9 },
		{ DOCUMENT_METHOD, "[{'id':'Email'}]", "{'id':'email'}", DOCUMENT_FOUND, 0 },
		{ DOCUMENT_GROUP, "[{'id':'" A "','displayName':'g'}]", "{'displayName':'G'}",
		    DOCUMENT_ABSENT, 9 },
		{ DOCUMENT_GROUP, "[7,null]", "{}", DOCUMENT_ABSENT, 9 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *stored = read_json(rows[i].stored), *wanted = read_json(rows[i].wanted);
		size_t index = 9;
		cr_assert_eq(document_match(document_row(rows[i].kind), stored, wanted, &index),
		    rows[i].found, "row %zu", i);
		cr_assert_eq(index, rows[i].index, "row %zu", i);
		json_decref(stored), json_decref(wanted);
	}
}

static void differ(const char *old, const char *new, const char *lines)
{
	json_t *a = old != NULL ? read_json(old) : NULL, *b = new != NULL ? read_json(new) : NULL;
	json_t *told = document_difference(&arena, document_row(DOCUMENT_POLICY), a, b);
	json_t *wanted = json_loads(lines, 0, NULL);

	cr_assert(wanted != NULL, "%s", lines);
	cr_assert(json_equal(told, wanted), "%s", json_write(&arena, told));
	json_decref(a), json_decref(b), json_decref(told), json_decref(wanted);
}

#define HEAD "conditionalAccessPolicies 'P': "

Test(document, differences_are_readable_and_hide_secrets)
{
	differ("{'displayName':'P','state':'disabled'}", "{'displayName':'P','state':'enabled'}",
	    "[\"" HEAD "state: \\\"disabled\\\" -> \\\"enabled\\\"\"]");
	differ("{'displayName':'P','x':[1]}", "{'displayName':'P','x':[1]}", "[]");
	differ(NULL, "{'displayName':'P'}", "[\"" HEAD "added\"]");
	differ("{'displayName':'P'}", NULL, "[\"" HEAD "removed\"]");
	differ("{'displayName':'P','c':{'u':['a','b']}}", "{'displayName':'P','c':{'u':['b','c']}}",
	    "[\"" HEAD "c.u: - \\\"a\\\"\", \"" HEAD "c.u: + \\\"c\\\"\"]");
	differ("{'displayName':'P','u':['a','b']}", "{'displayName':'P','u':['b','a']}",
	    "[\"" HEAD "u: another order\"]");
	differ("{'displayName':'P','modifiedDateTime':'1','s':[{'secretHash':'x'}]}",
	    "{'displayName':'P','modifiedDateTime':'2','s':[{'secretHash':'y'}]}",
	    "[\"" HEAD "s: - {\\\"secretHash\\\":\\\"(hidden)\\\"}\", \""
	    HEAD "s: + {\\\"secretHash\\\":\\\"(hidden)\\\"}\"]");
	differ("{'displayName':'P','g':null}", "{'displayName':'P','g':{'password':'x'}}",
	    "[\"" HEAD "g: null -> {\\\"password\\\":\\\"(hidden)\\\"}\"]");
	differ("{'displayName':'P','secretHash':'x'}", "{'displayName':'P','secretHash':'y'}",
	    "[\"" HEAD "secretHash: changed\"]");
	differ("{'displayName':'P','gone':1}", "{'displayName':'P','new':2}",
	    "[\"" HEAD "new: null -> 2\", \"" HEAD "gone: 1 -> null\"]");
}
