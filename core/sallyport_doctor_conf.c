/* sallyport_doctor_conf.c - the conf file, and what it lets happen */
#include "sallyport_doctor.h"

#include "base/arena.h"
#include "base/text.h"
#include "conf/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MOST = 256 << 10 };

void doctor_user(struct doctor *doctor)
{
	const char *name, *state;
	enum owner_result result = owner_become(doctor->cli->arena, doctor->path, &name, &state);

	doctor->check = "user";
	if (result == OWNER_FAILED)
		doctor_tell(doctor, DOCTOR_WARNING, "Run it as that user",
		    "cannot become %s, the server's user: %s", name, strerror(errno));
	else if (result == OWNER_BECOME)
		doctor_tell(doctor, DOCTOR_FINE, NULL, "looking as %s, who owns %s", name, state);
}

/* Beside us, as it is built and installed, or in the PATH that daemons are in. */
static const char *daemon_find(struct arena *arena)
{
	static const char *const folders[] = { "", "/../sbin", "/usr/local/sbin", "/usr/sbin" };
	char self[4096];
	ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[size > 0 ? size : 0] = '\0';
	char *slash = strrchr(self, '/');
	if (slash != NULL)
		*slash = '\0';
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *path = text_print(arena, "%s%s/sallyportd", i < 2 ? self : "",
		    folders[i]);
		if (path[0] == '/' && access(path, X_OK) == 0)
			return path;
	}
	return "sallyportd";
}

static void daemon_become(const char *file, const char *conf, int out)
{
	if (dup2(out, STDOUT_FILENO) >= 0 && dup2(out, STDERR_FILENO) >= 0)
		execlp(file, "sallyportd", "--check-conf", "--conf", conf, (char *)NULL);
	fprintf(stderr, "%s: cannot be run: %s\n", file, strerror(errno));
	fflush(stderr);
	_exit(127);
}

/* What `sallyportd --check-conf` says, and its exit status; -1: it did not exit. */
static int daemon_ask(struct doctor *doctor, char **out_answer)
{
	const char *file = daemon_find(doctor->cli->arena);
	char *answer = arena_alloc(doctor->cli->arena, ANSWER_MOST);
	size_t used = 0;
	int ends[2], status;
	ssize_t got;

	*out_answer = answer;
	fflush(NULL);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid_t child = fork();
	if (child == 0)
		daemon_become(file, doctor->path, ends[1]);
	close(ends[1]);
	while (child > 0 && used < ANSWER_MOST - 1 &&
	    (got = read(ends[0], answer + used, ANSWER_MOST - 1 - used)) != 0) {
		if (got > 0)
			used += (size_t)got;
		else if (errno != EINTR)
			break;
	}
	close(ends[0]);
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void conf_take(struct doctor *doctor)
{
	const struct conf_options options = { .bench = false };
	struct conf *conf = arena_alloc(doctor->cli->arena, sizeof(*conf));
	struct cli *cli = doctor->cli;
	struct errors errors;

	if (conf_read(doctor->path, &options, cli->arena, conf, &errors) != SP_OK)
		return;		/* the daemon has told why */
	doctor->conf = conf;
	if (cli->options.socket == NULL && cli->options.state == NULL &&
	    text_empty(getenv("SALLYPORT_SOCKET")))
		cli->socket = conf->server.admin_socket;
}

void doctor_conf(struct doctor *doctor)
{
	char *answer, *line, *rest;
	int status = daemon_ask(doctor, &answer);

	for (line = strtok_r(answer, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
		doctor_tell(doctor, strstr(line, " warning: ") != NULL ? DOCTOR_WARNING :
		    status == 0 ? DOCTOR_FINE : DOCTOR_WRONG, NULL, "%s", line);
	if (status != 0)
		doctor_tell(doctor, DOCTOR_WRONG, "The lines above say where; then: sallyportd "
		    "--check-conf", "a server would not start with %s", doctor->path);
	conf_take(doctor);
}

void doctor_proxies(struct doctor *doctor)
{
	const struct conf *conf = doctor->conf;
	bool told = false;

	for (size_t i = 0; i < conf->listen_count; i++) {
		const struct conf_listen *listen = &conf->listens[i];
		if (!listen->secure || !text_empty(listen->tls_certificate))
			continue;
		told = true;
		if (conf->server.proxy_count > 0)
			doctor_tell(doctor, DOCTOR_FINE, NULL, "listen.%s is behind a proxy, and "
			    "server.trusted_proxies says whose word is taken", listen->name);
		else
			doctor_tell(doctor, DOCTOR_WARNING, "server: trusted_proxies: [127.0.0.1], "
			    "or where the proxy is", "listen.%s is behind a proxy that nobody "
			    "trusts: all visitors seem to come from one address and share its "
			    "limits", listen->name);
	}
	if (!told)
		doctor_tell(doctor, DOCTOR_FINE, NULL, "no listener is behind a proxy");
}

static void spool_tell(struct doctor *doctor, const struct conf_plugin *plugin)
{
	bool open = doctor_public(doctor->conf);

	doctor_tell(doctor, open ? DOCTOR_WRONG : DOCTOR_WARNING, open ?
	    "Customers need smtp.so" : "Right for trying it; customers need smtp.so",
	    "plugin.%s writes mail with passcodes that anybody can read who reads %s",
	    plugin->name, doctor_key(plugin, "folder", "its folder"));
}

void doctor_plugins(struct doctor *doctor)
{
	const struct conf *conf = doctor->conf;
	size_t before = doctor->wrong + doctor->warnings;

	for (size_t i = 0; i < conf->plugin_count; i++) {
		const struct conf_plugin *plugin = &conf->plugins[i];
		bool keeps = text_same(plugin->name, conf->server.users) ||
		    text_same(plugin->name, conf->server.records);
		if (text_same(plugin->file, "spool.so") && doctor_sends(doctor, plugin))
			spool_tell(doctor, plugin);
		if (text_same(plugin->file, "memory.so") && keeps)
			doctor_tell(doctor, doctor_public(conf) ? DOCTOR_WRONG : DOCTOR_WARNING,
			    "Customers need lmdb.so", "plugin.%s forgets everything when the server "
			    "stops", plugin->name);
	}
	if (doctor->wrong + doctor->warnings == before)
		doctor_tell(doctor, DOCTOR_FINE, NULL, "what is kept survives a restart, and codes "
		    "go out by mail alone");
}
