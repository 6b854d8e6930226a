/*
 * look - says what lies in the lmdb plugin's folder: look FOLDER; or copies what lies there, and
 * nothing that was there before, into another folder: look FOLDER COPY
 *
 *	record KIND SCOPE KEY	hexadecimal, in order; an audit entry's JSON follows as a fourth word,
 *				in the chain behind its id in hexadecimal and a colon;
 *				behind an account that expires (of somebody deleted): gone
 *	user TENANT ID ENABLED	whether he may sign in
 *	name TENANT ID NAME	an identifier and whose it is
 *
 * For tests: what no API shows, such as an account whose user is gone. Beside a running server
 * or after it; expired records are shown too.
 */
#include <lmdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIND = 2, ID = 16, RECORD_HEAD = 16, USER_HEAD = 8, ACCOUNT = 35, AUDIT_NEW = 13,
	SERVER_CHAIN = 14, CHAIN = 72, LINK_ID = 1 + 2 * 33, LINK_HEAD = LINK_ID + ID + 9 };

static void must(int error, const char *what)
{
	if (error == 0)
		return;
	fprintf(stderr, "look: %s: %s\n", what, mdb_strerror(error));
	exit(1);
}

static const unsigned char *bytes(const MDB_val *value)
{
	return value->mv_data;
}

static void print_hex(const unsigned char *from, size_t size)
{
	putchar(' ');
	for (size_t i = 0; i < size; i++)
		printf("%02x", from[i]);
}

static void print_text(const unsigned char *from, size_t size)
{
	putchar(' ');
	fwrite(from, 1, size, stdout);
}

/* Big-endian behind the revision; 0: never. */
static bool expires(const MDB_val *data)
{
	static const unsigned char never[8];

	return memcmp(bytes(data) + 8, never, sizeof(never)) != 0;
}

/* Behind hashes, id and time: the sequence, and the JSON with its length before it. */
static void print_link(const unsigned char *link, size_t size)
{
	size_t at = LINK_HEAD;

	putchar(' ');
	for (size_t i = 0; i < ID; i++)
		printf("%02x", link[LINK_ID + i]);
	putchar(':');
	for (int numbers = 0; numbers < 2; numbers++) {
		while (at < size && link[at] >= 0x80)
			at++;
		at++;
	}
	fwrite(link + at, 1, size - at, stdout);
}

static void show_record(const MDB_val *key, const MDB_val *data)
{
	unsigned kind = (unsigned)(bytes(key)[0] << 8 | bytes(key)[1]);

	printf("record %u", kind);
	print_hex(bytes(key) + KIND, ID);
	print_hex(bytes(key) + KIND + ID, key->mv_size - KIND - ID);
	if (kind == CHAIN || kind == SERVER_CHAIN)
		print_link(bytes(data) + RECORD_HEAD, data->mv_size - RECORD_HEAD);
	if (kind == AUDIT_NEW)
		print_text(bytes(data) + RECORD_HEAD, data->mv_size - RECORD_HEAD);
	if (kind == ACCOUNT && expires(data))
		fputs(" gone", stdout);
	putchar('\n');
}

static void show_user(const MDB_val *key, const MDB_val *data)
{
	fputs("user", stdout);
	print_hex(bytes(key), ID);
	print_hex(bytes(key) + ID, ID);
	printf(" %u\n", bytes(data)[USER_HEAD]);
}

static void show_name(const MDB_val *key, const MDB_val *data)
{
	fputs("name", stdout);
	print_hex(bytes(key), ID);
	print_hex(bytes(data), ID);
	print_text(bytes(key) + ID, key->mv_size - ID);
	putchar('\n');
}

static void walk(MDB_txn *txn, const char *table,
    void (*show)(const MDB_val *key, const MDB_val *data))
{
	MDB_cursor *cursor;
	MDB_val key, data;
	MDB_dbi dbi;
	int error;

	must(mdb_dbi_open(txn, table, 0, &dbi), table);
	must(mdb_cursor_open(txn, dbi, &cursor), table);
	while ((error = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) == 0)
		show(&key, &data);
	if (error != MDB_NOTFOUND)
		must(error, table);
	mdb_cursor_close(cursor);
}

static void look(MDB_env *env)
{
	MDB_txn *txn;

	must(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "begin");
	walk(txn, "records", show_record);
	walk(txn, "users", show_user);
	walk(txn, "identifiers", show_name);
	mdb_txn_abort(txn);
}

int main(int argc, char **argv)
{
	MDB_env *env;

	if (argc != 2 && argc != 3)
		return 2;
	must(mdb_env_create(&env), "env");
	must(mdb_env_set_maxdbs(env, 8), "env");
	must(mdb_env_open(env, argv[1], MDB_RDONLY, 0600), argv[1]);
	if (argc == 3)
		must(mdb_env_copy2(env, argv[2], MDB_CP_COMPACT), argv[2]);
	else
		look(env);
	mdb_env_close(env);
	return fflush(stdout) == 0 ? 0 : 1;
}
