#include "model/userflow.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/shape.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define GRAPH "#microsoft.graph."
#define FLOW_TYPE GRAPH "externalUsersSelfServiceSignUpEventsFlow"
#define START_TYPE GRAPH "onInteractiveAuthFlowStartExternalUsersSelfServiceSignUp"
#define METHOD_TYPE GRAPH "onAuthenticationMethodLoadStartExternalUsersSelfServiceSignUp"
#define COLLECT_TYPE GRAPH "onAttributeCollectionExternalUsersSelfServiceSignUp"
#define TYPE(text) { .name = "@odata.type", .type = SHAPE_WORD, .words = text, .fallback = text }
#define HOOK(text) { .name = text, .type = SHAPE_NOT, \
	.help = "custom authentication extensions are not offered" }

#define FLOW_APPS 1000u
#define FLOW_ATTRIBUTES 100u
#define FLOW_REPEATS 10000	/* of a pattern's "{n}", multiplied: its size in memory */

static const struct shape included_shape[] = {
	{ .name = "appId", .type = SHAPE_ID, .must = true }, { 0 } };
static const struct shape applications_shape[] = {
	{ .name = "includeAllApplications", .type = SHAPE_FLAG, .fallback = "false" },
	{ .name = "includeApplications", .type = SHAPE_OBJECT, .list = true,
	    .members = included_shape, .most = FLOW_APPS },
	{ 0 },
};
static const struct shape conditions_shape[] = { { .name = "applications",
	.type = SHAPE_OBJECT, .whole = true, .members = applications_shape }, { 0 } };

static const struct shape start_shape[] = {
	TYPE(START_TYPE),
	{ .name = "isSignUpAllowed", .type = SHAPE_FLAG, .must = true },
	{ 0 },
};

static const struct shape provider_shape[] = {
	TYPE(GRAPH "builtInIdentityProvider"),
	{ .name = "id", .type = SHAPE_WORD, .must = true,
	    .words = "EmailPassword-OAUTH EmailOtpSignup-OAUTH" },
	{ .name = "displayName", .type = SHAPE_TEXT },
	{ .name = "identityProviderType", .type = SHAPE_TEXT },
	{ 0 },
};
static const struct shape methods_shape[] = {
	TYPE(METHOD_TYPE),
	{ .name = "identityProviders", .type = SHAPE_OBJECT, .list = true, .must = true,
	    .members = provider_shape, .most = 2 },
	{ 0 },
};

static const struct shape attribute_shape[] = {
	{ .name = "id", .type = SHAPE_TEXT, .must = true, .min = 1, .max = 64 },
	{ .name = "displayName", .type = SHAPE_TEXT, .max = 128 },
	{ .name = "description", .type = SHAPE_TEXT, .max = 256 },
	{ .name = "userFlowAttributeType", .type = SHAPE_WORD, .words = "builtIn custom required",
	    .fallback = "builtIn" },
	{ .name = "dataType", .type = SHAPE_WORD, .words = "string", .fallback = "string" },
	{ 0 },
};
static const struct shape input_shape[] = {
	{ .name = "attribute", .type = SHAPE_TEXT, .must = true, .min = 1, .max = 64 },
	{ .name = "label", .type = SHAPE_TEXT, .max = 128 },
	{ .name = "inputType", .type = SHAPE_WORD, .words = "text", .fallback = "text" },
	{ .name = "defaultValue", .type = SHAPE_TEXT, .max = 256 },
	{ .name = "hidden", .type = SHAPE_FLAG, .fallback = "false" },
	{ .name = "editable", .type = SHAPE_FLAG, .fallback = "true" },
	{ .name = "writeToDirectory", .type = SHAPE_FLAG, .fallback = "true" },
	{ .name = "required", .type = SHAPE_FLAG, .fallback = "false" },
	{ .name = "validationRegEx", .type = SHAPE_TEXT },
	{ .name = "options", .type = SHAPE_NOT, .list = true,
	    .help = "inputs with a choice of values are not offered" },
	{ 0 },
};
static const struct shape view_shape[] = {
	{ .name = "title", .type = SHAPE_TEXT },
	{ .name = "description", .type = SHAPE_TEXT },
	{ .name = "inputs", .type = SHAPE_OBJECT, .list = true, .members = input_shape,
	    .most = FLOW_ATTRIBUTES },
	{ 0 },
};
static const struct shape page_shape[] = {
	{ .name = "customStringsFileId", .type = SHAPE_NOT,
	    .help = "texts are changed in the language files" },
	{ .name = "views", .type = SHAPE_OBJECT, .list = true, .members = view_shape, .most = 1 },
	{ 0 },
};
static const struct shape collect_shape[] = {
	TYPE(COLLECT_TYPE),
	{ .name = "attributes", .type = SHAPE_OBJECT, .list = true, .members = attribute_shape,
	    .most = FLOW_ATTRIBUTES },
	{ .name = "attributeCollectionPage", .type = SHAPE_OBJECT, .whole = true,
	    .members = page_shape },
	{ .name = "accessPackages", .type = SHAPE_NOT, .list = true,
	    .help = "access packages are not offered" },
	{ 0 },
};

