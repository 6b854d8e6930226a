/*
 * logline.h - one line of the log, put together in place
 *
 * Threads  Whoever has it. Memory  Its own, so that a line needs no heap.
 * Failing  What doesn't fit is cut between two fields or within a value; the line ends well
 *          in any case.
 */
#pragma once

#include "base/log.h"

struct logline {
	enum log_format format;
	size_t size;
	bool cut;
	char text[LOG_LINE_MAX];
};

/* `time` is wall time in ms; 0: without time and level. */
void logline_begin(struct logline *line, enum log_format format, enum sp_level level,
    int64_t time);
void logline_add(struct logline *line, const char *name, const char *value);
void logline_end(struct logline *line);		/* ends with LF and a zero byte */
