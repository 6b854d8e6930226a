#include "text/problems.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "text/buffer.h"

#define LINE_MAX_SIZE 512

void problems_begin(struct problems *problems, struct arena *arena)
{
	*problems = (struct problems){ .arena = arena };
}

void problems_add(struct problems *problems, const char *format, ...)
{
	char line[LINE_MAX_SIZE];
	va_list list;

	if (problems->count < PROBLEMS_MAX) {
		va_start(list, format);
		vsnprintf(line, sizeof(line), format, list);
		va_end(list);
		problems->text[problems->count] = text_copy(problems->arena, line);
	}
	problems->count++;
}

const char *problems_words(const struct problems *problems)
{
	size_t kept = problems->count < PROBLEMS_MAX ? problems->count : PROBLEMS_MAX;
	struct buffer out;

	buffer_begin(&out, problems->arena, (PROBLEMS_MAX + 1) * LINE_MAX_SIZE);
	for (size_t i = 0; i < kept; i++) {
		buffer_text(&out, problems->text[i]);
		buffer_char(&out, '\n');
	}
	if (problems->count > kept)
		buffer_text(&out, text_print(problems->arena, "and %zu more\n",
		    problems->count - kept));
	return buffer_end(&out);
}