const struct shape flow_shape[] = {
	TYPE(FLOW_TYPE),
	{ .name = "id", .type = SHAPE_ID, .must = true },
	{ .name = "displayName", .type = SHAPE_TEXT, .must = true, .min = 1 },
	{ .name = "description", .type = SHAPE_TEXT, .max = 1024 },
	{ .name = "priority", .type = SHAPE_NUMBER, .fallback = "500", .max = 1000000 },
	{ .name = "conditions", .type = SHAPE_OBJECT, .whole = true, .members = conditions_shape },
	{ .name = "onInteractiveAuthFlowStart", .type = SHAPE_OBJECT, .must = true,
	    .members = start_shape },
	{ .name = "onAuthenticationMethodLoadStart", .type = SHAPE_OBJECT, .must = true,
	    .members = methods_shape },
	{ .name = "onAttributeCollection", .type = SHAPE_OBJECT, .whole = true,
	    .members = collect_shape },
	HOOK("onAttributeCollectionStart"),
	HOOK("onAttributeCollectionSubmit"),
	HOOK("onUserCreateStart"),
	{ 0 },
};

/* Built in, and how long they may be. */
static const struct { const char *name; size_t most; } attributes[] = {
	{ "city", 128 }, { "country", 128 }, { "displayName", 256 }, { "email", 254 },
	{ "givenName", 64 }, { "jobTitle", 128 }, { "postalCode", 40 }, { "state", 128 },
	{ "streetAddress", 1024 }, { "surname", 64 },
};

/* 0: neither built in nor "extension_{app id without dashes}_{name}". */
static size_t userflow_most(const char *name)
{
	static const char extension[] = "extension_";
	static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	size_t head = sizeof(extension) - 1;

	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (strcmp(attributes[i].name, name) == 0)
			return attributes[i].most;
	if (strncmp(name, extension, head) != 0 ||
	    strspn(name + head, "0123456789abcdef") < 32 || name[head + 32] != '_')
		return 0;
	name += head + 33;
	return name[0] != '\0' && name[strspn(name, word)] == '\0' ? 250 : 0;
}

/* What our expressions don't have, or would take without bounds. NULL: fine. */
static const char *userflow_unfit(const char *pattern)
{
	long repeats = 1, most;
	char *end;

	if (strstr(pattern, "(?") != NULL)
		return "(?...) is not offered: it must be a POSIX extended expression";
	for (const char *at = pattern; *at != '\0'; at++)
		if (*at == '\\' && *++at == '\0')
			return "ends with a backslash";
		else if (at > pattern && at[-1] == '\\' && strchr("dD123456789", *at) != NULL)
			return "\\d and back references are not offered: write [0-9]";
		else if (*at == '{' && (at == pattern || at[-1] != '\\')) {
			most = strtol(at + 1, &end, 10);
			most = *end == ',' && end[1] != '}' ? strtol(end + 1, &end, 10) : most;
			repeats *= most < 1 ? 1 : most > FLOW_REPEATS ? FLOW_REPEATS : most;
			if (repeats >= FLOW_REPEATS)
				return "repeats too often";
		}
	return NULL;
}

