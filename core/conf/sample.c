#include "conf/sample.h"

#include "base/arena.h"
#include "base/text.h"
#include "conf/conf.h"
#include "conf/keys.h"
#include "conf/table.h"
#include "conf/value.h"

#include <string.h>

/* What the sample sets; all else is shown as it is when nothing is said. */
static const struct setting { const char *section, *name, *key, *value; } settings[] = {
	{ "server", "", "state", "/var/lib/sallyport" },
	{ "server", "", "mail", "[relay]" },
	{ "listen", "public", "address", "127.0.0.1:8080" },
	{ "listen", "public", "surfaces", "[pages, oidc, native]" },
	{ "listen", "private", "address", "127.0.0.1:9090" },
	{ "listen", "private", "surfaces", "[admin, ops]" },
	{ "plugin", "main", "file", "lmdb.so" },
	{ "plugin", "main", "path", "/var/lib/sallyport/db" },
	{ "plugin", "ca", "file", "conditional-access.so" },
	{ "plugin", "relay", "file", "smtp.so" },
	{ "plugin", "relay", "host", "smtp.example.com" },
};

#define WIDTH 96u
#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

struct printer {
	FILE *out;
	struct arena arena;
	const struct sample_plugin *plugins;
	size_t count;
};

static const char *setting_find(const char *section, const char *name, const char *key)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strcmp(settings[i].section, section) == 0 &&
		    strcmp(settings[i].name, name) == 0 && strcmp(settings[i].key, key) == 0)
			return settings[i].value;
	return NULL;
}

static const char *shown(const struct sp_key *key, struct arena *arena)
{
	if (key->type == SP_LIST)
		return text_print(arena, "[%s]", key->fallback);
	return key->fallback[0] != '\0' ? key->fallback : "\"\"";
}

/* Words in lines of at most WIDTH. */
static void print_comment(struct printer *printer, const char *text, const char *indent)
{
	size_t most = WIDTH - strlen(indent) - 2;

	while (*text != '\0') {
		size_t length = strlen(text);
		if (length > most)
			for (length = most; length > 0 && text[length] != ' '; length--)
				continue;
		if (length == 0)
			length = strcspn(text, " ");
		fprintf(printer->out, "%s# %.*s\n", indent, (int)length, text);
		text += length + strspn(text + length, " ");
	}
}

static void print_key(struct printer *printer, const struct sp_key *key, const char *value,
    const char *indent)
{
	print_comment(printer, key->help, indent);
	if (key->type != SP_TEXT || key->reloadable)
		print_comment(printer, text_print(&printer->arena, "Allowed: %s%s.",
		    value_allowed(key, &printer->arena),
		    key->reloadable ? "; taken over on SIGHUP" : ""), indent);
	if (value != NULL)
		fprintf(printer->out, "%s%s: %s\n", indent, key->name, value);
	else if (key->fallback != NULL)
		fprintf(printer->out, "%s#%s: %s\n", indent, key->name,
		    shown(key, &printer->arena));
	else
		fprintf(printer->out, "%s#%s:\n", indent, key->name);
}

static void print_keys(struct printer *printer, const struct sp_key *keys, const char *section,
    const char *name, const char *indent)
{
	for (const struct sp_key *key = keys; key != NULL && key->name != NULL; key++)
		print_key(printer, key, setting_find(section, name, key->name), indent);
}

/* Whether the instance of this setting begins here. */
static bool setting_begins(size_t i, const char *section)
{
	return strcmp(settings[i].section, section) == 0 &&
	    (i == 0 || strcmp(settings[i - 1].name, settings[i].name) != 0);
}

static void print_setting(struct printer *printer, size_t i)
{
	fprintf(printer->out, "    %s: %s\n", settings[i].key, settings[i].value);
}

static void print_listens(struct printer *printer)
{
	bool first = true;

	fputs("\n# Where the server is to be found. Each listener has a name.\nlisten:\n",
	    printer->out);
	for (size_t i = 0; i < SETTINGS; i++) {
		if (!setting_begins(i, "listen"))
			continue;
		fprintf(printer->out, "  %s:\n", settings[i].name);
		if (first)
			print_keys(printer, table_listen, "listen", settings[i].name, "    ");
		for (size_t j = i; !first && j < SETTINGS; j++)
			if (strcmp(settings[j].name, settings[i].name) == 0)
				print_setting(printer, j);
		first = false;
	}
}

static const struct sample_plugin *plugin_of(const struct printer *printer, const char *file)
{
	for (size_t i = 0; i < printer->count; i++)
		if (strcmp(printer->plugins[i].file, file) == 0)
			return &printer->plugins[i];
	return NULL;
}

static void print_plugin(struct printer *printer, size_t i)
{
	const char *name = settings[i].name, *file = setting_find("plugin", name, "file");
	const struct sample_plugin *plugin = plugin_of(printer, file);

	fprintf(printer->out, "  %s:\n", name);
	if (strcmp(name, "main") == 0)
		print_keys(printer, table_plugin, "plugin", name, "    ");
	else
		fprintf(printer->out, "    file: %s\n", file);
	if (plugin != NULL)
		print_keys(printer, plugin->keys, "plugin", name, "    ");
	for (; plugin == NULL && i < SETTINGS && strcmp(settings[i].name, name) == 0; i++)
		if (keys_find(table_plugin, settings[i].key) == NULL)
			print_setting(printer, i);
}

static bool plugin_set(const char *file)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strcmp(settings[i].key, "file") == 0 && strcmp(settings[i].value, file) == 0)
			return true;
	return false;
}

static void print_plugins(struct printer *printer)
{
	fputs("\n# Instances of plugins. The keys from file to circuit_open are the server's own\n"
	    "# and fit every plugin; those that follow are the plugin's.\nplugin:\n",
	    printer->out);
	for (size_t i = 0; i < SETTINGS; i++)
		if (setting_begins(i, "plugin"))
			print_plugin(printer, i);
	for (size_t i = 0; i < printer->count; i++) {
		const struct sample_plugin *plugin = &printer->plugins[i];
		if (plugin_set(plugin->file))
			continue;
		fprintf(printer->out, "  #%s:\n  #  file: %s\n", plugin->name, plugin->file);
		print_keys(printer, plugin->keys, "", "", "  #  ");
	}
}

void sample_print(FILE *out, const struct sample_plugin *plugins, size_t count)
{
	struct printer printer = { .out = out, .plugins = plugins, .count = count };

	arena_init(&printer.arena, NULL, 0);
	fputs("# Sallyport's conf file, as `sallyportd --print-conf` prints it.\n"
	    "#\n"
	    "# A key in a comment shows what holds when it isn't set. Truth values are yes and no.\n"
	    "# `sallyportd --check-conf --conf FILE` tells all that is wrong with a file.\n"
	    "\nserver:\n", out);
	print_keys(&printer, table_server, "server", "", "  ");
	print_listens(&printer);
	print_plugins(&printer);
	fputs("\n# Threads for what would hold up the loops: passwords (hash), and tenants that\n"
	    "# are rebuilt after a change (work).\nlane:\n", out);
	for (size_t i = 0; i < CONF_LANES; i++) {
		fprintf(out, "  %s:\n", table_lanes[i]);
		if (i == 0)
			print_keys(&printer, table_lane, "lane", "", "    ");
		else
			fputs("    #threads: 0\n    #queue: 512\n", out);
	}
	arena_done(&printer.arena);
}
