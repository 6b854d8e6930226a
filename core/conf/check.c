#include "conf/check.h"

#include "base/arena.h"
#include "base/text.h"
#include "conf/endpoint.h"
#include "conf/secretfile.h"
#include "conf/table.h"

#include <string.h>
#include <unistd.h>

#define PASSWORD_WORK_MAX (INT64_C(1) << 30)
#define SOCKET_PATH_MAX 107u	/* of struct sockaddr_un, with its end */

static struct place listen_place(const struct conf *conf, const struct conf_listen *listen,
    const char *key)
{
	const struct tree *section = tree_find(conf->tree, "listen");
	const struct tree *map = tree_find(section, listen->name);
	const struct tree *tree = map->kind == TREE_MAP ? tree_find(map, key) : NULL;

	return tree != NULL ? tree->at : listen->at;
}

/* Listeners. */

static void check_address(struct conf *conf, struct conf_listen *listen, struct errors *errors)
{
	struct place at = listen_place(conf, listen, "address");
	struct endpoint address;

	if (listen->address == NULL)
		return;		/* told already */
	if (!endpoint_read(listen->address, errors->arena, &address)) {
		errors_add(errors, at, "listen.%s.address: cannot be '%s'; allowed: an IP address "
		    "and a port, such as 127.0.0.1:8080 or [::1]:8080", listen->name,
		    listen->address);
		return;
	}
	listen->host = address.host;
	listen->port = address.port;
	listen->loopback = address.loopback;
	listen->wildcard = address.wildcard;
	for (const struct conf_listen *other = conf->listens; other < listen; other++)
		if (text_same(other->address, listen->address))
			errors_add(errors, at, "listen.%s.address: taken by listen.%s; allowed: one "
			    "listener for each", listen->name, other->name);
}

/* Of the address, without the port that goes without saying. */
static const char *made_url(const struct conf_listen *listen, bool tls, struct arena *arena)
{
	const char *colon = strrchr(listen->address, ':');
	bool usual = listen->port == (tls ? 443 : 80);

	return text_print(arena, "http%s://%.*s", tls ? "s" : "", usual ?
	    (int)(colon - listen->address) : (int)strlen(listen->address), listen->address);
}

static void check_base_url(struct conf *conf, struct conf_listen *listen, struct errors *errors)
{
	struct place at = listen_place(conf, listen, "base_url");
	bool tls = listen->tls_certificate != NULL && listen->tls_certificate[0] != '\0';
	struct endpoint_url url;

	if (listen->host == NULL || listen->base_url == NULL)
		return;
	if (listen->base_url[0] == '\0' && listen->wildcard) {
		errors_add(errors, at, "listen.%s.base_url: must be set for all addresses; allowed: "
		    "such as https://login.example.com", listen->name);
		return;
	}
	if (listen->base_url[0] == '\0')
		listen->base_url = made_url(listen, tls, errors->arena);
	if (!endpoint_url(listen->base_url, &url)) {
		errors_add(errors, at, "listen.%s.base_url: cannot be '%s'; allowed: https, a host "
		    "in lower case, a port unless it is the usual one, no path", listen->name,
		    listen->base_url);
		return;
	}
	listen->secure = url.secure;
	if (!url.secure && !(url.loopback && listen->loopback))
		errors_add(errors, at, "listen.%s.base_url: http beyond loopback; allowed: https",
		    listen->name);
	if (!url.secure && tls)
		errors_add(errors, at, "listen.%s.base_url: http with a certificate; allowed: https",
		    listen->name);
	if (url.secure && !tls && !listen->loopback && conf->server.proxy_count == 0)
		errors_add(errors, at, "listen.%s.base_url: https, but nobody speaks TLS; allowed: "
		    "tls_certificate and tls_key here, or a proxy named in server.trusted_proxies",
		    listen->name);
}

