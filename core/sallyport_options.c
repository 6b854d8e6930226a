/* sallyport_options.c - the command line: one row for each option */
#include "sallyport.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct option_row {
	const char *name, *letter, *value;	/* value NULL: a flag */
	unsigned bit;
	size_t offset;
	const char *help;
};

#define AT(member) offsetof(struct options, member)

static const struct option_row rows[] = {
	{ "--file", "-f", "FILE", OPTION_FILE, AT(file), "the document; - reads standard input" },
	{ "--dry-run", NULL, NULL, OPTION_DRY_RUN, AT(dry_run), "tells what would change, only" },
	{ "--prune", NULL, NULL, OPTION_PRUNE, AT(prune),
	    "removes what the document's sections don't name (never users)" },
	{ "--yes", "-y", NULL, OPTION_YES, AT(yes), "answers yes where it would ask" },
	{ "--password-file", NULL, "FILE", OPTION_PASSWORD_FILE, AT(password_file),
	    "its first line is the password; - reads standard input" },
	{ "--name", NULL, "NAME", OPTION_NAME, AT(name), "the display name" },
	{ "--role", NULL, "ROLE", OPTION_ROLE, AT(role), "what he may: 'Global Administrator' ..." },
	{ "--expires", NULL, "DAYS", OPTION_EXPIRES, AT(expires),
	    "after how many days it ends: 30d" },
	{ "--first", NULL, NULL, OPTION_FIRST, AT(first),
	    "for the first administrator, who names himself" },
	{ "--top", NULL, "N", OPTION_TOP, AT(top), "how many, 1 to 999" },
	{ "--all", NULL, NULL, OPTION_ALL, AT(all), "all of them" },
	{ "--since", NULL, "TIME", OPTION_SINCE, AT(since),
	    "not before: 90m, 12h, 7d, 2026-11-24 or 2026-11-24T07:51:33Z" },
	{ "--failed", NULL, NULL, OPTION_FAILED, AT(failed), "only those that did not succeed" },
	{ "--known", NULL, "NO:HASH", OPTION_KNOWN, AT(known),
	    "an entry that was noted down, as audit verify prints it" },
	{ "--follow", NULL, NULL, OPTION_FOLLOW, AT(follow), "goes on with new ones, until ^C" },
	{ "--delivered", NULL, "PATH", OPTION_DELIVERED, AT(delivered),
	    "of a mail transport: where messages arrive" },
	{ "--passphrase-file", NULL, "FILE", OPTION_PASSPHRASE_FILE, AT(passphrase_file),
	    "its first line is the passphrase; - reads standard input" },
	{ "--user", NULL, "CUSTOMER", OPTION_USER, AT(user), "which customer: id or address" },
	{ "--app", NULL, "APP", OPTION_TO, AT(app), "to which application: id or name" },
	{ "--context", NULL, "c1", OPTION_QUESTION, AT(context),
	    "the authentication context that the application asks for" },
	{ "--platform", NULL, "NAME", OPTION_QUESTION, AT(platform),
	    "android, iOS, windows, windowsPhone, macOS, linux" },
	{ "--client", NULL, "TYPE", OPTION_QUESTION, AT(client),
	    "browser, mobileAppsAndDesktopClients ..." },
	{ "--ip", NULL, "ADDRESS", OPTION_QUESTION, AT(address), "from which address" },
	{ "--country", NULL, "CODE", OPTION_QUESTION, AT(country),
	    "from which country, beside --ip: DE, US ..." },
	{ "--days", NULL, "N", OPTION_DAYS, AT(days), "so many days back; 30 if not given" },
	{ "--draft", NULL, "FILE", OPTION_DRAFT, AT(draft),
	    "a policy that isn't saved: one more, or instead of the stored one of its id or name" },
	{ "--web", NULL, "URI", OPTION_APP, AT(web), "redirect URI of a web server" },
	{ "--spa", NULL, "URI", OPTION_APP, AT(spa), "redirect URI of a page in the browser" },
	{ "--native", NULL, "URI", OPTION_APP, AT(native),
	    "redirect URI of a program on a phone or desktop" },
	{ "--signed-out", NULL, "URI", OPTION_APP, AT(signed_out),
	    "where it lets people go when they have signed out" },
	{ "--secret", NULL, NULL, OPTION_APP, AT(secret), "makes a secret, and shows it once" },
	{ "--flow", NULL, "FLOW", OPTION_APP, AT(flow), "the user flow by which people sign up" },
	{ "--scope", NULL, "NAME", OPTION_APP, AT(scope), "it is an API; what it offers" },
	{ "--calls", NULL, "APP", OPTION_APP, AT(calls), "the API that it may call" },
	{ "--conf", NULL, "FILE", OPTION_CONF, AT(conf),
	    "the server's conf file; else /etc/sallyport/sallyport.yaml" },
	{ "--tenant", NULL, "NAME", OPTION_EVERYWHERE, AT(tenant),
	    "name or id; else $SALLYPORT_TENANT, else the only one" },
	{ "--socket", NULL, "PATH", OPTION_EVERYWHERE, AT(socket),
	    "the server's; else $SALLYPORT_SOCKET" },
	{ "--state", NULL, "FOLDER", OPTION_EVERYWHERE, AT(state),
	    "the server's state folder, whose admin.sock it is" },
	{ "--json", NULL, NULL, OPTION_EVERYWHERE, AT(json),
	    "prints one JSON: the answer, or an error" },
	{ "--help", "-h", NULL, OPTION_EVERYWHERE, AT(help), "explains, with an example" },
	{ "--version", NULL, NULL, 0, AT(version), "" },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

void options_print(FILE *out, unsigned options)
{
	for (size_t i = 0; i < ROWS; i++) {
		char left[64];
		if ((rows[i].bit & options) == 0)
			continue;
		snprintf(left, sizeof(left), "%s%s%s%s%s", rows[i].letter != NULL ? rows[i].letter :
		    "", rows[i].letter != NULL ? ", " : "", rows[i].name, rows[i].value != NULL ?
		    " " : "", rows[i].value != NULL ? rows[i].value : "");
		fprintf(out, "  %-22s  %s\n", left, rows[i].help);
	}
}

/* "--name", "--name=value", "-n"; `out_value` is behind the "=", or NULL. */
static const struct option_row *row_of(const char *word, const char **out_value)
{
	size_t length = strcspn(word, "=");

	*out_value = word[length] == '=' ? &word[length + 1] : NULL;
	for (size_t i = 0; i < ROWS; i++)
		if ((strlen(rows[i].name) == length && strncmp(word, rows[i].name, length) == 0) ||
		    (rows[i].letter != NULL && strcmp(word, rows[i].letter) == 0))
			return &rows[i];
	return NULL;
}

static enum cli_exit option_unknown(struct cli *cli, const char *word)
{
	const struct option_row *best = NULL;
	size_t least = 4;

	for (size_t i = 0; i < ROWS; i++) {
		size_t far = help_distance(rows[i].name, word);
		if (far < least) {
			least = far;
			best = &rows[i];
		}
	}
	say(CLI_USAGE, "there is no option '%s'", say_safe(cli->arena, word));
	if (best != NULL)
		fprintf(stderr, "  Did you mean %s?\n", best->name);
	return CLI_USAGE;
}

/* One option; `*at` moves over a value of its own word. */
static enum cli_exit option_take(struct cli *cli, int argc, char **argv, int *at,
    unsigned *taken)
{
	const char *value;
	const struct option_row *row = row_of(argv[*at], &value);
	char *options = (char *)&cli->options;

	if (row == NULL)
		return option_unknown(cli, argv[*at]);
	*taken |= row->bit;
	if (row->value == NULL) {
		if (value != NULL)
			return say(CLI_USAGE, "%s takes no value", row->name);
		*(bool *)(options + row->offset) = true;
		return CLI_FINE;
	}
	if (value == NULL && *at + 1 < argc)
		value = argv[++*at];
	if (text_empty(value))
		return say(CLI_USAGE, "%s needs a value: %s %s", row->name, row->name, row->value);
	memcpy(options + row->offset, &value, sizeof(value));
	return CLI_FINE;
}

/* Options that the command doesn't know are told when it is known: see options_fit(). */
enum cli_exit options_read(struct cli *cli, int argc, char **argv)
{
	bool ended = false;

	for (int i = 1; i < argc; i++) {
		if (!ended && argv[i][0] == '-' && argv[i][1] != '\0') {
			if (strcmp(argv[i], "--") == 0) {
				ended = true;
				continue;
			}
			enum cli_exit exit = option_take(cli, argc, argv, &i, &cli->taken);
			if (exit != CLI_FINE)
				return exit;
		} else if (cli->count == CLI_ARGUMENTS) {
			return say(CLI_USAGE, "too many words; a name with spaces goes in quotes");
		} else {
			cli->words[cli->count++] = argv[i];
		}
	}
	return CLI_FINE;
}

enum cli_exit options_fit(const struct cli *cli)
{
	unsigned strange = cli->taken & ~(cli->command->options | OPTION_EVERYWHERE);

	for (size_t i = 0; i < ROWS; i++)
		if ((rows[i].bit & strange) != 0)
			return say(CLI_USAGE, "%s does not take %s; try: sallyport %s --help",
			    cli->command->words, rows[i].name, cli->command->words);
	return CLI_FINE;
}

enum cli_exit options_top(struct cli *cli, long fallback, long *out_number)
{
	const char *text = cli->options.top;
	char *end;

	*out_number = fallback;
	if (text == NULL)
		return CLI_FINE;
	*out_number = strtol(text, &end, 10);
	return *end == '\0' && *out_number >= 1 && *out_number <= 999 ? CLI_FINE :
	    say(CLI_USAGE, "--top wants a number from 1 to 999, not '%s'",
	    say_safe(cli->arena, text));
}

enum cli_exit options_days(struct cli *cli, long fallback, long most, long *out_days)
{
	const char *text = cli->options.expires;
	char *end = NULL;

	*out_days = text != NULL ? strtol(text, &end, 10) : fallback;
	if (text == NULL || (*out_days >= 1 && *out_days <= most && end != text &&
	    (strcmp(end, "d") == 0 || *end == '\0')))
		return CLI_FINE;
	return say(CLI_USAGE, "--expires wants 1d to %ldd, not '%s'", most,
	    say_safe(cli->arena, text));
}
