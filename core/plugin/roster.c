#include "plugin/roster.h"

#include "base/text.h"
#include "conf/change.h"
#include "plugin/entry.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct roster {
	struct loop *const *loops;
	unsigned loop_count;
	struct binding *binding;
	pthread_mutex_t lock;		/* guards the list, against readers elsewhere */
	struct entry_list entries;
};

static struct entry *entry_find(const struct entry_list *list, const char *name)
{
	struct entry *entry;

	TAILQ_FOREACH(entry, list, link)
		if (strcmp(entry->set.name, name) == 0)
			return entry;
	return NULL;
}

static void list_free(struct entry_list *list)
{
	struct entry *entry;

	while ((entry = TAILQ_LAST(list, entry_list)) != NULL) {
		TAILQ_REMOVE(list, entry, link);
		entry_free(entry);
	}
}

/* Loading. */

static void bind_role(const struct conf *conf, struct entry_list *list, enum binding_role role,
    const char *name, struct errors *errors)
{
	struct entry *entry = entry_find(list, name);

	if (entry == NULL)
		return;		/* told by the conf check or by the loading */
	if (!entry_offers(entry, role))
		errors_add(errors, conf_place(conf, "server", entry_role_name(role)),
		    "server.%s: plugin '%s' (%s) doesn't offer it; allowed: one that does",
		    entry_role_name(role), name, entry->file);
	else if (entry->bound[role] && role == BINDING_MAIL)
		errors_add(errors, conf_place(conf, "server", "mail"),
		    "server.mail: names '%s' twice; allowed: once", name);
	entry->bound[role] = true;
}

static void bind_all(const struct conf *conf, struct entry_list *list, struct errors *errors)
{
	bind_role(conf, list, BINDING_USERS, conf->server.users, errors);
	bind_role(conf, list, BINDING_RECORDS, conf->server.records, errors);
	bind_role(conf, list, BINDING_POLICY, conf->server.policy, errors);
	for (const char *const *mail = conf->server.mail; *mail != NULL; mail++)
		bind_role(conf, list, BINDING_MAIL, *mail, errors);
}

static bool entry_bound(const struct entry *entry)
{
	for (int role = 0; role < BINDING_ROLES; role++)
		if (entry->bound[role])
			return true;
	return false;
}

/* What fills no role isn't opened. */
static void drop_unbound(const struct conf *conf, struct entry_list *list,
    struct errors *errors)
{
	struct entry *entry, *next;

	for (entry = TAILQ_FIRST(list); entry != NULL; entry = next) {
		next = TAILQ_NEXT(entry, link);
		if (entry_bound(entry))
			continue;
		errors_warn(errors, conf_plugin(conf, entry->set.name)->at,
		    "plugin.%s: fills no role and is left alone", entry->set.name);
		TAILQ_REMOVE(list, entry, link);
		entry_free(entry);
	}
}

enum sp_status roster_load(const struct conf *conf, struct roster **out_roster,
    struct errors *errors)
{
	struct roster *roster = must_calloc(1, sizeof(*roster));
	size_t before = errors->count;

	TAILQ_INIT(&roster->entries);
	pthread_mutex_init(&roster->lock, NULL);
	for (size_t i = 0; i < conf->plugin_count; i++) {
		struct entry *entry = entry_load(conf, &conf->plugins[i], errors);
		if (entry != NULL)
			TAILQ_INSERT_TAIL(&roster->entries, entry, link);
	}
	bind_all(conf, &roster->entries, errors);
	drop_unbound(conf, &roster->entries, errors);
	if (errors->count == before) {
		*out_roster = roster;
		return SP_OK;
	}
	roster_close(roster);
	return SP_FAILED;
}

void roster_look(const struct conf *conf, struct errors *errors)
{
	if (conf->server.plugins == NULL || conf->server.plugins[0] != '/')
		return;
	for (size_t i = 0; i < conf->plugin_count; i++)
		if (!text_empty(conf->plugins[i].file))
			entry_free(entry_load(conf, &conf->plugins[i], errors));
}

