/*
 * count - lmdb, with every commit counted: what a flow writes, by kind of record
 *
 * Loads lmdb.so from its own folder and passes everything on. The counts are numbers of eight
 * bytes in the file that the key `counts` names, mapped and shared, so that they can be read
 * at any time. A key that begins with the time of about now goes where the last ones
 * went; every other one is scattered: a page of its own to read and to write.
 */
#include <sallyport/records.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { KINDS = 256, KEYS = 31, HOUR = 3600000 };

/* The order is counting.py's as well. */
enum cell { CHECKS, PUTS, REMOVES, ADDS, BYTES, SCATTERED, SCATTERED_REMOVES, SCATTERED_BYTES,
	CELLS };

struct counts {
	_Atomic uint64_t durable, ordered;
	_Atomic uint64_t kinds[KINDS][CELLS];
};

SP_EXPORT extern struct sp_plugin sp_plugin;
struct sp_plugin sp_plugin;		/* stays all zero, and so is refused, without lmdb.so */

static const struct sp_plugin *real;
static struct sp_records records;
static struct sp_key keys[KEYS + 1];
static struct counts *counts;

static void count_up(_Atomic uint64_t *at, uint64_t by)
{
	atomic_fetch_add_explicit(at, by, memory_order_relaxed);
}

/* An id begins with 48 bits of time, the outbox with 64. */
static bool in_order(const struct sp_bytes *key, int64_t now)
{
	const uint8_t *byte = key->data;
	size_t skip = key->size >= 8 && byte[0] == 0 && byte[1] == 0 ? 2 : 0;
	int64_t ms = 0;

	if (key->size < 6)
		return false;
	for (size_t i = 0; i < 6; i++)
		ms = ms << 8 | byte[skip + i];
	return ms > now - HOUR && ms < now + HOUR;
}

static void count_change(const struct sp_change *change, int64_t now)
{
	static const enum cell cells[] = { [SP_CHECK] = CHECKS, [SP_PUT] = PUTS,
		[SP_REMOVE] = REMOVES, [SP_ADD] = ADDS };
	_Atomic uint64_t *kind = counts->kinds[change->at.kind % KINDS];
	bool scattered = !in_order(&change->at.key, now);

	count_up(&kind[cells[change->action]], 1);
	if (change->action == SP_PUT || change->action == SP_ADD) {
		size_t size = change->action == SP_PUT ? change->value.size : sizeof(uint64_t);
		size += change->at.key.size;
		count_up(&kind[BYTES], size);
		count_up(&kind[SCATTERED], scattered);
		count_up(&kind[SCATTERED_BYTES], scattered ? size : 0);
	} else if (change->action == SP_REMOVE) {
		count_up(&kind[SCATTERED_REMOVES], scattered);
	}
}

static void count_commit(struct sp_records_commit *commit)
{
	count_up(commit->durability == SP_DURABLE ? &counts->durable : &counts->ordered, 1);
	for (size_t i = 0; i < commit->count; i++)
		count_change(commit->changes[i], commit->op.now);
	real->records->commit(commit);
}

static enum sp_status count_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	const char *path;

	memcpy(&path, (const char *)conf + real->conf_size, sizeof(path));
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && ftruncate(fd, sizeof(*counts)) == 0)
		counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (counts != NULL && counts != MAP_FAILED)
		return real->open(host, conf, out_self, out_error);
	snprintf(out_error->text, sizeof(out_error->text), "counts: %.100s: %s", path,
	    strerror(errno));
	return SP_FAILED;
}

/* Its keys, and one more: a path behind its conf struct. */
static bool count_keys(void)
{
	size_t count = 0;

	for (; real->keys[count].name != NULL; count++) {
		if (count == KEYS - 1)
			return false;
		keys[count] = real->keys[count];
	}
	keys[count] = (struct sp_key){ .name = "counts", .type = SP_PATH,
		.offset = real->conf_size, .help = "File that the counts are kept in." };
	return true;
}

__attribute__((constructor)) static void count_begin(void)
{
	char path[4096];
	Dl_info here;

	if (dladdr(&records, &here) == 0)
		return;
	const char *slash = strrchr(here.dli_fname, '/');
	int folder = slash != NULL ? (int)(slash - here.dli_fname) : 0;
	snprintf(path, sizeof(path), "%.*s/lmdb.so", folder, here.dli_fname);
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	real = library != NULL ? dlsym(library, "sp_plugin") : NULL;
	if (real == NULL || !count_keys()) {
		fprintf(stderr, "count.so: %s: cannot be used\n", path);
		return;
	}
	records = *real->records;
	records.commit = count_commit;
	sp_plugin = *real;
	sp_plugin.name = "count";
	sp_plugin.keys = keys;
	sp_plugin.conf_size = real->conf_size + sizeof(char *);
	sp_plugin.open = count_open;
	sp_plugin.records = &records;
}
