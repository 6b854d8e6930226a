#include "model/signin.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/tenant.h"

#include <string.h>

/* What a JSON is made of: texts live in the arena until jansson has copied them. */
struct view {
	struct arena arena;
	const struct tenant *tenant;
	const struct signin_record *signin;
	json_t *json;
};

static void put(struct view *view, const char *name, json_t *value)
{
	json_object_set_new(view->json, name, value);
}

static json_t *text(const char *value)
{
	return value == NULL ? json_null() : json_string(value);
}

static const char *id_text(struct view *view, struct sp_id id)
{
	char *result = arena_alloc(&view->arena, ID_TEXT);

	id_format(id, result);
	return result;
}

static json_t *id_json(struct view *view, struct sp_id id)
{
	return id_zero(id) ? json_null() : json_string(id_text(view, id));
}

/* Graph's own code where there is one that says the same (entra.md 1.9). */
struct status_row { int code; const char *reason; };

static const struct status_row status_rows[REASONS] = {
	[REASON_NONE] = { 0, "Other." },
	[REASON_CREDENTIALS] = { 50126, "Invalid user name or password." },
	[REASON_CODE] = { 50181, "Unable to validate the one-time passcode." },
	[REASON_CODE_EXPIRED] = { 50181, "The one-time passcode has expired." },
	[REASON_CODE_REPLACED] = { 50181, "A newer one-time passcode was sent." },
	[REASON_TRIES] = { 500121, "Too many wrong one-time passcodes." },
	[REASON_PAUSED] = { 50053, "The account is paused: too many wrong attempts." },
	[REASON_SENDS] = { 50087, "Too many one-time passcodes were asked for." },
	[REASON_ADDRESS] = { 50034, "The address is not well-formed." },
	[REASON_ADDRESS_REFUSED] = { 50034, "The address was refused by the mail server." },
	[REASON_NEW_PASSWORD] = { 50056, "The new password was not acceptable." },
	[REASON_ATTRIBUTE] = { 1002027, "Invalid attributes." },
	[REASON_BLOCKED] = { 53003, "Access has been blocked by Conditional Access policies." },
	[REASON_NO_METHOD] = { 50079, "Multifactor authentication is required; the first factor was "
	    "the mailbox and no other method is there." },
	[REASON_METHOD_OFF] = { 50079, "Multifactor authentication is required; the Email method is "
	    "off for this customer." },
	[REASON_GROUPS] = { 53003, "The customer is in more groups than can be judged." },
	[REASON_NO_SIGN_UP] = { 50020, "Sign-up is not allowed for this application." },
	[REASON_EXPIRED] = { 50089, "The sign-in took too long." },
	[REASON_MOVED] = { 50089, "The sign-in went on elsewhere." },
	[REASON_FOREIGN] = { 50089, "The sign-in belongs to another browser." },
	[REASON_UNAVAILABLE] = { 90024, "A backend was not available." },
	[REASON_NOT_ASSIGNED] = { 50105, "The customer is not assigned to the application." },
	[REASON_OTHER] = { 16000, "Another customer signed in than the application asked for." },
	[REASON_UNMET] = { 50072, "The application demands more than the customer can pass." },
	[REASON_LINK] = { 50089, "The sign-in link is used or too old." },
};

static const struct status_row interrupted = { 50076,
	"Multifactor authentication is required by Conditional Access policies." };

/* A decision that let nobody through is never told as a success. */
static const struct status_row *status_of(const struct signin_record *signin)
{
	if ((unsigned)signin->reason >= REASONS)
		return &status_rows[REASON_UNAVAILABLE];
	if (signin->reason != REASON_NONE || signin->decision == SP_ALLOW)
		return &status_rows[signin->reason];
	return signin->decision == SP_ASK ? &interrupted : &status_rows[REASON_BLOCKED];
}

static json_t *status(const struct signin_record *signin)
{
	const struct status_row *row = status_of(signin);

	return json_pack("{s:i, s:s, s:s?}", "errorCode", row->code, "failureReason", row->reason,
	    "additionalDetails", signin->reason == REASON_NONE ? NULL :
	    journey_reason_name(signin->reason));
}

/* In the order of weight: over several targets the last one here counts. */
static const struct { enum sp_result result; const char *word; } results[] = {
	{ SP_NOT_JUDGED, "unknown" }, { SP_NOT_ENABLED, "notEnabled" },
	{ SP_NOT_APPLIED, "notApplied" }, { SP_REPORT_NOT_APPLIED, "reportOnlyNotApplied" },
	{ SP_REPORT_MET, "reportOnlySuccess" }, { SP_REPORT_ASKED, "reportOnlyInterrupted" },
	{ SP_REPORT_BLOCKED, "reportOnlyFailure" }, { SP_MET, "success" }, { SP_UNMET, "failure" },
};

