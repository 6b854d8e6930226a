#include "model/policy.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/rule.h"
#include "model/shape.h"
#include "model/tenant.h"

#include <string.h>

const struct sp_id policy_trusted = { { [15] = 1 } };

unsigned policy_context(const char *text)
{
	unsigned number = 0;

	if (text == NULL || text[0] != 'c' || text[1] < '1' || text[1] > '9' || strlen(text) > 3)
		return 0;
	for (const char *at = text + 1; *at != '\0'; at++) {
		if (*at < '0' || *at > '9')
			return 0;
		number = number * 10 + (unsigned)(*at - '0');
	}
	return number;
}

struct policy_names { bool all; struct sp_ids ids; };

/* Two lists as one. "None" and "GuestsOrExternalUsers" are nobody: there are no guests. */
static bool policy_names(struct arena *arena, const json_t *first, const json_t *second,
    struct policy_names *out_names)
{
	const json_t *lists[2] = { first, second };
	struct sp_id *ids = arena_alloc(arena,
	    (json_array_size(first) + json_array_size(second)) * sizeof(ids[0]));
	struct policy_names names = { 0 };
	json_t *one;
	size_t i;

	for (size_t list = 0; list < 2; list++)
		json_array_foreach(lists[list], i, one) {
			const char *text = json_string_value(one);
			if (text == NULL)
				return false;
			if (strcmp(text, "All") == 0)
				names.all = true;
			else if (strcmp(text, "AllTrusted") == 0)
				ids[names.ids.count++] = policy_trusted;
			else if (text_word("None GuestsOrExternalUsers", text))
				continue;
			else if (!id_parse(text, &ids[names.ids.count++]))
				return false;
		}
	names.ids = (struct sp_ids){ id_sort(ids, names.ids.count), ids };
	*out_names = names;
	return true;
}

/* An exclusion of all is nothing that a policy may say. */
static bool policy_scope(struct arena *arena, const json_t *object, const char *include,
    const char *exclude, struct sp_scope *out_scope)
{
	struct policy_names in, out;

	if (!policy_names(arena, json_object_get(object, include), NULL, &in) ||
	    !policy_names(arena, json_object_get(object, exclude), NULL, &out) || out.all)
		return false;
	*out_scope = (struct sp_scope){ in.all, in.ids, out.ids };
	return true;
}

/* Roles are groups to the engine. */
static bool policy_groups(struct arena *arena, const json_t *users, struct sp_scope *out_scope)
{
	struct policy_names in, out;

	if (!policy_names(arena, json_object_get(users, "includeGroups"),
	    json_object_get(users, "includeRoles"), &in) ||
	    !policy_names(arena, json_object_get(users, "excludeGroups"),
	    json_object_get(users, "excludeRoles"), &out) || in.all || out.all)
		return false;
	*out_scope = (struct sp_scope){ false, in.ids, out.ids };
	return true;
}

static bool policy_contexts(const json_t *apps, struct sp_contexts *contexts)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(apps, "includeAuthenticationContextClassReferences"),
	    i, one) {
		unsigned number = policy_context(json_string_value(one));
		if (number == 0)
			return false;
		contexts->bits[number / 64] |= UINT64_C(1) << number % 64;
	}
	return true;
}

struct policy_word { const char *word; uint32_t bits; };

static const struct policy_word platforms[] = {
	{ "all", SP_EVERY }, { "android", SP_ANDROID }, { "iOS", SP_IOS },
	{ "windows", SP_WINDOWS }, { "windowsPhone", SP_WINDOWS_PHONE }, { "macOS", SP_MACOS },
	{ "linux", SP_LINUX }, { NULL, 0 },
};
static const struct policy_word clients[] = {
	{ "all", SP_EVERY }, { "browser", SP_BROWSER },
	{ "mobileAppsAndDesktopClients", SP_NATIVE }, { "exchangeActiveSync", SP_ACTIVE_SYNC },
	{ "easSupported", SP_ACTIVE_SYNC_SUPPORTED }, { "other", SP_CLIENT_OTHER }, { NULL, 0 },
};
static const struct policy_word controls[] = {
	{ "block", SP_BLOCK }, { "mfa", SP_MFA }, { "passwordChange", SP_NEW_PASSWORD },
	{ NULL, 0 },
};

static bool policy_bits(const struct policy_word *words, const json_t *list, uint32_t *out_bits)
{
	uint32_t bits = 0;
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one) {
		const struct policy_word *word = words;
		while (word->word != NULL && !text_same(word->word, json_string_value(one)))
			word++;
		if (word->word == NULL)
			return false;
		bits |= word->bits;
	}
	*out_bits = bits;
	return true;
}

static bool policy_platforms(const json_t *conditions, uint32_t *out_mask)
{
	const json_t *object = json_object_get(conditions, "platforms");
	uint32_t include, exclude;

	if (!json_is_object(object)) {
		*out_mask = SP_EVERY;
		return true;
	}
	if (!policy_bits(platforms, json_object_get(object, "includePlatforms"), &include) ||
	    !policy_bits(platforms, json_object_get(object, "excludePlatforms"), &exclude))
		return false;
	*out_mask = include & ~exclude;
	return true;
}

