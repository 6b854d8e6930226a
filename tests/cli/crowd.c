/*
 * crowd - customers put straight into an lmdb store, and a hash of all that it holds of them
 *
 *	crowd PLUGINS FOLDER TENANT fill COUNT        as many sign-ups
 *	crowd PLUGINS FOLDER TENANT password USER     he has changed it
 *	crowd PLUGINS FOLDER TENANT digest            count and SHA-256 of everything
 *
 * No server runs meanwhile: the plugin locks its folder.
 */
#include "house.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "plugin/users.h"

#include <openssl/evp.h>
#include <string.h>

enum { TOGETHER = 256, PAGE = 1000 };
#define VERIFIER "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2E$%064zu"

static struct house house;
static struct instance *instance;
static struct sp_id tenant;

struct signup {
	struct ask ask;
	char address[64], name[64], verifier[160];
	const char *identifiers[1];
	struct sp_attribute attributes[2];
	const struct sp_attribute *pointers[2];
	struct sp_user user;
};

static struct sp_op *signup_make(struct seat *seat, void *arg)
{
	return &users_create(seat, tenant, &((struct signup *)arg)->user)->op;
}

/* Ids and verifiers by number, so that each is another's. */
static void signup_start(struct signup *signup, size_t number)
{
	snprintf(signup->address, sizeof(signup->address), "customer%zu@example.com", number);
	snprintf(signup->name, sizeof(signup->name), "Customer \xe2\x84\x96 %zu", number);
	snprintf(signup->verifier, sizeof(signup->verifier), VERIFIER, number);
	signup->identifiers[0] = signup->address;
	signup->attributes[0] = (struct sp_attribute){ "mail", signup->address };
	signup->attributes[1] = (struct sp_attribute){ "displayName", signup->name };
	for (size_t i = 0; i < 2; i++)
		signup->pointers[i] = &signup->attributes[i];
	signup->user = (struct sp_user){ .id = id_random(), .enabled = true,
		.identifier_count = 1, .identifiers = signup->identifiers, .attribute_count = 2,
		.attributes = signup->pointers, .verifier = signup->verifier };
	signup->ask = (struct ask){ .make = signup_make, .arg = signup };
	ask_start(instance, house.loops[number % house.count], &signup->ask);
}

static void fill(size_t count)
{
	static struct signup signups[TOGETHER];

	for (size_t first = 0; first < count; first += TOGETHER) {
		size_t some = count - first < TOGETHER ? count - first : TOGETHER;
		for (size_t i = 0; i < some; i++)
			signup_start(&signups[i], first + i);
		for (size_t i = 0; i < some; i++)
			CHECK(ask_wait(&signups[i].ask) == SP_OK);
	}
}

struct change { struct sp_id id; struct sp_user user; const char *identifier; };

/* What get() answers lives as long as its operation: the update is made of it there and then. */
static struct sp_op *get_make(struct seat *seat, void *arg)
{
	return &users_get(seat, tenant, ((struct change *)arg)->id)->op;
}

static struct arena memory;

static void get_read(struct sp_op *answer, void *arg)
{
	struct change *change = arg;
	const struct sp_user *user = ((struct sp_users_find *)answer)->user;
	const char **identifiers = arena_alloc(&memory, user->identifier_count * sizeof(char *));
	const struct sp_attribute **attributes =
	    arena_alloc(&memory, user->attribute_count * sizeof(*attributes));

	for (size_t i = 0; i < user->identifier_count; i++)
		identifiers[i] = arena_copy(&memory, user->identifiers[i],
		    strlen(user->identifiers[i]) + 1);
	for (size_t i = 0; i < user->attribute_count; i++) {
		const struct sp_attribute *from = user->attributes[i];
		struct sp_attribute *one = arena_alloc(&memory, sizeof(*one));
		one->name = arena_copy(&memory, from->name, strlen(from->name) + 1);
		one->value = arena_copy(&memory, from->value, strlen(from->value) + 1);
		attributes[i] = one;
	}
	change->user = *user;
	change->user.identifiers = identifiers;
	change->user.attributes = attributes;
}

