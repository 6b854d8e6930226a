#include "model/policy.h"

#include "base/text.h"
#include "model/rule.h"
#include "model/shape.h"

#include <stdio.h>

/* The order and the empty forms are those of Graph. */
#define NOT(text, why) { .name = text, .type = SHAPE_NOT, .help = why }
#define NONE(text, why) { .name = text, .type = SHAPE_NOT, .list = true, .help = why }
#define IDS(text) { .name = text, .type = SHAPE_ID, .list = true }
#define RISK "risk is not judged here"
#define DEVICE "devices are not judged here"
#define WORKLOAD "workload identities are not in external tenants"

static const struct shape filter_shape[] = {
	{ .name = "mode", .type = SHAPE_WORD, .words = "include exclude", .must = true },
	{ .name = "rule", .type = SHAPE_TEXT, .must = true, .min = 1, .max = RULE_MOST },
	{ 0 },
};
static const struct shape applications_shape[] = {
	{ .name = "includeApplications", .type = SHAPE_NAME, .words = "All None", .list = true },
	IDS("excludeApplications"),
	NONE("includeUserActions", "user actions are not in external tenants"),
	{ .name = "includeAuthenticationContextClassReferences", .type = SHAPE_TEXT,
	    .list = true, .min = 2, .max = 3 },
	{ .name = "applicationFilter", .type = SHAPE_OBJECT, .members = filter_shape },
	{ 0 },
};

static const struct shape guests_shape[] = {
	{ .name = "guestOrExternalUserTypes", .type = SHAPE_TEXT },
	{ .name = "externalTenants", .type = SHAPE_ANY },
	{ 0 },
};
static const struct shape users_shape[] = {
	{ .name = "includeUsers", .type = SHAPE_NAME, .list = true,
	    .words = "All None GuestsOrExternalUsers" },
	{ .name = "excludeUsers", .type = SHAPE_NAME, .list = true,
	    .words = "GuestsOrExternalUsers" },
	IDS("includeGroups"), IDS("excludeGroups"), IDS("includeRoles"), IDS("excludeRoles"),
	{ .name = "includeGuestsOrExternalUsers", .type = SHAPE_OBJECT, .members = guests_shape },
	{ .name = "excludeGuestsOrExternalUsers", .type = SHAPE_OBJECT, .members = guests_shape },
	{ 0 },
};

#define PLATFORMS "android iOS windows windowsPhone macOS linux"

static const struct shape platforms_shape[] = {
	{ .name = "includePlatforms", .type = SHAPE_WORD, .words = "all " PLATFORMS,
	    .list = true },
	{ .name = "excludePlatforms", .type = SHAPE_WORD, .words = PLATFORMS, .list = true },
	{ 0 },
};
static const struct shape locations_shape[] = {
	{ .name = "includeLocations", .type = SHAPE_NAME, .words = "All AllTrusted",
	    .list = true },
	{ .name = "excludeLocations", .type = SHAPE_NAME, .words = "AllTrusted", .list = true },
	{ 0 },
};

static const struct shape conditions_shape[] = {
	NONE("userRiskLevels", RISK), NONE("signInRiskLevels", RISK),
	NONE("servicePrincipalRiskLevels", WORKLOAD), NOT("insiderRiskLevels", RISK),
	{ .name = "clientAppTypes", .type = SHAPE_WORD, .list = true, .must = true,
	    .words = "all browser mobileAppsAndDesktopClients exchangeActiveSync easSupported "
	    "other" },
	{ .name = "platforms", .type = SHAPE_OBJECT, .members = platforms_shape },
	{ .name = "locations", .type = SHAPE_OBJECT, .members = locations_shape },
	NOT("times", "times are not judged here"), NOT("deviceStates", DEVICE),
	NOT("devices", DEVICE), NOT("clientApplications", WORKLOAD),
	NOT("authenticationFlows", "authentication flows are not judged here"),
	{ .name = "applications", .type = SHAPE_OBJECT, .must = true,
	    .members = applications_shape },
	{ .name = "users", .type = SHAPE_OBJECT, .must = true, .members = users_shape },
	{ 0 },
};

