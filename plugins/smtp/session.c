/*
 * session.c - one SMTP session with up to 20 messages
 *
 * Blocking, on a lane thread. What libesmtp says about the session as a whole is not
 * believed: it "succeeds" with nothing sent. Each message's replies decide.
 */
#include "esmtp.h"
#include "message.h"
#include "relay.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct session {
	const struct relay *relay;
	smtp_session_t smtp;
	auth_context_t auth;
	struct message messages[RELAY_SESSION_MAX];
	size_t count;
	const char *why;	/* nothing could be sent; a constant */
};

/* Certificates were judged in the handshake. libesmtp judges again, by a name that DNS
 * gave it and without addresses: only that doubt may be overruled, and only if it was. */
static void peer_doubted(va_list args)
{
	int *ok = va_arg(args, int *);
	va_arg(args, const char *);
	const SSL *ssl = va_arg(args, const SSL *);

	*ok = SSL_get_verify_result(ssl) == X509_V_OK &&
	    (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0;
}

static void session_event(smtp_session_t smtp, int event, void *arg, ...)
{
	struct session *session = arg;
	va_list args;

	(void)smtp;
	va_start(args, arg);
	if (event == SMTP_EV_WRONG_PEER_CERTIFICATE)
		peer_doubted(args);
	else if (event == SMTP_EV_EXTNA_STARTTLS)
		session->why = "STARTTLS is not offered";
	else if (event == SMTP_EV_INVALID_PEER_CERTIFICATE || event == SMTP_EV_WEAK_CIPHER ||
	    event == SMTP_EV_NO_PEER_CERTIFICATE)
		session->why = "TLS is not good enough";	/* *ok stays 0 */
	va_end(args);
}

static int session_password(auth_client_request_t request, char **result, int fields, void *arg)
{
	const struct relay *relay = arg;

	for (int i = 0; i < fields; i++) {
		if ((request[i].flags & AUTH_USER) != 0)
			result[i] = (char *)(uintptr_t)relay->conf->username;
		else if ((request[i].flags & AUTH_PASS) != 0)
			result[i] = relay->password;
		else
			return 0;
	}
	return 1;
}

/* The flag that lifts RFC 5321's minimum of minutes belongs to `which`. */
static void session_timeouts(struct session *session, int64_t ms)
{
	static const int all[] = { Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA,
		Timeout_TRANSFER, Timeout_DATA2 };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		smtp_set_timeout(session->smtp, all[i] | Timeout_OVERRIDE_RFC2822_MINIMUM,
		    (long)ms);
}

static bool session_secure(struct session *session)
{
	static const enum starttls_option how[] = { [RELAY_REQUIRED] = Starttls_REQUIRED,
		[RELAY_OPPORTUNISTIC] = Starttls_ENABLED, [RELAY_OFF] = Starttls_DISABLED };
	const struct relay *relay = session->relay;

	if (smtp_starttls_enable(session->smtp, how[relay->conf->tls]) == 0)
		return false;
	if (relay->tls != NULL && smtp_starttls_set_ctx(session->smtp, relay->tls) == 0)
		return false;
	if (relay->password == NULL)
		return true;
	session->auth = auth_create_context();
	if (session->auth == NULL)
		return false;
	auth_set_mechanism_flags(session->auth, AUTH_PLUGIN_PLAIN, 0);
	auth_set_interact_cb(session->auth, session_password, (void *)(uintptr_t)relay);
	return smtp_auth_set_context(session->smtp, session->auth) != 0;
}

static bool session_add(struct session *session, struct message *message)
{
	smtp_message_t handle = smtp_add_message(session->smtp);
	const struct sp_mail_send *mail = message->mail;

	if (handle == NULL || smtp_set_reverse_path(handle, mail->from) == 0 ||
	    smtp_set_messagecb(handle, message_feed, message) == 0)
		return false;
	message->handle = handle;
	message->recipient = smtp_add_recipient(handle, mail->to);
	return message->recipient != NULL;
}

static bool session_make(struct session *session, const char *server, int64_t ms)
{
	const struct conf *conf = session->relay->conf;

	session->smtp = smtp_create_session();
	if (session->smtp == NULL || smtp_set_server(session->smtp, server) == 0 ||
	    smtp_set_eventcb(session->smtp, session_event, session) == 0)
		return false;
	if (conf->helo[0] != '\0' && smtp_set_hostname(session->smtp, conf->helo) == 0)
		return false;
	session_timeouts(session, ms);
	for (size_t i = 0; i < session->count; i++)
		if (!session_add(session, &session->messages[i]))
			return false;
	return session_secure(session);
}

/* A relay that hangs up would end the process: libesmtp writes without MSG_NOSIGNAL. */
static void session_start(struct session *session)
{
	static const struct timespec none;
	sigset_t broken, before, pending;

	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &broken, &before);
	smtp_start_session(session->smtp);
	sigpending(&pending);
	if (sigismember(&pending, SIGPIPE) == 1 && sigismember(&before, SIGPIPE) == 0)
		while (sigtimedwait(&broken, NULL, &none) < 0 && errno == EINTR)
			continue;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int code_of(const smtp_status_t *status)
{
	return status != NULL ? status->code : 0;
}

static struct message_replies message_replies(const struct message *message)
{
	if (message->handle == NULL || message->recipient == NULL)
		return (struct message_replies){ 0 };
	return (struct message_replies){
		code_of(smtp_reverse_path_status(message->handle)),
		code_of(smtp_recipient_status(message->recipient)),
		code_of(smtp_message_transfer_status(message->handle)) };
}

/* Codes, not the server's words: those repeat addresses. */
static void session_explain(const struct session *session, const struct message *message,
    const struct message_replies *replies)
{
	const char *refused = tls_refusal(), *why = session->why;
	char codes[128], error[96];

	snprintf(codes, sizeof(codes), "request %llu: replies were sender %d, recipient %d, "
	    "message %d", (unsigned long long)message->mail->op.request_id, replies->sender,
	    replies->recipient, replies->transfer);
	if (refused != NULL)
		why = refused;
	if (why == NULL && replies->sender == 0 && smtp_errno() != 0)
		why = smtp_strerror(smtp_errno(), error, sizeof(error));
	relay_log(session->relay, SP_WARNING, why != NULL ? why : "not sent", codes);
}

static void session_free(struct session *session)
{
	if (session->smtp != NULL) {
		smtp_auth_set_context(session->smtp, NULL);
		smtp_destroy_session(session->smtp);
	}
	if (session->auth != NULL)
		auth_destroy_context(session->auth);
}

/* libesmtp lets go of the messages before their operations end. */
static void session_end(struct session *session)
{
	enum sp_status statuses[RELAY_SESSION_MAX];

	for (size_t i = 0; i < session->count; i++) {
		const struct message *message = &session->messages[i];
		struct message_replies replies = message_replies(message);
		statuses[i] = message_outcome(&replies, message->begun);
		if (statuses[i] != SP_OK)
			session_explain(session, message, &replies);
	}
	session_free(session);
	for (size_t i = 0; i < session->count; i++)
		sp_op_done(&session->messages[i].mail->op, statuses[i]);
}

/* Nobody needs a message that is late or expired; then it is certain that it wasn't sent. */
static bool session_takes(const struct sp_mail_send *mail)
{
	return sp_op_wanted(&mail->op) && sp_op_left(&mail->op) > 0 &&
	    (mail->expires == 0 || mail->expires > mail->op.now);
}

void session_run(const struct relay *relay, struct sp_mail_send *const *mails, size_t count)
{
	struct session session = { .relay = relay };
	int64_t ms = relay->conf->timeout;
	char server[300];

	for (size_t i = 0; i < count; i++) {
		struct message *message = &session.messages[session.count];
		if (!session_takes(mails[i])) {
			sp_op_done(&mails[i]->op, SP_UNAVAILABLE);
		} else if (!message_init(message, mails[i])) {
			sp_op_done(&mails[i]->op, SP_REJECTED);
		} else {
			int64_t left = sp_op_left(&mails[i]->op);
			ms = left < ms ? left : ms;
			session.count++;
		}
	}
	if (session.count == 0)
		return;
	tls_refusal();
	if (probe_reach(relay, ms, server, sizeof(server)) &&
	    session_make(&session, server, ms > 1000 ? ms : 1000))
		session_start(&session);
	session_end(&session);
}