static void userflow_pattern(const char *pattern, const char *path,
    struct document_errors *errors)
{
	const char *unfit = userflow_unfit(pattern);
	char text[128];
	regex_t regex;

	if (unfit == NULL) {
		int status = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);
		if (status == 0) {
			regfree(&regex);
			return;
		}
		regerror(status, NULL, text, sizeof(text));
		unfit = text;
	}
	document_wrong(errors, path, "InvalidValue", "%s", unfit);
}

static const json_t *userflow_inputs(const json_t *document)
{
	return shape_at(json_array_get(shape_at(document, "onAttributeCollection",
	    "attributeCollectionPage", "views", NULL), 0), "inputs", NULL);
}

/* The address is asked and judged in its own way: its input is kept, and passed over. */
static bool userflow_asked(const json_t *input)
{
	return !text_same(json_text(input, "attribute", NULL), "email");
}

static void userflow_check_input(const json_t *input, const char *path,
    struct document_errors *errors)
{
	static const struct { const char *name; bool wanted; } flags[] = {
		{ "hidden", false }, { "editable", true }, { "writeToDirectory", true } };
	const char *name = json_text(input, "attribute", NULL);
	const char *pattern = json_text(input, "validationRegEx", "");

	if (name != NULL && userflow_most(name) == 0)
		document_wrong(errors, text_print(errors->arena, "%s.attribute", path),
		    "InvalidValue", "neither a built-in attribute nor an extension_ of one");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (json_flag(input, flags[i].name, flags[i].wanted) != flags[i].wanted)
			document_wrong(errors, text_print(errors->arena, "%s.%s", path,
			    flags[i].name), "NotSupported", "only the address may be so");
	if (!text_empty(json_text(input, "defaultValue", NULL)))
		document_wrong(errors, text_print(errors->arena, "%s.defaultValue", path),
		    "NotSupported", "default values are not offered");
	if (pattern[0] != '\0')
		userflow_pattern(pattern, text_print(errors->arena, "%s.validationRegEx", path),
		    errors);
}

static void userflow_check_inputs(const json_t *canonical, struct document_errors *errors)
{
	const json_t *inputs = userflow_inputs(canonical);
	json_t *input, *seen = json_object();
	size_t i;

	json_array_foreach(inputs, i, input) {
		const char *name = json_text(input, "attribute", ""), *path =
		    text_print(errors->arena,
		    "onAttributeCollection.attributeCollectionPage.views[0].inputs[%zu]", i);
		if (json_object_get(seen, name) != NULL)
			document_wrong(errors, path, "InvalidValue", "asks a second time");
		json_object_set_new(seen, name, json_true());
		if (userflow_asked(input))
			userflow_check_input(input, path, errors);
	}
	json_decref(seen);
}

static json_t *userflow_provider(const json_t *document)
{
	return json_array_get(shape_at(document, "onAuthenticationMethodLoadStart",
	    "identityProviders", NULL), 0);
}

static void userflow_check_provider(json_t *canonical, struct document_errors *errors)
{
	const char *path = "onAuthenticationMethodLoadStart.identityProviders";
	const json_t *providers = shape_at(canonical, "onAuthenticationMethodLoadStart",
	    "identityProviders", NULL);
	json_t *provider = userflow_provider(canonical);
	bool otp = text_same(json_text(provider, "id", NULL), "EmailOtpSignup-OAUTH");

	if (json_array_size(providers) > 1)
		document_wrong(errors, path, "InvalidValue",
		    "exactly one of EmailPassword-OAUTH and EmailOtpSignup-OAUTH");
	json_object_set_new(provider, "displayName",
	    json_string(otp ? "Email One Time Passcode" : "Email with password"));
	json_object_set_new(provider, "identityProviderType",
	    json_string(otp ? "EmailOTP" : "EmailPassword"));
}

