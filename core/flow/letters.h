/*
 * letters.h - what mails say: templates, words, and whom they come from
 *
 * Threads  Loaded on the main thread, then read-only: any loop.
 * Memory   Loaded into the arena given; what is written, into the turn's.
 * Failing  letters_load() collects all that is wrong. letters_write() is false when a
 *          name or an address doesn't fit into a header; nothing is sent then.
 */
#pragma once

#include "plugin/mail.h"
#include "text/catalogue.h"

struct problems;
struct template_set;
struct turn;
struct values;

struct letters {
	const struct template_set *templates;
	const struct catalogues *words;
	const char *from, *domain;	/* of tenants without an address of their own */
};

/* `folder` holds the templates. */
bool letters_load(struct arena *arena, const char *folder, const struct catalogues *words,
    const char *from, struct problems *problems, struct letters *out_letters);

struct letter {
	const char *name;	/* of the templates: "code" */
	const char *subject;	/* key of the message */
	const char *to;
	const char *locales;	/* as ui_locales; NULL: the tenant's language */
	int64_t date;		/* when it leaves; 0: now */
	int64_t happened;	/* told as {time}, UTC; 0: it isn't told */
	int64_t expires;	/* useless from then on */
};

/* Values that every letter has are set here: brand.name, app. */
struct values *letters_values(const struct turn *turn, const char *app);
bool letters_write(const struct turn *turn, const struct letter *letter, struct values *values,
    struct sp_id id, struct mail_message *out_message);
