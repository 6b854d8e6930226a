/*
 * page.h - what a check and the process that watches it both see
 *
 * A check runs in a process of its own, since what it calls may crash, hang or leave. The page is
 * memory that they share: it survives all of that, and from it the watcher tells what happened.
 *
 * Threads  The step and the notes are the checking process's; page_breach() from any of its
 *          threads, of which the first wins.
 * Memory   Mapped until the process ends.
 * Failing  page_breach() doesn't return: a contract that is broken has no further course.
 */
#pragma once

#include <sallyport/plugin.h>

#include <stdatomic.h>

#define PAGE_NOTES 128u

enum page_outcome { PAGE_NOTHING = 0 /* it didn't come so far */, PAGE_FINE, PAGE_WRONG,
    PAGE_SKIPPED };

struct page {
	_Atomic int outcome;		/* enum page_outcome */
	char step[96];			/* what was being done */
	char clause[256], text[512];	/* what is broken, and how that was seen */

	/* Learnt by the first check, for all others. */
	char plugin[64];
	unsigned api, roles;		/* bits: 1 << enum binding_role */

	/* From the first process of a check to its second. */
	struct sp_id scope;		/* of this check in this run, never used before */
	_Atomic uint64_t notes[PAGE_NOTES];
};

struct page *page_new(int *out_fd);	/* by the watcher; NULL: no memory */
void page_free(struct page *page);
struct page *page_open(int fd);		/* by the check; from then on it is page_now() */
struct page *page_now(void);

void page_step(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* `clause`: "records.h, Expiry: ..." */
_Noreturn void page_breach(const char *clause, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Why there is nothing to check. */
_Noreturn void page_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* MUST(total == 3, COUNTERS, "three adds of 1 make %lld", total) */
#define MUST(x, clause, ...) do { if (!(x)) page_breach(clause, __VA_ARGS__); } while (0)
