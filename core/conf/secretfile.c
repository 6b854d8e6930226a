#include "conf/secretfile.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum sp_status refuse(struct sp_error *out_error, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum sp_status refuse(struct sp_error *out_error, const char *path, const char *format, ...)
{
	char why[160];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	snprintf(out_error->text, sizeof(out_error->text), "%.80s: %s", path, why);
	return SP_FAILED;
}

static enum sp_status check(int fd, const char *path, struct sp_error *out_error)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return refuse(out_error, path, "is no file");
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return refuse(out_error, path, "belongs to neither root nor this user");
	if ((st.st_mode & 0177) != 0)
		return refuse(out_error, path, "has mode %04o; allowed: 0600 or 0400",
		    (unsigned)st.st_mode & 07777);
	if (st.st_size == 0)
		return refuse(out_error, path, "is empty");
	if ((uintmax_t)st.st_size > SECRETFILE_MAX)
		return refuse(out_error, path, "is larger than %zu bytes", SECRETFILE_MAX);
	return SP_OK;
}

static int open_checked(const char *path, struct sp_error *out_error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		(void)refuse(out_error, path, "%s", strerror(errno));
	else if (check(fd, path, out_error) == SP_OK)
		return fd;
	else
		close(fd);
	return -1;
}

enum sp_status secretfile_check(const char *path, struct sp_error *out_error)
{
	int fd = open_checked(path, out_error);

	if (fd < 0)
		return SP_FAILED;
	close(fd);
	return SP_OK;
}

enum sp_status secretfile_read(const char *path, struct arena *arena,
    struct sp_bytes *out_bytes, struct sp_error *out_error)
{
	int fd = open_checked(path, out_error);
	size_t size = 0;
	ssize_t got = 1;

	if (fd < 0)
		return SP_FAILED;
	char *data = arena_alloc(arena, SECRETFILE_MAX + 2);
	while (got > 0 && size <= SECRETFILE_MAX) {
		got = read(fd, data + size, SECRETFILE_MAX + 1 - size);
		size += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	if (got < 0 || size == 0 || size > SECRETFILE_MAX)
		return refuse(out_error, path, "could not be read");
	if (data[size - 1] == '\n')
		data[--size] = '\0';
	*out_bytes = (struct sp_bytes){ data, size };
	return SP_OK;
}
