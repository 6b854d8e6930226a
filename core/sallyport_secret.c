/* sallyport_secret.c - passwords and passphrases: from a file or a terminal, never from argv */
#include "sallyport.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { MOST = 1024 };

static bool line_read(FILE *file, char *line)
{
	bool read = fgets(line, MOST + 2, file) != NULL;

	line[strcspn(line, "\r\n")] = '\0';
	return read && line[0] != '\0' && text_utf8(line, strlen(line));
}

enum cli_exit secret_line(struct cli *cli, const char *path, const char *word,
    const char **out_secret)
{
	char *line = arena_alloc(cli->arena, MOST + 2);
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");

	if (file == NULL)
		return say(CLI_USAGE, "%s: %s", path, strerror(errno));
	setvbuf(file, NULL, _IONBF, 0);
	bool read = line_read(file, line);
	if (file != stdin)
		fclose(file);
	if (!read)
		return say(CLI_USAGE, "%s: no %s in its first line", path, word);
	*out_secret = line;
	return CLI_FINE;
}

/* ^C shall not leave a terminal that shows nothing: it is a character like any other here. */
static bool ask_once(FILE *terminal, const char *prompt, char *line)
{
	struct termios shown, hidden;
	int fd = fileno(terminal);

	if (tcgetattr(fd, &shown) != 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	if (tcsetattr(fd, TCSAFLUSH, &hidden) != 0)
		return false;
	fprintf(terminal, "%s", prompt);
	fflush(terminal);
	bool read = line_read(terminal, line);
	tcsetattr(fd, TCSAFLUSH, &shown);
	fputc('\n', terminal);
	return read && strpbrk(line, "\003\034") == NULL;
}

enum cli_exit secret_ask(struct cli *cli, const char *prompt, bool twice, const char **out_secret)
{
	char *line = arena_alloc(cli->arena, MOST + 2), *again = arena_alloc(cli->arena, MOST + 2);
	FILE *terminal = fopen("/dev/tty", "r+e");

	if (terminal == NULL)
		return say(CLI_USAGE, "there is no terminal to ask at: --passphrase-file FILE");
	setvbuf(terminal, NULL, _IONBF, 0);
	bool read = ask_once(terminal, prompt, line) &&
	    (!twice || ask_once(terminal, "Once more: ", again));
	fclose(terminal);
	if (!read)
		return say(CLI_USAGE, "no passphrase was given");
	if (twice && strcmp(line, again) != 0)
		return say(CLI_USAGE, "these are two different ones");
	*out_secret = line;
	return CLI_FINE;
}
