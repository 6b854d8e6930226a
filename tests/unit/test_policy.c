/* Conditional Access policies: Graph's rules and shape, and what the engine gets of them. */
#include "documents.h"

#include "model/advice.h"

TestSuite(policy, .init = begin, .fini = end);

#define APPS(text) "'applications':{" text "}"
#define USERS(text) "'users':{" text "}"
#define ALL_APPS APPS("'includeApplications':['All']")
#define ALL_USERS USERS("'includeUsers':['All']")
#define CLIENTS "'clientAppTypes':['all']"
#define RULE "CustomSecurityAttribute.A_b -eq"
#define MFA "'grantControls':{'operator':'OR','builtInControls':['mfa']}"
#define POLICY(conditions, controls) "{'id':'" A "','displayName':'P','state':'enabled'," \
	"'conditions':{" conditions "}," controls "}"
#define WHEN(more) POLICY(CLIENTS "," ALL_APPS "," ALL_USERS "," more, MFA)
#define FOR(users) POLICY(CLIENTS "," ALL_APPS "," USERS(users), MFA)
#define ON(apps) POLICY(CLIENTS "," APPS(apps) "," ALL_USERS, MFA)
#define GRANT(text) POLICY(CLIENTS "," ALL_APPS "," ALL_USERS, "'grantControls':{" text "}")
#define SESSION(text) POLICY(CLIENTS "," ALL_APPS "," ALL_USERS, "'sessionControls':{" text "}")

/* The policy of the article, as entra.md spells it: it comes back as it was. */
Test(policy, the_articles_policy_keeps_its_shape)
{
	same(DOCUMENT_POLICY, WHEN("'devices':null"),
	    "{'id':'" A "','templateId':null,'displayName':'P','createdDateTime':null,"
	    "'modifiedDateTime':null,'state':'enabled','conditions':{'userRiskLevels':[],"
	    "'signInRiskLevels':[],'servicePrincipalRiskLevels':[],'insiderRiskLevels':null,"
	    "'clientAppTypes':['all'],'platforms':null,'locations':null,'times':null,"
	    "'deviceStates':null,'devices':null,'clientApplications':null,"
	    "'authenticationFlows':null,'applications':{'includeApplications':['All'],"
	    "'excludeApplications':[],'includeUserActions':[],"
	    "'includeAuthenticationContextClassReferences':[],'applicationFilter':null},"
	    "'users':{'includeUsers':['All'],'excludeUsers':[],'includeGroups':[],"
	    "'excludeGroups':[],'includeRoles':[],'excludeRoles':[],"
	    "'includeGuestsOrExternalUsers':null,'excludeGuestsOrExternalUsers':null}},"
	    "'grantControls':{'operator':'OR','builtInControls':['mfa'],"
	    "'customAuthenticationFactors':[],'termsOfUse':[],'authenticationStrength':null},"
	    "'sessionControls':null}");
}

