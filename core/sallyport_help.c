/* sallyport_help.c - what there is, and what was probably meant */
#include "sallyport.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

static const char all_head[] =
"sallyport - the operator's tool of the customer-identity server Sallyport\n"
"\n"
"  sallyport COMMAND [ARGUMENTS] [OPTIONS]\n"
"  sallyport COMMAND --help        explains one, with an example\n"
"\n";

static const char all_foot[] =
"\n"
"To begin:  sallyport apply -f tenant.json --dry-run   (what would change)\n"
"           sallyport apply -f tenant.json\n"
"\n"
"Names are taken wherever ids are. The server is reached over its Unix socket: --socket,\n"
"else $SALLYPORT_SOCKET, else /var/lib/sallyport/admin.sock. NO_COLOR switches colours off.\n"
"\n"
"Exit status: 0 fine; 1 the server refused, the message says why; 2 the command line is\n"
"wrong; 3 a yes was needed and not given; 4 no server answers.\n";

static size_t first_word(const char *words)
{
	return strcspn(words, " ");
}

static void summary(FILE *out, const struct command *command)
{
	char left[80];

	snprintf(left, sizeof(left), "%s%s%s", command->words, command->arguments[0] != '\0' ?
	    " " : "", command->arguments);
	fprintf(out, "  %-44s  %s\n", left, command->summary);
}

void help_all(FILE *out)
{
	fputs(all_head, out);
	for (const struct command *command = commands; command->words != NULL; command++)
		summary(out, command);
	fputs("\nOptions that every command takes:\n", out);
	options_print(out, OPTION_EVERYWHERE);
	fputs(all_foot, out);
}

void help_group(FILE *out, const char *word)
{
	for (const struct command *command = commands; command->words != NULL; command++)
		if (first_word(command->words) == strlen(word) &&
		    strncmp(command->words, word, strlen(word)) == 0)
			summary(out, command);
	fprintf(out, "\nMore of one:  sallyport %s COMMAND --help\n", word);
}

/* In lines of at most 88 columns: the tables hold sentences. */
static void paragraph(FILE *out, const char *text)
{
	enum { WIDE = 88 };
	size_t at = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, " ");
		if (at > 0 && at + 1 + length > WIDE) {
			fputc('\n', out);
			at = 0;
		} else if (at > 0) {
			fputc(' ', out);
			at++;
		}
		fprintf(out, "%.*s", (int)length, text);
		at += length;
		text += length + (text[length] == ' ');
	}
	fputc('\n', out);
}

void help_command(FILE *out, const struct command *command)
{
	fprintf(out, "sallyport %s %s\n\n", command->words, command->arguments);
	paragraph(out, command->help);
	if (command->options != 0) {
		fputs("\nOptions:\n", out);
		options_print(out, command->options);
	}
	fputs("\nOptions that every command takes:\n", out);
	options_print(out, OPTION_EVERYWHERE);
	fprintf(out, "\nExample:\n  $ %s\n", command->example);
	fprintf(out, "\nWhen it goes wrong:\n  $ %s\n  %s\n", command->wrong, command->answer);
}

bool help_word(const char *word)
{
	for (const struct command *command = commands; command->words != NULL; command++)
		if (first_word(command->words) == strlen(word) &&
		    strncmp(command->words, word, strlen(word)) == 0)
			return true;
	return false;
}

static size_t least_of(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

size_t help_distance(const char *a, const char *b)
{
	enum { MOST = 64 };
	size_t row[MOST], sizes[2] = { strnlen(a, MOST - 1), strnlen(b, MOST - 1) };

	for (size_t j = 0; j <= sizes[1]; j++)
		row[j] = j;
	for (size_t i = 1; i <= sizes[0]; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= sizes[1]; j++) {
			size_t above = row[j];
			row[j] = least_of(above + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return row[sizes[1]];
}

/* Like the first two words that were given. */
static const struct command *nearest(struct cli *cli)
{
	const struct command *best = NULL;
	size_t least = 5;

	for (const struct command *command = commands; command->words != NULL; command++) {
		bool two = strchr(command->words, ' ') != NULL && cli->count > 1;
		size_t far = help_distance(command->words, two ? text_print(cli->arena, "%s %s",
		    cli->words[0], cli->words[1]) : cli->words[0]);
		if (far < least) {
			least = far;
			best = command;
		}
	}
	return best;
}

enum cli_exit help_unknown(struct cli *cli)
{
	if (cli->count == 0) {
		help_all(stderr);
		return CLI_USAGE;
	}
	const struct command *best = nearest(cli);
	bool group = help_word(cli->words[0]);
	if (group && cli->count == 1)
		say(CLI_USAGE, "%s what?", cli->words[0]);
	else
		say(CLI_USAGE, "there is no command '%s%s%s'", say_safe(cli->arena, cli->words[0]),
		    cli->count > 1 ? " " : "", cli->count > 1 ? say_safe(cli->arena,
		    cli->words[1]) : "");
	if (best != NULL && !(group && cli->count == 1))
		fprintf(stderr, "  Did you mean: sallyport %s\n", best->words);
	else if (group)
		help_group(stderr, cli->words[0]);
	else
		fputs("  All there are: sallyport --help\n", stderr);
	return CLI_USAGE;
}
