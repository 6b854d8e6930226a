/* store.c - opens the environment, and reads from it on a loop */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void store_log(const struct store *store, const char *what, int error)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: %s", what, mdb_strerror(error));
	store->host->log(store->host, SP_ERROR, text);
}

static enum sp_status refuse(struct sp_error *out_error, const char *path, const char *why)
{
	snprintf(out_error->text, sizeof(out_error->text), "%s: %s", path, why);
	return SP_FAILED;
}

static enum sp_status store_folder(const char *path, struct sp_error *out_error)
{
	struct stat at;

	if (stat(path, &at) != 0)
		return refuse(out_error, path, strerror(errno));
	if (!S_ISDIR(at.st_mode))
		return refuse(out_error, path, "is no folder");
	if (at.st_uid != geteuid() || (at.st_mode & 022) != 0)
		return refuse(out_error, path, "must belong to the server's own user and be "
		    "writable by nobody else");
	return SP_OK;
}

/* Two of us on one environment would break LMDB's own locks: even in one process. */
static enum sp_status store_lock(struct store *store, const char *path,
    struct sp_error *out_error)
{
	char name[4096];

	if (snprintf(name, sizeof(name), "%s/owner.lock", path) >= (int)sizeof(name))
		return refuse(out_error, "path", "is too long");
	store->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock_fd < 0)
		return refuse(out_error, path, "owner.lock cannot be made in it");
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return refuse(out_error, path, "is in use by another server, or by another "
		    "plugin section: one section may fill several roles");
	return SP_OK;
}

static int store_tables(struct store *store, MDB_txn *txn, struct sp_error *out_error)
{
	int error = mdb_dbi_open(txn, NULL, 0, &store->meta);

	if (error == 0)
		error = store_format(store, txn, out_error);
	if (error == 0)
		error = mdb_dbi_open(txn, "records", MDB_CREATE, &store->records);
	if (error == 0)
		error = mdb_dbi_open(txn, "users", MDB_CREATE, &store->users);
	if (error == 0)
		error = mdb_dbi_open(txn, "identifiers", MDB_CREATE, &store->identifiers);
	return error;
}

static int store_begin(struct store *store, const struct conf *conf, struct sp_error *out_error)
{
	MDB_txn *txn;
	int error = mdb_env_create(&store->env);

	if (error == 0)
		error = mdb_env_set_mapsize(store->env, (size_t)conf->map_size);
	if (error == 0)
		error = mdb_env_set_maxreaders(store->env, (unsigned)conf->readers);
	if (error == 0)
		error = mdb_env_set_maxdbs(store->env, 8);
	if (error == 0)
		error = mdb_env_open(store->env, conf->path, MDB_NOTLS, 0600);
	if (error == 0)
		error = mdb_reader_check(store->env, NULL);
	if (error == 0)
		error = mdb_txn_begin(store->env, NULL, 0, &txn);
	if (error != 0)
		return error;
	error = store_tables(store, txn, out_error);
	if (error == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return error;
}

void store_close(void *self)
{
	struct store *store = self;

	if (store->env != NULL)
		mdb_env_close(store->env);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store);
}

enum sp_status store_open(const struct sp_host *host, const void *conf_data, void **out_self,
    struct sp_error *out_error)
{
	const struct conf *conf = conf_data;
	struct store *store = calloc(1, sizeof(*store));
	struct sp_error why = { "" };

	if (store == NULL)
		return SP_FAILED;
	store->host = host;
	store->lock_fd = -1;
	store->lazy_meta = conf->sync == STORE_META;
	if (store_folder(conf->path, out_error) != SP_OK ||
	    store_lock(store, conf->path, out_error) != SP_OK)
		goto out;
	int error = store_begin(store, conf, &why);
	if (error == 0) {
		*out_self = store;
		return SP_OK;
	}
	refuse(out_error, conf->path, why.text[0] != '\0' ? why.text : mdb_strerror(error));
out:
	store_close(store);
	return SP_FAILED;
}

bool store_read_begin(const struct store *store, struct here *here)
{
	int error = mdb_txn_renew(here->txn);

	if (error != 0)
		store_log(store, "begin reading", error);
	return error == 0;
}

enum sp_status store_read_end(const struct store *store, struct here *here,
    const char *what, int error)
{
	mdb_txn_reset(here->txn);
	if (error == MDB_NOTFOUND)
		return SP_NOT_FOUND;
	if (error != 0)
		store_log(store, what, error);
	return error == 0 ? SP_OK : SP_FAILED;
}