static const struct { const char *document, *wrong; } rules[] = {
	{ "{}", "id=Required displayName=Required state=Required conditions=Required "
	    "grantControls=Required" },
	{ POLICY("", MFA), "conditions.clientAppTypes=Required "
	    "conditions.applications=Required conditions.users=Required" },
	{ POLICY(CLIENTS "," ALL_APPS "," ALL_USERS, "'grantControls':null"),
	    "grantControls=Required" },
	{ FOR(""), "conditions.users=Required" },
	{ FOR("'includeUsers':[]"), "conditions.users=Required" },
	{ FOR("'includeUsers':['None']"), "" },
	{ FOR("'includeGroups':['" B "']"), "" },
	{ FOR("'includeRoles':['" B "']"), "" },
	{ FOR("'includeRoles':['All']"), "conditions.users.includeRoles[0]=InvalidValue "
	    "conditions.users=Required" },
	{ FOR("'includeUsers':['All','" B "']"),
	    "conditions.users.includeUsers=InvalidValue" },
	{ FOR("'includeUsers':['ann'],'includeGroups':['" B "']"),
	    "conditions.users.includeUsers[0]=InvalidValue" },
	{ FOR("'includeUsers':['All'],'excludeUsers':['All']"),
	    "conditions.users.excludeUsers[0]=InvalidValue" },
	{ FOR("'includeUsers':['GuestsOrExternalUsers']"), "" },
	{ FOR("'includeUsers':['GuestsOrExternalUsers'],'includeGuestsOrExternalUsers':"
	    "{'guestOrExternalUserTypes':'b2bCollaborationGuest'}"),
	    "conditions.users=InvalidValue" },
	{ ON(""), "conditions.applications=Required" },
	{ ON("'includeApplications':['Office365']"),
	    "conditions.applications.includeApplications[0]=InvalidValue" },
	{ ON("'includeApplications':['All','" B "']"),
	    "conditions.applications.includeApplications=InvalidValue" },
	{ ON("'includeUserActions':['urn:user:registersecurityinfo']"),
	    "conditions.applications.includeUserActions[0]=NotSupported" },
	{ ON("'includeApplications':['All'],"
	    "'includeUserActions':['urn:user:registersecurityinfo']"),
	    "conditions.applications.includeUserActions[0]=NotSupported "
	    "conditions.applications=1012" },
	{ ON("'includeApplications':['All'],"
	    "'includeAuthenticationContextClassReferences':['c1']"),
	    "conditions.applications=1012" },
	{ ON("'includeAuthenticationContextClassReferences':['c1','c99']"), "" },
	{ ON("'includeAuthenticationContextClassReferences':['c0']"),
	    "conditions.applications.includeAuthenticationContextClassReferences"
	    "=InvalidValue" },
	{ ON("'includeApplications':['All'],'applicationFilter':{'mode':'include'}"),
	    "conditions.applications.applicationFilter.rule=Required "
	    "conditions.applications.applicationFilter=InvalidValue" },
	{ ON("'applicationFilter':{'mode':'include','rule':'" RULE " 1'}"), "" },
	{ ON("'includeApplications':['" B "'],'applicationFilter':{'mode':'include','rule':'" RULE
	    " 1'}"), "" },
	{ ON("'includeApplications':['All'],'applicationFilter':{'mode':'exclude','rule':'" RULE
	    " 1'}"), "" },
	{ ON("'applicationFilter':{'mode':'exclude','rule':'" RULE " 1'}"),
	    "conditions.applications=Required" },
	{ ON("'applicationFilter':{'mode':'include','rule':'" RULE "'}"),
	    "conditions.applications.applicationFilter.rule=InvalidValue" },
	{ ON("'includeAuthenticationContextClassReferences':['c1'],'applicationFilter':"
	    "{'mode':'exclude','rule':'" RULE " 1'}"),
	    "conditions.applications.applicationFilter=InvalidValue" },
	{ WHEN("'signInRiskLevels':['high'],'userRiskLevels':['low']"),
	    "conditions.userRiskLevels[0]=NotSupported "
	    "conditions.signInRiskLevels[0]=NotSupported" },
	{ WHEN("'devices':{'deviceFilter':null}"), "conditions.devices=NotSupported" },
	{ WHEN("'platforms':{'includePlatforms':['all'],'excludePlatforms':['ios']}"), "" },
	{ WHEN("'platforms':{'includePlatforms':[],'excludePlatforms':['beos']}"),
	    "conditions.platforms.excludePlatforms[0]=InvalidValue "
	    "conditions.platforms.includePlatforms=Required" },
	{ WHEN("'locations':{'includeLocations':['All'],"
	    "'excludeLocations':['AllTrusted']}"), "" },
	{ WHEN("'locations':{'includeLocations':['" B "'],'excludeLocations':['AllTrusted']}"),
	    "" },
	{ WHEN("'locations':{'includeLocations':['Office'],'excludeLocations':['All']}"),
	    "conditions.locations.includeLocations[0]=InvalidValue "
	    "conditions.locations.excludeLocations[0]=InvalidValue "
	    "conditions.locations.includeLocations=Required" },
	{ POLICY("'clientAppTypes':['all','browser']," ALL_APPS "," ALL_USERS, MFA),
	    "conditions.clientAppTypes=InvalidValue" },
	{ POLICY("'clientAppTypes':[]," ALL_APPS "," ALL_USERS, MFA),
	    "conditions.clientAppTypes=Required" },
	{ GRANT("'operator':'OR','builtInControls':[]"),
	    "grantControls.builtInControls=Required" },
	{ GRANT("'builtInControls':['mfa']"), "grantControls.operator=Required" },
	{ GRANT("'operator':'XOR','builtInControls':['mfa']"),
	    "grantControls.operator=InvalidValue" },
	{ GRANT("'operator':'OR','builtInControls':['block']"), "" },
	{ GRANT("'operator':'OR','builtInControls':['block','mfa']"),
	    "grantControls.builtInControls=InvalidValue" },
	{ GRANT("'operator':'OR','builtInControls':['compliantDevice']"),
	    "grantControls.builtInControls=NotSupported" },
	{ GRANT("'operator':'AND','builtInControls':['mfa','domainJoinedDevice',"
	    "'approvedApplication','compliantApplication']"),
	    "grantControls.builtInControls=NotSupported "
	    "grantControls.builtInControls=NotSupported "
	    "grantControls.builtInControls=NotSupported" },
	{ GRANT("'operator':'AND','builtInControls':['mfa','passwordChange']"), "" },
	{ GRANT("'operator':'OR','builtInControls':['mfa','passwordChange']"),
	    "grantControls.builtInControls=InvalidValue" },
	{ GRANT("'operator':'AND','builtInControls':['passwordChange']"),
	    "grantControls.builtInControls=InvalidValue" },
	{ GRANT("'operator':'AND','builtInControls':['block','passwordChange']"),
	    "grantControls.builtInControls=InvalidValue "
	    "grantControls.builtInControls=InvalidValue" },
	{ GRANT("'operator':'OR','builtInControls':['mfa'],'termsOfUse':['x'],"
	    "'customAuthenticationFactors':['y'],'authenticationStrength':{'id':'z'}"),
	    "grantControls.customAuthenticationFactors[0]=NotSupported "
	    "grantControls.termsOfUse[0]=NotSupported "
	    "grantControls.authenticationStrength=NotSupported" },
	{ SESSION("'signInFrequency':{'isEnabled':true,'type':'hours','value':23}"), "" },
	{ SESSION("'signInFrequency':{'isEnabled':true,'type':'hours','value':24}"),
	    "sessionControls.signInFrequency.value=OutOfRange" },
	{ SESSION("'signInFrequency':{'isEnabled':true,'type':'days','value':0}"),
	    "sessionControls.signInFrequency.value=OutOfRange" },
	{ SESSION("'signInFrequency':{'isEnabled':true}"),
	    "sessionControls.signInFrequency=Required" },
	{ SESSION("'signInFrequency':{'isEnabled':true,"
	    "'frequencyInterval':'everyTime'}"), "" },
	{ SESSION("'signInFrequency':{'isEnabled':true,'frequencyInterval':'everyTime',"
	    "'value':1}"), "sessionControls.signInFrequency=InvalidValue" },
	{ SESSION("'signInFrequency':{'isEnabled':false,'type':'days','value':1}"),
	    "grantControls=Required" },
	{ SESSION("'persistentBrowser':{'isEnabled':true,'mode':'never'}"), "" },
	{ SESSION("'cloudAppSecurity':{'isEnabled':true}"),
	    "sessionControls.cloudAppSecurity=NotSupported grantControls=Required" },
	{ POLICY(CLIENTS "," APPS("'includeApplications':['" B "']") "," ALL_USERS,
	    "'sessionControls':{'persistentBrowser':{'isEnabled':true,'mode':'never'}}"),
	    "sessionControls.persistentBrowser=InvalidValue" },
	{ WHEN("'networkAccess':null"), "conditions.networkAccess=UnknownProperty" },
};