static struct sp_op *update_make(struct seat *seat, void *arg)
{
	return &users_update(seat, tenant, &((struct change *)arg)->user)->op;
}

static void password(const char *user)
{
	struct change change = { 0 };
	char verifier[160];

	CHECK(id_parse(user, &change.id));
	struct ask get = { .make = get_make, .read = get_read, .arg = &change };
	CHECK(ask(instance, house.loops[0], &get) == SP_OK);
	snprintf(verifier, sizeof(verifier), VERIFIER, (size_t)7);
	change.user.verifier = verifier;
	struct ask update = { .make = update_make, .arg = &change };
	CHECK(ask(instance, house.loops[0], &update) == SP_OK);
}

struct digest {
	EVP_MD_CTX *context;
	size_t count, size;
	uint8_t cursor[SP_CURSOR_MAX];
};

static void digest_text(struct digest *digest, const char *text)
{
	size_t size = text != NULL ? strlen(text) + 1 : 0;

	CHECK(EVP_DigestUpdate(digest->context, &size, sizeof(size)) == 1);
	CHECK(EVP_DigestUpdate(digest->context, text, size) == 1);
}

static void digest_user(struct digest *digest, const struct sp_user *user)
{
	CHECK(EVP_DigestUpdate(digest->context, &user->id, sizeof(user->id)) == 1);
	CHECK(EVP_DigestUpdate(digest->context, &user->revision, sizeof(user->revision)) == 1);
	CHECK(EVP_DigestUpdate(digest->context, &user->enabled, sizeof(user->enabled)) == 1);
	for (size_t i = 0; i < user->identifier_count; i++)
		digest_text(digest, user->identifiers[i]);
	for (size_t i = 0; i < user->attribute_count; i++) {
		digest_text(digest, user->attributes[i]->name);
		digest_text(digest, user->attributes[i]->value);
	}
	digest_text(digest, user->verifier);
	digest->count++;
}

static struct sp_op *page_make(struct seat *seat, void *arg)
{
	const struct digest *digest = arg;

	return &users_list(seat, tenant, NULL,
	    (struct sp_bytes){ digest->cursor, digest->size }, PAGE)->op;
}

static void page_read(struct sp_op *answer, void *arg)
{
	const struct sp_users_list *list = (const struct sp_users_list *)answer;
	struct digest *digest = arg;

	for (const struct sp_user *user = list->first; user != NULL; user = user->next)
		digest_user(digest, user);
	digest->size = list->next.size;
	if (digest->size > 0)
		memcpy(digest->cursor, list->next.data, digest->size);
}

static void digest_all(void)
{
	struct digest digest = { .context = EVP_MD_CTX_new() };
	uint8_t hash[32];

	CHECK(EVP_DigestInit_ex(digest.context, EVP_sha256(), NULL) == 1);
	do {
		struct ask page = { .make = page_make, .read = page_read, .arg = &digest };
		CHECK(ask(instance, house.loops[0], &page) == SP_OK);
	} while (digest.size > 0);
	CHECK(EVP_DigestFinal_ex(digest.context, hash, NULL) == 1);
	EVP_MD_CTX_free(digest.context);
	printf("%zu %s\n", digest.count, encode_hex(&memory, hash, sizeof(hash)));
}

int main(int argc, char **argv)
{
	static const struct instance_settings set = { .name = "crowd", INSTANCE_DEFAULTS };
	struct arena arena;

	CHECK(argc >= 5 && id_parse(argv[3], &tenant));
	const struct keys_pair pairs[] = { { "path", argv[2] }, { 0 } };
	arena_init(&arena, NULL, 0);
	arena_init(&memory, NULL, 0);
	house_open(&house, 2);
	instance = house_plugin(&house, &arena, argv[1], "lmdb.so", pairs, &set);
	if (strcmp(argv[4], "fill") == 0)
		fill(strtoul(argv[5], NULL, 10));
	else if (strcmp(argv[4], "password") == 0)
		password(argv[5]);
	else
		digest_all();
	CHECK(instance_free(instance));
	house_close(&house);
	arena_done(&memory);
	arena_done(&arena);
	return EXIT_SUCCESS;
}
