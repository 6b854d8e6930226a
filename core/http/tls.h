/*
 * tls.h - what a listener's TLS is: 1.2 and 1.3, forward secrecy, no renegotiation
 *
 * Private. Threads  Main. Failing  Says why. Requirement 230.
 */
#pragma once

#include <openssl/ssl.h>
#include <sallyport/plugin.h>

enum sp_status tls_new(const char *cert, const char *key, SSL_CTX **out_context,
    struct sp_error *out_error) __attribute__((warn_unused_result));
