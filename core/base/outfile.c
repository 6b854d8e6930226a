#include "base/outfile.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool outfile_open(struct outfile *file, const char *path)
{
	char digits[9] = "";
	struct stat st;

	file->fd = -1;
	random_digits(digits, sizeof(digits) - 1);
	int size = snprintf(file->beside, sizeof(file->beside), "%s.part-%s", path, digits);
	if (size < 0 || (size_t)size >= sizeof(file->beside)) {
		file->beside[0] = '\0';
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(file->path, path, strlen(path) + 1);
	if (lstat(path, &st) == 0) {
		errno = EEXIST;		/* told before there is any work, and once more at the end */
		return false;
	}
	file->fd = open(file->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return file->fd >= 0 && fchmod(file->fd, 0600) == 0;
}

bool outfile_write(struct outfile *file, const void *data, size_t size)
{
	const char *at = data;

	while (size > 0) {
		ssize_t got = write(file->fd, at, size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		at += got;
		size -= (size_t)got;
	}
	return true;
}

bool outfile_over(struct outfile *file, const void *data, size_t size)
{
	return lseek(file->fd, 0, SEEK_SET) == 0 && outfile_write(file, data, size);
}

/* The name of a file lives in its folder, which must reach the disk as well. */
static bool folder_sync(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t size = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);

	memcpy(folder, path, size);
	folder[size] = '\0';
	int fd = open(size > 0 ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool ok = fsync(fd) == 0;
	close(fd);
	return ok;
}

bool outfile_keep(struct outfile *file)
{
	bool ok = fsync(file->fd) == 0;
	int why = errno;

	ok = close(file->fd) == 0 && ok;
	file->fd = -1;
	if (!ok) {
		errno = why;
		return false;
	}
	/* link() never replaces; where a file system has no links, rename does as well as it can. */
	if (link(file->beside, file->path) == 0)
		return unlink(file->beside) == 0 && folder_sync(file->path);
	return errno != EEXIST && renameat2(AT_FDCWD, file->beside, AT_FDCWD, file->path,
	    RENAME_NOREPLACE) == 0 && folder_sync(file->path);
}

void outfile_drop(struct outfile *file)
{
	int why = errno;

	if (file->fd >= 0)
		close(file->fd);
	if (file->beside[0] != '\0')
		unlink(file->beside);
	file->fd = -1;
	errno = why;
}
