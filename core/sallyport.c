/*
 * sallyport - the operator's tool
 *
 * Finds the command's row, and runs it.
 */
#include "sallyport.h"

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define STATE "/var/lib/sallyport"

/* How many of the given words are this command's: 0, or all of them. */
static size_t command_fits(const struct cli *cli, const struct command *command)
{
	const char *at = command->words;
	size_t i = 0;

	for (; *at != '\0'; i++) {
		size_t length = strcspn(at, " ");
		if (i >= cli->count || strlen(cli->words[i]) != length ||
		    strncmp(cli->words[i], at, length) != 0)
			return 0;
		at += length + (at[length] == ' ');
	}
	return i;
}

static bool command_find(struct cli *cli)
{
	for (const struct command *command = commands; command->words != NULL; command++) {
		size_t words = command_fits(cli, command);
		if (words == 0)
			continue;
		cli->command = command;
		cli->arguments = &cli->words[words];
		cli->count -= words;
		return true;
	}
	return false;
}

static const char *socket_of(const struct cli *cli)
{
	const char *named = getenv("SALLYPORT_SOCKET");

	if (cli->options.socket != NULL)
		return cli->options.socket;
	if (cli->options.state != NULL)
		return text_print(cli->arena, "%s/admin.sock", cli->options.state);
	return text_empty(named) ? STATE "/admin.sock" : named;
}

static enum cli_exit command_check(struct cli *cli)
{
	const struct command *command = cli->command;

	if (cli->count >= command->least && cli->count <= command->most)
		return options_fit(cli);
	say(CLI_USAGE, "%s: %s", command->words, cli->count < command->least ?
	    "an argument is missing" : "too many arguments");
	fprintf(stderr, "  sallyport %s %s\n  e.g. %s\n", command->words, command->arguments,
	    command->example);
	return CLI_USAGE;
}

static enum cli_exit command_run(struct cli *cli)
{
	const char *tenant = getenv("SALLYPORT_TENANT");
	report_begin(cli->command);
	enum cli_exit exit = command_check(cli);

	if (exit != CLI_FINE)
		return exit;
	cli->socket = socket_of(cli);
	cli->tenant = cli->options.tenant != NULL ? cli->options.tenant :
	    text_empty(tenant) ? NULL : tenant;
	if (cli->tenant != NULL && !text_plain(cli->tenant))
		return say(CLI_USAGE, "--tenant: control characters in a name");
	if (cli->command->tenant)
		exit = find_tenant(cli);
	if (exit == CLI_FINE)
		exit = cli->command->run(cli);
	call_end(cli);
	return exit;
}

/* "help policy list" is "policy list --help". */
static void take_help(struct cli *cli)
{
	if (cli->count == 0 || strcmp(cli->words[0], "help") != 0)
		return;
	cli->options.help = true;
	cli->count--;
	memmove(&cli->words[0], &cli->words[1], cli->count * sizeof(cli->words[0]));
}

static enum cli_exit dispatch(struct cli *cli)
{
	bool found = command_find(cli);

	if (cli->options.version) {
		puts("sallyport " VERSION);
	} else if (found) {
		if (!cli->options.help)
			return command_run(cli);
		help_command(stdout, cli->command);
	} else if (cli->count > 0 && !help_word(cli->words[0])) {
		return help_unknown(cli);
	} else if (cli->options.help) {
		if (cli->count > 0)
			help_group(stdout, cli->words[0]);
		else
			help_all(stdout);
	} else {
		return help_unknown(cli);
	}
	return CLI_FINE;
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct cli cli = { .arena = &arena };

	if (!memory_open())
		return (int)say(CLI_REFUSED, "memory was in use before it could be set up; is a "
		    "library preloaded?");
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_NOTHING);
	arena_init(&arena, NULL, 0);
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)	/* also of what is wrong */
		cli.options.json |= strcmp(argv[i], "--json") == 0;
	enum cli_exit exit = options_read(&cli, argc, argv);
	if (exit == CLI_FINE) {
		take_help(&cli);
		exit = dispatch(&cli);
	}
	if (cli.options.json)
		report_end(&cli, exit);
	if (fflush(stdout) != 0 && exit == CLI_FINE)
		exit = say(CLI_REFUSED, "the output cannot be written");
	arena_done(&arena);
	curl_global_cleanup();
	return (int)exit;
}
