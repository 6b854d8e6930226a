/*
 * folder.h - the small text files of one folder
 *
 * Threads  Reads files: where blocking is allowed.
 * Memory   The arena.
 * Failing  Too big, not UTF-8, not readable: each is named in `problems`, and the rest is
 *          read all the same.
 */
#pragma once

#include <sallyport/plugin.h>

struct arena;
struct problems;

struct folder_file { const char *name, *text; };

struct folder {
	const char *path;
	const char *endings;	/* words: ".html .txt" */
	size_t most, size;	/* files, bytes of each */
	struct folder_file *files;	/* filled, by name */
	size_t count;
};

/* False: the folder itself can't be read, or something in it was wrong. */
bool folder_read(struct arena *arena, struct folder *folder, struct problems *problems)
    __attribute__((warn_unused_result));
