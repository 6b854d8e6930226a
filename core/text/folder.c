#include "text/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "text/problems.h"

static bool wanted(const struct folder *folder, const char *name)
{
	const char *ending = strrchr(name, '.');

	return name[0] != '.' && ending != NULL && text_word(folder->endings, ending);
}

/* Up to `size` bytes; -1 with errno. */
static ssize_t read_all(int fd, char *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, data + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static const char *file_read(struct arena *arena, int at, const struct folder *folder,
    const char *name, struct problems *problems)
{
	const char *text = NULL;
	struct stat about;
	int fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, &about) != 0) {
		problems_add(problems, "%s/%s: %s", folder->path, name, strerror(errno));
		goto out;
	}
	if (!S_ISREG(about.st_mode)) {
		problems_add(problems, "%s/%s: is no file", folder->path, name);
		goto out;
	}
	char *data = arena_alloc(arena, folder->size + 2);
	ssize_t size = read_all(fd, data, folder->size + 1);
	if (size < 0)
		problems_add(problems, "%s/%s: %s", folder->path, name, strerror(errno));
	else if ((size_t)size > folder->size)
		problems_add(problems, "%s/%s: more than %zu bytes", folder->path, name,
		    folder->size);
	else if (!text_utf8(data, (size_t)size))
		problems_add(problems, "%s/%s: is not UTF-8", folder->path, name);
	else
		text = data;
out:
	if (fd >= 0)
		close(fd);
	return text;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct folder_file *)a)->name, ((const struct folder_file *)b)->name);
}

static void read_files(struct arena *arena, DIR *dir, struct folder *folder,
    struct problems *problems)
{
	const struct dirent *entry;

	folder->files = arena_alloc(arena, folder->most * sizeof(*folder->files));
	folder->count = 0;
	while ((entry = readdir(dir)) != NULL) {
		if (!wanted(folder, entry->d_name))
			continue;
		if (folder->count == folder->most) {
			problems_add(problems, "%s: more than %zu files", folder->path,
			    folder->most);
			return;
		}
		const char *text = file_read(arena, dirfd(dir), folder, entry->d_name, problems);
		if (text != NULL)
			folder->files[folder->count++] = (struct folder_file){
			    text_copy(arena, entry->d_name), text };
	}
	qsort(folder->files, folder->count, sizeof(*folder->files), by_name);
}

bool folder_read(struct arena *arena, struct folder *folder, struct problems *problems)
{
	size_t before = problems->count;
	DIR *dir = opendir(folder->path);

	if (dir == NULL) {
		problems_add(problems, "%s: %s", folder->path, strerror(errno));
		return false;
	}
	read_files(arena, dir, folder, problems);
	closedir(dir);
	return problems->count == before;
}
