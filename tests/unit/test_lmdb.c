/* How the real lmdb.so opens, and what it refuses to open. */
#include <criterion/criterion.h>

#include "plugin/load.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void fake_log(const struct sp_host *host, enum sp_level level, const char *text)
{
	(void)host, (void)level, (void)text;
}

static const struct sp_host fake = { .api = SP_API, .log = fake_log };

/* As plugins/lmdb/store.h has it. */
struct conf {
	const char *path;
	int64_t map_size, readers, sync;
};

struct desk {
	char folder[32];
	struct conf conf;
	const struct sp_plugin *plugin;
	struct sp_error error;
	void *self;
};

static enum sp_status desk_open(struct desk *desk)
{
	return desk->plugin->open(&fake, &desk->conf, &desk->self, &desk->error);
}

static void desk_init(struct desk *desk)
{
	*desk = (struct desk){ .folder = "/tmp/lmdb-XXXXXX",
		.conf = { .map_size = 1 << 24, .readers = 16 } };
	desk->conf.path = mkdtemp(desk->folder);
	cr_assert_eq(plugin_load(getenv("PLUGINS"), "lmdb.so", &desk->plugin, &desk->error), SP_OK,
	    "%s", desk->error.text);
	cr_assert_eq(desk->plugin->conf_size, sizeof(struct conf));
}

static void desk_clear(const struct desk *desk)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", desk->folder);
	cr_assert_eq(system(command), 0);
}

/* Writes a number into the main table, as a program of another format would. */
static void write_meta(const struct desk *desk, const char *name, uint8_t number)
{
	uint8_t bytes[8] = { [7] = number };
	MDB_val key = { strlen(name), (void *)(uintptr_t)name }, data = { 8, bytes };
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi meta;

	cr_assert_eq(mdb_env_create(&env), 0);
	cr_assert_eq(mdb_env_set_maxdbs(env, 8), 0);
	cr_assert_eq(mdb_env_open(env, desk->folder, 0, 0600), 0);
	cr_assert_eq(mdb_txn_begin(env, NULL, 0, &txn), 0);
	cr_assert_eq(mdb_dbi_open(txn, NULL, 0, &meta), 0);
	if (number > 0)
		cr_assert_eq(mdb_put(txn, meta, &key, &data, 0), 0);
	else
		cr_assert_eq(mdb_del(txn, meta, &key, NULL), 0);
	cr_assert_eq(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

Test(lmdb, refuses_data_of_a_newer_format_and_leaves_it_alone)
{
	struct desk desk;

	desk_init(&desk);
	cr_assert_eq(desk_open(&desk), SP_OK, "%s", desk.error.text);
	desk.plugin->close(desk.self);
	write_meta(&desk, "format", 2);
	cr_assert_eq(desk_open(&desk), SP_FAILED);
	cr_assert_not_null(strstr(desk.error.text, "format 2"), "%s", desk.error.text);
	write_meta(&desk, "format", 1);
	cr_assert_eq(desk_open(&desk), SP_OK, "%s", desk.error.text);
	desk.plugin->close(desk.self);
	/* Data, but no number: nobody wrote that. */
	write_meta(&desk, "revision", 9);
	write_meta(&desk, "format", 0);
	cr_assert_eq(desk_open(&desk), SP_FAILED);
	cr_assert_not_null(strstr(desk.error.text, "no release"), "%s", desk.error.text);
	desk_clear(&desk);
}

Test(lmdb, is_opened_once)
{
	struct desk desk, second;

	desk_init(&desk);
	cr_assert_eq(desk_open(&desk), SP_OK, "%s", desk.error.text);
	second = desk;
	cr_assert_eq(desk_open(&second), SP_FAILED);
	cr_assert_not_null(strstr(second.error.text, "in use"), "%s", second.error.text);
	desk.plugin->close(desk.self);
	cr_assert_eq(desk_open(&desk), SP_OK, "%s", desk.error.text);
	desk.plugin->close(desk.self);
	desk_clear(&desk);
}

Test(lmdb, refuses_a_folder_that_others_write_to)
{
	struct desk desk;

	desk_init(&desk);
	chmod(desk.folder, 0770);
	cr_assert_eq(desk_open(&desk), SP_FAILED);
	cr_assert_not_null(strstr(desk.error.text, "writable"), "%s", desk.error.text);
	desk_clear(&desk);
	cr_assert_eq(desk_open(&desk), SP_FAILED);
	cr_assert_not_null(strstr(desk.error.text, "No such file"), "%s", desk.error.text);
}
