/*
 * memory.h - one allocator for the libraries, that wipes at free
 *
 * What libevent, jansson and OpenSSL hold is what visitors send: passwords, codes,
 * keys. They get an allocator that wipes what it frees and ends the program rather
 * than fail, so that no path of theirs for want of memory is ever walked.
 *
 * Threads  memory_open() first thing in main(), before any of the three is used.
 * Failing  memory_open() is false if OpenSSL has allocated already.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Also seeds jansson's hashes. Requirement 244. */
bool memory_open(void);

/* As malloc, realloc and free; memory_resize() to 0 frees and gives NULL. */
void *memory_new(size_t size);
void *memory_resize(void *old, size_t size);
void memory_free(void *old);
