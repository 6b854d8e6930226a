/*
 * template.h - pages and mails with holes in them
 *
 * A subset of Mustache, without logic and without a way round escaping:
 *
 *   {{name}} {{group.name}}   a value; {{text.KEY}}: a message in the reader's language
 *   {{#name}} ... {{/name}}   if it is there; once for each item if it is a list
 *   {{^name}} ... {{/name}}   if it is not
 *   {{>name}}                 another template of the folder, same ending
 *   {{! words }}              nothing
 *
 * A tag but a value, alone on its line, takes the line with it. In a template whose name
 * ends in .html values are escaped for the place where they stand, and a place where
 * that can't be done is refused when the template is compiled (markup.h). In any other a
 * value is one line: control characters become spaces. Characters that turn the
 * direction of writing round are dropped everywhere. Requirements 167, 231.
 *
 * Threads  A compiled template is read-only: any. Loading reads files: may block.
 * Memory   Compiled ones live in the arena given, the rendered text in its own.
 * Failing  Errors name the file and the line. Rendering fails only beyond TEMPLATE_OUT.
 */
#pragma once

#include <sallyport/plugin.h>

struct arena;
struct catalogue;
struct problems;
struct template;
struct template_set;
struct values;

#define TEMPLATE_TEXT (64u << 10)	/* bytes of one template */
#define TEMPLATE_OUT (256u << 10)	/* bytes of what is rendered */
#define TEMPLATE_DEPTH 16u		/* sections in sections */
#define TEMPLATE_PARTIALS 8u		/* templates in templates */
#define TEMPLATE_FILES 256u

/* One that stands alone: a partial is an error. */
enum sp_status template_compile(struct arena *arena, const char *text, const char *name,
    const struct template **out_template, struct sp_error *out_error)
    __attribute__((warn_unused_result));

/* NULL: it would be too long. */
char *template_render(struct arena *arena, const struct template *template,
    const struct values *values);

/*
 * All of a folder's *.html and *.txt. Everything that is wrong goes to `problems`, and
 * then nothing is loaded: a caller that has a set already keeps it. Each {{text.KEY}}
 * must be a message of `words`, if that is not NULL.
 */
enum sp_status template_set_load(struct arena *arena, const char *folder,
    const struct catalogue *words, struct problems *problems,
    const struct template_set **out_set) __attribute__((warn_unused_result));

/* By file name: "sign-in.html". NULL: there is none. */
const struct template *template_set_find(const struct template_set *set, const char *name);
