/* Records of decisions: as kept, and as Graph shows them. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/json.h"
#include "base/pack.h"
#include "base/text.h"
#include "model/signin.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW INT64_C(1795507893999)

static struct arena arena;

static void end(void)
{
	arena_done(&arena);
}

TestSuite(signin, .fini = end);

static const struct app shop = { .app_id = { { 10 } }, .client_id = "10", .display_name = "Shop" };
static const struct app *const apps[] = { &shop };
static const struct policy mfa = { .id = { { 20 } }, .display_name = "Require MFA",
	.row = { .controls = SP_MFA, .frequency = 1 } };
static const struct policy block = { .id = { { 21 } }, .display_name = "Block",
	.row = { .controls = SP_BLOCK } };
static const struct policy *const policies[] = { &mfa, &block };
static const struct tenant tenant = { .app_count = 1, .apps = apps, .policy_count = 2,
	.policies = policies };
static const struct sp_id groups[] = { { { 1 } }, { { 2 } } };
static const struct sp_id targets[] = { { { 10 } }, { { 11 } } };

static struct signin_record a_record(const struct signin_policy *results, size_t count)
{
	return (struct signin_record){ .id = { { 5 } }, .user = { { 6 } }, .app = { { 10 } },
		.journey = { { 7 } }, .at = NOW, .signed_in = NOW - 9000,
		.factor_time = NOW - 1000, .factors = SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_SECOND,
		.platform = SP_LINUX, .client = SP_BROWSER, .group_count = 2, .groups = groups,
		.target_count = 2, .targets = targets, .policy_count = count,
		.policies = results, .decision = SP_ALLOW, .kind = JOURNEY_SIGN_IN,
		.source = "192.0.2.0", .agent = "curl", .identifier = "a***@example.com",
		.request_id = 0xabc, .interactive = true };
}

/* Over two targets: what counted most is told, once for each policy. */
static const struct signin_policy two[] = {
	{ { { 20 } }, 4, SP_NOT_APPLIED, SP_BY_APP }, { { { 21 } }, 5, SP_NOT_ENABLED, SP_BY_STATE },
	{ { { 20 } }, 4, SP_MET, SP_NONE }, { { { 21 } }, 5, SP_NOT_ENABLED, SP_BY_STATE },
};

Test(signin, records_come_back)
{
	struct signin_record record = a_record(two, 4), back;
	struct pack pack;
	struct unpack unpack;

	record.single_mailbox = true;
	wishes_context_add(&record.contexts, 99);
	pack_begin(&pack, &arena, SIGNIN_FORMAT);
	signin_pack(&pack, &record);
	struct sp_bytes whole = pack_end(&pack);
	unpack_begin(&unpack, &arena, whole, SIGNIN_FORMAT);
	signin_unpack(&unpack, &back);
	cr_assert(unpack_ok(&unpack));
	cr_assert(back.at == NOW && back.signed_in == NOW - 9000 && back.factor_time == NOW - 1000);
	cr_assert_eq(memcmp(back.groups, groups, sizeof(groups)), 0);
	cr_assert_eq(memcmp(back.targets, targets, sizeof(targets)), 0);
	cr_assert_eq(back.policy_count, 4);
	cr_assert(back.policies[2].result == SP_MET && back.policies[2].revision == 4);
	cr_assert(back.single_mailbox && back.interactive && back.request_id == 0xabc);
	cr_assert_str_eq(back.identifier, "a***@example.com");
	cr_assert(wishes_context_in(back.contexts, 99) && back.contexts.bits[0] == 0);
	unpack_begin(&unpack, &arena, whole, SIGNIN_FORMAT);
	signin_unpack_facts(&unpack, &back);
	cr_assert(unpack_ok(&unpack) && back.policy_count == 0);
	cr_assert(back.interactive && back.request_id == 0xabc && back.targets[1].byte[0] == 11);
	cr_assert(wishes_context_in(back.contexts, 99) && id_equal(back.journey, record.journey));
	for (size_t size = 1; size < whole.size; size++) {
		unpack_begin(&unpack, &arena, (struct sp_bytes){ arena_copy(&arena, whole.data,
		    size), size }, SIGNIN_FORMAT);
		signin_unpack(&unpack, &back);
		cr_assert(!unpack_ok(&unpack), "%zu", size);
		unpack_begin(&unpack, &arena, (struct sp_bytes){ arena_copy(&arena, whole.data,
		    size), size }, SIGNIN_FORMAT);
		signin_unpack_facts(&unpack, &back);
		cr_assert(!unpack_ok(&unpack), "%zu, facts", size);
	}
}

static const char *part(const json_t *json, const char *name)
{
	const json_t *value = json_object_get(json, name);

	return json_is_string(value) ? json_string_value(value) : json_write(&arena, value);
}

