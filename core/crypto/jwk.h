/*
 * jwk.h - keys that sign tokens, and those of clients
 *
 * One key is for one algorithm (requirement 10): ES256 on P-256, or RS256 with RSA of
 * 3,072 bits or more (requirement 11). Ours have the RFC 7638 thumbprint as kid.
 *
 * Threads  Any; a key does not change once made. Making an RSA key takes up to seconds,
 *          reading one some milliseconds: for lanes.
 * Memory   On the heap, until jwk_free(); NULL is fine.
 * Failing  NULL or false, and `out_error` says why; out of memory ends the program.
 */
#pragma once

#include "base/secret.h"

#include <jansson.h>
#include <sallyport/plugin.h>

#define JWK_KID_MAX 128u
#define JWK_RSA_BITS 3072
#define JWK_RSA_BITS_MAX 8192

struct arena;
struct jwk;

enum jwk_alg { JWK_NONE = 0, JWK_ES256, JWK_RS256 };

struct jwk *jwk_generate(enum jwk_alg alg);
void jwk_free(struct jwk *jwk);

const char *jwk_kid(const struct jwk *jwk);
enum jwk_alg jwk_alg(const struct jwk *jwk);
const char *jwk_alg_name(enum jwk_alg alg);		/* "ES256"; "none" for JWK_NONE */
enum jwk_alg jwk_alg_parse(const char *name);		/* JWK_NONE: not ours */
bool jwk_private(const struct jwk *jwk);

/* kty, use, alg, kid and the public numbers, nothing else. The caller's to decref. */
json_t *jwk_public_json(const struct jwk *jwk);

/* Of a client's key set (requirement 54): a public key whose alg, where given, is ours.
 * Private members are refused: somebody has published what he should not. */
struct jwk *jwk_read(const json_t *json, struct sp_error *out_error);
struct jwk *jwk_parse(const char *text, struct sp_error *out_error);	/* of its JSON */

/* PKCS#8 in DER, to be sealed by the caller. The key must be private. */
struct secret jwk_export(struct arena *arena, const struct jwk *jwk);
struct jwk *jwk_import(struct secret der, struct sp_error *out_error);

struct evp_pkey_st;
struct evp_pkey_st *jwk_pkey(const struct jwk *jwk);	/* for jws.c */
