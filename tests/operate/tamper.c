/*
 * tamper - changes what lies in the lmdb plugin's folder, behind the server's back: tamper FOLDER
 *
 * Commands come by standard input, one a line, keys and values in hexadecimal:
 *
 *	list PREFIX		KEY VALUE, in order, an empty line at the end
 *	put KEY VALUE		also one that is there
 *	remove KEY
 *
 * For tests: what somebody does who can write to the disk, and has not the key file. The server must
 * not run.
 */
#include <lmdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1 << 18 };

static void must(int error, const char *what)
{
	if (error == 0)
		return;
	fprintf(stderr, "tamper: %s: %s\n", what, mdb_strerror(error));
	exit(1);
}

/* In its own place: shorter than the text. */
static MDB_val unhex(char *text)
{
	MDB_val value = { 0, text };

	for (size_t i = 0; text != NULL && text[i] != '\0' && text[i + 1] != '\0'; i += 2) {
		char digits[3] = { text[i], text[i + 1], '\0' };
		text[i / 2] = (char)strtoul(digits, NULL, 16);
		value.mv_size++;
	}
	return value;
}

static void hex(const MDB_val *value, char end)
{
	for (size_t i = 0; i < value->mv_size; i++)
		printf("%02x", ((const unsigned char *)value->mv_data)[i]);
	putchar(end);
}

static void list(MDB_txn *txn, MDB_dbi dbi, const MDB_val *prefix)
{
	MDB_val key = *prefix, data;
	MDB_cursor *cursor;

	must(mdb_cursor_open(txn, dbi, &cursor), "cursor");
	for (int error = mdb_cursor_get(cursor, &key, &data, MDB_SET_RANGE);
	    error == 0 && key.mv_size >= prefix->mv_size &&
	    memcmp(key.mv_data, prefix->mv_data, prefix->mv_size) == 0;
	    error = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) {
		hex(&key, ' ');
		hex(&data, '\n');
	}
	putchar('\n');
	mdb_cursor_close(cursor);
}

static void obey(MDB_txn *txn, MDB_dbi dbi, char *line)
{
	const char *verb = strtok(line, " \n");
	MDB_val key = unhex(strtok(NULL, " \n")), data = unhex(strtok(NULL, " \n"));

	if (verb != NULL && strcmp(verb, "list") == 0)
		list(txn, dbi, &key);
	else if (verb != NULL && strcmp(verb, "put") == 0)
		must(mdb_put(txn, dbi, &key, &data, 0), "put");
	else
		must(mdb_del(txn, dbi, &key, NULL), "remove");
}

int main(int argc, char **argv)
{
	static char line[LINE];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	if (argc != 2)
		return 2;
	must(mdb_env_create(&env), "env");
	must(mdb_env_set_maxdbs(env, 8), "env");
	must(mdb_env_set_mapsize(env, (size_t)1 << 32), "env");
	must(mdb_env_open(env, argv[1], 0, 0600), argv[1]);
	must(mdb_txn_begin(env, NULL, 0, &txn), "begin");
	must(mdb_dbi_open(txn, "records", 0, &dbi), "records");
	while (fgets(line, sizeof(line), stdin) != NULL)
		obey(txn, dbi, line);
	must(mdb_txn_commit(txn), "commit");
	mdb_env_close(env);
	return fflush(stdout) == 0 ? 0 : 1;
}
