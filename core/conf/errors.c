#include "conf/errors.h"

#include "base/arena.h"
#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>

void errors_begin(struct errors *errors, struct arena *arena, const char *file)
{
	*errors = (struct errors){ .arena = arena, .file = file };
}

static struct error *error_new(struct errors *errors, struct place at, const char *format,
    va_list args) __attribute__((format(printf, 3, 0)));

static struct error *error_new(struct errors *errors, struct place at, const char *format,
    va_list args)
{
	struct error *error = arena_alloc(errors->arena, sizeof(*error));
	char text[2048];
	int size = vsnprintf(text, sizeof(text), format, args);

	if (size >= (int)sizeof(text))
		size = (int)sizeof(text) - 1;
	error->at = at;
	error->text = arena_copy(errors->arena, text, (size_t)size + 1);
	return error;
}

static void error_link(struct error **first, struct error **last, struct error *error)
{
	if (*last != NULL)
		(*last)->next = error;
	else
		*first = error;
	*last = error;
}

void errors_add(struct errors *errors, struct place at, const char *format, ...)
{
	va_list args;

	if (errors->count++ >= ERRORS_MAX)
		return;
	va_start(args, format);
	error_link(&errors->first, &errors->last, error_new(errors, at, format, args));
	va_end(args);
}

void errors_warn(struct errors *errors, struct place at, const char *format, ...)
{
	va_list args;

	if (errors->warnings++ >= ERRORS_MAX)
		return;
	va_start(args, format);
	error_link(&errors->first_warning, &errors->last_warning,
	    error_new(errors, at, format, args));
	va_end(args);
}

void errors_take(struct errors *errors, const struct errors *from)
{
	for (const struct error *error = from->first; error != NULL; error = error->next)
		errors_add(errors, error->at, "%s", error->text);
	for (const struct error *error = from->first_warning; error != NULL; error = error->next)
		errors_warn(errors, error->at, "%s", error->text);
}

static int error_compare(const void *a, const void *b)
{
	const struct error *const *x = a, *const *y = b;
	int order = ((*x)->at.line > (*y)->at.line) - ((*x)->at.line < (*y)->at.line);

	return order != 0 ? order :
	    ((*x)->at.column > (*y)->at.column) - ((*x)->at.column < (*y)->at.column);
}

/* A line each, in order of place; out NULL: to the log. */
static void tell_all(const struct errors *errors, const struct error *first, FILE *out,
    enum sp_level level)
{
	const char *what = level == SP_WARNING ? "warning: " : "";
	const struct error *sorted[ERRORS_MAX];
	char where[32] = "";
	size_t count = 0;

	for (const struct error *error = first; error != NULL; error = error->next)
		sorted[count++] = error;
	if (count > 0)
		qsort(sorted, count, sizeof(sorted[0]), error_compare);
	for (size_t i = 0; i < count; i++) {
		if (sorted[i]->at.line > 0)
			snprintf(where, sizeof(where), ":%u:%u", sorted[i]->at.line,
			    sorted[i]->at.column);
		if (out != NULL)
			fprintf(out, "%s%s: %s%s\n", errors->file, where, what, sorted[i]->text);
		else
			log_line(level, "%s%s: %s", errors->file, where, sorted[i]->text);
	}
}

void errors_print(struct errors *errors, FILE *out)
{
	tell_all(errors, errors->first, out, SP_ERROR);
	tell_all(errors, errors->first_warning, out, SP_WARNING);
	if (errors->count > ERRORS_MAX)
		fprintf(out, "%s: and %zu more\n", errors->file, errors->count - ERRORS_MAX);
}

void errors_log(struct errors *errors)
{
	tell_all(errors, errors->first, NULL, SP_ERROR);
	tell_all(errors, errors->first_warning, NULL, SP_WARNING);
}