static size_t weight_of(enum sp_result result)
{
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		if (results[i].result == result)
			return i;
	return 0;
}

static size_t weight(const struct signin_policy *policy)
{
	return weight_of((enum sp_result)policy->result);
}

const char *signin_result_word(enum sp_result result)
{
	return results[weight_of(result)].word;
}

/* The heaviest result of the policy at `first`; NULL: it was told already, at an earlier place. */
static const struct signin_policy *strongest(const struct signin_record *signin, size_t first)
{
	const struct signin_policy *best = &signin->policies[first];

	for (size_t i = 0; i < signin->policy_count; i++) {
		if (!id_equal(signin->policies[i].id, best->id))
			continue;
		if (i < first)
			return NULL;
		if (weight(&signin->policies[i]) > weight(best))
			best = &signin->policies[i];
	}
	return best;
}

static const struct policy *policy_of(const struct tenant *tenant, struct sp_id id)
{
	for (size_t i = 0; i < tenant->policy_count; i++)
		if (id_equal(tenant->policies[i]->id, id))
			return tenant->policies[i];
	return NULL;
}

static json_t *controls(const struct policy *policy)
{
	static const struct { uint32_t control; const char *word; } rows[] = {
		{ SP_BLOCK, "Block" }, { SP_MFA, "Mfa" },
		{ SP_STRENGTH, "AuthenticationStrength" }, { SP_NEW_PASSWORD, "PasswordChange" },
		{ SP_TERMS, "TermsOfUse" },
	};
	json_t *words = json_array();

	for (size_t i = 0; policy != NULL && i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((policy->row.controls & rows[i].control) != 0)
			json_array_append_new(words, json_string(rows[i].word));
	return words;
}

static json_t *session_controls(const struct policy *policy)
{
	json_t *words = json_array();

	if (policy != NULL && (policy->row.frequency > 0 || policy->row.every_time))
		json_array_append_new(words, json_string("SignInFrequency"));
	if (policy != NULL && policy->row.persistent != SP_PERSISTENT_UNSET)
		json_array_append_new(words, json_string("PersistentBrowserSession"));
	return words;
}

static json_t *condition(const struct signin_policy *policy)
{
	static const char *const words[] = {
		[SP_NONE] = NULL, [SP_BY_STATE] = "policyNotEnabled", [SP_BY_USER] = "users",
		[SP_BY_APP] = "application", [SP_BY_CONTEXT] = "authenticationContext",
		[SP_BY_PLATFORM] = "devicePlatform", [SP_BY_CLIENT] = "clientType",
		[SP_BY_LOCATION] = "location",
	};

	return policy->condition < sizeof(words) / sizeof(words[0]) ?
	    text(words[policy->condition]) : json_null();
}

static json_t *applied(struct view *view, const struct signin_policy *result)
{
	const struct policy *policy = policy_of(view->tenant, result->id);
	const char *id = id_text(view, result->id);

	return json_pack("{s:s, s:s, s:o, s:o, s:s, s:o, s:I}", "id", id, "displayName",
	    policy != NULL && policy->display_name != NULL ? policy->display_name : id,
	    "enforcedGrantControls", controls(policy),
	    "enforcedSessionControls", session_controls(policy),
	    "result", results[weight(result)].word, "conditionNotSatisfied", condition(result),
	    "revision", (json_int_t)result->revision);
}

static json_t *applied_all(struct view *view)
{
	json_t *list = json_array();

	for (size_t i = 0; i < view->signin->policy_count; i++) {
		const struct signin_policy *result = strongest(view->signin, i);
		if (result != NULL)
			json_array_append_new(list, applied(view, result));
	}
	return list;
}

static bool any_result(const struct signin_record *signin, enum sp_result result)
{
	for (size_t i = 0; i < signin->policy_count; i++)
		if (signin->policies[i].result == (uint8_t)result)
			return true;
	return false;
}

/* Of the policies alone: a wrong password is no failure of theirs. */
static const char *access_status(const struct signin_record *signin)
{
	if (signin->reason == REASON_BLOCKED || signin->reason == REASON_NO_METHOD ||
	    signin->reason == REASON_METHOD_OFF || any_result(signin, SP_UNMET))
		return "failure";
	return any_result(signin, SP_MET) ? "success" : "notApplied";
}

/* The policy at that place, if it had a say; NULL: it had none, or is gone. */
static const struct policy *policy_in_force(const struct view *view, size_t index)
{
	const struct signin_policy *result = &view->signin->policies[index];

	return result->result == (uint8_t)SP_MET || result->result == (uint8_t)SP_UNMET ?
	    policy_of(view->tenant, result->id) : NULL;
}

static bool policies_want(const struct view *view, uint32_t controls)
{
	bool want = false;

	for (size_t i = 0; i < view->signin->policy_count && !want; i++) {
		const struct policy *policy = policy_in_force(view, i);
		want = policy != NULL && (policy->row.controls & controls) != 0;
	}
	return want;
}

/* Was a second door demanded, whether or not it was passed? */
static bool second_demanded(const struct view *view)
{
	return (view->signin->missing & SP_MFA) != 0 || policies_want(view, SP_MFA | SP_STRENGTH);
}

static const char *requirement(const struct view *view)
{
	return second_demanded(view) ? "multiFactorAuthentication" : "singleFactorAuthentication";
}

static json_t *requirement_policies(const struct view *view)
{
	return second_demanded(view) ? json_pack("[{s:s, s:s}]", "requirementProvider",
	    "multiConditionalAccess", "detail", "Conditional Access") : json_array();
}

static json_t *lifetime_policies(const struct view *view)
{
	json_t *list = json_array();
	bool every = false, period = false;

	for (size_t i = 0; i < view->signin->policy_count; i++) {
		const struct policy *policy = policy_in_force(view, i);
		every = every || (policy != NULL && policy->row.every_time);
		period = period || (policy != NULL && policy->row.frequency > 0);
	}
	if (every)
		json_array_append_new(list, json_pack("{s:s, s:s}", "expirationRequirement",
		    "signInFrequencyEveryTime", "detail", "The user was required to sign in again "
		    "every time"));
	if (period)
		json_array_append_new(list, json_pack("{s:s, s:s}", "expirationRequirement",
		    "signInFrequencyPeriodicReauthentication", "detail", "The user was required to "
		    "sign in again after a time"));
	return list;
}

static void detail(struct view *view, json_t *list, const char *method, bool second, bool passed)
{
	int64_t passed_at = second ? view->signin->factor_time : view->signin->signed_in;

	json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:b}",
	    "authenticationMethod", method,
	    "authenticationStepDateTime", text_time(&view->arena, passed && passed_at != 0 ?
	    passed_at : view->signin->at),
	    "authenticationStepRequirement", second ? "multiFactorAuthentication" :
	    "primaryAuthentication",
	    "authenticationStepResultDetail", passed ? "Correct" : "Incorrect",
	    "succeeded", passed));
}