static const struct shape grant_shape[] = {
	{ .name = "operator", .type = SHAPE_WORD, .words = "AND OR", .must = true },
	{ .name = "builtInControls", .type = SHAPE_WORD, .list = true,
	    .words = "block mfa passwordChange compliantDevice domainJoinedDevice "
	    "approvedApplication compliantApplication" },
	NONE("customAuthenticationFactors", "custom controls are not offered"),
	NONE("termsOfUse", "terms of use are not in external tenants"),
	NOT("authenticationStrength", "authentication strengths are not in external tenants"),
	{ 0 },
};

static const struct shape frequency_shape[] = {
	{ .name = "value", .type = SHAPE_NUMBER, .min = 1, .max = 365 },
	{ .name = "type", .type = SHAPE_WORD, .words = "hours days" },
	{ .name = "authenticationType", .type = SHAPE_WORD,
	    .words = "primaryAndSecondaryAuthentication secondaryAuthentication",
	    .fallback = "primaryAndSecondaryAuthentication" },
	{ .name = "frequencyInterval", .type = SHAPE_WORD, .words = "timeBased everyTime",
	    .fallback = "timeBased" },
	{ .name = "isEnabled", .type = SHAPE_FLAG, .must = true },
	{ 0 },
};
static const struct shape persistent_shape[] = {
	{ .name = "mode", .type = SHAPE_WORD, .words = "always never", .must = true },
	{ .name = "isEnabled", .type = SHAPE_FLAG, .must = true },
	{ 0 },
};

static const struct shape session_shape[] = {
	NOT("disableResilienceDefaults", "there are no resilience defaults to disable"),
	NOT("applicationEnforcedRestrictions", "not in external tenants"),
	NOT("cloudAppSecurity", "not in external tenants"),
	NOT("continuousAccessEvaluation", "not in external tenants"),
	NOT("secureSignInSession", "not in external tenants"),
	{ .name = "signInFrequency", .type = SHAPE_OBJECT, .members = frequency_shape },
	{ .name = "persistentBrowser", .type = SHAPE_OBJECT, .members = persistent_shape },
	{ 0 },
};

const struct shape policy_shape[] = {
	{ .name = "id", .type = SHAPE_ID, .must = true },
	{ .name = "templateId", .type = SHAPE_ID },
	{ .name = "displayName", .type = SHAPE_TEXT, .must = true, .min = 1 },
	{ .name = "createdDateTime", .type = SHAPE_TIME },
	{ .name = "modifiedDateTime", .type = SHAPE_TIME },
	{ .name = "state", .type = SHAPE_WORD, .must = true,
	    .words = "enabled disabled enabledForReportingButNotEnforced" },
	{ .name = "conditions", .type = SHAPE_OBJECT, .must = true, .members = conditions_shape },
	{ .name = "grantControls", .type = SHAPE_OBJECT, .members = grant_shape },
	{ .name = "sessionControls", .type = SHAPE_OBJECT, .members = session_shape },
	{ .name = POLICY_SINCE, .type = SHAPE_TIME,
	    .help = "passwordChange: passwords of before are to be changed; given by the server when "
	    "the policy is switched on" },
	{ 0 },
};

static bool policy_some(const json_t *object, const char *name)
{
	return json_array_size(json_object_get(object, name)) > 0;
}

static bool policy_says(const json_t *list, const char *word)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		if (text_same(json_string_value(one), word))
			return true;
	return false;
}

/* Words that leave no room for others. */
static void policy_alone(const json_t *list, const char *words, const char *path,
    struct document_errors *errors)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one) {
		const char *word = json_string_value(one);
		if (json_array_size(list) > 1 && word != NULL && text_word(words, word))
			document_wrong(errors, path, "InvalidValue", "%s stands alone", word);
	}
}

