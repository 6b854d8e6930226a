#include "conf/change.h"

#include "base/arena.h"
#include "base/text.h"
#include "conf/table.h"

#include <string.h>

struct changes { struct arena *arena; struct change *first, *last; };

static void tell(struct changes *changes, const char *name, bool reloadable)
{
	struct change *change = arena_alloc(changes->arena, sizeof(*change));

	*change = (struct change){ name, reloadable, NULL };
	if (changes->last != NULL)
		changes->last->next = change;
	else
		changes->first = change;
	changes->last = change;
}

static bool list_same(const char *const *a, const char *const *b)
{
	for (; *a != NULL && *b != NULL && strcmp(*a, *b) == 0; a++, b++)
		continue;
	return *a == NULL && *b == NULL;
}

static bool value_same(const struct sp_key *key, const void *a, const void *b)
{
	const char *const *text[2] = { a, b };
	const char *const *const *list[2] = { a, b };

	switch (key->type) {
	case SP_TEXT: case SP_PATH:
		return text_same(*text[0], *text[1]);
	case SP_LIST:
		return list_same(*list[0], *list[1]);
	case SP_BOOL:
		return memcmp(a, b, sizeof(bool)) == 0;
	case SP_NUMBER: case SP_SIZE: case SP_DURATION: case SP_CHOICE:
		return memcmp(a, b, sizeof(int64_t)) == 0;
	case SP_SECRET_FILE:
		break;		/* core has none */
	}
	return false;
}

/* Adds each key of the table that differs. */
static void compare(struct changes *changes, const struct sp_key *keys, const char *section,
    const void *old, const void *new)
{
	for (const struct sp_key *key = keys; key->name != NULL; key++)
		if (!value_same(key, (const char *)old + key->offset,
		    (const char *)new + key->offset))
			tell(changes, text_print(changes->arena, "%s.%s", section, key->name),
			    key->reloadable);
}

static const struct conf_listen *listen_find(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->listen_count; i++)
		if (strcmp(conf->listens[i].name, name) == 0)
			return &conf->listens[i];
	return NULL;
}

static void compare_listens(struct changes *changes, const struct conf *old,
    const struct conf *new)
{
	for (size_t i = 0; i < new->listen_count; i++) {
		const struct conf_listen *now = &new->listens[i];
		const struct conf_listen *was = listen_find(old, now->name);
		const char *name = text_print(changes->arena, "listen.%s", now->name);
		if (was != NULL)
			compare(changes, table_listen, name, was, now);
		else
			tell(changes, name, false);
	}
	for (size_t i = 0; i < old->listen_count; i++)
		if (listen_find(new, old->listens[i].name) == NULL)
			tell(changes, text_print(changes->arena, "listen.%s", old->listens[i].name),
			    false);
}

static bool tree_same(const struct tree *a, const struct tree *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind || !text_same(a->key, b->key) || !text_same(a->text, b->text))
		return false;
	const struct tree *x = a->first, *y = b->first;
	for (; x != NULL && y != NULL && tree_same(x, y); x = x->next, y = y->next)
		continue;
	return x == NULL && y == NULL;
}

bool change_mail_only(const struct conf *conf, const char *plugin)
{
	bool mail = false;

	for (const char *const *name = conf->server.mail; *name != NULL; name++)
		mail |= strcmp(*name, plugin) == 0;
	return mail && !text_same(conf->server.users, plugin) &&
	    !text_same(conf->server.records, plugin) && !text_same(conf->server.policy, plugin);
}

static bool role_used(const struct conf *conf, const char *name)
{
	return text_same(conf->server.users, name) || text_same(conf->server.records, name) ||
	    text_same(conf->server.policy, name);
}

static void compare_plugins(struct changes *changes, const struct conf *old,
    const struct conf *new)
{
	for (size_t i = 0; i < new->plugin_count; i++) {
		const struct conf_plugin *now = &new->plugins[i];
		const struct conf_plugin *was = conf_plugin(old, now->name);
		if (was == NULL || !tree_same(was->map, now->map))
			tell(changes, text_print(changes->arena, "plugin.%s", now->name),
			    !role_used(old, now->name) && !role_used(new, now->name));
	}
	for (size_t i = 0; i < old->plugin_count; i++)
		if (conf_plugin(new, old->plugins[i].name) == NULL)
			tell(changes, text_print(changes->arena, "plugin.%s", old->plugins[i].name),
			    !role_used(old, old->plugins[i].name));
}

struct change *change_list(const struct conf *old, const struct conf *new, struct arena *arena)
{
	struct changes changes = { .arena = arena };

	compare(&changes, table_server, "server", &old->server, &new->server);
	compare_listens(&changes, old, new);
	compare_plugins(&changes, old, new);
	for (size_t i = 0; i < CONF_LANES; i++)
		compare(&changes, table_lane, text_print(arena, "lane.%s", table_lanes[i]),
		    &old->lanes[i], &new->lanes[i]);
	return changes.first;
}