Test(policy, req228_graphs_rules_hold)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		expect(DOCUMENT_POLICY, rules[i].document, rules[i].wrong);
}

static struct policy compile(const char *text)
{
	json_t *canonical = check(DOCUMENT_POLICY, text);
	struct policy policy = { 0 };

	cr_assert(canonical != NULL, "%s: %s: %s", text, errors.first->path, errors.first->text);
	cr_assert(policy_compile(&arena, canonical, 7, &policy), "%s", text);
	json_decref(canonical);
	return policy;
}

static bool holds(struct sp_ids ids, const char *text)
{
	struct sp_id id;

	cr_assert(id_parse(text, &id));
	return id_among(ids.sorted, ids.count, id);
}

Test(policy, req181_the_engine_gets_what_the_document_says)
{
	struct policy policy = compile(POLICY(CLIENTS ","
	    APPS("'includeApplications':['" B "'],'excludeApplications':['" C "']") ","
	    USERS("'includeUsers':['" B "','GuestsOrExternalUsers'],'excludeUsers':['" C "'],"
	    "'includeGroups':['" A "'],'includeRoles':['" C "'],'excludeGroups':['" B "'],"
	    "'excludeRoles':['" B "']"), MFA));
	const struct sp_policy_row *row = &policy.row;

	cr_assert_str_eq(policy.display_name, "P");
	cr_assert_eq(row->revision, 7);
	cr_assert(id_equal(row->id, policy.id) && !id_zero(row->id));
	cr_assert(!row->users.all && row->users.include.count == 1 && holds(row->users.include, B));
	cr_assert(row->users.exclude.count == 1 && holds(row->users.exclude, C));
	cr_assert(row->groups.include.count == 2 && holds(row->groups.include, A) &&
	    holds(row->groups.include, C));
	cr_assert(row->groups.exclude.count == 1 && holds(row->groups.exclude, B));
	cr_assert(!row->apps.all && holds(row->apps.include, B) && holds(row->apps.exclude, C));
	cr_assert(row->locations.all && row->locations.exclude.count == 0);
	cr_assert(row->platforms == SP_EVERY && row->clients == SP_EVERY);
	cr_assert(row->controls == SP_MFA && row->any_of && row->state == SP_ON);
	cr_assert(row->frequency == 0 && row->persistent == SP_PERSISTENT_UNSET);
}