static json_t *details(struct view *view)
{
	static const struct { uint32_t factor; bool second; const char *method; } rows[] = {
		{ SP_FACTOR_PASSWORD, false, "Password" },
		{ SP_FACTOR_EMAIL_FIRST, false, "Email one-time passcode" },
		{ SP_FACTOR_EMAIL_SECOND, true, "Email one-time passcode" },
		{ SP_FACTOR_TOTP, true, "Software OATH token" },
		{ SP_FACTOR_PASSKEY, true, "Passkey" },
		{ SP_FACTOR_SECURITY_KEY, true, "Security key" },
		{ SP_FACTOR_RECOVERY, true, "Recovery code" }, { SP_FACTOR_SMS, true, "SMS" },
		{ SP_FACTOR_LINK, true, "Sign-in link of an operator" },
	};
	uint32_t factors = view->signin->factors;
	enum journey_reason reason = view->signin->reason;
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((factors & rows[i].factor) != 0)
			detail(view, list, rows[i].method, rows[i].second, true);
	if (reason == REASON_CREDENTIALS)
		detail(view, list, "Password", false, false);
	if (reason == REASON_CODE || reason == REASON_CODE_EXPIRED ||
	    reason == REASON_CODE_REPLACED || reason == REASON_TRIES)
		detail(view, list, "Email one-time passcode", factors != 0, false);
	return list;
}

static const struct app *app_of(const struct tenant *tenant, struct sp_id app_id)
{
	for (size_t i = 0; i < tenant->app_count; i++)
		if (id_equal(tenant->apps[i]->app_id, app_id))
			return tenant->apps[i];
	return NULL;
}

/* Under "app" or "resource": the id, and the name or the id again. */
static void put_app(struct view *view, const char *id_name, const char *name_name, struct sp_id id)
{
	const struct app *app = app_of(view->tenant, id);

	put(view, id_name, id_json(view, id));
	put(view, name_name, app != NULL && app->display_name != NULL ? text(app->display_name) :
	    id_json(view, id));
}

static struct sp_id resource_of(const struct signin_record *signin)
{
	for (size_t i = 0; i < signin->target_count; i++)
		if (!id_equal(signin->targets[i], signin->app))
			return signin->targets[i];
	return signin->app;
}

