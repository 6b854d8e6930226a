/* Documents of operators: checked, brought to one shape, merged, matched, compared. */
#include "documents.h"

TestSuite(document, .init = begin, .fini = end);

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
		size_t index, other;
	} rows[] = {
		{ DOCUMENT_POLICY, "[]", "{'displayName':'P'}", DOCUMENT_ABSENT, 9, 0 },
		{ DOCUMENT_POLICY, "[{'id':'" A "','displayName':'O'},{'id':'" B
		    "','displayName':'P'}]", "{'displayName':'P'}", DOCUMENT_FOUND, 1, 0 },
		{ DOCUMENT_POLICY, "[{'id':'" A "','displayName':'P'},{'id':'" B
		    "','displayName':'P'}]", "{'displayName':'P'}", DOCUMENT_AMBIGUOUS, 0, 1 },
		{ DOCUMENT_POLICY, "[{'id':'" A "','displayName':'P'},{'id':'" B
		    "','displayName':'P'}]", "{'id':'" B "','displayName':'P'}",
		    DOCUMENT_FOUND, 1, 0 },
		{ DOCUMENT_POLICY, "[{'id':'" A "','displayName':'P'}]",
		    "{'id':'" B "','displayName':'P'}", DOCUMENT_ABSENT, 9, 0 },
		{ DOCUMENT_FLOW, "[{'id':'" A "','displayName':'P'}]",
		    "{'id':'" B "','displayName':'P'}", DOCUMENT_AMBIGUOUS, 0, DOCUMENT_NOWHERE },
		{ DOCUMENT_APP, "[{'id':'" A "','appId':'" C "'}]",
		    "{'appId':'" C "','displayName':'new'}", DOCUMENT_FOUND, 0, 0 },
		{ DOCUMENT_APP, "[{'id':'" A "','appId':'" C "'}]", "{'displayName':'new'}",
		    DOCUMENT_ABSENT, 9, 0 },
		{ DOCUMENT_APP, "[{'id':'" A "','appId':'" C "','displayName':'a'}]",
		    "{'displayName':'a'}", DOCUMENT_FOUND, 0, 0 },
		{ DOCUMENT_APP, "[{'id':'" A "','appId':'" C "','displayName':'a'}]",
		    "{'appId':'" B "','displayName':'a'}", DOCUMENT_ABSENT, 9, 0 },
		{ DOCUMENT_APP, "[{'id':'" A "','displayName':'a'},{'id':'" B
		    "','displayName':'a'}]", "{'displayName':'a'}", DOCUMENT_AMBIGUOUS, 0, 1 },
		{ DOCUMENT_METHOD, "[{'id':'Email'}]", "{'id':'email'}", DOCUMENT_FOUND, 0, 0 },
		{ DOCUMENT_GROUP, "[{'id':'" A "','displayName':'g'}]", "{'displayName':'G'}",
		    DOCUMENT_ABSENT, 9, 0 },
		{ DOCUMENT_GROUP, "[7,null]", "{}", DOCUMENT_ABSENT, 9, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *stored = read_json(rows[i].stored), *wanted = read_json(rows[i].wanted);
		size_t found[2] = { 9, 0 };
		struct document_index places = document_index_of(document_row(rows[i].kind), stored);
		cr_assert_eq(document_match(&places, wanted, found), rows[i].found, "row %zu", i);
		cr_assert_eq(found[0], rows[i].index, "row %zu", i);
		cr_assert_eq(found[1], rows[i].other, "row %zu", i);
		document_index_done(&places);
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