static void policy_users(const json_t *canonical, struct document_errors *errors)
{
	const json_t *users = shape_at(canonical, "conditions", "users", NULL);
	static const char *const sides[] = { "include", "exclude" };
	const char *path = "conditions.users";

	if (!json_is_object(users))
		return;
	if (!policy_some(users, "includeUsers") && !policy_some(users, "includeGroups") &&
	    !policy_some(users, "includeRoles") &&
	    !json_is_object(json_object_get(users, "includeGuestsOrExternalUsers")))
		document_wrong(errors, path, "Required", "a policy needs users: includeUsers, "
		    "includeGroups or includeRoles");
	policy_alone(json_object_get(users, "includeUsers"), "All None",
	    "conditions.users.includeUsers", errors);
	for (size_t i = 0; i < 2; i++) {
		char list[32], object[48];
		snprintf(list, sizeof(list), "%sUsers", sides[i]);
		snprintf(object, sizeof(object), "%sGuestsOrExternalUsers", sides[i]);
		if (policy_says(json_object_get(users, list), "GuestsOrExternalUsers") &&
		    json_is_object(json_object_get(users, object)))
			document_wrong(errors, path, "InvalidValue", "'GuestsOrExternalUsers' "
			    "cannot be combined with '%s'", object);
	}
}

static void policy_contexts(const json_t *list, struct document_errors *errors)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		if (policy_context(json_string_value(one)) == 0)
			document_wrong(errors, "conditions.applications."
			    "includeAuthenticationContextClassReferences", "InvalidValue",
			    "not one of c1 to c99");
}

/* What it names beside or instead of a list. */
static void policy_filter(const json_t *apps, struct document_errors *errors)
{
	const json_t *filter = json_object_get(apps, "applicationFilter");
	const char *text = json_text(filter, "rule", NULL), *why;
	const char *path = "conditions.applications.applicationFilter";

	if (!json_is_object(filter))
		return;
	if (text != NULL && rule_parse(errors->arena, text, &why) == NULL)
		document_wrong(errors, text_print(errors->arena, "%s.rule", path), "InvalidValue",
		    "%s", why);
	if (policy_some(apps, "includeAuthenticationContextClassReferences"))
		document_wrong(errors, path, "InvalidValue",
		    "goes with applications, not with authentication contexts");
	else if (text_same(json_text(filter, "mode", NULL), "include") &&
	    policy_says(json_object_get(apps, "includeApplications"), "All"))
		document_wrong(errors, path, "InvalidValue",
		    "includes some of what All has already: exclude, or no All");
}

static bool policy_filtered(const json_t *apps)
{
	return text_same(json_text(json_object_get(apps, "applicationFilter"), "mode", NULL),
	    "include");
}

/* Of `document` as it came: what is refused elsewhere counts here. */
static void policy_targets(const json_t *document, const json_t *canonical,
    struct document_errors *errors)
{
	const json_t *given = shape_at(document, "conditions", "applications", NULL);
	const json_t *apps = shape_at(canonical, "conditions", "applications", NULL);
	const char *contexts = "includeAuthenticationContextClassReferences";
	const char *path = "conditions.applications";
	int kinds = policy_some(given, "includeApplications") +
	    policy_some(given, "includeUserActions") + policy_some(given, contexts);

	if (!json_is_object(apps))
		return;
	if (kinds > 1)
		document_wrong(errors, path, "1012", "1012: 'applications' condition cannot include "
		    "both 'includeApplications' and 'includeUserActions'/'%s'. Please remove one "
		    "of the conditions.", contexts);
	if (kinds == 0 && !policy_filtered(apps))
		document_wrong(errors, path, "Required", "a policy needs target resources: "
		    "includeApplications or %s", contexts);
	policy_alone(json_object_get(apps, "includeApplications"), "All None",
	    "conditions.applications.includeApplications", errors);
	policy_contexts(json_object_get(apps, contexts), errors);
	policy_filter(apps, errors);
}

static void policy_where(const json_t *canonical, struct document_errors *errors)
{
	const json_t *conditions = json_object_get(canonical, "conditions");
	const json_t *platforms = json_object_get(conditions, "platforms");
	const json_t *locations = json_object_get(conditions, "locations");
	const json_t *clients = json_object_get(conditions, "clientAppTypes");

	policy_alone(clients, "all", "conditions.clientAppTypes", errors);
	policy_alone(json_object_get(platforms, "includePlatforms"), "all",
	    "conditions.platforms.includePlatforms", errors);
	policy_alone(json_object_get(locations, "includeLocations"), "All",
	    "conditions.locations.includeLocations", errors);
	if (json_is_object(platforms) && !policy_some(platforms, "includePlatforms"))
		document_wrong(errors, "conditions.platforms.includePlatforms", "Required",
		    "is empty");
	if (json_is_object(locations) && !policy_some(locations, "includeLocations"))
		document_wrong(errors, "conditions.locations.includeLocations", "Required",
		    "is empty");
}

