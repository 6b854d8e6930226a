/*
 * sallyport-plugin-check - does a plugin keep the contract of each role that it offers?
 *
 * `sallyport plugin check` runs this: what it loads is somebody else's code, so neither the
 * server nor the operator's tool does it. It runs itself once more for each check.
 */
#include "check/report.h"

#include "base/memory.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_FINE = 0, EXIT_WRONG, EXIT_USAGE };

static const char help[] =
"sallyport-plugin-check [OPTIONS] FILE.so [key=value]...\n"
"\n"
"Loads FILE.so as the server would, with the keys of a conf section, and runs the suite of each\n"
"role that it offers. Each check has a process of its own, so a crash or a hang is one of its\n"
"results. Give it a place of its own to write to: it creates users, records and mails there.\n"
"\n"
"  --json            prints one JSON object\n"
"  --delivered PATH  of a mail transport: the file or folder where messages arrive, to be counted\n"
"  --only PREFIX     only checks whose name begins so, such as records or mail.send\n"
"  --limit SECONDS   for each check; 60 if not given\n"
"\n"
"Exit status: 0 it conforms; 1 it does not; 2 the command line is wrong.\n";

/* "DIR/x.so" as folder and file, for the loader. */
static void split(char *path)
{
	char *slash = strrchr(path, '/');

	subject.folder = slash == NULL ? "." : slash == path ? "/" : path;
	subject.file = slash == NULL ? path : slash + 1;
	if (slash != NULL)
		*slash = '\0';
}

/* --one NAME PART PAGE DELIVERED FILE.so [key=value]... */
static int one(char **words)
{
	const struct suite_row *row = suite_find(words[0]);
	struct page *page = page_open(atoi(words[2]));

	if (row == NULL)
		return EXIT_USAGE;
	subject.delivered = words[3][0] != '\0' ? words[3] : NULL;
	split(words[4]);
	subject.pairs = &words[5];
	suite_run(row, words[1][0] == '1');
	atomic_store(&page->outcome, PAGE_FINE);
	return EXIT_FINE;
}

static bool chosen(const struct suite_row *row, const char *only)
{
	return only == NULL || strncmp(row->name, only, strlen(only)) == 0;
}

static bool all(struct runner *runner, struct report *report, const char *only)
{
	struct runner_result result;

	/* What cannot be loaded or opened is asked nothing else. */
	for (const struct suite_row *row = suite_plugin; row->name != NULL; row++) {
		if (row > &suite_plugin[1] && !chosen(row, only))
			continue;
		runner_run(runner, row, &result);
		report_add(report, runner, &result);
		if (result.verdict < RUNNER_SKIPPED)
			return report_end(report, runner);
	}
	for (size_t i = 1; i < SUITES; i++)
		for (const struct suite_row *row = suites[i]; row->name != NULL; row++) {
			if ((runner->roles & 1u << (i - 1)) == 0 || !chosen(row, only))
				continue;
			runner_run(runner, row, &result);
			report_add(report, runner, &result);
		}
	return report_end(report, runner);
}

static int usage(bool json, const char *what)
{
	if (json)
		printf("{\"error\": {\"code\": \"BadUsage\", \"message\": \"%s\", "
		    "\"target\": \"plugin check\"}}\n", what);
	fprintf(stderr, "sallyport-plugin-check: %s; see --help\n", what);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' },
		{ "delivered", required_argument, NULL, 'd' }, { "only", required_argument, NULL,
		    'o' },
		{ "limit", required_argument, NULL, 'l' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	struct runner runner = { .self = argv[0], .limit = 60 };
	struct report report;
	const char *only = NULL;
	bool json = false;

	if (!memory_open())
		return usage(false, "memory was in use before it could be set up; is a library "
		    "preloaded?");
	signal(SIGPIPE, SIG_IGN);
	if (argc > 6 && strcmp(argv[1], "--one") == 0)
		return one(&argv[2]);
	for (int c; (c = getopt_long(argc, argv, "+h", options, NULL)) != -1;) {
		if (c == 'h')
			return fputs(help, stdout) >= 0 ? EXIT_FINE : EXIT_WRONG;
		json |= c == 'j';
		if (c == 'd')
			runner.delivered = optarg;
		else if (c == 'o')
			only = optarg;
		else if (c == 'l')
			runner.limit = (unsigned)strtoul(optarg, NULL, 10);
		else if (c != 'j')
			return EXIT_USAGE;
	}
	if (optind == argc || argc - optind > 50 || runner.limit == 0 || runner.limit > 100000)
		return usage(json, "a file is wanted, then at most 49 of key=value");
	for (int i = optind + 1; i < argc; i++)
		if (strchr(argv[i], '=') == NULL)
			return usage(json, "after the file, key=value is wanted");
	runner.words = &argv[optind];
	report_begin(&report, argv[optind], json);
	bool conforms = all(&runner, &report, only);
	return fflush(stdout) == 0 && conforms ? EXIT_FINE : EXIT_WRONG;
}
