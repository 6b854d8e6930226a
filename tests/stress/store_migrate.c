#include "storehouse.h"

#include "crypto/hash.h"
#include "store/kinds.h"
#include "store/metas.h"
#include "store/migrate.h"
#include "store/restore_file.h"

#include <fcntl.h>
#include <glob.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THINGS = 300, COMMITS = 50 };

static unsigned judged, breaks_at;

/* "old" becomes "new", every third goes; what is new already stays. */
static enum migrate_verdict renew(struct arena *memory, const struct sp_record *record,
    struct sp_bytes *out_value)
{
	const unsigned char *key = record->at.key.data;

	if (record->at.kind != KIND_SPENT || record->value.size != 3 ||
	    memcmp(record->value.data, "old", 3) != 0)
		return MIGRATE_KEEP;
	if (breaks_at != 0 && ++judged == breaks_at)
		return MIGRATE_FAILED;
	if (key[1] % 3 == 0)
		return MIGRATE_REMOVE;
	*out_value = (struct sp_bytes){ arena_copy(memory, "new", 3), 3 };
	return MIGRATE_CHANGE;
}

static enum migrate_verdict longer(struct arena *memory, const struct sp_record *record,
    struct sp_bytes *out_value)
{
	if (record->at.kind != KIND_SPENT || record->value.size != 3)
		return MIGRATE_KEEP;
	*out_value = (struct sp_bytes){ arena_copy(memory, "newer", 5), 5 };
	return MIGRATE_CHANGE;
}

static const struct migration rows[] = {
	{ STORE_FORMAT, "what was old is new", renew },
	{ STORE_FORMAT + 1, "and longer", longer },
	{ 0 },
};

static struct sp_address thing_at(unsigned number)
{
	unsigned char key[2] = { (unsigned char)(number >> 8), (unsigned char)number };

	return kinds_at(KIND_SPENT, tenant, key, sizeof(key));
}

static void things_fill(struct sp_records_commit *commit, void *arg)
{
	unsigned first = *(unsigned *)arg;

	for (unsigned i = first; i < first + COMMITS; i++)
		CHECK(kinds_put(commit, thing_at(i), (struct sp_bytes){ "old", 3 }, 0, SP_ANY));
}

static void format_fill(struct sp_records_commit *commit, void *arg)
{
	(void)arg;
	metas_put(commit, &(struct meta){ STORE_FORMAT, 1, 1 }, SP_ANY);
}

static void format_read(const struct sp_record *record, void *arg)
{
	struct meta meta;

	CHECK(metas_read(record, &meta));
	*(uint64_t *)arg = meta.format;
}

static uint64_t format_now(void)
{
	uint64_t format = 0;

	read_one(metas_at(), format_read, &format);
	return format;
}

static void things_read(const struct sp_record *record, void *arg)
{
	size_t *counts = arg;	/* absent, old, new, newer */

	if (record->revision == 0)
		counts[0]++;
	else if (record->value.size == 5)
		counts[3]++;
	else
		counts[memcmp(record->value.data, "old", 3) == 0 ? 1 : 2]++;
}

static void things_count(size_t counts[4])
{
	memset(counts, 0, 4 * sizeof(counts[0]));
	for (unsigned i = 0; i < THINGS; i++)
		read_one(thing_at(i), things_read, counts);
}

/* The backup of an attempt: of the old format, whole, opened by the key file. */
static void backup_check(const char *path)
{
	struct restore_file file;
	struct restore_entry entry;
	struct sp_error error = { "" };
	enum restore_found found;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t tenants = 0;

	CHECK(fd >= 0 && restore_file_open(&file, fd, key_file(), &error));
	CHECK(file.head.store_format == STORE_FORMAT && restore_file_rewind(&file, &error));
	while ((found = restore_file_next(&file, &entry, &error)) != RESTORE_ENDS) {
		CHECK(found != RESTORE_FAILED);
		tenants += found == RESTORE_ENTRY && entry.what == BACKUP_RECORD &&
		    entry.at.kind == KIND_TENANT;
	}
	CHECK(tenants > 0);
	restore_file_done(&file);
	close(fd);
}

static size_t backups(const char *folder, bool removed)
{
	char pattern[128];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/before-format-*", folder);
	if (glob(pattern, 0, NULL, &found) != 0)
		return 0;
	size_t count = found.gl_pathc;
	for (size_t i = 0; removed && i < count; i++) {
		backup_check(found.gl_pathv[i]);
		unlink(found.gl_pathv[i]);
	}
	globfree(&found);
	return count;
}

/* Without a backup first nothing is touched; broken off, it is begun again; then all is new. */
void migrating(void)
{
	struct sp_error error = { "" };
	size_t counts[4];
	char folder[80];

	snprintf(folder, sizeof(folder), "%.*s",
	    (int)(strrchr(key_file(), '/') - key_file()), key_file());
	for (unsigned first = 0; first < THINGS; first += COMMITS)
		CHECK(commit(things_fill, &first) == SP_OK);
	CHECK(migrate_run(store, rows, STORE_FORMAT, STORE_FORMAT + 2, &error) == SP_FAILED);
	CHECK(strstr(error.text, "after a backup only") != NULL);
	store->set.state = "/nowhere/at/all";
	CHECK(migrate_run(store, rows, STORE_FORMAT, STORE_FORMAT + 2, &error) == SP_FAILED);
	CHECK(strstr(error.text, "no backup") != NULL);
	store->set.state = folder;
	CHECK(migrate_run(store, rows, STORE_FORMAT, STORE_FORMAT + 3, &error) == SP_FAILED);
	CHECK(strstr(error.text, "can't bring up") != NULL);
	things_count(counts);
	CHECK(counts[1] == THINGS && backups(folder, false) == 0);
	breaks_at = 200;
	CHECK(migrate_run(store, rows, STORE_FORMAT, STORE_FORMAT + 2, &error) == SP_FAILED);
	CHECK(strstr(error.text, "what was old is new") != NULL);
	things_count(counts);
	CHECK(counts[1] > 0 && counts[1] < THINGS && format_now() == STORE_FORMAT);
	breaks_at = 0;
	CHECK(migrate_run(store, rows, STORE_FORMAT, STORE_FORMAT + 2, &error) == SP_OK);
	things_count(counts);
	CHECK(counts[1] == 0 && counts[2] == 0 && counts[0] > 90 && counts[0] + counts[3] == THINGS);
	CHECK(format_now() == STORE_FORMAT + 2);
	CHECK(backups(folder, true) == 2);
	CHECK(commit(format_fill, NULL) == SP_OK);
	store->set.state = NULL;
}
