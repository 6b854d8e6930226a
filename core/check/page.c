#include "check/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct page *page;

static struct page *page_map(int fd)
{
	void *at = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return at != MAP_FAILED ? at : NULL;
}

struct page *page_new(int *out_fd)
{
	int fd = memfd_create("page", 0);	/* the check inherits it */

	if (fd < 0 || ftruncate(fd, sizeof(struct page)) != 0)
		return NULL;
	*out_fd = fd;
	return page_map(fd);
}

void page_free(struct page *old)
{
	munmap(old, sizeof(*old));
}

struct page *page_open(int fd)
{
	page = page_map(fd);
	if (page == NULL)
		abort();
	return page;
}

struct page *page_now(void)
{
	return page;
}

void page_step(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(page->step, sizeof(page->step), format, args);
	va_end(args);
}

static _Noreturn void page_end(enum page_outcome outcome, const char *clause, const char *format,
    va_list args) __attribute__((format(printf, 3, 0)));

static _Noreturn void page_end(enum page_outcome outcome, const char *clause, const char *format,
    va_list args)
{
	static atomic_flag taken = ATOMIC_FLAG_INIT;

	while (atomic_flag_test_and_set(&taken))
		pause();	/* another thread was first and ends the process */
	snprintf(page->clause, sizeof(page->clause), "%s", clause);
	vsnprintf(page->text, sizeof(page->text), format, args);
	atomic_store(&page->outcome, (int)outcome);
	fflush(NULL);
	_exit(outcome == PAGE_WRONG);
}

void page_breach(const char *clause, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	page_end(PAGE_WRONG, clause, format, args);
}

void page_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	page_end(PAGE_SKIPPED, "", format, args);
}
