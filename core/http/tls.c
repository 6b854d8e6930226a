#include "http/tls.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static enum sp_status tls_failed(const char *what, const char *path, struct sp_error *out_error)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(error);

	snprintf(out_error->text, sizeof(out_error->text), "%s %s: %s", what, path,
	    reason != NULL ? reason : "cannot be used");
	ERR_clear_error();
	return SP_REJECTED;
}

static int tls_choose(SSL *ssl, const unsigned char **out, unsigned char *out_size,
    const unsigned char *in, unsigned in_size, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";

	(void)ssl, (void)arg;
	return SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_size, ours,
	    sizeof(ours) - 1, in, in_size) == OPENSSL_NPN_NEGOTIATED ?
	    SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool tls_settle(SSL_CTX *context)
{
	static const unsigned char name[] = "sallyport";

	SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
	    SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);	/* tickets do */
	SSL_CTX_set_alpn_select_cb(context, tls_choose, NULL);
	return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set_session_id_context(context, name, sizeof(name) - 1) == 1 &&
	    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

enum sp_status tls_new(const char *cert, const char *key, SSL_CTX **out_context,
    struct sp_error *out_error)
{
	enum sp_status status;
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	struct stat file;

	ERR_clear_error();
	if (context == NULL || !tls_settle(context)) {
		status = tls_failed("TLS for", cert, out_error);
		goto out;
	}
	if (SSL_CTX_use_certificate_chain_file(context, cert) != 1) {
		status = tls_failed("certificate", cert, out_error);
		goto out;
	}
	if (stat(key, &file) == 0 && (file.st_mode & 07) != 0) {
		snprintf(out_error->text, sizeof(out_error->text),
		    "key %s: everybody may use it; chmod 600", key);
		status = SP_REJECTED;
		goto out;
	}
	if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(context) != 1) {
		status = tls_failed("key", key, out_error);
		goto out;
	}
	*out_context = context;
	context = NULL;
	status = SP_OK;
out:
	SSL_CTX_free(context);
	return status;
}
