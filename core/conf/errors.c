#include "conf/errors.h"

#include "base/arena.h"

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

static void print_all(const struct errors *errors, const struct error *first, const char *what,
    FILE *out)
{
	const struct error *sorted[ERRORS_MAX];
	size_t count = 0;

	for (const struct error *error = first; error != NULL; error = error->next)
		sorted[count++] = error;
	if (count > 0)
		qsort(sorted, count, sizeof(sorted[0]), error_compare);
	for (size_t i = 0; i < count; i++) {
		if (sorted[i]->at.line > 0)
			fprintf(out, "%s:%u:%u: %s%s\n", errors->file, sorted[i]->at.line,
			    sorted[i]->at.column, what, sorted[i]->text);
		else
			fprintf(out, "%s: %s%s\n", errors->file, what, sorted[i]->text);
	}
}

void errors_print(struct errors *errors, FILE *out)
{
	print_all(errors, errors->first, "", out);
	print_all(errors, errors->first_warning, "warning: ", out);
	if (errors->count > ERRORS_MAX)
		fprintf(out, "%s: and %zu more\n", errors->file, errors->count - ERRORS_MAX);
}
