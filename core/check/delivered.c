#include "check/delivered.h"

#include "check/subject.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNREADABLE "the command line: --delivered names a file or folder that can be read"

static long times_in(const char *text, size_t size, const char *what)
{
	size_t length = strlen(what);
	long times = 0;

	for (const char *at = text; (at = memmem(at, size - (size_t)(at - text), what,
	    length)) != NULL;
	    at += length)
		times++;
	return times;
}

static long times_at(int folder, const char *name, const char *what)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	struct stat at;
	long times = 0;

	MUST(fd >= 0 && fstat(fd, &at) == 0, UNREADABLE, "%s: %s", name, strerror(errno));
	char *text = must_calloc(1, (size_t)at.st_size + 1);
	ssize_t size = read(fd, text, (size_t)at.st_size);
	if (size > 0)
		times = times_in(text, (size_t)size, what);
	free(text);
	close(fd);
	return times;
}

long delivered_times(const char *message_id)
{
	char what[128] = "Message-ID: ";
	struct dirent *entry;
	struct stat at;
	long times = 0;

	if (subject.delivered == NULL)
		return DELIVERED_UNSEEN;
	strncat(what, message_id, sizeof(what) - strlen(what) - 1);
	MUST(stat(subject.delivered, &at) == 0, UNREADABLE, "%s: %s", subject.delivered,
	    strerror(errno));
	if (!S_ISDIR(at.st_mode))
		return times_at(AT_FDCWD, subject.delivered, what);
	DIR *dir = opendir(subject.delivered);
	MUST(dir != NULL, UNREADABLE, "%s: %s", subject.delivered, strerror(errno));
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_type == DT_REG && entry->d_name[0] != '.')
			times += times_at(dirfd(dir), entry->d_name, what);
	closedir(dir);
	return times;
}
