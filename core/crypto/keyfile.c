#include "crypto/keyfile.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/random.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void keyfile_set(struct keyfile *keyfile, const unsigned char key[KEYFILE_SIZE])
{
	unsigned char hash[HASH_SIZE];

	memcpy(keyfile->key, key, KEYFILE_SIZE);
	hash_sha256(key, KEYFILE_SIZE, hash);
	memcpy(keyfile->id, hash, KEYFILE_ID);
}

void keyfile_done(struct keyfile *keyfile)
{
	explicit_bzero(keyfile, sizeof(*keyfile));
}

static bool keyfile_refuse(const char *path, const char *why, struct sp_error *out_error)
{
	snprintf(out_error->text, sizeof(out_error->text), "key file %s: %s", path, why);
	return false;
}

/* Of the open file, so that nobody can put another in its place. */
static const char *keyfile_unsafe(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return strerrordesc_np(errno);
	if (!S_ISREG(st.st_mode))
		return "is no regular file";
	if (st.st_uid != geteuid())
		return "belongs to another user; chown it to the server's";
	if ((st.st_mode & 077) != 0)
		return "is open to others; chmod it to 0600";
	if (st.st_size != KEYFILE_SIZE)
		return "does not hold 32 bytes; is it a key file?";
	return NULL;
}

static bool keyfile_load(int fd, const char *path, struct keyfile *out_keyfile,
    struct sp_error *out_error)
{
	unsigned char key[KEYFILE_SIZE];
	const char *unsafe = keyfile_unsafe(fd);

	if (unsafe != NULL)
		return keyfile_refuse(path, unsafe, out_error);
	ssize_t got = read(fd, key, sizeof(key));
	if (got != (ssize_t)sizeof(key))
		return keyfile_refuse(path, got < 0 ? strerrordesc_np(errno) : "is cut short",
		    out_error);
	keyfile_set(out_keyfile, key);
	explicit_bzero(key, sizeof(key));
	return true;
}

enum keyfile_status keyfile_read(const char *path, struct keyfile *out_keyfile,
    struct sp_error *out_error)
{
	/* A pipe must not hold up the start. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		bool absent = errno == ENOENT;
		keyfile_refuse(path, errno == ELOOP ? "is a symbolic link; name the file itself" :
		    strerrordesc_np(errno), out_error);
		return absent ? KEYFILE_ABSENT : KEYFILE_REFUSED;
	}
	bool ok = keyfile_load(fd, path, out_keyfile, out_error);
	close(fd);
	return ok ? KEYFILE_READ : KEYFILE_REFUSED;
}

/* The name of a file lives in its folder, which must reach the disk as well. */
static bool keyfile_sync_folder(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *folder = slash == NULL ? "." : slash == path ? "/" :
	    text_part(arena, path, (size_t)(slash - path));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return false;
	bool ok = fsync(fd) == 0;
	close(fd);
	return ok;
}

static bool keyfile_write(const char *path, const unsigned char *key)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return false;
	bool ok = fchmod(fd, 0600) == 0 && write(fd, key, KEYFILE_SIZE) == KEYFILE_SIZE &&
	    fsync(fd) == 0;
	int why = errno;
	close(fd);
	errno = why;
	return ok;
}

/* Written beside and linked into place: the name is there with all 32 bytes or not at
 * all, and link() never replaces. */
static bool keyfile_place(struct arena *arena, const char *path, const unsigned char *key)
{
	char digits[17];

	random_digits(digits, sizeof(digits) - 1);
	char *beside = text_print(arena, "%s.%s", path, digits);
	bool ok = keyfile_write(beside, key) && link(beside, path) == 0;
	int why = errno;
	unlink(beside);
	errno = why;
	return ok && keyfile_sync_folder(arena, path);
}

bool keyfile_keep(const char *path, const struct keyfile *keyfile, struct sp_error *out_error)
{
	struct arena arena = { 0 };
	bool ok = keyfile_place(&arena, path, keyfile->key) ||
	    keyfile_refuse(path, strerrordesc_np(errno), out_error);

	arena_done(&arena);
	return ok;
}

bool keyfile_make(const char *path, struct keyfile *out_keyfile, struct sp_error *out_error)
{
	unsigned char key[KEYFILE_SIZE];
	struct arena arena = { 0 };

	random_fill(key, sizeof(key));
	bool ok = keyfile_place(&arena, path, key);
	if (ok)
		keyfile_set(out_keyfile, key);
	else
		keyfile_refuse(path, strerrordesc_np(errno), out_error);
	explicit_bzero(key, sizeof(key));
	arena_done(&arena);
	return ok;
}
