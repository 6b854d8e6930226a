/*
 * smtp - hands mail to one relay, with libesmtp
 *
 * All that waits goes out together, up to 20 messages in a session, on a lane thread.
 * libesmtp is used behind the mends that README.md lists.
 */
#include "esmtp.h"
#include "relay.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sp_key keys[] = {
	{ .name = "host", .type = SP_TEXT, .offset = offsetof(struct conf, host),
	  .help = "Name or IPv4 address of the relay; its certificate must bear it." },
	{ .name = "port", .type = SP_NUMBER, .offset = offsetof(struct conf, port),
	  .fallback = "587", .min = 1, .max = 65535, .help = "Port of the relay." },
	{ .name = "tls", .type = SP_CHOICE, .offset = offsetof(struct conf, tls),
	  .fallback = "required", .choices = "required opportunistic off",
	  .help = "required: no STARTTLS, no mail. opportunistic: if it is offered. The "
	    "certificate is checked in both cases." },
	{ .name = "ca_file", .type = SP_PATH, .offset = offsetof(struct conf, ca_file),
	  .fallback = "", .help = "Certificates to trust instead of the system's." },
	{ .name = "username", .type = SP_TEXT, .offset = offsetof(struct conf, username),
	  .fallback = "", .help = "Name to authenticate with; needs password_file and tls." },
	{ .name = "password_file", .type = SP_SECRET_FILE,
	  .offset = offsetof(struct conf, password), .fallback = "",
	  .help = "File that holds the password and that only the server's user may read." },
	{ .name = "helo", .type = SP_TEXT, .offset = offsetof(struct conf, helo),
	  .fallback = "", .help = "Name to greet the relay with; this host's name if empty." },
	{ .name = "timeout", .type = SP_DURATION, .offset = offsetof(struct conf, timeout),
	  .fallback = "10s", .min = 1000, .max = 300000,
	  .help = "How long to wait for the connection, and for each reply." },
	{ 0 },
};

void relay_log(const struct relay *relay, enum sp_level level, const char *what,
    const char *why)
{
	char text[512];

	snprintf(text, sizeof(text), "%.100s:%lld: %s: %s", relay->conf->host,
	    (long long)relay->conf->port, what, why);
	relay->host->log(relay->host, level, text);
}

/* libesmtp looks for a client certificate below this folder, or in the home, and would
 * use and then spoil it; it takes no other word for it than the environment. Others may read that
 * at this moment, when a reload brings the first relay: the first setenv() of a process copies
 * glibc's array and frees nothing, and nobody else here calls it. Nothing is set where the
 * service's unit has set it already.
 */
static void smtp_prepare(void)
{
	static const char name[] = "XDG_CONFIG_DIR", nowhere[] = "/nonexistent";
	const char *now = getenv(name);

	if (now == NULL || strcmp(now, nowhere) != 0)
		setenv(name, nowhere, 1);
	auth_client_init();
}

static const char *conf_wrong(const struct conf *conf)
{
	struct in6_addr address;

	if (inet_pton(AF_INET6, conf->host, &address) == 1)
		return "host: an IPv6 address cannot be given to libesmtp, use a name";
	if (conf->host[0] == '\0' || strlen(conf->host) > 253 ||
	    strpbrk(conf->host, ":/ \t\r\n") != NULL)
		return "host: is neither a name nor an address";
	if (strpbrk(conf->helo, " \t\r\n") != NULL || strlen(conf->helo) > 253)
		return "helo: is no name";
	if ((conf->username[0] != '\0') != (conf->password.size > 0))
		return "username and password_file go together";
	if (conf->username[0] != '\0' && conf->tls != RELAY_REQUIRED)
		return "tls: must be required where there is a password to send";
	if (conf->password.size > 0 &&
	    memchr(conf->password.data, '\0', conf->password.size) != NULL)
		return "password_file: holds a NUL";
	return NULL;
}

/* Without the line end that editors leave. */
static char *password_text(const struct sp_bytes *file)
{
	char *text = file->size > 0 ? strndup(file->data, file->size) : NULL;

	if (text != NULL)
		text[strcspn(text, "\r\n")] = '\0';
	return text;
}

static void smtp_close(void *self)
{
	struct relay *relay = self;

	SSL_CTX_free(relay->tls);
	if (relay->password != NULL)
		explicit_bzero(relay->password, strlen(relay->password));
	free(relay->password);
	free(relay);
}

static enum sp_status smtp_open(const struct sp_host *host, const void *conf_data,
    void **out_self, struct sp_error *out_error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const struct conf *conf = conf_data;
	const char *wrong = conf_wrong(conf);
	struct relay *relay = wrong == NULL ? calloc(1, sizeof(*relay)) : NULL;

	if (relay == NULL) {
		snprintf(out_error->text, sizeof(out_error->text), "%s",
		    wrong != NULL ? wrong : "out of memory");
		return SP_FAILED;
	}
	pthread_once(&once, smtp_prepare);
	relay->host = host;
	relay->conf = conf;
	relay->password = password_text(&conf->password);
	if (conf->tls != RELAY_OFF)
		relay->tls = tls_new(conf, out_error);
	if (conf->tls != RELAY_OFF && relay->tls == NULL) {
		smtp_close(relay);
		return SP_FAILED;
	}
	*out_self = relay;
	return SP_OK;
}

static void smtp_batch(void *self, struct sp_op *const *ops, size_t count)
{
	struct sp_mail_send *mails[SP_BATCH_MAX];

	for (size_t i = 0; i < count; i++)
		mails[i] = (struct sp_mail_send *)ops[i];
	for (size_t i = 0; i < count; i += RELAY_SESSION_MAX)
		session_run(self, mails + i,
		    count - i < RELAY_SESSION_MAX ? count - i : RELAY_SESSION_MAX);
}

static void smtp_send(struct sp_mail_send *op)
{
	sp_op_batch(&op->op, smtp_batch);
}

static const struct sp_mail mail = SP_MAIL(.send = smtp_send);

SP_PLUGIN(
	.name = "smtp",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.lanes = 16,
	.open = smtp_open,
	.close = smtp_close,
	.mail = &mail,
);