json_t *userflow_check(const json_t *document, struct document_errors *errors)
{
	size_t before = errors->count;
	json_t *canonical = shape_check(flow_shape, document, errors);

	if (json_is_true(shape_at(canonical, "conditions", "applications",
	    "includeAllApplications", NULL)))
		document_wrong(errors, "conditions.applications.includeAllApplications",
		    "NotSupported", "name the applications: one is in at most one flow");
	userflow_check_provider(canonical, errors);
	userflow_check_inputs(canonical, errors);
	return shape_end(canonical, before, errors);
}

static bool userflow_apps(struct arena *arena, const json_t *document, struct userflow *flow)
{
	const json_t *list = shape_at(document, "conditions", "applications",
	    "includeApplications", NULL);
	struct sp_id *apps = arena_alloc(arena, json_array_size(list) * sizeof(apps[0]));
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (!id_parse(json_text(one, "appId", NULL), &apps[i]))
			return false;
	flow->app_count = id_sort(apps, json_array_size(list));
	flow->apps = apps;
	return true;
}

static bool userflow_attributes(struct arena *arena, const json_t *document,
    struct userflow *flow)
{
	const json_t *list = userflow_inputs(document);
	struct userflow_attribute *all = arena_alloc(arena, json_array_size(list) * sizeof(all[0]));
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one) {
		const char *name = json_text(one, "attribute", ""), *pattern =
		    json_text(one, "validationRegEx", "");
		if (!userflow_asked(one))
			continue;
		if (userflow_most(name) == 0)
			return false;
		all[flow->attribute_count++] = (struct userflow_attribute){
			.name = text_copy(arena, name),
			.label = text_copy(arena, json_text(one, "label", name)),
			.pattern = pattern[0] != '\0' ? text_copy(arena, pattern) : NULL,
			.required = json_flag(one, "required", false),
			.most = userflow_most(name),
		};
	}
	flow->attributes = all;
	return true;
}

bool userflow_compile(struct arena *arena, const json_t *document, struct userflow *out_flow)
{
	const char *method = json_text(userflow_provider(document), "id", "");
	struct userflow flow = { 0 };

	if (!id_parse(json_text(document, "id", NULL), &flow.id) ||
	    !text_word("EmailPassword-OAUTH EmailOtpSignup-OAUTH", method) ||
	    !userflow_apps(arena, document, &flow) || !userflow_attributes(arena, document, &flow))
		return false;
	flow.display_name = text_copy(arena, json_text(document, "displayName", ""));
	flow.method = text_same(method, "EmailOtpSignup-OAUTH") ? METHOD_OTP : METHOD_PASSWORD;
	flow.sign_up = json_is_true(shape_at(document, "onInteractiveAuthFlowStart",
	    "isSignUpAllowed", NULL));
	*out_flow = flow;
	return true;
}

bool userflow_shares(const struct userflow *a, const struct userflow *b, struct sp_id *out_app)
{
	for (size_t i = 0; i < a->app_count; i++)
		if (id_among(b->apps, b->app_count, a->apps[i])) {
			*out_app = a->apps[i];
			return true;
		}
	return false;
}

static bool userflow_matches(const char *pattern, const char *value)
{
	regex_t regex;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	bool matches = regexec(&regex, value, 0, NULL, 0) == 0;
	regfree(&regex);
	return matches;
}

const char *userflow_refuses(const struct userflow_attribute *attribute, const char *value)
{
	size_t characters = 0;

	if (text_empty(value))
		return attribute->required ? "Please fill this in." : NULL;
	if (!text_plain(value))
		return "Please use letters, digits and spaces only.";
	for (const char *at = value; *at != '\0'; at++)
		characters += ((unsigned char)*at & 0xc0) != 0x80;
	if (characters > attribute->most)
		return "This is too long.";
	if (attribute->pattern != NULL && !userflow_matches(attribute->pattern, value))
		return "This doesn't have the right form.";
	return NULL;
}
