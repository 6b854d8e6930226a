/*
 * relay.h - one relay that takes our mail: what all files here share
 *
 * Threads  Read-only once open: a session has all that it writes on its own stack.
 */
#pragma once

#include <sallyport/mail.h>

#include <openssl/types.h>

#define RELAY_SESSION_MAX 20u	/* messages in one session */

enum relay_tls { RELAY_REQUIRED, RELAY_OPPORTUNISTIC, RELAY_OFF };

struct conf {
	const char *host;
	int64_t port;
	int64_t tls;		/* enum relay_tls */
	const char *ca_file;
	const char *username;
	struct sp_bytes password;
	const char *helo;
	int64_t timeout;
};

struct relay {
	const struct sp_host *host;
	const struct conf *conf;
	SSL_CTX *tls;		/* NULL: tls is off */
	char *password;		/* as libesmtp wants it; NULL: no AUTH */
};

void relay_log(const struct relay *relay, enum sp_level level, const char *what,
    const char *why);

/* tls.c: NULL and a reason. */
SSL_CTX *tls_new(const struct conf *conf, struct sp_error *out_error);
/* Why the last handshake of this thread was refused, or NULL; asking clears it. */
const char *tls_refusal(void);

/*
 * probe.c: can it be reached within `ms`? Fills in what libesmtp is to connect to, so that
 * its own connect, which has no deadline, is one that has just worked.
 */
bool probe_reach(const struct relay *relay, int64_t ms, char *out_server, size_t size);

/* session.c: sends up to RELAY_SESSION_MAX messages and ends each. */
void session_run(const struct relay *relay, struct sp_mail_send *const *mails, size_t count);
