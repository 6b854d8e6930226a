/* sallyport_init.c - a folder that a server can be started from: conf, state, keys */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/outfile.h"
#include "base/text.h"
#include "crypto/keyfile.h"
#include "text/buffer.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char conf_text[] =
"# A server behind a proxy that speaks TLS, with a relay for its mail. All keys:\n"
"# sallyportd --print-conf. To be looked over: mail_from, the relay's host and username.\n"
"server:\n"
"  state: $F/state\n"
"  users: main\n"
"  records: main\n"
"  policy: ca\n"
"  mail: [relay]\n"
"  mail_from: sign-in@$H\n"
"  trusted_proxies: [127.0.0.1]\n"
"listen:\n"
"  public: { address: \"127.0.0.1:8080\", base_url: \"$U\", surfaces: [pages, oidc, native] }\n"
"  ops: { address: \"127.0.0.1:9464\", surfaces: [ops] }\n"
"plugin:\n"
"  main: { file: lmdb.so, path: $F/state/db }\n"
"  ca: { file: conditional-access.so }\n"
"  relay:\n"
"    file: smtp.so\n"
"    host: smtp.$H\n"
"    port: 587\n"
"    tls: required\n"
"    username: sallyport\n"
"    password_file: $F/relay.password\n";

struct made { const char *folder, *url, *host, *key; };

/* $F, $U, $H and $K of a text. */
static const char *filled(struct arena *arena, const char *text, const struct made *made)
{
	struct buffer buffer;

	buffer_begin(&buffer, arena, (size_t)1 << 20);
	for (; *text != '\0'; text++) {
		if (*text != '$') {
			buffer_char(&buffer, *text);
			continue;
		}
		text++;
		buffer_text(&buffer, *text == 'F' ? made->folder : *text == 'U' ? made->url :
		    *text == 'H' ? made->host : made->key);
	}
	return buffer_end(&buffer);
}

/* "login.example.com" of "https://login.example.com"; NULL: told. */
static const char *host_of(const char *url)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
	const char *host = strncmp(url, "https://", 8) == 0 ? url + 8 : "";

	if (host[0] != '\0' && host[strspn(host, plain)] == '\0')
		return host;
	say(CLI_USAGE, "the address that visitors will see is wanted, as in "
	    "https://login.example.com");
	return NULL;
}

static enum cli_exit cannot(struct cli *cli, const char *path)
{
	return say(CLI_REFUSED, "%s: %s", say_safe(cli->arena, path), errno == EEXIST ?
	    "is there already; nothing is replaced" : strerror(errno));
}

/* Paths stand in a conf file: what would have to be quoted there is no name for it. */
static bool path_plain(const char *path)
{
	return path[0] == '/' && strpbrk(path, " \t\"'#:{}[],&*!|>%@`$\\") == NULL &&
	    text_plain(path) && strlen(path) < PATH_MAX - 64;
}

static enum cli_exit file_make(struct cli *cli, const char *path, const char *text, mode_t mode)
{
	struct outfile file;

	if (outfile_open(&file, path) && outfile_write(&file, text, strlen(text)) &&
	    fchmod(file.fd, mode) == 0 && outfile_keep(&file))
		return CLI_FINE;
	enum cli_exit exit = cannot(cli, path);
	outfile_drop(&file);
	return exit;
}

static enum cli_exit folders_make(struct cli *cli, const char *folder)
{
	static const char *const parts[] = { "state", "state/db", "state/keys" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *path = text_print(cli->arena, "%s/%s", folder, parts[i]);
		if (mkdir(path, 0700) != 0)
			return cannot(cli, path);
	}
	return CLI_FINE;
}

static enum cli_exit all_make(struct cli *cli, struct made *made)
{
	struct arena *arena = cli->arena;
	const char *folder = made->folder;
	struct sp_error error = { "" };
	struct keyfile keyfile;
	enum cli_exit exit = folders_make(cli, folder);

	if (exit != CLI_FINE)
		return exit;
	if (!keyfile_make(text_print(arena, "%s/state/keys/server.key", folder), &keyfile,
	    &error))
		return say(CLI_REFUSED, "%s", error.text);
	made->key = encode_hex(arena, keyfile.id, KEYFILE_ID);
	keyfile_done(&keyfile);
	exit = file_make(cli, text_print(arena, "%s/relay.password", folder), "", 0600);
	return exit != CLI_FINE ? exit : file_make(cli, text_print(arena, "%s/sallyport.yaml",
	    folder), filled(arena, conf_text, made), 0644);
}

static const char next_text[] =
"$F/sallyport.yaml, $F/state and the key file $K are made. Next:\n"
"  the relay's password into $F/relay.password; host and mail_from in the conf file\n"
"  sallyport keys export FILE --conf $F/sallyport.yaml    (a copy for the safe)\n"
"  sallyportd --check-conf --conf $F/sallyport.yaml\n"
"  sallyportd --conf $F/sallyport.yaml\n"
"  sallyport apply -f tenant.json --state $F/state\n";

enum cli_exit init_run(struct cli *cli)
{
	const char *given = cli->arguments[0], *url = cli->arguments[1];
	char folder[PATH_MAX];
	struct made made = { folder, url, host_of(url), NULL };

	if (made.host == NULL)
		return CLI_USAGE;
	if ((mkdir(given, 0755) != 0 && errno != EEXIST) || realpath(given, folder) == NULL)
		return cannot(cli, given);
	if (!path_plain(folder))
		return say(CLI_USAGE, "%s: a path of letters, digits, - and . is wanted",
		    say_safe(cli->arena, folder));
	enum cli_exit exit = all_make(cli, &made);
	if (exit == CLI_FINE && cli->options.json)
		report_done(cli, NULL, NULL, "%s is made", say_safe(cli->arena, folder));
	else if (exit == CLI_FINE)
		fputs(filled(cli->arena, next_text, &made), stdout);
	return exit;
}