static bool policy_conditions(struct arena *arena, const json_t *document,
    struct sp_policy_row *row)
{
	const json_t *conditions = json_object_get(document, "conditions");
	const json_t *apps = json_object_get(conditions, "applications");
	const json_t *users = json_object_get(conditions, "users");
	const json_t *locations = json_object_get(conditions, "locations");

	if (!json_is_object(apps) || !json_is_object(users))
		return false;
	row->locations.all = true;
	return policy_scope(arena, users, "includeUsers", "excludeUsers", &row->users) &&
	    policy_groups(arena, users, &row->groups) &&
	    policy_scope(arena, apps, "includeApplications", "excludeApplications", &row->apps) &&
	    policy_contexts(apps, &row->contexts) &&
	    (!json_is_object(locations) || policy_scope(arena, locations, "includeLocations",
	    "excludeLocations", &row->locations)) &&
	    policy_platforms(conditions, &row->platforms) &&
	    policy_bits(clients, json_object_get(conditions, "clientAppTypes"), &row->clients);
}

static bool policy_grant(const json_t *document, struct sp_policy_row *row)
{
	const json_t *grant = json_object_get(document, "grantControls");

	if (!policy_bits(controls, json_object_get(grant, "builtInControls"), &row->controls))
		return false;
	row->any_of = text_same(json_text(grant, "operator", NULL), "OR");
	/* Of a draft that was never on: whoever meets it, has not changed it since. */
	if (!text_time_read(json_text(document, POLICY_SINCE, ""), &row->password_since))
		row->password_since = INT64_MAX;
	return true;
}

static bool policy_session(const json_t *document, struct sp_policy_row *row)
{
	const json_t *session = json_object_get(document, "sessionControls");
	const json_t *frequency = json_object_get(session, "signInFrequency");
	const json_t *persistent = json_object_get(session, "persistentBrowser");
	bool days = text_same(json_text(frequency, "type", NULL), "days");
	int64_t value = json_number(frequency, "value", 0);

	if (value < 0 || value > 365)
		return false;
	if (json_flag(frequency, "isEnabled", false)) {
		row->every_time = text_same(json_text(frequency, "frequencyInterval", NULL),
		    "everyTime");
		row->frequency = row->every_time ? 0 : value * 3600000 * (days ? 24 : 1);
		row->second_only = text_same(json_text(frequency, "authenticationType", NULL),
		    "secondaryAuthentication");
	}
	if (json_flag(persistent, "isEnabled", false))
		row->persistent = text_same(json_text(persistent, "mode", NULL), "always") ?
		    SP_PERSISTENT_ALWAYS : SP_PERSISTENT_NEVER;
	return true;
}

static bool policy_state(const json_t *document, enum sp_state *out_state)
{
	const char *state = json_text(document, "state", "");

	if (!text_word("enabled disabled enabledForReportingButNotEnforced", state))
		return false;
	*out_state = strcmp(state, "enabled") == 0 ? SP_ON :
	    strcmp(state, "disabled") == 0 ? SP_OFF : SP_REPORT_ONLY;
	return true;
}

static bool policy_filter(struct arena *arena, const json_t *document, struct policy *policy)
{
	const json_t *filter = shape_at(document, "conditions", "applications",
	    "applicationFilter", NULL);
	const char *why;

	if (!json_is_object(filter))
		return true;
	policy->filter = rule_parse(arena, json_text(filter, "rule", ""), &why);
	policy->filter_excludes = text_same(json_text(filter, "mode", NULL), "exclude");
	return policy->filter != NULL;
}

size_t policy_aim(struct arena *arena, struct policy *policy, const struct tenant *tenant)
{
	struct sp_ids *list = policy->filter_excludes ? &policy->row.apps.exclude :
	    &policy->row.apps.include;
	size_t count = list->count;

	if (policy->filter == NULL)
		return 0;
	struct sp_id *ids = arena_alloc(arena, (count + tenant->app_count + 1) * sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = list->sorted[i];
	for (size_t i = 0; i < tenant->app_count; i++)
		if (rule_holds(policy->filter, &tenant->apps[i]->attributes))
			ids[count++] = tenant->apps[i]->app_id;
	size_t found = count - list->count;
	*list = (struct sp_ids){ id_sort(ids, count), ids };
	return found;
}

bool policy_compile(struct arena *arena, const json_t *document, uint64_t revision,
    struct policy *out_policy)
{
	struct policy policy = { .row.revision = revision };

	if (!id_parse(json_text(document, "id", NULL), &policy.id) ||
	    !policy_state(document, &policy.row.state) ||
	    !policy_conditions(arena, document, &policy.row) ||
	    !policy_grant(document, &policy.row) || !policy_session(document, &policy.row) ||
	    !policy_filter(arena, document, &policy))
		return false;
	policy.row.id = policy.id;
	policy.display_name = text_copy(arena, json_text(document, "displayName", ""));
	*out_policy = policy;
	return true;
}

const char *policy_warning(const struct policy *policy)
{
	const struct sp_policy_row *row = &policy->row;

	if (!row->users.all || !row->apps.all || row->users.exclude.count > 0 ||
	    row->groups.exclude.count > 0 || row->apps.exclude.count > 0)
		return NULL;
	return "Don't lock yourself out: this policy is for all users and all applications and "
	    "excludes nobody. Exclude a break-glass account.";
}
