/*
 * app_key.h - the keys of a client that signs for itself (private_key_jwt; requirement 54)
 *
 * A key is for one algorithm: ES256 for EC, RS256 for RSA (crypto/jwk.h). What is uploaded is a
 * JWK, which may stand as it comes from a key set; its private members are refused by name, since
 * whoever sent them has shown them around. Whether the numbers are a key is for whoever has
 * crypto/jwk.h to find out.
 *
 * Threads  Any; pure. Memory  The arena.
 */
#pragma once

#include "model/app.h"
#include "model/shape.h"

extern const struct shape app_key_shape[];	/* of keyCredentials */

/* From a document that has been checked, into app->keys. */
bool app_key_compile(struct arena *arena, const json_t *document, struct app *app);
/* The JWK of a credential, without what no reader of keys looks at. */
char *app_key_text(struct arena *arena, const json_t *credential);