static void check_surfaces(struct conf *conf, struct conf_listen *listen, struct errors *errors)
{
	static const struct { const char *name; unsigned bit; } surfaces[] = {
		{ "pages", CONF_PAGES }, { "oidc", CONF_OIDC }, { "native", CONF_NATIVE },
		{ "admin", CONF_ADMIN }, { "ops", CONF_OPS },
	};
	struct place at = listen_place(conf, listen, "surfaces");

	for (const char *const *name = listen->surface_names; name != NULL && *name != NULL; name++)
		for (size_t i = 0; i < sizeof(surfaces) / sizeof(surfaces[0]); i++)
			if (strcmp(*name, surfaces[i].name) == 0)
				listen->surfaces |= surfaces[i].bit;
	if (listen->surfaces == 0 && listen->surface_names != NULL)
		errors_add(errors, at, "listen.%s.surfaces: is empty; allowed: one or more of pages "
		    "oidc native admin ops", listen->name);
	bool public = (listen->surfaces & (CONF_PAGES | CONF_OIDC | CONF_NATIVE)) != 0;
	bool private = (listen->surfaces & (CONF_ADMIN | CONF_OPS)) != 0;
	if (!public || !private || listen->loopback || listen->host == NULL)
		return;
	if (!listen->allow_private)
		errors_add(errors, at, "listen.%s.surfaces: admin and ops beside public ones, beyond "
		    "loopback; allowed: a listener of their own, or allow_private: yes",
		    listen->name);
	else
		errors_warn(errors, at, "listen.%s.surfaces: admin and ops are open to everybody who "
		    "reaches this listener", listen->name);
}

static void check_tls(struct conf *conf, struct conf_listen *listen, struct errors *errors)
{
	struct sp_error error = { "" };

	if (listen->tls_certificate == NULL || listen->tls_key == NULL)
		return;
	bool certificate = listen->tls_certificate[0] != '\0', key = listen->tls_key[0] != '\0';
	if (certificate != key)
		errors_add(errors, listen_place(conf, listen, certificate ? "tls_certificate" :
		    "tls_key"), "listen.%s: one of tls_certificate and tls_key alone; allowed: both "
		    "or neither", listen->name);
	if (certificate && access(listen->tls_certificate, R_OK) != 0)
		errors_add(errors, listen_place(conf, listen, "tls_certificate"),
		    "listen.%s.tls_certificate: %s cannot be read; allowed: a PEM file",
		    listen->name, listen->tls_certificate);
	if (key && secretfile_check(listen->tls_key, &error) != SP_OK)
		errors_add(errors, listen_place(conf, listen, "tls_key"), "listen.%s.tls_key: %s",
		    listen->name, error.text);
}

/* The server. */

#define NETWORKS "addresses and networks such as 10.0.0.0/8, with no bit set beyond the mask"

static void check_outbound(struct conf *conf, struct errors *errors)
{
	const char *const *text = conf->server.outbound_allow;
	struct conf_network network;

	for (; text != NULL && *text != NULL; text++)
		if (!endpoint_network(*text, &network))
			errors_add(errors, conf_place(conf, "server", "outbound_allow"),
			    "server.outbound_allow: cannot hold '%s'; allowed: " NETWORKS, *text);
}

static void check_proxies(struct conf *conf, struct errors *errors)
{
	const char *const *texts = conf->server.trusted_proxies;
	size_t count = 0;

	while (texts != NULL && texts[count] != NULL)
		count++;
	struct conf_network *networks = arena_alloc(errors->arena, (count + 1) * sizeof(*networks));
	for (size_t i = 0; i < count; i++)
		if (endpoint_network(texts[i], &networks[conf->server.proxy_count]))
			conf->server.proxy_count++;
		else
			errors_add(errors, conf_place(conf, "server", "trusted_proxies"),
			    "server.trusted_proxies: cannot hold '%s'; allowed: " NETWORKS,
			    texts[i]);
	conf->server.proxies = networks;
}

