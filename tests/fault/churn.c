/*
 * churn - a store is no larger after a long life than after a short one
 *
 *	churn PLUGINS FILE.so [key value]...
 *
 * 200,000 records that live for ten seconds, some 70 MB in all. In lmdb's map there is room for a
 * few thousand; how many are left is counted behind the plugin's back, as is the memory of a
 * backend that has no place.
 */
#include "../conform/conform.h"

#include <lmdb.h>
#include <malloc.h>
#include <string.h>

enum { ROUNDS = 2000, RECORDS_MOST = 14000, MEMORY_MOST = 8 << 20 };

static size_t records_left(const char *path)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi records;
	MDB_stat stat;

	CHECK(mdb_env_create(&env) == 0 && mdb_env_set_maxdbs(env, 8) == 0);
	CHECK(mdb_env_open(env, path, MDB_RDONLY, 0600) == 0);
	CHECK(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) == 0);
	CHECK(mdb_dbi_open(txn, "records", 0, &records) == 0);
	CHECK(mdb_stat(txn, records, &stat) == 0);
	mdb_txn_abort(txn);
	mdb_env_close(env);
	return stat.ms_entries;
}

int main(int argc, char **argv)
{
	struct conform conform;
	const char *path = NULL;

	CHECK(argc >= 3);
	for (int i = 3; i + 1 < argc; i += 2)
		if (strcmp(argv[i], "path") == 0)
			path = argv[i + 1];
	conform_open(&conform, argv[1], argv[2], argv + 3, argc - 3);
	size_t before = mallinfo2().uordblks;
	conform_churn(&conform, ROUNDS);
	size_t grown = mallinfo2().uordblks - before;
	fprintf(stderr, "memory grown by %zu bytes\n", grown);
	CHECK((ptrdiff_t)grown < MEMORY_MOST);
	conform_close(&conform);
	if (path != NULL) {
		size_t left = records_left(path);
		printf("%zu records left of 200000\n", left);
		CHECK(left < RECORDS_MOST);
	}
	return 0;
}
