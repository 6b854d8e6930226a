/* sallyport_doctor_mail.c - does the relay answer, and will the world believe who sent it */
#include "sallyport_doctor.h"

#include "base/arena.h"
#include "base/text.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <resolv.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_MS = 3000, ANSWER_MOST = 4096 };

/* 0, or why it could not be reached. */
static int reach(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int result = fd < 0 ? errno : 0;
	socklen_t size = sizeof(result);

	if (fd < 0)
		return result;
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	if (connect(fd, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS)
		result = errno;
	else if (poll(&wait, 1, CONNECT_MS) <= 0)
		result = ETIMEDOUT;
	else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &size) != 0)
		result = errno;
	close(fd);
	return result;
}

static void relay_look(struct doctor *doctor, const struct conf_plugin *plugin)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	const char *host = doctor_key(plugin, "host", ""), *port = doctor_key(plugin, "port", "587");
	struct addrinfo *found;
	int why = getaddrinfo(host, port, &hints, &found), error = ENOENT;

	if (why != 0) {
		doctor_tell(doctor, why == EAI_AGAIN ? DOCTOR_UNCHECKED : DOCTOR_WRONG,
		    why == EAI_AGAIN ? NULL : "See host and port of the plugin's section",
		    "plugin.%s: %s: %s", plugin->name, host, gai_strerror(why));
		return;
	}
	for (const struct addrinfo *at = found; at != NULL && error != 0; at = at->ai_next)
		error = reach(at);
	freeaddrinfo(found);
	doctor_tell(doctor, error == 0 ? DOCTOR_FINE : DOCTOR_WRONG, error == 0 ?
	    "A real mail: sallyport mail test ADDRESS" : "Codes wait until it answers; see host, "
	    "port and the firewall", "plugin.%s: %s:%s %s", plugin->name, host, port,
	    error == 0 ? "answers" : strerror(error));
}

void doctor_relay(struct doctor *doctor)
{
	const struct conf *conf = doctor->conf;
	size_t count = 0;

	for (size_t i = 0; i < conf->plugin_count; i++) {
		const struct conf_plugin *plugin = &conf->plugins[i];
		if (!text_same(plugin->file, "smtp.so") || !doctor_sends(doctor, plugin))
			continue;
		count++;
		relay_look(doctor, plugin);
		if (text_same(doctor_key(plugin, "tls", "required"), "required"))
			continue;
		doctor_tell(doctor, DOCTOR_WARNING, "tls: required, unless the relay is on this "
		    "machine", "plugin.%s: codes may travel unencrypted", plugin->name);
	}
	if (count == 0)
		doctor_tell(doctor, DOCTOR_FINE, NULL, "no mail goes through a relay");
}

/* From: domains. */

enum dns { DNS_UNKNOWN = 0, DNS_NONE, DNS_FOUND };

/* Has the name a TXT record that begins so? */
static enum dns dns_text(const char *name, const char *begin)
{
	unsigned char answer[ANSWER_MOST];
	ns_msg message;
	ns_rr record;
	int size = res_query(name, ns_c_in, ns_t_txt, answer, sizeof(answer));

	if (size < 0)
		return h_errno == HOST_NOT_FOUND || h_errno == NO_DATA ? DNS_NONE : DNS_UNKNOWN;
	if (size > ANSWER_MOST || ns_initparse(answer, size, &message) != 0)
		return DNS_UNKNOWN;
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		if (ns_parserr(&message, ns_s_an, i, &record) != 0)
			return DNS_UNKNOWN;
		const unsigned char *data = ns_rr_rdata(record);
		size_t length = ns_rr_rdlen(record) > 0 ? data[0] : 0;
		if (ns_rr_type(record) == ns_t_txt && length < ns_rr_rdlen(record) &&
		    length >= strlen(begin) &&
		    strncasecmp((const char *)data + 1, begin, strlen(begin)) == 0)
			return DNS_FOUND;
	}
	return DNS_NONE;
}

static void dns_tell(struct doctor *doctor, const char *what, const char *name,
    const char *begin)
{
	switch (dns_text(name, begin)) {
	case DNS_FOUND:
		doctor_tell(doctor, DOCTOR_FINE, NULL, "%s has a record for %s", name, what);
		break;
	case DNS_NONE:
		doctor_tell(doctor, DOCTOR_WARNING, "Many mailboxes refuse such mail or call it "
		    "spam: ask whoever runs the relay what to publish", "%s has no record for %s",
		    name, what);
		break;
	default:
		doctor_tell(doctor, DOCTOR_UNCHECKED, NULL, "%s of %s: no name server answers", what,
		    name);
	}
}

/* Names that no mailbox in the world believes (RFC 2606, RFC 6761). */
static bool domain_reserved(const char *domain)
{
	static const char *const ends[] = { "localhost", "localdomain", "local", "test", "example",
		"invalid", "example.com", "example.net", "example.org" };
	size_t size = strlen(domain);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t end = strlen(ends[i]);
		if (size >= end && strcasecmp(domain + size - end, ends[i]) == 0 &&
		    (size == end || domain[size - end - 1] == '.'))
			return true;
	}
	return strchr(domain, '.') == NULL;
}

static void sender_look(struct doctor *doctor, const char *whose, const char *address)
{
	struct arena *arena = doctor->cli->arena;
	const char *at = strrchr(address, '@');
	const char *domain = at != NULL ? at + 1 : "";

	if (domain_reserved(domain)) {
		doctor_tell(doctor, doctor_public(doctor->conf) ? DOCTOR_WRONG : DOCTOR_WARNING,
		    "An address of a domain of yours, in server.mail_from or the tenant's mailFrom",
		    "%s sends as %s, which no mailbox beyond this network takes", whose, address);
		return;
	}
	doctor_tell(doctor, DOCTOR_FINE, "DKIM cannot be seen from here: look at the headers of a "
	    "mail that arrived, for dkim=pass", "%s sends as %s", whose, address);
	dns_tell(doctor, "SPF", domain, "v=spf1");
	dns_tell(doctor, "DMARC", text_print(arena, "_dmarc.%s", domain), "v=DMARC1");
}

/* Where spool.so alone sends, nobody beyond must believe it. */
static bool sends_out(const struct doctor *doctor)
{
	for (size_t i = 0; i < doctor->conf->plugin_count; i++)
		if (doctor_sends(doctor, &doctor->conf->plugins[i]) &&
		    !text_same(doctor->conf->plugins[i].file, "spool.so"))
			return true;
	return false;
}

void doctor_sender(struct doctor *doctor)
{
	bool fallback = json_array_size(doctor->tenants) == 0;
	json_t *tenant;
	size_t index;

	if (!sends_out(doctor)) {
		doctor_tell(doctor, DOCTOR_FINE, NULL, "no mail leaves this machine");
		return;
	}
	json_array_foreach(doctor->tenants, index, tenant) {
		const char *from = json_text(tenant, "mailFrom", NULL);
		fallback |= from == NULL;
		if (from != NULL)
			sender_look(doctor, json_text(tenant, "name", "?"), from);
	}
	if (fallback)
		sender_look(doctor, "the server", doctor->conf->server.mail_from);
}
