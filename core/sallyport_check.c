/*
 * sallyport_check.c - hands over to the program that loads plugins
 *
 * It stands beside this one in a build, and in libexec where both are installed.
 */
#include "sallyport.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "sallyport-plugin-check"

/* The places are relative to where this program is, so that a staged tree works, too. */
static const char *program_find(struct cli *cli)
{
	static const char *const places[] = { "", "/../libexec" };
	char self[4096];
	ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[size > 0 ? size : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL)
		return LIBEXEC_DIR "/" PROGRAM;
	*slash = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *path = text_print(cli->arena, "%s%s/" PROGRAM, self, places[i]);
		if (access(path, X_OK) == 0)
			return path;
	}
	return LIBEXEC_DIR "/" PROGRAM;
}

enum cli_exit check_run(struct cli *cli)
{
	const char *program = program_find(cli);
	const char *words[CLI_ARGUMENTS + 8] = { program };
	size_t count = 1;

	if (cli->options.json)
		words[count++] = "--json";
	if (cli->options.delivered != NULL) {
		words[count++] = "--delivered";
		words[count++] = cli->options.delivered;
	}
	words[count++] = "--";
	for (size_t i = 0; i < cli->count; i++)
		words[count++] = cli->arguments[i];
	execv(program, (char *const *)(uintptr_t)words);
	return say(CLI_REFUSED, "%s: %s", program, strerror(errno));
}