/* Opening. */

static struct binding_set set_of(const struct roster *roster)
{
	struct binding_set set = { 0 };
	struct entry *entry;

	TAILQ_FOREACH(entry, &roster->entries, link) {
		if (entry->bound[BINDING_USERS])
			set.users = entry->instance;
		if (entry->bound[BINDING_RECORDS])
			set.records = entry->instance;
		if (entry->bound[BINDING_POLICY])
			set.policy = entry->instance;
	}
	return set;
}

/* In the order of the conf file's list; its names have been checked. */
static size_t mail_of(const struct conf *conf, const struct entry_list *fresh,
    const struct entry_list *kept, struct instance **out_mail)
{
	size_t count = 0;

	for (const char *const *name = conf->server.mail; *name != NULL; name++) {
		struct entry *entry = entry_find(fresh, *name);
		if (entry == NULL && kept != NULL)
			entry = entry_find(kept, *name);
		out_mail[count++] = entry->instance;
	}
	return count;
}

static enum sp_status open_all(struct entry_list *list, struct loop *const *loops,
    unsigned loop_count, struct sp_error *out_error)
{
	struct entry *entry;

	TAILQ_FOREACH(entry, list, link)
		if (entry_open(entry, loops, loop_count, out_error) != SP_OK)
			return SP_FAILED;
	return SP_OK;
}

enum sp_status roster_open(struct roster *roster, const struct conf *conf,
    struct loop *const *loops, unsigned loop_count, struct sp_error *out_error)
{
	roster->loops = loops;
	roster->loop_count = loop_count;
	if (open_all(&roster->entries, loops, loop_count, out_error) != SP_OK)
		return SP_FAILED;
	struct binding_set set = set_of(roster);
	set.mail_count = mail_of(conf, &roster->entries, NULL, set.mail);
	roster->binding = binding_new(&set, loops, loop_count);
	return SP_OK;
}

void roster_close(struct roster *roster)
{
	struct entry_list list = TAILQ_HEAD_INITIALIZER(list);

	if (roster == NULL)
		return;
	pthread_mutex_lock(&roster->lock);
	TAILQ_CONCAT(&list, &roster->entries, link);
	pthread_mutex_unlock(&roster->lock);
	list_free(&list);
	binding_free(roster->binding);
	pthread_mutex_destroy(&roster->lock);
	free(roster);
}

struct binding *roster_binding(struct roster *roster)
{
	return roster->binding;
}

/* Replacing. */

static bool mail_only(const struct entry *entry)
{
	return !entry->bound[BINDING_USERS] && !entry->bound[BINDING_RECORDS] &&
	    !entry->bound[BINDING_POLICY];
}

/* Those that do nothing else; what fills other roles as well stays as it is. */
static void load_mail(struct roster *roster, const struct conf *conf, struct entry_list *fresh,
    struct errors *errors)
{
	for (const char *const *name = conf->server.mail; *name != NULL; name++) {
		const struct entry *kept = entry_find(&roster->entries, *name);
		struct entry *entry = NULL;
		if ((kept == NULL || mail_only(kept)) && entry_find(fresh, *name) == NULL)
			entry = entry_load(conf, conf_plugin(conf, *name), errors);
		if (entry != NULL)
			TAILQ_INSERT_TAIL(fresh, entry, link);
		if (kept != NULL && !mail_only(kept) && !entry_offers(kept, BINDING_MAIL))
			errors_add(errors, conf_place(conf, "server", "mail"), "server.mail: plugin "
			    "'%s' doesn't offer it; allowed: one that does", *name);
		else if (entry != NULL)
			bind_role(conf, fresh, BINDING_MAIL, *name, errors);
	}
}

