/* replay_policy.c - a policy line as a document */
#include "replay.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"

#include <string.h>

/* A list of words, "all,-ann,@vip": where each belongs. */
struct list { const struct line *line; json_t *object; };

static const char *id_text(struct arena *arena, char kind, const char *name)
{
	char *text = arena_alloc(arena, ID_TEXT);

	id_format(line_id(kind, name), text);
	return text;
}

static void list_add(json_t *object, const char *member, const char *text)
{
	json_t *list = json_object_get(object, member);

	if (list == NULL) {
		list = json_array();
		json_object_set_new(object, member, list);
	}
	json_array_append_new(list, json_string(text));
}

typedef void word_fn(const struct list *list, bool out, const char *word);

static void each_word(const struct list *list, const char *words, word_fn *take)
{
	char *copy = text_copy(list->line->arena, words), *rest = copy, *word;

	while ((word = strsep(&rest, ",")) != NULL)
		take(list, word[0] == '-', word + (word[0] == '-'));
}

static void take_user(const struct list *list, bool out, const char *word)
{
	struct arena *arena = list->line->arena;

	if (strcmp(word, "all") == 0 || strcmp(word, "none") == 0 || strcmp(word, "guests") == 0)
		list_add(list->object, out ? "excludeUsers" : "includeUsers",
		    word[0] == 'a' ? "All" : word[0] == 'n' ? "None" : "GuestsOrExternalUsers");
	else if (word[0] == '@')
		list_add(list->object, out ? "excludeGroups" : "includeGroups",
		    id_text(arena, 'g', word + 1));
	else if (word[0] == '%')
		list_add(list->object, out ? "excludeRoles" : "includeRoles",
		    id_text(arena, 'g', word + 1));
	else
		list_add(list->object, out ? "excludeUsers" : "includeUsers",
		    id_text(arena, 'u', word));
}

static void take_app(const struct list *list, bool out, const char *word)
{
	const char *name = strcmp(word, "all") == 0 ? "All" : strcmp(word, "none") == 0 ? "None" :
	    id_text(list->line->arena, 'a', word);

	list_add(list->object, out ? "excludeApplications" : "includeApplications", name);
}

static void take_context(const struct list *list, bool out, const char *word)
{
	if (out)
		line_wrong(list->line, word, "contexts are not excluded");
	list_add(list->object, "includeAuthenticationContextClassReferences", word);
}

static void take_platform(const struct list *list, bool out, const char *word)
{
	list_add(list->object, out ? "excludePlatforms" : "includePlatforms", word);
}

static void take_place(const struct list *list, bool out, const char *word)
{
	const char *name = strcmp(word, "all") == 0 ? "All" : strcmp(word, "trusted") == 0 ?
	    "AllTrusted" : id_text(list->line->arena, 'l', word);

	list_add(list->object, out ? "excludeLocations" : "includeLocations", name);
}

static void take_client(const struct list *list, bool out, const char *word)
{
	static const struct { const char *word, *name; } rows[] = {
		{ "all", "all" }, { "browser", "browser" }, { "other", "other" },
		{ "native", "mobileAppsAndDesktopClients" }, { "sync", "exchangeActiveSync" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !out; i++)
		if (strcmp(rows[i].word, word) == 0) {
			list_add(list->object, "clientAppTypes", rows[i].name);
			return;
		}
	line_wrong(list->line, word, "no such client");
}

static json_t *part(json_t *object, const char *name)
{
	if (json_object_get(object, name) == NULL)
		json_object_set_new(object, name, json_object());
	return json_object_get(object, name);
}

/* "time", "4h", "7d", "4h,second". */
static void take_every(const struct line *line, json_t *policy, const char *value)
{
	json_t *frequency = json_pack("{s:b, s:s}", "isEnabled", 1, "authenticationType",
	    strstr(value, ",second") != NULL ? "secondaryAuthentication" :
	    "primaryAndSecondaryAuthentication");
	char unit = value[strspn(value, "0123456789")];

	if (strncmp(value, "time", 4) == 0) {
		json_object_set_new(frequency, "frequencyInterval", json_string("everyTime"));
	} else if (unit == 'h' || unit == 'd') {
		json_object_set_new(frequency, "value", json_integer(atoi(value)));
		json_object_set_new(frequency, "type", json_string(unit == 'h' ? "hours" : "days"));
	} else {
		line_wrong(line, value, "hours, days, or time");
	}
	json_object_set_new(part(policy, "sessionControls"), "signInFrequency", frequency);
}

static const struct { const char *word, *part; word_fn *take; } lists[] = {
	{ "users=", "users", take_user }, { "apps=", "applications", take_app },
	{ "contexts=", "applications", take_context },
	{ "platforms=", "platforms", take_platform }, { "places=", "locations", take_place },
	{ "clients=", NULL, take_client },
};

static void take_word(const struct line *line, json_t *policy, const char *word)
{
	json_t *conditions = json_object_get(policy, "conditions");

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		size_t length = strlen(lists[i].word);
		if (strncmp(word, lists[i].word, length) != 0)
			continue;
		struct list list = { line, lists[i].part == NULL ? conditions :
			part(conditions, lists[i].part) };
		each_word(&list, word + length, lists[i].take);
		return;
	}
	if (strncmp(word, "grant=", 6) == 0)
		json_object_set_new(policy, "grantControls", json_pack("{s:s, s:[s]}",
		    "operator", "OR", "builtInControls", word + 6));
	else if (strncmp(word, "every=", 6) == 0)
		take_every(line, policy, word + 6);
	else if (strncmp(word, "persistent=", 11) == 0)
		json_object_set_new(part(policy, "sessionControls"), "persistentBrowser",
		    json_pack("{s:b, s:s}", "isEnabled", 1, "mode", word + 11));
	else
		line_wrong(line, word, "no such word of a policy");
}

static void fill(const struct line *line, json_t *policy)
{
	json_t *conditions = json_object_get(policy, "conditions");

	if (json_object_get(conditions, "users") == NULL)
		take_word(line, policy, "users=all");
	if (json_object_get(conditions, "applications") == NULL)
		take_word(line, policy, "apps=all");
	if (json_object_get(conditions, "clientAppTypes") == NULL)
		take_word(line, policy, "clients=all");
}

json_t *line_policy(const struct line *line)
{
	static const struct { const char *word, *state; } states[] = { { "on", "enabled" },
		{ "off", "disabled" }, { "report", "enabledForReportingButNotEnforced" } };
	const char *state = NULL;

	if (line->count < 3)
		line_wrong(line, "policy", "needs a name and a state");
	for (size_t i = 0; i < 3; i++)
		if (strcmp(line->words[2], states[i].word) == 0)
			state = states[i].state;
	if (state == NULL)
		line_wrong(line, line->words[2], "on, off, or report");
	json_t *policy = json_pack("{s:s, s:s, s:s, s:{}}", "id", id_text(line->arena, 'p',
	    line->words[1]), "displayName", line->words[1], "state", state, "conditions");
	for (size_t i = 3; i < line->count; i++)
		take_word(line, policy, line->words[i]);
	fill(line, policy);
	return policy;
}
