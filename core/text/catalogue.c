#include "text/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "text/buffer.h"
#include "text/folder.h"
#include "text/problems.h"
#include "text/values.h"

#define KEY_SIZE 64u
#define FILE_SIZE (256u << 10)
#define LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_.-"

struct entry { const char *key, *text; };

struct catalogue {
	const char *language;
	const struct catalogue *fallback;
	struct entry *entries;	/* by key */
	size_t count;
};

/* Where the reader of a file is. */
struct place {
	const char *language;
	unsigned line;
	struct problems *problems;
};

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static const char *find_own(const struct catalogue *catalogue, const char *key)
{
	const struct entry *entry = bsearch(&(struct entry){ key, NULL }, catalogue->entries,
	    catalogue->count, sizeof(*entry), by_key);

	return entry == NULL ? NULL : entry->text;
}

const char *catalogue_find(const struct catalogue *catalogue, const char *key)
{
	const char *text = find_own(catalogue, key);

	return text == NULL && catalogue->fallback != NULL
	    ? find_own(catalogue->fallback, key) : text;
}

const char *catalogue_language(const struct catalogue *catalogue)
{
	return catalogue->language;
}

size_t catalogue_count(const struct catalogue *catalogue)
{
	return catalogue->count;
}

/* {name} or {name|one|other}; the "}" or NULL. */
static const char *hole(const char *open, const char *out_part[3], size_t out_size[3])
{
	const char *close = open + strcspn(open, "}");
	const char *from = open + 1;
	size_t parts = 0;

	memset(out_size, 0, 3 * sizeof(*out_size));
	if (*close != '}')
		return NULL;
	while (parts < 3) {
		size_t size = strcspn(from, "|}");
		out_part[parts] = from;
		out_size[parts++] = size;
		from += size;
		if (from == close)
			break;
		from++;
	}
	bool name = out_size[0] > 0 && out_size[0] <= KEY_SIZE
	    && strspn(out_part[0], LETTERS) == out_size[0];
	return name && from == close && parts != 2 ? close : NULL;
}

static bool message_ok(const char *text)
{
	const char *part[3];
	size_t size[3];

	for (; *text != '\0'; text++) {
		if (*text == '}')
			return false;
		if (*text == '{' && (text = hole(text, part, size)) == NULL)
			return false;
	}
	return true;
}

static void write_hole(struct buffer *out, const char *const part[3], const size_t size[3],
    const struct values_scope *scope)
{
	char name[KEY_SIZE + 1] = "";

	memcpy(name, part[0], size[0]);
	const char *value = values_text(scope, name);
	if (part[1] == NULL)
		buffer_text(out, value);
	else if (strcmp(value, "1") == 0)
		buffer_add(out, part[1], size[1]);
	else
		buffer_add(out, part[2], size[2]);
}

void catalogue_write(struct buffer *out, const char *message, const struct values_scope *scope)
{
	while (*message != '\0') {
		const char *part[3] = { NULL };
		size_t plain = strcspn(message, "{"), size[3];
		buffer_add(out, message, plain);
		message += plain;
		if (*message == '\0')
			break;
		const char *close = hole(message, part, size);
		if (close == NULL)
			break;
		write_hole(out, part, size, scope);
		message = close + 1;
	}
}

const char *catalogue_fill(struct arena *arena, const struct catalogue *catalogue,
    const char *key, const struct values *values)
{
	const char *message = catalogue_find(catalogue, key);
	struct buffer out;

	if (message == NULL)
		return "";
	buffer_begin(&out, arena, 16 * CATALOGUE_MESSAGE);
	catalogue_write(&out, message, &(struct values_scope){ values, NULL });
	const char *text = buffer_end(&out);
	return text == NULL ? "" : text;
}

