/*
 * secretfile.h - files that only their owner may read
 *
 * Threads  The main thread; blocks.
 * Memory   The arena's, which wipes.
 * Failing  Says why, naming the file and never what it holds (requirement 244).
 */
#pragma once

#include <sallyport/plugin.h>

struct arena;

#define SECRETFILE_MAX ((size_t)64 << 10)

/* Mode 0600 or 0400 and ours or root's, a regular file, 1 byte to 64 KiB. One newline at the
 * end is left out; a zero byte follows what is given. */
enum sp_status secretfile_read(const char *path, struct arena *arena,
    struct sp_bytes *out_bytes, struct sp_error *out_error) __attribute__((warn_unused_result));

/* The same but for reading it. */
enum sp_status secretfile_check(const char *path, struct sp_error *out_error)
    __attribute__((warn_unused_result));
