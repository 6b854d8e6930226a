#include "crypto/box.h"

#include "base/arena.h"
#include "base/random.h"
#include "crypto/hash.h"

#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT 1
#define SALT 16u
#define TAG 16u
#define HEAD (1 + BOX_ID + SALT)
#define SIZE_MOST ((size_t)1 << 24)

static_assert(BOX_OVERHEAD == HEAD + TAG, "the header says otherwise");

/* Fetched once, since OpenSSL 3.0 looks algorithms up slowly; never given back. */
static EVP_CIPHER *cipher;

static void box_fetch(void)
{
	cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (cipher == NULL)
		abort();
}

struct box_secrets { unsigned char key[32], nonce[12]; };

static void box_derive(const struct box *box, const unsigned char *salt,
    struct box_secrets *secrets)
{
	hash_derive((struct secret){ box->key, 32 }, (struct secret){ salt, SALT },
	    secret_text(box->purpose), secrets, sizeof(*secrets));
}

/* A context that knows its key and has seen what is bound. */
static EVP_CIPHER_CTX *box_context(const struct box *box, const unsigned char *head,
    int encrypt)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct sp_bytes associated = box->associated;
	struct box_secrets secrets;
	int size;

	pthread_once(&once, box_fetch);
	box_derive(box, head + 1 + BOX_ID, &secrets);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	if (context == NULL || associated.size > SIZE_MOST ||
	    EVP_CipherInit_ex2(context, cipher, secrets.key, secrets.nonce, encrypt, NULL) != 1 ||
	    EVP_CipherUpdate(context, NULL, &size, head, HEAD) != 1 ||
	    (associated.size > 0 && EVP_CipherUpdate(context, NULL, &size, associated.data,
	    (int)associated.size) != 1))
		abort();
	explicit_bzero(&secrets, sizeof(secrets));
	return context;
}

struct sp_bytes box_close(struct arena *arena, const struct box *box, struct secret plain)
{
	if (plain.size > SIZE_MOST)
		abort();
	unsigned char *head = arena_alloc(arena, plain.size + BOX_OVERHEAD);
	unsigned char *text = head + HEAD, *tag = text + plain.size;
	int size;

	head[0] = FORMAT;
	memcpy(head + 1, box->id, BOX_ID);
	random_fill(head + 1 + BOX_ID, SALT);
	EVP_CIPHER_CTX *context = box_context(box, head, 1);
	if ((plain.size > 0 && EVP_EncryptUpdate(context, text, &size, plain.data,
	    (int)plain.size) != 1) || EVP_EncryptFinal_ex(context, tag, &size) != 1 ||
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, tag) != 1)
		abort();
	EVP_CIPHER_CTX_free(context);
	return (struct sp_bytes){ head, plain.size + BOX_OVERHEAD };
}

bool box_open(struct arena *arena, const struct box *box, struct sp_bytes closed,
    struct secret *out_plain)
{
	const unsigned char *head = closed.data, *id = box_id(closed);

	if (id == NULL || memcmp(id, box->id, BOX_ID) != 0 || closed.size > SIZE_MOST)
		return false;
	size_t length = closed.size - BOX_OVERHEAD;
	const unsigned char *text = head + HEAD;
	unsigned char *plain = arena_alloc(arena, length + 1), tag[TAG];
	int size;

	memcpy(tag, text + length, TAG);
	EVP_CIPHER_CTX *context = box_context(box, head, 0);
	bool ok = (length == 0 || EVP_DecryptUpdate(context, plain, &size, text,
	    (int)length) == 1) &&
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1 &&
	    EVP_DecryptFinal_ex(context, plain + length, &size) == 1;
	EVP_CIPHER_CTX_free(context);
	if (!ok) {
		explicit_bzero(plain, length);	/* nobody vouches for it */
		return false;
	}
	*out_plain = (struct secret){ plain, length };
	return true;
}

const unsigned char *box_id(struct sp_bytes closed)
{
	const unsigned char *head = closed.data;

	return closed.size >= BOX_OVERHEAD && head[0] == FORMAT ? head + 1 : NULL;
}
