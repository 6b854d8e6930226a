/* sallyport_place.c - where in a document's text a path leads, for whoever must mend it */
#include "sallyport.h"

#include <stdlib.h>
#include <string.h>

/* The text has been read as JSON before: it is well-formed. */
struct scan { const char *at, *end; };

static void space(struct scan *scan)
{
	while (scan->at < scan->end && strchr(" \t\r\n,:", *scan->at) != NULL)
		scan->at++;
}

static void skip_string(struct scan *scan)
{
	for (scan->at++; scan->at < scan->end && *scan->at != '"'; scan->at++)
		if (*scan->at == '\\')
			scan->at++;
	scan->at++;
}

static void skip(struct scan *scan)
{
	int depth = 0;

	do {
		space(scan);
		if (scan->at >= scan->end)
			return;
		char c = *scan->at;
		if (c == '"') {
			skip_string(scan);
			continue;
		}
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		scan->at++;
		if (strchr("{}[]", c) == NULL)
			scan->at += strcspn(scan->at, " \t\r\n,:{}[]\"");
	} while (depth > 0);
}

/* Goes to the value of that name in the object, or to that number in the list. */
static bool enter(struct scan *scan, const char *name, size_t length, size_t number)
{
	bool list = length == 0;

	space(scan);
	if (scan->at >= scan->end || *scan->at != (list ? '[' : '{'))
		return false;
	scan->at++;
	for (size_t i = 0;; i++) {
		space(scan);
		if (scan->at >= scan->end || *scan->at == '}' || *scan->at == ']')
			return false;
		const char *key = scan->at;
		if (!list)
			skip(scan);
		space(scan);
		if (list ? i == number : (size_t)(scan->at - key) > length + 1 &&
		    strncmp(key + 1, name, length) == 0 && key[length + 1] == '"')
			return true;
		skip(scan);
	}
}

/* One step of "a.b[3]": over `*path`. */
static bool walk(struct scan *scan, const char **path)
{
	char *end;

	if (**path == '.')
		++*path;
	if (**path == '[') {
		size_t number = strtoul(*path + 1, &end, 10);
		*path = *end == ']' ? end + 1 : end;
		return enter(scan, "", 0, number);
	}
	size_t length = strcspn(*path, ".[");
	const char *name = *path;
	*path += length;
	return length > 0 && enter(scan, name, length, 0);
}

size_t place_line(const char *text, size_t size, const char *path)
{
	struct scan scan = { text, text + size };
	const char *found = NULL;
	size_t line = 1;

	while (*path != '\0' && walk(&scan, &path))
		found = scan.at;
	if (found == NULL)
		return 0;
	for (const char *at = text; at < found; at++)
		line += *at == '\n';
	return line;
}
