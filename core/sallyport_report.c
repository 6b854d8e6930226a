/*
 * sallyport_report.c - with --json: one value on standard output, whatever comes of it
 *
 * A command prints what the server answered, or that something is done; one that fails and has
 * printed nothing prints {"error": {code, message, target, details}}, as the admin API does. What
 * is said to people goes to stderr all the same.
 */
#include "sallyport.h"

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"

#include <pthread.h>
#include <stdarg.h>
#include <string.h>

enum { ERRORS_MOST = 1000 };

static struct {
	pthread_mutex_t lock;		/* many hands may fail at once */
	const char *target;
	json_t *errors;
	bool printed, open;		/* open: a list is half told */
	size_t rows;			/* of it */
} report = { .lock = PTHREAD_MUTEX_INITIALIZER, .target = "command line" };

void report_begin(const struct command *command)
{
	report.target = command->words;
}

static void error_add(json_t *error)
{
	pthread_mutex_lock(&report.lock);
	if (report.errors == NULL)
		report.errors = json_array();
	if (json_array_size(report.errors) < ERRORS_MOST)
		json_array_append(report.errors, error);
	pthread_mutex_unlock(&report.lock);
	json_decref(error);
}

void report_error(enum cli_exit exit, const char *text)
{
	static const char *const codes[] = {
		[CLI_FINE] = "Warning", [CLI_REFUSED] = "Refused", [CLI_USAGE] = "BadUsage",
		[CLI_CONFIRM] = "ConfirmationRequired", [CLI_UNREACHABLE] = "ServerUnreachable",
	};

	error_add(json_pack("{s:s, s:s, s:s}", "code", codes[exit], "message",
	    text_utf8(text, strlen(text)) ? text : "?", "target", report.target));
}

void report_refusal(const struct answer *answer, const char *where)
{
	json_t *error = json_copy(json_object_get(answer->body, "error"));
	const json_t *detail = json_array_get(json_object_get(error, "details"), 0);
	const char *target = json_text(error, "target", json_text(detail, "target", ""));
	struct arena arena;

	if (!json_is_object(error)) {
		json_decref(error);
		error = json_pack("{s:s, s:s}", "code", "Refused", "message",
		    "the server refuses it without a word");
	}
	arena_init(&arena, NULL, 0);
	const char *path = text_print(&arena, "%s%s%s", where, where[0] != '\0' &&
	    target[0] != '\0' ? "." : "", target);
	json_object_set_new(error, "target", json_string(path[0] != '\0' ? path : report.target));
	arena_done(&arena);
	error_add(error);
}

/* The first, and the others beside what it had of details itself. */
static json_t *error_of(void)
{
	json_t *error, *details, *other;
	size_t index;

	if (report.errors == NULL)
		report_error(CLI_USAGE, "this is no command; try: sallyport --help");
	error = json_copy(json_array_get(report.errors, 0));
	if (json_array_size(report.errors) < 2)
		return error;
	details = json_copy(json_object_get(error, "details"));
	if (details == NULL)
		details = json_array();
	json_array_foreach(report.errors, index, other)
		if (index > 0)
			json_array_append(details, other);
	json_object_set_new(error, "details", details);
	return error;
}

void report_end(struct cli *cli, enum cli_exit exit)
{
	json_t *error;

	if (exit != CLI_FINE && (!report.printed || report.open)) {
		error = error_of();
		if (report.open) {
			fputs("],\n\"error\":\n", stdout);
			say_json(cli, error);
			puts("}");
		} else {
			json_t *whole = json_pack("{s:O}", "error", error);
			say_json(cli, whole);
			json_decref(whole);
		}
		json_decref(error);
	}
	json_decref(report.errors);
}

void report_printed(void)
{
	report.printed = true;
}

/* A list may have more pages than fit into memory: they are one list all the same. */
void report_page(struct cli *cli, const json_t *body, bool more)
{
	const json_t *value = json_object_get(body, "value");
	bool begun = report.open;
	json_t *one;
	size_t index;

	if (!begun && !more) {
		say_json(cli, body);
		return;
	}
	if (!begun)
		puts("{\"value\": [");
	report.open = true;
	json_array_foreach(value, index, one) {
		fputs(report.rows++ > 0 ? ",\n" : "", stdout);
		say_json(cli, one);
	}
	if (!more)
		puts("]}");
	report.open = more;
}

void report_done(struct cli *cli, const json_t *body, const char *id, const char *format, ...)
{
	char text[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (!cli->options.json) {
		puts(text);
	} else if (json_object_size(body) > 0) {
		say_json(cli, body);
	} else {
		json_t *done = json_pack("{s:s, s:s*, s:s}", "command", cli->command->words, "id", id,
		    "message", text_utf8(text, strlen(text)) ? text : cli->command->summary);
		say_json(cli, done);
		json_decref(done);
	}
}