/* Requirement 187: what names nobody, is nobody. */
Test(policy, req187_none_and_guests_are_nobody)
{
	struct policy policy = compile(FOR("'includeUsers':['None']"));

	cr_assert(!policy.row.users.all && policy.row.users.include.count == 0);
	cr_assert(!policy.row.groups.all && policy.row.groups.include.count == 0);
	policy = compile(FOR("'includeUsers':['GuestsOrExternalUsers']"));
	cr_assert(!policy.row.users.all && policy.row.users.include.count == 0);
	policy = compile(ON("'includeApplications':['None']"));
	cr_assert(!policy.row.apps.all && policy.row.apps.include.count == 0);
}

Test(policy, conditions_become_masks)
{
	struct sp_policy_row row = compile(WHEN(
	    "'platforms':{'includePlatforms':['all'],'excludePlatforms':['iOS','macOS']}")).row;
	cr_assert_eq(row.platforms, SP_EVERY & ~(uint32_t)(SP_IOS | SP_MACOS));
	row = compile(WHEN("'platforms':{'includePlatforms':['android','linux']}")).row;
	cr_assert_eq(row.platforms, SP_ANDROID | SP_LINUX);
	row = compile(POLICY("'clientAppTypes':['browser','mobileAppsAndDesktopClients'],"
	    ALL_APPS "," ALL_USERS, MFA)).row;
	cr_assert_eq(row.clients, SP_BROWSER | SP_NATIVE);
	row = compile(WHEN("'locations':{'includeLocations':['All'],"
	    "'excludeLocations':['AllTrusted']}")).row;
	cr_assert(row.locations.all && row.locations.exclude.count == 1 &&
	    id_equal(row.locations.exclude.sorted[0], policy_trusted));
	row = compile(ON("'includeAuthenticationContextClassReferences':['c1','c99']")).row;
	cr_assert_eq(row.contexts.bits[0], UINT64_C(2));
	cr_assert_eq(row.contexts.bits[1], UINT64_C(1) << 35);
	cr_assert(!row.apps.all);
}