static void check_socket(struct conf *conf, struct errors *errors)
{
	if (conf->server.state == NULL || conf->server.admin_socket == NULL)
		return;
	if (conf->server.admin_socket[0] == '\0')
		conf->server.admin_socket = text_print(errors->arena, "%s/admin.sock",
		    conf->server.state);
	if (strlen(conf->server.admin_socket) > SOCKET_PATH_MAX)
		errors_add(errors, conf_place(conf, "server", "admin_socket"),
		    "server.admin_socket: '%s' is too long; allowed: up to %u bytes",
		    conf->server.admin_socket, SOCKET_PATH_MAX);
}

static void check_passwords(struct conf *conf, const struct conf_options *options,
    struct errors *errors)
{
	int64_t memory = conf->server.password_memory, passes = conf->server.password_passes;
	if (memory > 0 && passes > PASSWORD_WORK_MAX / memory)
		errors_add(errors, conf_place(conf, "server", "password_passes"),
		    "server.password_passes: too much work for one password; allowed: "
		    "password_memory times passes up to 1G");
	bool weak_memory = memory > 0 && memory < TABLE_MEMORY_FLOOR;
	bool weak_passes = passes > 0 && passes < TABLE_PASSES_FLOOR;

	if (!weak_memory && !weak_passes)
		return;
	conf->weak_passwords = true;
	if (options->bench && conf_loopback(conf))
		return;
	errors_add(errors, conf_place(conf, "server", weak_memory ? "password_memory" :
	    "password_passes"), "server.%s: below the floor; allowed: 19M and 2 passes at least, "
	    "or less with --bench, every listener on loopback and an empty store",
	    weak_memory ? "password_memory" : "password_passes");
}

static void check_loopback(const struct conf *conf, struct errors *errors)
{
	if (conf_loopback(conf))
		return;
	if (conf->server.test_clock)
		errors_add(errors, conf_place(conf, "server", "test_clock"),
		    "server.test_clock: yes with a listener beyond loopback; allowed: no");
	for (size_t i = 0; i < conf->plugin_count; i++) {
		const struct conf_plugin *plugin = &conf->plugins[i];
		if (!text_same(plugin->file, "spool.so"))
			continue;
		if (!conf->server.plaintext_codes)
			errors_add(errors, plugin->at, "plugin.%s: spool.so writes passcodes to "
			    "files, and a listener is beyond loopback; allowed: another plugin, or "
			    "server.plaintext_codes: yes", plugin->name);
		else
			errors_warn(errors, plugin->at, "plugin.%s: writes passcodes to files",
			    plugin->name);
	}
}

static void check_role(const struct conf *conf, const char *role, const char *name,
    struct errors *errors)
{
	if (name != NULL && conf_plugin(conf, name) == NULL)
		errors_add(errors, conf_place(conf, "server", role),
		    "server.%s: there is no plugin '%s'; allowed: a name from the section plugin",
		    role, name);
}

static void check_roles(const struct conf *conf, struct errors *errors)
{
	const char *const *mail = conf->server.mail;
	size_t count = 0;

	check_role(conf, "users", conf->server.users, errors);
	check_role(conf, "records", conf->server.records, errors);
	check_role(conf, "policy", conf->server.policy, errors);
	if (mail == NULL)
		return;
	for (; mail[count] != NULL; count++)
		check_role(conf, "mail", mail[count], errors);
	if (count == 0 || count > 8)
		errors_add(errors, conf_place(conf, "server", "mail"),
		    "server.mail: names %zu plugins; allowed: 1 to 8", count);
}

void check_all(struct conf *conf, const struct conf_options *options, struct errors *errors)
{
	check_proxies(conf, errors);
	check_outbound(conf, errors);
	for (size_t i = 0; i < conf->listen_count; i++) {
		check_address(conf, &conf->listens[i], errors);
		check_base_url(conf, &conf->listens[i], errors);
		check_surfaces(conf, &conf->listens[i], errors);
		check_tls(conf, &conf->listens[i], errors);
	}
	check_socket(conf, errors);
	check_passwords(conf, options, errors);
	check_loopback(conf, errors);
	check_roles(conf, errors);
}
