#include "flow/letters.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/turn.h"
#include "model/address.h"
#include "text/mime.h"
#include "text/problems.h"
#include "text/template.h"
#include "text/values.h"

bool letters_load(struct arena *arena, const char *folder, const struct catalogues *words,
    const char *from, struct problems *problems, struct letters *out_letters)
{
	struct letters letters = { .words = words };
	struct address address;

	if (address_parse(arena, from, &address) != ADDRESS_OK) {
		problems_add(problems, "mail_from: not an address: %s", from);
		return false;
	}
	letters.from = address.send;
	letters.domain = address.domain;
	if (template_set_load(arena, folder, words->fallback, problems, &letters.templates) != SP_OK)
		return false;
	*out_letters = letters;
	return true;
}

struct values *letters_values(const struct turn *turn, const char *app)
{
	struct values *values = values_new(turn->arena);

	values_set(values_group(values, "brand"), "name", turn->tenant->display_name);
	values_set(values, "app", app != NULL ? app : turn->tenant->display_name);
	return values;
}

static const char *letter_part(const struct turn *turn, const struct letter *letter,
    const char *ending, const struct values *values)
{
	const char *name = text_print(turn->arena, "%s.%s", letter->name, ending);
	const struct template *template = template_set_find(turn->letters->templates, name);

	return template != NULL ? template_render(turn->arena, template, values) : NULL;
}

bool letters_write(const struct turn *turn, const struct letter *letter, struct values *values,
    struct sp_id id, struct mail_message *out_message)
{
	const struct letters *letters = turn->letters;
	const struct catalogue *words = catalogue_choose(letters->words, letter->locales,
	    turn->tenant->locale, NULL);
	struct mime_letter mime = {
		.from = text_empty(turn->tenant->mail_from) ? letters->from : turn->tenant->mail_from,
		.from_name = turn->tenant->display_name, .to = letter->to,
		.subject = catalogue_fill(turn->arena, words, letter->subject, values),
		.message_id = mime_message_id(turn->arena, id, letters->domain),
		.language = catalogue_language(words),
		.date = letter->date != 0 ? letter->date : turn->now,
	};
	struct mime_message message;
	struct sp_error error;

	values_words(values, words);
	mime.text = letter_part(turn, letter, "txt", values);
	mime.html = letter_part(turn, letter, "html", values);
	if (mime.text == NULL || mime.html == NULL) {
		log_line(SP_ERROR, "mail %s: its template is missing or too long", letter->name);
		return false;
	}
	if (mime_compose(turn->arena, &mime, &message, &error) != SP_OK) {
		log_line(SP_ERROR, "mail %s: %s", letter->name, error.text);
		return false;
	}
	*out_message = (struct mail_message){
		.message_id = mime.message_id, .from = mime.from, .to = mime.to,
		.headers = message.headers, .text = mime.text, .html = mime.html,
		.mime = message.mime, .expires = letter->expires,
	};
	return true;
}
