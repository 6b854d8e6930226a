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

#include <time.h>

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

/* In the reader's words; UTC, since nobody knows where he is. */
static void letter_time(const struct turn *turn, const struct catalogue *words, int64_t ms,
    struct values *values)
{
	const time_t seconds = (time_t)(ms / 1000);
	struct values *date = values_group(values, "date");
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL)
		return;
	values_number(date, "day", tm.tm_mday);
	values_set(date, "month", catalogue_fill(turn->arena, words,
	    text_print(turn->arena, "date.month_%d", tm.tm_mon + 1), values));
	values_number(date, "year", tm.tm_year + 1900);
	values_set(date, "clock", text_print(turn->arena, "%02d:%02d", tm.tm_hour, tm.tm_min));
	values_set(values, "time", catalogue_fill(turn->arena, words, "date.time", values));
}

/* Of whom the mail is from: that is what a relay and a filter hold it against. */
static const char *letter_domain(const struct turn *turn, const char *from)
{
	struct address address;

	return address_parse(turn->arena, from, &address) == ADDRESS_OK ? address.domain :
	    turn->letters->domain;
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
		.language = catalogue_language(words),
		.date = letter->date != 0 ? letter->date : turn->now,
	};
	struct mime_message message;
	struct sp_error error;

	mime.message_id = mime_message_id(turn->arena, id, letter_domain(turn, mime.from));
	if (letter->happened != 0)
		letter_time(turn, words, letter->happened, values);
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
