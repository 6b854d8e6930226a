/*
 * fatal.h - the last words of a process that cannot go on
 *
 * For what has no other way out: no memory, no chance from the kernel, no thread at the start.
 * One line on stderr, by write() alone, past the log and its buffers; then abort(). What was
 * acknowledged is on the disk, and what was not is whole or not there: the service is started again.
 *
 * Threads  Any.  Memory  None.
 */
#pragma once

_Noreturn void fatal(const char *what);	/* "out of memory" */
