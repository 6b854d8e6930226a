/* keeps.c - does an operation leave something behind, or stand in the loop's way? */
#include "check/subject.h"

#include <dirent.h>
#include <malloc.h>

enum { ROUNDS = 8, TRIES = 5, QUICK = 20000 /* us */ };

/* A build with sanitizers has an allocator of its own, that is asked instead. */
extern size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static size_t heap(void)
{
	if (__sanitizer_get_current_allocated_bytes != NULL)
		return __sanitizer_get_current_allocated_bytes();
	struct mallinfo2 info = mallinfo2();
	return info.uordblks + info.hblkhd;
}

static unsigned descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	while (dir != NULL && readdir(dir) != NULL)
		count++;
	if (dir != NULL)
		closedir(dir);
	return count;
}

/* What grows in each of several rounds, by something for each turn, is kept. An allocator that
 * is still filling its own caches has rounds in between in which nothing grows. */
void keeps_check(void (*turn)(unsigned number), unsigned turns, const char *what)
{
	bool bytes_grow = true, files_grow = true;
	size_t bytes = 0, first = 0;
	unsigned files = 0, number = 0;

	for (unsigned round = 0; round <= ROUNDS; round++) {
		for (unsigned i = 0; i < turns; i++)
			turn(number++);
		size_t bytes_now = heap();
		unsigned files_now = descriptors();
		if (round > 0) {
			bytes_grow = bytes_grow && bytes_now >= bytes + 8 * turns;
			files_grow = files_grow && files_now > files;
		} else {
			first = bytes_now;
		}
		bytes = bytes_now;
		files = files_now;
	}
	MUST(!files_grow, CLAUSE_KEEPS, "%s: file descriptors grow without end, to %u by now", what,
	    files);
	MUST(!bytes_grow, CLAUSE_KEEPS, "%s: the heap grows by %zu bytes for each, without end",
	    what,
	    (bytes - first) / (ROUNDS * turns));
}

/* The quickest of some: a busy machine may delay any, but hardly all. */
void blocks_check(struct ask *ask)
{
	int64_t best = INT64_MAX;

	for (unsigned i = 0; i < TRIES; i++) {
		ask_run(ask, i);
		best = ask->submit < best ? ask->submit : best;
	}
	MUST(best < QUICK, CLAUSE_BLOCKS, "%s: submit takes %lld ms to return, each time",
	    ask->what,
	    (long long)(best / 1000));
}
