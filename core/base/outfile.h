/*
 * outfile.h - a file that is there whole, on the disk, or not at all
 *
 *	outfile_open -> outfile_write* -> [outfile_over] -> outfile_keep   (or outfile_drop)
 *
 * Written beside its name, 0600, and moved into place when all of it is on the disk. A file that
 * is there already is never replaced. What breaks off, a full disk too, leaves nothing.
 *
 * Threads  One; blocks: for start-up, lanes and the CLI.
 * Memory   The names are the struct's.
 * Failing  False; errno says why. outfile_drop() after any failure, and only then.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct outfile { int fd; char path[PATH_MAX], beside[PATH_MAX]; };

bool outfile_open(struct outfile *file, const char *path);
bool outfile_write(struct outfile *file, const void *data, size_t size);
bool outfile_over(struct outfile *file, const void *data, size_t size);	/* its beginning */
bool outfile_keep(struct outfile *file);
void outfile_drop(struct outfile *file);