Test(policy, controls_and_states_compile)
{
	struct sp_policy_row row = compile(SESSION("'signInFrequency':{'isEnabled':true,"
	    "'type':'days','value':2,'authenticationType':'secondaryAuthentication'},"
	    "'persistentBrowser':{'isEnabled':true,'mode':'never'}")).row;
	cr_assert_eq(row.frequency, INT64_C(172800000));
	cr_assert(row.second_only && !row.every_time && row.controls == 0);
	cr_assert_eq(row.persistent, SP_PERSISTENT_NEVER);
	row = compile(SESSION("'signInFrequency':{'isEnabled':true,"
	    "'frequencyInterval':'everyTime'}")).row;
	cr_assert(row.every_time && row.frequency == 0);
	row = compile(GRANT("'operator':'AND','builtInControls':['mfa']")).row;
	cr_assert(row.controls == SP_MFA && !row.any_of);
	row = compile(GRANT("'operator':'OR','builtInControls':['block']")).row;
	cr_assert(row.controls == SP_BLOCK);
	static const struct { const char *state; enum sp_state wanted; } rows[] = {
		{ "enabled", SP_ON }, { "disabled", SP_OFF },
		{ "enabledForReportingButNotEnforced", SP_REPORT_ONLY } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		row = compile(text_print(&arena, "{'id':'" A "','displayName':'P','state':'%s',"
		    "'conditions':{" CLIENTS "," ALL_APPS "," ALL_USERS "}," MFA "}",
		    rows[i].state)).row;
		cr_assert_eq(row.state, rows[i].wanted);
	}
}

