/* sallyport_keys.c - the key file, into a safe and back */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/outfile.h"
#include "base/text.h"
#include "conf/owner.h"
#include "crypto/keycopy.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define CONF_PATH "/etc/sallyport/sallyport.yaml"

enum { LEAST = 12 };

/* Where the server's state is; NULL: told. */
static const char *state_of(struct cli *cli)
{
	const char *conf = cli->options.conf != NULL ? cli->options.conf : CONF_PATH;

	if (cli->options.state != NULL)
		return cli->options.state;
	const char *state = owner_state(cli->arena, conf);
	if (state == NULL)
		say(CLI_USAGE, "%s: %s", say_safe(cli->arena, conf), errno != 0 ? strerror(errno) :
		    "is no conf file; see: sallyportd --check-conf");
	return state;
}

static enum cli_exit passphrase_of(struct cli *cli, bool made, struct secret *out_passphrase)
{
	const char *path = cli->options.passphrase_file, *text = NULL;
	enum cli_exit exit = path != NULL ? secret_line(cli, path, "passphrase", &text) :
	    secret_ask(cli, made ? "Passphrase for the copy: " : "Its passphrase: ", made, &text);

	if (exit != CLI_FINE)
		return exit;
	if (made && strlen(text) < LEAST)
		return say(CLI_USAGE, "the passphrase is too short: %d characters at least, better "
		    "five words", LEAST);
	*out_passphrase = secret_text(text);
	return CLI_FINE;
}

/* As the server's user, whose file it is. */
static bool key_read(struct cli *cli, const char *state, struct keyfile *out_keyfile,
    enum keyfile_status *out_found)
{
	const char *path = text_print(cli->arena, "%s/keys/server.key", state);
	struct sp_error error = { "" };

	if (!owner_borrow(state)) {
		say(CLI_REFUSED, "%s: cannot become its owner: %s", state, strerror(errno));
		return false;
	}
	*out_found = keyfile_read(path, out_keyfile, &error);
	owner_return();
	if (*out_found == KEYFILE_READ)
		return true;
	if (*out_found == KEYFILE_REFUSED)
		say(CLI_REFUSED, "%s", error.text);
	return false;
}

static enum cli_exit copy_write(struct cli *cli, const char *text, const struct keyfile *keyfile)
{
	const char *path = cli->arguments[0];
	struct outfile file;

	if (outfile_open(&file, path) && outfile_write(&file, text, strlen(text)) &&
	    outfile_keep(&file)) {
		report_done(cli, NULL, NULL, "%s: a copy of the key file %s. Keep it, and the "
		    "passphrase, apart from the backups and from each other.",
		    say_safe(cli->arena, path), encode_hex(cli->arena, keyfile->id, KEYFILE_ID));
		return CLI_FINE;
	}
	enum cli_exit exit = say(CLI_REFUSED, "%s: %s", say_safe(cli->arena, path),
	    errno == EEXIST ? "is there already; a copy replaces no file" : strerror(errno));
	outfile_drop(&file);
	return exit;
}

enum cli_exit keys_export(struct cli *cli)
{
	const char *state = state_of(cli);
	enum keyfile_status found = KEYFILE_REFUSED;
	struct secret passphrase;
	struct keyfile keyfile;

	if (state == NULL)
		return CLI_USAGE;
	if (!key_read(cli, state, &keyfile, &found))
		return found == KEYFILE_ABSENT ? say(CLI_REFUSED, "%s/keys/server.key: there is none "
		    "yet; the first start makes it", state) : CLI_REFUSED;
	enum cli_exit exit = passphrase_of(cli, true, &passphrase);
	if (exit == CLI_FINE)
		exit = copy_write(cli, keycopy_seal(cli->arena, &keyfile, passphrase,
		    KEYCOPY_COST), &keyfile);
	keyfile_done(&keyfile);
	return exit;
}

/* The copy's text; NULL: told. */
static char *copy_load(struct cli *cli)
{
	const char *path = cli->arguments[0];
	char *text = arena_alloc(cli->arena, KEYCOPY_MAX + 1);
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		say(CLI_REFUSED, "%s: %s", say_safe(cli->arena, path), strerror(errno));
		return NULL;
	}
	size_t size = fread(text, 1, KEYCOPY_MAX, file);
	fclose(file);
	text[size] = '\0';
	return text;
}

static enum cli_exit key_place(struct cli *cli, const char *state, const struct keyfile *keyfile)
{
	const char *folder = text_print(cli->arena, "%s/keys", state);
	const char *path = text_print(cli->arena, "%s/server.key", folder);
	struct sp_error error = { "" };

	if (!owner_borrow(state))
		return say(CLI_REFUSED, "%s: cannot become its owner: %s", state, strerror(errno));
	bool ok = mkdir(folder, 0700) == 0 || errno == EEXIST;
	if (!ok)
		snprintf(error.text, sizeof(error.text), "%.200s: %s", folder, strerror(errno));
	ok = ok && keyfile_keep(path, keyfile, &error);
	owner_return();
	if (!ok)
		return say(CLI_REFUSED, "%s", error.text);
	report_done(cli, NULL, NULL, "%s: the key file %s is in its place",
	    say_safe(cli->arena, path), encode_hex(cli->arena, keyfile->id, KEYFILE_ID));
	return CLI_FINE;
}

static enum cli_exit key_put(struct cli *cli, const char *state, const struct keyfile *keyfile)
{
	enum keyfile_status found = KEYFILE_REFUSED;
	struct keyfile there = { 0 };
	enum cli_exit exit = CLI_REFUSED;

	if (key_read(cli, state, &there, &found)) {
		bool same = memcmp(there.id, keyfile->id, KEYFILE_ID) == 0;
		exit = same ? CLI_FINE : say(CLI_REFUSED, "%s/keys/server.key is another one, %s: "
		    "move it away first, if nothing needs it any more", state,
		    encode_hex(cli->arena, there.id, KEYFILE_ID));
		if (same)
			report_done(cli, NULL, NULL, "%s/keys/server.key: this key file is in its "
			    "place already", state);
	} else if (found == KEYFILE_ABSENT) {
		exit = key_place(cli, state, keyfile);
	}
	keyfile_done(&there);
	return exit;
}

enum cli_exit keys_import(struct cli *cli)
{
	const char *state = state_of(cli);
	char *text = state != NULL ? copy_load(cli) : NULL;
	struct sp_error error = { "" };
	struct secret passphrase;
	struct keyfile keyfile;

	if (text == NULL)
		return state == NULL ? CLI_USAGE : CLI_REFUSED;
	enum cli_exit exit = passphrase_of(cli, false, &passphrase);
	if (exit != CLI_FINE)
		return exit;
	if (!keycopy_open(cli->arena, text, passphrase, &keyfile, &error))
		return say(CLI_REFUSED, "%s: %s", say_safe(cli->arena, cli->arguments[0]),
		    error.text);
	exit = key_put(cli, state, &keyfile);
	keyfile_done(&keyfile);
	return exit;
}
