#include "plugin/entry.h"

#include "base/text.h"
#include "conf/keys.h"
#include "conf/table.h"
#include "plugin/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANES_USUAL 4u

const char *entry_role_name(enum binding_role role)
{
	static const char *const names[] = { "users", "records", "policy", "mail" };

	return names[role];
}

bool entry_offers(const struct entry *entry, enum binding_role role)
{
	const void *const tables[] = { entry->plugin->users, entry->plugin->records,
		entry->plugin->policy, entry->plugin->mail };

	return tables[role] != NULL;
}

static struct place key_place(const struct conf_plugin *section, const char *key)
{
	const struct tree *tree = section->map->kind == TREE_MAP ?
	    tree_find(section->map, key) : NULL;

	return tree != NULL ? tree->at : section->at;
}

static void entry_set(struct entry *entry, const struct conf_plugin *section,
    struct errors *errors)
{
	unsigned most = entry->plugin->lanes > 0 ? entry->plugin->lanes : 1;
	unsigned usual = most < LANES_USUAL ? most : LANES_USUAL;

	if (section->lanes > (int64_t)most)
		errors_add(errors, key_place(section, "lanes"),
		    "plugin.%s.lanes: cannot be '%lld'; allowed: 0 to %u, which is what %s can stand",
		    section->name, (long long)section->lanes, most, section->file);
	entry->set = (struct instance_settings){
		.name = text_copy(&entry->arena, section->name),
		.lanes = section->lanes > 0 ? (unsigned)section->lanes : usual,
		.queue = (size_t)section->queue, .deadline = section->deadline,
		.overdue = (unsigned)section->overdue,
		.circuit = { (unsigned)section->circuit_failures, section->circuit_open },
	};
}

/* Values go into the entry's arena, errors into that of the errors. */
static void entry_fill(struct entry *entry, const struct conf_plugin *section,
    struct errors *errors)
{
	struct keys_section keys = { .map = section->map, .at = section->at,
		.also = table_plugin };
	struct errors mine;

	errors_begin(&mine, &entry->arena, errors->file);
	keys.name = text_print(&entry->arena, "plugin.%s", section->name);
	entry->conf = arena_alloc(&entry->arena, entry->plugin->conf_size);
	keys_read(entry->plugin->keys, &keys, &mine, entry->conf);
	errors_take(errors, &mine);
}

struct entry *entry_load(const struct conf *conf, const struct conf_plugin *section,
    struct errors *errors)
{
	const struct sp_plugin *plugin = NULL;
	struct sp_error error = { "" };
	size_t before = errors->count;

	if (plugin_load(conf->server.plugins, section->file, &plugin, &error) != SP_OK) {
		errors_add(errors, key_place(section, "file"),
		    "plugin.%s.file: %s; allowed: the name of a plugin in %s", section->name,
		    error.text, conf->server.plugins);
		return NULL;
	}
	struct entry *entry = must_calloc(1, sizeof(*entry));
	arena_init(&entry->arena, NULL, 0);
	entry->plugin = plugin;
	entry->file = text_copy(&entry->arena, section->file);
	entry_set(entry, section, errors);
	entry_fill(entry, section, errors);
	if (errors->count == before)
		return entry;
	entry_free(entry);
	return NULL;
}

enum sp_status entry_open(struct entry *entry, struct loop *const *loops, unsigned loop_count,
    struct sp_error *out_error)
{
	struct sp_error error = { "" };
	enum sp_status status = instance_new(entry->plugin, &entry->set, entry->conf, loops,
	    loop_count, &entry->instance, &error);

	if (status != SP_OK)
		snprintf(out_error->text, sizeof(out_error->text), "plugin.%s: %.180s",
		    entry->set.name, error.text[0] != '\0' ? error.text : "cannot be opened");
	return status;
}

void entry_free(struct entry *entry)
{
	if (entry == NULL)
		return;
	/* One that still holds operations is left as it is, with its settings. */
	if (!instance_free(entry->instance))
		return;
	arena_done(&entry->arena);
	free(entry);
}