Test(policy, who_could_be_locked_out_is_warned)
{
	static const struct { const char *document; bool warned; } rows[] = {
		{ WHEN("'devices':null"), true },
		{ GRANT("'operator':'OR','builtInControls':['block']"), true },
		{ FOR("'includeUsers':['All'],'excludeUsers':['" B "']"), false },
		{ FOR("'includeUsers':['All'],'excludeGroups':['" B "']"), false },
		{ FOR("'includeUsers':['All'],'excludeUsers':['GuestsOrExternalUsers']"), true },
		{ FOR("'includeUsers':['" B "']"), false },
		{ ON("'includeApplications':['" B "']"), false },
		{ ON("'includeApplications':['All'],'excludeApplications':['" B "']"), false },
		{ ON("'includeAuthenticationContextClassReferences':['c1']"), false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct policy policy = compile(rows[i].document);
		cr_assert_eq(policy_warning(&policy) != NULL, rows[i].warned, "row %zu", i);
	}
}

/* SEMANTICS 3.6: a method whose targets may leave somebody out is told as well. */
Test(policy, targets_of_the_method_are_told)
{
	struct sp_id a, b;
	cr_assert(id_parse(A, &a) && id_parse(B, &b));
	const struct { const char *document; struct method email; bool told; } rows[] = {
		{ FOR("'includeGroups':['" A "']"), { .all_users = true }, false },
		{ FOR("'includeGroups':['" A "']"), { .include_groups = { 1, &a } }, false },
		{ FOR("'includeGroups':['" A "']"), { .include_groups = { 1, &b } }, true },
		{ FOR("'includeUsers':['" A "']"), { .include_users = { 1, &a } }, false },
		{ FOR("'includeUsers':['All']"), { .include_users = { 1, &a } }, true },
		{ FOR("'includeUsers':['All']"),
		    { .all_users = true, .exclude_users = { 1, &a } }, true },
		{ FOR("'includeUsers':['All'],'excludeUsers':['" A "']"),
		    { .all_users = true, .exclude_users = { 1, &a } }, false },
		{ FOR("'includeUsers':['" B "']"),
		    { .all_users = true, .exclude_users = { 1, &a } }, false },
		{ FOR("'includeUsers':['All']"),
		    { .all_users = true, .exclude_groups = { 1, &a } }, true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct policy policy = compile(rows[i].document);
		struct method email = rows[i].email;
		email.enabled = true;
		cr_assert_eq(advice_email(&email, &policy) != NULL, rows[i].told, "row %zu", i);
	}
}

/* SEMANTICS 3.4: what ends nowhere is told before it is saved. */
Test(policy, dead_ends_are_told)
{
	struct app shop = { .display_name = "Shop" }, club = { .display_name = "Club" };
	const struct app *apps[] = { &shop, &club };
	cr_assert(id_parse(B, &shop.app_id) && id_parse(C, &club.app_id));
	struct userflow with = { .method = METHOD_PASSWORD, .app_count = 1, .apps = &shop.app_id };
	struct userflow without = { .display_name = "F", .method = METHOD_OTP, .app_count = 1,
		.apps = &club.app_id };
	const struct userflow *flows[] = { &with, &without };
	struct tenant tenant = { .app_count = 2, .apps = apps, .flow_count = 2, .flows = flows,
		.email = { .enabled = true, .all_users = true }, .contexts = { { 2, 0 } } };
	static const struct { const char *document; size_t on, off; } rows[] = {
		{ FOR("'includeGroups':['" A "']"), 1, 1 },
		{ WHEN("'devices':null"), 2, 2 },
		{ ON("'includeApplications':['" B "']"), 0, 1 },
		{ ON("'includeApplications':['" C "']"), 1, 1 },
		{ ON("'includeApplications':['All'],'excludeApplications':['" C "']"), 0, 1 },
		{ GRANT("'operator':'OR','builtInControls':['block']"), 1, 1 },
		{ ON("'includeAuthenticationContextClassReferences':['c1']"), 0, 1 },
	};

	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct policy policy = compile(rows[i / 2].document);
		tenant.email.enabled = i % 2 == 0;
		const struct advice *advice = advice_policy(&arena, &tenant, &policy);
		size_t count = 0;
		for (; advice != NULL; advice = advice->next)
			count++;
		cr_assert_eq(count, i % 2 == 0 ? rows[i / 2].on : rows[i / 2].off, "row %zu: %zu",
		    i, count);
	}
}

/* What looks like protection and is none. */
Test(policy, what_can_never_apply_is_told)
{
	struct app shop = { .display_name = "Shop" };
	const struct app *apps[] = { &shop };
	cr_assert(id_parse(B, &shop.app_id));
	struct tenant tenant = { .app_count = 1, .apps = apps, .contexts = { { 2, 0 } } };
	static const struct { const char *document, *where; } rows[] = {
		{ WHEN("'devices':null"), "" },
		{ FOR("'includeUsers':['None']"), "users" },
		{ FOR("'includeUsers':['GuestsOrExternalUsers']"), "users" },
		{ FOR("'includeUsers':['" A "'],'excludeUsers':['" A "']"), "users" },
		{ FOR("'includeUsers':['" A "','" B "'],'excludeUsers':['" A "']"), "" },
		{ FOR("'includeGroups':['" A "'],'excludeGroups':['" A "']"), "users" },
		{ FOR("'includeUsers':['" A "'],'includeGroups':['" B "'],"
		    "'excludeGroups':['" B "']"), "" },
		{ ON("'includeApplications':['None']"), "applications" },
		{ ON("'includeApplications':['" A "']"), "applications" },
		{ ON("'includeApplications':['" B "']"), "" },
		{ ON("'includeApplications':['All'],'excludeApplications':['" B "']"),
		    "applications" },
		{ ON("'includeAuthenticationContextClassReferences':['c1','c9']"), "" },
		{ ON("'includeAuthenticationContextClassReferences':['c9']"), "applications" },
		{ WHEN("'platforms':{'includePlatforms':['iOS'],'excludePlatforms':['iOS']}"),
		    "platforms" },
		{ WHEN("'platforms':{'includePlatforms':['iOS']}"), "" },
		{ POLICY("'clientAppTypes':['exchangeActiveSync','other']," ALL_APPS ","
		    ALL_USERS, MFA), "clientAppTypes" },
		{ POLICY("'clientAppTypes':['other','browser']," ALL_APPS "," ALL_USERS, MFA),
		    "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct policy policy = compile(rows[i].document);
		struct advices advices;
		for (policy.row.state = SP_OFF; policy.row.state <= SP_ON; policy.row.state++) {
			advice_begin(&advices, &arena);
			advice_reach(&advices, &tenant, &policy);
			const char *told = advices.first == NULL ? "" : advices.first->path +
			    strlen("conditions.");
			cr_assert_str_eq(told, policy.row.state == SP_OFF ? "" : rows[i].where,
			    "row %zu", i);
			cr_assert(advices.first == NULL || advices.first->next == NULL);
		}
	}
}

/* Compilers may be given anything: each member of each document is broken in turn. */
static void break_all(json_t *root, json_t *json, void (*try)(const json_t *root))
{
	json_t *const bad[] = { json_null(), json_true(), json_integer(-1), json_string("x"),
		json_pack("[n]"), json_pack("[[i]]", 7), json_pack("{s:i}", "id", 7),
		json_pack("[{s:i}]", "id", 7), json_pack("[s]", "All"), json_real(0.5) };
	const char *name;
	size_t i;
	json_t *value;

	if (json_is_array(json))
		json_array_foreach(json, i, value)
			break_all(root, value, try);
	void *next;
	for (void *at = json_object_iter(json); at != NULL; at = next) {
		name = json_object_iter_key(at);
		value = json_incref(json_object_iter_value(at));
		next = json_object_iter_next(json, at);
		for (i = 0; i < COUNT(bad); i++) {
			json_object_set(json, name, bad[i]);
			try(root);
		}
		json_object_set(json, name, value);
		break_all(root, value, try);
		json_decref(value);
	}
	for (i = 0; i < COUNT(bad); i++)
		json_decref(bad[i]);
}

static void try_all(const json_t *root)
{
	struct arena short_lived;
	struct tenant tenant = { 0 };
	struct app app;
	struct userflow flow;
	struct policy policy;
	struct method method;
	struct group group;

	arena_init(&short_lived, NULL, 0);
	tenant_compile(&short_lived, root, &tenant);
	app_compile(&short_lived, root, &app);
	userflow_compile(&short_lived, root, &flow);
	policy_compile(&short_lived, root, 1, &policy);
	method_compile(&short_lived, root, &method);
	group_compile(&short_lived, root, &group);
	for (int kind = DOCUMENT_NONE + 1; kind < DOCUMENT_KINDS; kind++) {
		struct document_errors told = { .arena = &short_lived };
		json_t *canonical = document_row(kind)->check(root, &told);
		cr_assert((canonical == NULL) == (told.count > 0));
		json_decref(canonical);
	}
	arena_done(&short_lived);
}

Test(policy, anything_may_be_compiled_and_checked)
{
	static const char *const documents[] = {
		WHEN("'platforms':{'includePlatforms':['all']},'locations':{'includeLocations':"
		    "['All']}"),
		SESSION("'signInFrequency':{'isEnabled':true,'type':'days','value':2},"
		    "'persistentBrowser':{'isEnabled':true,'mode':'never'}"),
		"{'id':'Email','state':'enabled'}",
		"{'id':'" A "','displayName':'F','onInteractiveAuthFlowStart':"
		    "{'isSignUpAllowed':true},'onAuthenticationMethodLoadStart':"
		    "{'identityProviders':[{'id':'EmailPassword-OAUTH'}]},'conditions':"
		    "{'applications':{'includeApplications':[{'appId':'" A "'}]}},"
		    "'onAttributeCollection':{'attributeCollectionPage':{'views':[{'inputs':"
		    "[{'attribute':'city'}]}]}}}",
		"{'id':'" A "','appId':'" B "','displayName':'S','passwordCredentials':[{'keyId':'"
		    B "','secretHash':'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'}],"
		    "'web':{'redirectUris':['https://a.example']}}",
		"{'id':'" A "','displayName':'G','parentGroups':['" B "']}",
		"{'id':'" A "','name':'w','displayName':'W','settings':{'passcodeTries':5}}",
	};

	for (size_t i = 0; i < COUNT(documents); i++) {
		json_t *document = read_json(documents[i]);
		break_all(document, document, try_all);
		json_decref(document);
	}
	try_all(NULL);
}
