#include "conf/conf.h"

#include "base/arena.h"
#include "base/text.h"
#include "conf/check.h"
#include "conf/keys.h"
#include "conf/table.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef PLUGIN_DIR
#error "the build says where plugins are installed"
#endif

/* The whole file, or NULL. */
static char *file_read(const char *path, struct errors *errors, size_t *out_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct place none = { 0, 0 };
	struct stat st;
	char *data = NULL;
	size_t size = 0;

	if (fd < 0 || fstat(fd, &st) != 0) {
		errors_add(errors, none, "cannot be read: %s", strerror(errno));
		goto out;
	}
	if (!S_ISREG(st.st_mode) || (st.st_mode & S_IWOTH) != 0) {
		errors_add(errors, none, "%s; allowed: a file that not everybody may write to",
		    S_ISREG(st.st_mode) ? "may be written to by anybody" : "is no file");
		goto out;
	}
	if (st.st_size > (off_t)TREE_FILE_MAX) {
		errors_add(errors, none, "is too large; allowed: up to %u bytes", TREE_FILE_MAX);
		goto out;
	}
	size_t room = (size_t)st.st_size;
	ssize_t got = 1;
	data = arena_alloc(errors->arena, room + 1);
	for (; got > 0 && size < room; size += got > 0 ? (size_t)got : 0)
		got = read(fd, data + size, room - size);
	if (got < 0) {
		errors_add(errors, none, "cannot be read: %s", strerror(errno));
		data = NULL;
	}
out:
	if (fd >= 0)
		close(fd);
	*out_size = size;
	return data;
}

static bool name_fits(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	return length > 0 && length <= 32 && name[length] == '\0';
}

/* The named parts of a section: `each` reads one into its struct. */
static size_t read_named(const struct tree *section, const char *what, struct errors *errors,
    void *conf, void (*each)(void *conf, const struct tree *map, struct errors *errors))
{
	size_t count = 0;

	if (section == NULL || section->kind != TREE_MAP || section->first == NULL) {
		errors_add(errors, section != NULL ? section->at : (struct place){ 1, 1 },
		    "%s: must name one at least; allowed: NAME: and its keys", what);
		return 0;
	}
	for (const struct tree *map = section->first; map != NULL; map = map->next, count++) {
		if (!name_fits(map->key))
			errors_add(errors, map->key_at, "%s.%s: cannot be a name; allowed: 1 to 32 "
			    "of a-z, 0-9, - and _", what, map->key);
		each(conf, map, errors);
	}
	return count;
}

static void read_listen(void *conf_data, const struct tree *map, struct errors *errors)
{
	struct conf *conf = conf_data;
	struct conf_listen *listen = &conf->listens[conf->listen_count++];
	struct keys_section section = { .map = map, .at = map->key_at,
		.name = text_print(errors->arena, "listen.%s", map->key) };

	listen->name = map->key;
	listen->at = map->key_at;
	keys_read(table_listen, &section, errors, listen);
}

static void read_plugin(void *conf_data, const struct tree *map, struct errors *errors)
{
	struct conf *conf = conf_data;
	struct conf_plugin *plugin = &conf->plugins[conf->plugin_count++];
	struct keys_section section = { .map = map, .at = map->key_at, .others = true,
		.name = text_print(errors->arena, "plugin.%s", map->key) };

	plugin->name = map->key;
	plugin->at = map->key_at;
	plugin->map = map;
	keys_read(table_plugin, &section, errors, plugin);
}

