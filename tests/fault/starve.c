/*
 * starve - takes the place of malloc in the server under test: one allocation, or all from one on,
 * find no memory
 *
 * Linked into a program before libc, it serves that program, its libraries and its plugins. The
 * file that STARVE names holds a struct starve, shared with whoever started the program: he arms
 * it between two requests and says which allocation from then on is to fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own, under the names by which it offers them to those who take its place. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

struct starve {
	_Atomic uint64_t count;		/* allocations since it was armed */
	uint64_t at;			/* the one that fails, from 1; 0: none, only counted */
	uint64_t for_ever;		/* and all behind it */
	_Atomic uint64_t failed;
};

static struct starve *starve;

__attribute__((constructor)) static void starve_begin(void)
{
	const char *path = getenv("STARVE");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	void *page = mmap(NULL, sizeof(*starve), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (page != MAP_FAILED)
		starve = page;
}

static bool starved(void)
{
	if (starve == NULL)
		return false;
	uint64_t number = atomic_fetch_add_explicit(&starve->count, 1, memory_order_relaxed) + 1;
	if (starve->at == 0 || number < starve->at || (number > starve->at && !starve->for_ever))
		return false;
	atomic_fetch_add(&starve->failed, 1);
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return starved() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return starved() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return starved() ? NULL : __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size)
{
	return starved() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return starved() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	void *fresh = starved() ? NULL : __libc_memalign(alignment, size);

	if (fresh == NULL)
		return ENOMEM;
	*out = fresh;
	return 0;
}
