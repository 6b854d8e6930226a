/* sallyport_admins.c - administrators: the link that lets one in */
#include "sallyport.h"

#include "base/arena.h"
#include "base/text.h"

static enum cli_exit link_print(struct cli *cli, json_t *body)
{
	json_t *link;
	enum cli_exit exit = call_must(cli, "POST", "/signInLinks", body, &link);

	json_decref(body);
	if (exit != CLI_FINE)
		return exit;
	if (cli->options.json) {
		say_json(cli, link);
	} else {
		say_line(cli, json_text(link, "link", ""));
		say_only("It works once, until %s. Whoever has it is an administrator: give it to "
		    "nobody else.", json_text(link, "expiresDateTime", ""));
	}
	json_decref(link);
	return CLI_FINE;
}

enum cli_exit admins_link(struct cli *cli)
{
	if (cli->options.first != (cli->count == 0))
		return say(CLI_USAGE, "admin link: an administrator's address, or --first");
	return link_print(cli, cli->options.first ? json_pack("{s:b}", "first", 1) :
	    json_pack("{s:s}", "user", cli->arguments[0]));
}