static void read_lanes(struct conf *conf, const struct tree *lanes, struct errors *errors)
{
	if (lanes != NULL && lanes->kind != TREE_MAP) {
		errors_add(errors, lanes->at, "lane: no section; allowed: NAME: and its keys");
		lanes = NULL;
	}
	for (size_t i = 0; i < CONF_LANES; i++) {
		const struct tree *map = lanes != NULL ? tree_find(lanes, table_lanes[i]) : NULL;
		struct keys_section section = { .map = map,
			.name = text_print(errors->arena, "lane.%s", table_lanes[i]) };
		if (map != NULL)
			section.at = map->key_at;
		keys_read(table_lane, &section, errors, &conf->lanes[i]);
	}
	for (const struct tree *map = lanes != NULL ? lanes->first : NULL; map != NULL;
	    map = map->next)
		if (strcmp(map->key, table_lanes[CONF_LANE_HASH]) != 0 &&
		    strcmp(map->key, table_lanes[CONF_LANE_WORK]) != 0)
			errors_add(errors, map->key_at, "lane.%s: unknown lane; allowed: hash work",
			    map->key);
}

static size_t count_of(const struct tree *section)
{
	size_t count = 0;

	if (section != NULL && section->kind == TREE_MAP)
		for (const struct tree *map = section->first; map != NULL; map = map->next)
			count++;
	return count;
}

static void refuse_sections(const struct tree *tree, struct errors *errors)
{
	for (const struct tree *section = tree->first; section != NULL; section = section->next)
		if (!text_word("server listen plugin lane", section->key))
			errors_add(errors, section->key_at,
			    "%s: unknown section; allowed: server listen plugin lane", section->key);
}

static void read_sections(struct conf *conf, struct errors *errors)
{
	const struct tree *tree = conf->tree, *map = tree_find(tree, "server");
	const struct tree *listens = tree_find(tree, "listen"), *plugins = tree_find(tree, "plugin");
	struct keys_section server = { .name = "server", .map = map, .at = { 1, 1 } };

	if (map != NULL)
		server.at = map->key_at;
	refuse_sections(tree, errors);
	keys_read(table_server, &server, errors, &conf->server);
	if (conf->server.plugins != NULL && conf->server.plugins[0] == '\0')
		conf->server.plugins = PLUGIN_DIR;
	if (conf->server.pages != NULL && conf->server.pages[0] == '\0')
		conf->server.pages = SHARED_DIR;
	conf->listens = arena_alloc(errors->arena, count_of(listens) * sizeof(struct conf_listen));
	conf->plugins = arena_alloc(errors->arena, count_of(plugins) * sizeof(struct conf_plugin));
	read_named(listens, "listen", errors, conf, read_listen);
	read_named(plugins, "plugin", errors, conf, read_plugin);
	read_lanes(conf, tree_find(tree, "lane"), errors);
}

enum sp_status conf_read(const char *path, const struct conf_options *options,
    struct arena *arena, struct conf *out_conf, struct errors *errors)
{
	struct conf conf = { .path = text_copy(arena, path) };
	size_t size;

	errors_begin(errors, arena, conf.path);
	const char *data = file_read(path, errors, &size);
	struct tree *tree = data != NULL ? tree_read(data, size, errors) : NULL;
	if (tree == NULL)
		return SP_FAILED;
	if (tree->kind != TREE_MAP) {
		errors_add(errors, tree->at, "holds no sections; allowed: server listen plugin lane");
		return SP_FAILED;
	}
	conf.tree = tree;
	read_sections(&conf, errors);
	check_all(&conf, options, errors);
	if (errors->count == 0) {
		*out_conf = conf;
		return SP_OK;
	}
	if (options->look_further != NULL)
		options->look_further(&conf, errors);
	return SP_FAILED;
}

const struct conf_plugin *conf_plugin(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->plugin_count; i++)
		if (strcmp(conf->plugins[i].name, name) == 0)
			return &conf->plugins[i];
	return NULL;
}

bool conf_loopback(const struct conf *conf)
{
	for (size_t i = 0; i < conf->listen_count; i++)
		if (conf->listens[i].host != NULL && !conf->listens[i].loopback)
			return false;
	return true;
}

struct place conf_place(const struct conf *conf, const char *section, const char *key)
{
	const struct tree *map = tree_find(conf->tree, section);
	const struct tree *tree = map != NULL && map->kind == TREE_MAP ? tree_find(map, key) : NULL;

	if (tree != NULL)
		return tree->at;
	return map != NULL ? map->key_at : (struct place){ 1, 1 };
}
