#include "model/code.h"

#include "base/pack.h"
#include "base/secret.h"
#include "base/text.h"

#include <sodium.h>
#include <string.h>

#define VERIFIER_LEAST 43u	/* RFC 7636 4.1 */
#define VERIFIER_MOST 128u

void code_pack(struct pack *pack, const struct code *code)
{
	pack_id(pack, code->id);
	pack_id(pack, code->user);
	pack_id(pack, code->session);
	pack_text(pack, code->client_id);
	pack_text(pack, code->redirect_uri);
	pack_text(pack, code->scope);
	pack_text(pack, code->nonce);
	pack_text(pack, code->challenge);
	pack_text(pack, code->issuer);
	pack_text(pack, code->resources);
	pack_number(pack, code->epoch);
	pack_number(pack, code->factors);
	pack_signed(pack, code->signed_in);
	pack_signed(pack, code->factor_time);
	pack_signed(pack, code->expires);
	pack_number(pack, code->single_mailbox);
	pack_number(pack, code->recorded);
	wishes_pack(pack, &code->wishes);
	origin_pack(pack, &code->origin);
}

void code_unpack(struct unpack *unpack, struct code *out_code)
{
	struct code code = { .id = unpack_id(unpack) };

	code.user = unpack_id(unpack);
	code.session = unpack_id(unpack);
	code.client_id = unpack_text(unpack);
	code.redirect_uri = unpack_text(unpack);
	code.scope = unpack_text(unpack);
	code.nonce = unpack_text(unpack);
	code.challenge = unpack_text(unpack);
	code.issuer = unpack_text(unpack);
	code.resources = unpack_text(unpack);
	code.epoch = unpack_number(unpack);
	code.factors = (uint32_t)unpack_number(unpack);
	code.signed_in = unpack_signed(unpack);
	code.factor_time = unpack_signed(unpack);
	code.expires = unpack_signed(unpack);
	code.single_mailbox = unpack_number(unpack) != 0;
	code.recorded = unpack_number(unpack) != 0;
	if (unpack->format > 1)
		wishes_unpack(unpack, &code.wishes);
	if (unpack->format > 2)
		origin_unpack(unpack, &code.origin);
	*out_code = code;
}

static bool verifier_shaped(const char *verifier)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-._~";
	size_t size = strnlen(verifier, VERIFIER_MOST + 1);

	return size >= VERIFIER_LEAST && size <= VERIFIER_MOST && strspn(verifier, plain) == size;
}

/* S256 alone: what a stranger reads of the request is no verifier (RFC 7636 4.6). */
static bool verifier_fits(const char *challenge, const char *verifier)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[44];	/* 32 bytes in base64url, and the end */

	if (!verifier_shaped(verifier))
		return false;
	crypto_hash_sha256(hash, (const unsigned char *)verifier, strlen(verifier));
	sodium_bin2base64(text, sizeof(text), hash, sizeof(hash),
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return secret_equal(secret_text(text), secret_text(challenge));
}

const char *code_refuses(const struct code *code, const struct code_claim *claim, int64_t now)
{
	if (text_empty(claim->client_id) || text_empty(claim->redirect_uri))
		return "invalid_request";
	if (now >= code->expires || !text_same(code->client_id, claim->client_id) ||
	    !text_same(code->redirect_uri, claim->redirect_uri) ||
	    !text_same(code->issuer, claim->issuer))
		return "invalid_grant";
	/* A verifier without a challenge: somebody took the challenge out (RFC 9700 2.1.1). */
	if (code->challenge == NULL)
		return claim->verifier == NULL ? NULL : "invalid_grant";
	if (text_empty(claim->verifier))
		return "invalid_request";
	return verifier_fits(code->challenge, claim->verifier) ? NULL : "invalid_grant";
}