static const char *platform_name(uint32_t platform)
{
	static const struct { uint32_t platform; const char *name; } rows[] = {
		{ SP_ANDROID, "Android" }, { SP_IOS, "iOS" }, { SP_WINDOWS, "Windows" },
		{ SP_WINDOWS_PHONE, "Windows Phone" }, { SP_MACOS, "macOS" }, { SP_LINUX, "Linux" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (platform == rows[i].platform)
			return rows[i].name;
	return "";
}

static const char *client_name(uint32_t client)
{
	if (client == SP_BROWSER)
		return "Browser";
	return client == SP_NATIVE ? "Mobile Apps and Desktop clients" : "Other clients";
}

static void put_who(struct view *view)
{
	const struct signin_record *signin = view->signin;

	put(view, "id", id_json(view, signin->id));
	put(view, "createdDateTime", json_string(text_time(&view->arena, signin->at)));
	put(view, "userId", id_json(view, signin->user));
	put(view, "userPrincipalName", text(signin->identifier));
	put(view, "userDisplayName", json_null());	/* no names of people in logs */
	put(view, "signInIdentifier", text(signin->identifier));
	put(view, "signInIdentifierType", json_string("emailAddress"));
	put(view, "userType", json_string("member"));
	put_app(view, "appId", "appDisplayName", signin->app);
	put_app(view, "resourceId", "resourceDisplayName", resource_of(signin));
}

static void put_where(struct view *view)
{
	const struct signin_record *signin = view->signin;

	put(view, "ipAddress", text(signin->source));
	put(view, "location", json_pack("{s:n, s:n, s:o}", "city", "state", "countryOrRegion",
	    text_empty(signin->country) ? json_null() : json_string(signin->country)));
	put(view, "userAgent", text(signin->agent));
	put(view, "clientAppUsed", json_string(client_name(signin->client)));
	put(view, "deviceDetail", json_pack("{s:s}", "operatingSystem",
	    platform_name(signin->platform)));
	put(view, "correlationId", id_json(view, signin->journey));
	put(view, "originalRequestId", json_string(text_print(&view->arena, "%016llx",
	    (unsigned long long)signin->request_id)));
	put(view, "isInteractive", json_boolean(signin->interactive));
	put(view, "signInEventTypes", json_pack("[s]", signin->interactive ? "interactiveUser" :
	    "nonInteractiveUser"));
	put(view, "authenticationProtocol", json_string(signin->client == SP_NATIVE ? "nativeAuth" :
	    "oAuth2"));
}

/* Those that the application asked for: what came of each is what the policies on it say. */
static json_t *contexts(struct view *view)
{
	json_t *list = json_array();

	for (unsigned number = 1; number < 100; number++)
		if (wishes_context_in(view->signin->contexts, number))
			json_array_append_new(list, json_pack("{s:s, s:s}", "id",
			    text_print(&view->arena, "c%u", number), "detail", "required"));
	return list;
}

static void put_decision(struct view *view)
{
	static const char *const kinds[] = {
		[JOURNEY_NONE] = "none", [JOURNEY_SIGN_IN] = "signIn",
		[JOURNEY_SIGN_UP] = "signUp", [JOURNEY_RESET] = "passwordReset",
		[JOURNEY_LINK] = "signInLink",
	};
	const struct signin_record *signin = view->signin;

	put(view, "journeyKind", json_string(kinds[signin->kind]));
	put(view, "authenticationRequirement", json_string(requirement(view)));
	put(view, "authenticationRequirementPolicies", requirement_policies(view));
	put(view, "sessionLifetimePolicies", lifetime_policies(view));
	put(view, "authenticationDetails", details(view));
	put(view, "authenticationContextClassReferences", contexts(view));
	put(view, "singleMailbox", json_boolean(signin->single_mailbox));
	put(view, "status", status(signin));
	put(view, "conditionalAccessStatus", json_string(access_status(signin)));
	put(view, "appliedConditionalAccessPolicies", applied_all(view));
	put(view, "appliedEventListeners", json_array());
	put(view, "riskDetail", json_string("hidden"));
	put(view, "riskLevelDuringSignIn", json_string("hidden"));
	put(view, "riskState", json_string("none"));
}

json_t *signin_brief(const struct tenant *tenant, const struct signin_record *signin)
{
	struct view view = { .tenant = tenant, .signin = signin, .json = json_object() };

	arena_init(&view.arena, NULL, 0);
	put(&view, "createdDateTime", json_string(text_time(&view.arena, signin->at)));
	put(&view, "userId", id_json(&view, signin->user));
	put(&view, "appId", id_json(&view, signin->app));
	put(&view, "isInteractive", json_boolean(signin->interactive));
	put(&view, "status", status(signin));
	put(&view, "conditionalAccessStatus", json_string(access_status(signin)));
	arena_done(&view.arena);
	return view.json;
}

json_t *signin_json(const struct tenant *tenant, const struct signin_record *signin)
{
	struct view view = { .tenant = tenant, .signin = signin, .json = json_object() };

	arena_init(&view.arena, NULL, 0);
	put_who(&view);
	put_where(&view);
	put_decision(&view);
	arena_done(&view.arena);
	return view.json;
}
