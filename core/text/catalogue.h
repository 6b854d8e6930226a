/*
 * catalogue.h - what the pages and mails say, in each language
 *
 * A file for each language, named after it ("de.txt"), of lines
 *
 *   key = text
 *
 * In a text, {name} is a value of that name, and {minutes|minute|minutes} the first form
 * if the value is 1, else the second. "#" begins a comment. en.txt is the measure: a key
 * that it lacks is an error in any other, a key that only it has is said in English.
 *
 * Threads  Read-only once loaded: any. Loading reads files: may block.
 * Memory   The arena given to the loader.
 * Failing  Everything wrong goes to `problems`, with file and line.
 */
#pragma once

#include <sallyport/plugin.h>

struct arena;
struct buffer;
struct catalogue;
struct problems;
struct values;
struct values_scope;

#define CATALOGUE_FALLBACK "en"
#define CATALOGUE_LANGUAGES 64u
#define CATALOGUE_KEYS 2048u
#define CATALOGUE_MESSAGE 1000u	/* bytes of one text */

struct catalogues {
	const struct catalogue *const *languages;	/* by name */
	size_t count;
	const struct catalogue *fallback;
};

enum sp_status catalogues_load(struct arena *arena, const char *folder,
    struct problems *problems, struct catalogues *out_catalogues)
    __attribute__((warn_unused_result));

/* One language from its text; without a fallback it stands alone. False: see problems. */
bool catalogue_read(struct arena *arena, const char *text, const char *language,
    const struct catalogue *fallback, struct problems *problems,
    const struct catalogue **out_catalogue) __attribute__((warn_unused_result));

const char *catalogue_language(const struct catalogue *catalogue);	/* "de", "pt-BR" */

/* As written, in this language or in English. NULL: no such key. */
const char *catalogue_find(const struct catalogue *catalogue, const char *key);
size_t catalogue_count(const struct catalogue *catalogue);	/* its own, for coverage */

/* Filled; for subject lines. "" for a key that is not there. */
const char *catalogue_fill(struct arena *arena, const struct catalogue *catalogue,
    const char *key, const struct values *values);
void catalogue_write(struct buffer *out, const char *message, const struct values_scope *scope);

/*
 * The reader's language: the first of these texts that names one there is, each NULL or as
 * it came: ui_locales (words), a cookie (one tag), Accept-Language (with weights). "de-AT"
 * is served by "de". Requirement 254.
 */
const struct catalogue *catalogue_choose(const struct catalogues *catalogues,
    const char *ui_locales, const char *cookie, const char *accept_language);