Test(signin, entra17_shape_of_graph)
{
	struct signin_record record = a_record(two, 4);
	json_t *json = signin_json(&tenant, &record);
	static const struct { const char *name, *value; } rows[] = {
		{ "id", "05000000-0000-0000-0000-000000000000" },
		{ "createdDateTime", "2026-11-24T08:11:33Z" },
		{ "userId", "06000000-0000-0000-0000-000000000000" },
		{ "appId", "0a000000-0000-0000-0000-000000000000" }, { "appDisplayName", "Shop" },
		{ "resourceId", "0b000000-0000-0000-0000-000000000000" },
		{ "resourceDisplayName", "0b000000-0000-0000-0000-000000000000" },
		{ "ipAddress", "192.0.2.0" }, { "clientAppUsed", "Browser" },
		{ "deviceDetail", "{\"operatingSystem\":\"Linux\"}" },
		{ "correlationId", "07000000-0000-0000-0000-000000000000" },
		{ "isInteractive", "true" }, { "signInEventTypes", "[\"interactiveUser\"]" },
		{ "authenticationRequirement", "multiFactorAuthentication" },
		{ "conditionalAccessStatus", "success" },
		{ "status", "{\"errorCode\":0,\"failureReason\":\"Other.\","
		  "\"additionalDetails\":null}" },
		{ "appliedConditionalAccessPolicies",
		  "[{\"id\":\"14000000-0000-0000-0000-000000000000\",\"displayName\":\"Require MFA\","
		  "\"enforcedGrantControls\":[\"Mfa\"],"
		  "\"enforcedSessionControls\":[\"SignInFrequency\"],\"result\":\"success\","
		  "\"conditionNotSatisfied\":null,\"revision\":4},"
		  "{\"id\":\"15000000-0000-0000-0000-000000000000\",\"displayName\":\"Block\","
		  "\"enforcedGrantControls\":[\"Block\"],\"enforcedSessionControls\":[],"
		  "\"result\":\"notEnabled\",\"conditionNotSatisfied\":\"policyNotEnabled\","
		  "\"revision\":5}]" },
		{ "authenticationDetails", "[{\"authenticationMethod\":\"Password\","
		  "\"authenticationStepDateTime\":\"2026-11-24T08:11:24Z\","
		  "\"authenticationStepRequirement\":\"primaryAuthentication\","
		  "\"authenticationStepResultDetail\":\"Correct\",\"succeeded\":true},"
		  "{\"authenticationMethod\":\"Email one-time passcode\","
		  "\"authenticationStepDateTime\":\"2026-11-24T08:11:32Z\","
		  "\"authenticationStepRequirement\":\"multiFactorAuthentication\","
		  "\"authenticationStepResultDetail\":\"Correct\",\"succeeded\":true}]" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert_str_eq(part(json, rows[i].name), rows[i].value, "%s: %s", rows[i].name,
		    part(json, rows[i].name));
	json_decref(json);
}

/* Why it failed, and what the policies had to do with it. */
Test(signin, statuses)
{
	static const struct { enum journey_reason reason; enum sp_decision decision;
		uint32_t missing; int code; const char *access; } rows[] = {
		{ REASON_NONE, SP_ALLOW, 0, 0, "notApplied" },
		{ REASON_NONE, SP_ASK, SP_MFA, 50076, "notApplied" },
		{ REASON_NONE, SP_DENY, 0, 53003, "notApplied" },
		{ REASON_CREDENTIALS, SP_DENY, 0, 50126, "notApplied" },
		{ REASON_BLOCKED, SP_DENY, SP_BLOCK, 53003, "failure" },
		{ REASON_NO_METHOD, SP_ASK, SP_MFA, 50079, "failure" },
		{ REASON_METHOD_OFF, SP_ASK, SP_MFA, 50079, "failure" },
		{ REASON_CODE, SP_ASK, SP_MFA, 50181, "notApplied" },
		{ REASON_PAUSED, SP_ASK, SP_MFA, 50053, "notApplied" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signin_record record = a_record(NULL, 0);
		record.reason = rows[i].reason;
		record.decision = rows[i].decision;
		record.missing = rows[i].missing;
		json_t *json = signin_json(&tenant, &record);
		const json_t *status = json_object_get(json, "status");
		cr_assert_eq(json_number(status, "errorCode", -1), rows[i].code, "%zu", i);
		cr_assert_str_eq(part(json, "conditionalAccessStatus"), rows[i].access, "%zu", i);
		cr_assert_str_eq(part(json, "authenticationRequirement"),
		    rows[i].missing & SP_MFA ? "multiFactorAuthentication" :
		    "singleFactorAuthentication");
		json_decref(json);
	}
	/* Each reason has a code of its own, and none is success. */
	for (int reason = REASON_NONE + 1; reason < REASONS; reason++) {
		struct signin_record record = a_record(NULL, 0);
		record.reason = reason;
		json_t *json = signin_json(&tenant, &record);
		cr_assert_gt(json_number(json_object_get(json, "status"), "errorCode", 0), 0, "%d",
		    reason);
		json_decref(json);
	}
}

Test(signin, req182_results_have_graphs_words)
{
	static const char *const words[] = {
		[SP_NOT_JUDGED] = "unknown", [SP_NOT_ENABLED] = "notEnabled",
		[SP_NOT_APPLIED] = "notApplied", [SP_MET] = "success", [SP_UNMET] = "failure",
		[SP_REPORT_NOT_APPLIED] = "reportOnlyNotApplied",
		[SP_REPORT_MET] = "reportOnlySuccess", [SP_REPORT_BLOCKED] = "reportOnlyFailure",
		[SP_REPORT_ASKED] = "reportOnlyInterrupted",
	};

	for (uint8_t result = 0; result < COUNT(words); result++) {
		struct signin_policy row = { { { 99 } }, 1, result, 0 };
		struct signin_record record = a_record(&row, 1);
		json_t *json = signin_json(&tenant, &record);
		const json_t *first = json_array_get(json_object_get(json,
		    "appliedConditionalAccessPolicies"), 0);
		cr_assert_str_eq(json_text(first, "result", NULL), words[result]);
		/* A policy that is gone is told by its id. */
		cr_assert_str_eq(json_text(first, "displayName", NULL),
		    "63000000-0000-0000-0000-000000000000");
		cr_assert_str_eq(part(json, "conditionalAccessStatus"), result == SP_MET ?
		    "success" : result == SP_UNMET ? "failure" : "notApplied");
		json_decref(json);
	}
}