static void policy_refuse(const json_t *controls, const char *path,
    struct document_errors *errors)
{
	static const char *const unknown[] = { "compliantDevice", "domainJoinedDevice",
		"approvedApplication", "compliantApplication" };

	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		if (policy_says(controls, unknown[i]))
			document_wrong(errors, path, "NotSupported",
			    "%s is not offered: block, mfa, passwordChange", unknown[i]);
}

static void policy_grant(const json_t *canonical, struct document_errors *errors)
{
	const json_t *grant = json_object_get(canonical, "grantControls");
	const json_t *controls = json_object_get(grant, "builtInControls");
	const char *path = "grantControls.builtInControls";

	if (!json_is_object(grant))
		return;
	if (json_array_size(controls) == 0)
		document_wrong(errors, path, "Required",
		    "is empty: leave grantControls null for session controls alone");
	policy_alone(controls, "block", path, errors);
	policy_refuse(controls, path, errors);
	if (policy_says(controls, "passwordChange") && (!policy_says(controls, "mfa") ||
	    !text_same(json_text(grant, "operator", NULL), "AND")))
		document_wrong(errors, path, "InvalidValue", "passwordChange goes with mfa and the "
		    "operator AND: whoever knows the old password alone would choose the new one");
}

bool policy_renews(const json_t *document)
{
	return policy_says(shape_at(document, "grantControls", "builtInControls", NULL),
	    "passwordChange");
}

static void policy_frequency(const json_t *frequency, struct document_errors *errors)
{
	bool every = text_same(json_text(frequency, "frequencyInterval", NULL), "everyTime");
	bool value = !json_is_null(json_object_get(frequency, "value"));
	bool type = !json_is_null(json_object_get(frequency, "type"));
	bool hours = text_same(json_text(frequency, "type", NULL), "hours");
	const char *path = "sessionControls.signInFrequency";

	if (!json_is_object(frequency))
		return;
	if (every && (value || type))
		document_wrong(errors, path, "InvalidValue",
		    "everyTime goes without value and type");
	else if (!every && (!value || !type))
		document_wrong(errors, path, "Required", "timeBased needs value and type");
	else if (hours && json_number(frequency, "value", 1) > 23)
		document_wrong(errors, "sessionControls.signInFrequency.value", "OutOfRange",
		    "hours are 1 to 23, days 1 to 365");
}

/* A control, on or off, whichever: true. */
static bool policy_session(const json_t *canonical, struct document_errors *errors)
{
	const json_t *session = json_object_get(canonical, "sessionControls");
	const json_t *frequency = json_object_get(session, "signInFrequency");
	const json_t *persistent = json_object_get(session, "persistentBrowser");
	const json_t *apps = shape_at(canonical, "conditions", "applications", NULL);

	policy_frequency(frequency, errors);
	if (json_flag(persistent, "isEnabled", false) &&
	    (!policy_says(json_object_get(apps, "includeApplications"), "All") ||
	    policy_some(apps, "excludeApplications")))
		document_wrong(errors, "sessionControls.persistentBrowser", "InvalidValue",
		    "only for a policy on all applications without an exclusion: a browser has "
		    "one session");
	return json_flag(frequency, "isEnabled", false) ||
	    json_flag(persistent, "isEnabled", false);
}

json_t *policy_check(const json_t *document, struct document_errors *errors)
{
	size_t before = errors->count;
	json_t *canonical = shape_check(policy_shape, document, errors);

	policy_users(canonical, errors);
	policy_targets(document, canonical, errors);
	policy_where(canonical, errors);
	policy_grant(canonical, errors);
	if (!policy_session(canonical, errors) &&
	    json_is_null(json_object_get(canonical, "grantControls")))
		document_wrong(errors, "grantControls", "Required",
		    "a policy needs a grant control or a session control that is enabled");
	if (!policy_renews(canonical))
		json_object_del(canonical, POLICY_SINCE);
	return shape_end(canonical, before, errors);
}