static void swap_mail(struct roster *roster, struct entry_list *fresh, struct entry_list *old)
{
	struct entry *entry, *next;

	pthread_mutex_lock(&roster->lock);
	for (entry = TAILQ_FIRST(&roster->entries); entry != NULL; entry = next) {
		next = TAILQ_NEXT(entry, link);
		if (!mail_only(entry))
			continue;
		TAILQ_REMOVE(&roster->entries, entry, link);
		TAILQ_INSERT_TAIL(old, entry, link);
	}
	TAILQ_CONCAT(&roster->entries, fresh, link);
	pthread_mutex_unlock(&roster->lock);
}

enum sp_status roster_replace_mail(struct roster *roster, const struct conf *conf,
    struct errors *errors)
{
	struct entry_list fresh = TAILQ_HEAD_INITIALIZER(fresh);
	struct entry_list old = TAILQ_HEAD_INITIALIZER(old);
	struct instance *mail[BINDING_MAIL_MAX];
	struct sp_error error = { "" };
	size_t before = errors->count;

	load_mail(roster, conf, &fresh, errors);
	if (errors->count == before &&
	    open_all(&fresh, roster->loops, roster->loop_count, &error) != SP_OK)
		errors_add(errors, conf_place(conf, "server", "mail"), "%s", error.text);
	if (errors->count > before) {
		list_free(&fresh);
		return SP_FAILED;
	}
	size_t count = mail_of(conf, &fresh, &roster->entries, mail);
	swap_mail(roster, &fresh, &old);
	binding_replace_mail(roster->binding, mail, count);
	list_free(&old);
	return SP_OK;
}

/* Telling. */

static const char *roles_text(const struct entry *entry, struct arena *arena, bool bound)
{
	const char *text = "";

	for (int role = 0; role < BINDING_ROLES; role++)
		if (bound ? entry->bound[role] : entry_offers(entry, (enum binding_role)role))
			text = text_print(arena, "%s%s%s", text, text[0] != '\0' ? " " : "",
			    entry_role_name((enum binding_role)role));
	return text;
}

static void describe(const struct entry *entry, struct arena *arena, struct roster_plugin *out)
{
	*out = (struct roster_plugin){
		.name = text_copy(arena, entry->set.name), .file = text_copy(arena, entry->file),
		.kind = entry->plugin->name, .keys = entry->plugin->keys,
		.roles = roles_text(entry, arena, false), .bound = roles_text(entry, arena, true),
		.api_major = entry->plugin->api >> 16, .api_minor = entry->plugin->api & 0xffff,
		.ready = entry->instance != NULL && instance_ready(entry->instance),
	};
}

struct roster_plugin *roster_describe(struct roster *roster, struct arena *arena,
    size_t *out_count)
{
	struct entry *entry;
	size_t count = 0;

	pthread_mutex_lock(&roster->lock);
	TAILQ_FOREACH(entry, &roster->entries, link)
		count++;
	struct roster_plugin *plugins = arena_alloc(arena, (count + 1) * sizeof(*plugins));
	count = 0;
	TAILQ_FOREACH(entry, &roster->entries, link)
		describe(entry, arena, &plugins[count++]);
	pthread_mutex_unlock(&roster->lock);
	*out_count = count;
	return plugins;
}

const char *roster_unready(struct roster *roster, struct arena *arena)
{
	const char *names = "";
	struct entry *entry;

	pthread_mutex_lock(&roster->lock);
	TAILQ_FOREACH(entry, &roster->entries, link)
		if (!mail_only(entry) && !instance_ready(entry->instance))
			names = text_print(arena, "%s%s%s", names, names[0] != '\0' ? " " : "",
			    entry->set.name);
	pthread_mutex_unlock(&roster->lock);
	return names[0] != '\0' ? names : NULL;
}

void roster_metrics(struct roster *roster, struct metric_text *text)
{
	struct entry *entry;

	pthread_mutex_lock(&roster->lock);
	for (size_t row = 0; row < INSTANCE_METRICS; row++) {
		instance_metric_head(row, text);
		TAILQ_FOREACH(entry, &roster->entries, link)
			if (entry->instance != NULL)
				instance_metric(entry->instance, row, text);
	}
	pthread_mutex_unlock(&roster->lock);
}