static bool key_ok(const char *key)
{
	size_t size = strlen(key);

	return size > 0 && size <= KEY_SIZE
	    && strspn(key, LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == size;
}

static char *trimmed(struct arena *arena, const char *from, const char *to)
{
	while (from < to && (*from == ' ' || *from == '\t'))
		from++;
	while (from < to && (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\r'))
		to--;
	return text_part(arena, from, (size_t)(to - from));
}

/* One line that is neither empty nor a comment. */
static void read_line(struct arena *arena, struct catalogue *catalogue, const char *line,
    const struct place *place)
{
	const char *equals = strchr(line, '=');
	struct entry entry = { "", "" };

	if (equals != NULL)
		entry = (struct entry){ trimmed(arena, line, equals),
		    trimmed(arena, equals + 1, line + strlen(line)) };
	if (!key_ok(entry.key))
		problems_add(place->problems, "%s:%u: not 'key = text'", place->language,
		    place->line);
	else if (strlen(entry.text) > CATALOGUE_MESSAGE || !text_plain(entry.text))
		problems_add(place->problems, "%s:%u: %s: over %u bytes, or control characters",
		    place->language, place->line, entry.key, CATALOGUE_MESSAGE);
	else if (!message_ok(entry.text))
		problems_add(place->problems, "%s:%u: %s: not {name} or {name|one|other}",
		    place->language, place->line, entry.key);
	else if (catalogue->fallback != NULL && find_own(catalogue->fallback, entry.key) == NULL)
		problems_add(place->problems, "%s:%u: %s: no such key in " CATALOGUE_FALLBACK,
		    place->language, place->line, entry.key);
	else if (catalogue->count == CATALOGUE_KEYS)
		problems_add(place->problems, "%s:%u: more than %u keys", place->language,
		    place->line, CATALOGUE_KEYS);
	else
		catalogue->entries[catalogue->count++] = entry;
}

static void find_doubles(const struct catalogue *catalogue, struct problems *problems)
{
	for (size_t i = 1; i < catalogue->count; i++)
		if (strcmp(catalogue->entries[i - 1].key, catalogue->entries[i].key) == 0)
			problems_add(problems, "%s: %s occurs twice", catalogue->language,
			    catalogue->entries[i].key);
}

bool catalogue_read(struct arena *arena, const char *text, const char *language,
    const struct catalogue *fallback, struct problems *problems,
    const struct catalogue **out_catalogue)
{
	struct catalogue *catalogue = arena_alloc(arena, sizeof(*catalogue));
	struct place place = { .language = language, .problems = problems };
	size_t before = problems->count;

	catalogue->language = text_copy(arena, language);
	catalogue->fallback = fallback;
	catalogue->entries = arena_alloc(arena, CATALOGUE_KEYS * sizeof(*catalogue->entries));
	while (*text != '\0') {
		size_t size = strcspn(text, "\n");
		const char *line = trimmed(arena, text, text + size);
		place.line++;
		if (*line != '\0' && *line != '#')
			read_line(arena, catalogue, line, &place);
		text += size + (text[size] == '\n');
	}
	qsort(catalogue->entries, catalogue->count, sizeof(*catalogue->entries), by_key);
	find_doubles(catalogue, problems);
	if (problems->count > before)
		return false;
	*out_catalogue = catalogue;
	return true;
}

static const struct folder_file *fallback_of(const struct folder *folder)
{
	for (size_t i = 0; i < folder->count; i++)
		if (strcmp(folder->files[i].name, CATALOGUE_FALLBACK ".txt") == 0)
			return &folder->files[i];
	return NULL;
}

static const char *language_of(struct arena *arena, const char *file)
{
	return text_part(arena, file, strlen(file) - strlen(".txt"));
}

enum sp_status catalogues_load(struct arena *arena, const char *path,
    struct problems *problems, struct catalogues *out_catalogues)
{
	struct folder folder = { .path = path, .endings = ".txt", .most = CATALOGUE_LANGUAGES,
		.size = FILE_SIZE };
	struct catalogues all = { 0 };

	bool good = folder_read(arena, &folder, problems);
	const struct folder_file *first = folder.count > 0 ? fallback_of(&folder) : NULL;
	if (first == NULL) {
		problems_add(problems, "%s: there is no " CATALOGUE_FALLBACK ".txt", path);
		return SP_REJECTED;
	}
	good &= catalogue_read(arena, first->text, CATALOGUE_FALLBACK, NULL, problems,
	    &all.fallback);
	if (!good)
		return SP_REJECTED;
	const struct catalogue **languages = arena_alloc(arena, folder.count * sizeof(*languages));
	for (size_t i = 0; i < folder.count; i++) {
		languages[i] = all.fallback;
		if (&folder.files[i] != first)
			good &= catalogue_read(arena, folder.files[i].text,
			    language_of(arena, folder.files[i].name), all.fallback, problems,
			    &languages[i]);
	}
	all.languages = languages;
	all.count = folder.count;
	if (!good)
		return SP_REJECTED;
	*out_catalogues = all;
	return SP_OK;
}
