#include "crypto/keyfile.h"

#include "base/outfile.h"
#include "base/random.h"
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

static bool keyfile_place(const char *path, const unsigned char *key)
{
	struct outfile file;

	if (outfile_open(&file, path) && outfile_write(&file, key, KEYFILE_SIZE) &&
	    outfile_keep(&file))
		return true;
	outfile_drop(&file);
	return false;
}

bool keyfile_keep(const char *path, const struct keyfile *keyfile, struct sp_error *out_error)
{
	return keyfile_place(path, keyfile->key) ||
	    keyfile_refuse(path, strerrordesc_np(errno), out_error);
}

bool keyfile_make(const char *path, struct keyfile *out_keyfile, struct sp_error *out_error)
{
	unsigned char key[KEYFILE_SIZE];

	random_fill(key, sizeof(key));
	bool ok = keyfile_place(path, key);
	if (ok)
		keyfile_set(out_keyfile, key);
	else
		keyfile_refuse(path, strerrordesc_np(errno), out_error);
	explicit_bzero(key, sizeof(key));
	return ok;
}
