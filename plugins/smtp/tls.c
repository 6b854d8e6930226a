/*
 * tls.c - the TLS that every session is given
 *
 * Always our own context: the one that libesmtp would make is freed after the first
 * session and used in the second. At most TLS 1.2: with 1.3 libesmtp waits for ever when
 * a session ticket arrives while it holds back its EHLO. The name is checked in the
 * handshake, against the configured one and not what DNS calls it.
 */
#include "relay.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static _Thread_local int refusal;

static int remember(int ok, X509_STORE_CTX *store)
{
	if (!ok)
		refusal = X509_STORE_CTX_get_error(store);
	return ok;
}

const char *tls_refusal(void)
{
	int code = refusal;

	refusal = 0;
	return code != 0 ? X509_verify_cert_error_string(code) : NULL;
}

static bool set_name(SSL_CTX *tls, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(tls);
	uint8_t address[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

static bool set_trust(SSL_CTX *tls, const char *ca_file)
{
	if (ca_file[0] == '\0')
		return SSL_CTX_set_default_verify_paths(tls) == 1;
	return SSL_CTX_load_verify_locations(tls, ca_file, NULL) == 1;
}

SSL_CTX *tls_new(const struct conf *conf, struct sp_error *out_error)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	const char *what = "tls cannot be set up";

	if (tls != NULL && SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set_max_proto_version(tls, TLS1_2_VERSION) == 1 &&
	    set_name(tls, conf->host)) {
		what = conf->ca_file[0] != '\0' ? conf->ca_file : "the system's certificates";
		if (set_trust(tls, conf->ca_file)) {
			SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, remember);
			return tls;
		}
	}
	unsigned long error = ERR_get_error();
	const char *why = ERR_SYSTEM_ERROR(error) ? strerror(ERR_GET_REASON(error)) :
	    ERR_reason_error_string(error);
	snprintf(out_error->text, sizeof(out_error->text), "%.150s: %s", what,
	    why != NULL ? why : "cannot be used");
	ERR_clear_error();
	SSL_CTX_free(tls);
	return NULL;
}
