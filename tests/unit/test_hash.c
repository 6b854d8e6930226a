/* Hashes, derived keys, bearer values. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"
#include "crypto/bearer.h"
#include "crypto/subject.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct arena arena;

static void end(void)
{
	arena_done(&arena);
}

TestSuite(hash, .fini = end);

static struct secret unhex(const char *hex)
{
	size_t size = strlen(hex) / 2;
	unsigned char *data = arena_alloc(&arena, size);

	for (size_t i = 0; i < size; i++)
		data[i] = (unsigned char)strtoul((char[3]){ hex[2 * i], hex[2 * i + 1] }, NULL, 16);
	return (struct secret){ data, size };
}

Test(hash, has_the_values_of_fips_180_and_rfc_4231)
{
	unsigned char hash[HASH_SIZE];

	hash_sha256("abc", 3, hash);
	cr_assert_str_eq(encode_hex(&arena, hash, sizeof(hash)),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_hmac(secret_text("Jefe"), secret_text("what do ya want for nothing?"), hash);
	cr_assert_str_eq(encode_hex(&arena, hash, sizeof(hash)),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

Test(hash, derives_as_rfc_5869)
{
	static const char long_key[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
	    "1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40414243444546474849"
	    "4a4b4c4d4e4f";
	static const char long_salt[] = "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d"
	    "7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9"
	    "aaabacadaeaf";
	static const char long_info[] = "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccd"
	    "cecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9"
	    "fafbfcfdfeff";
	static const char fingers[] = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";
	static const struct { const char *key, *salt, *info, *okm; } rows[] = {
		{ fingers, "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
		    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
		    "34007208d5b887185865" },
		{ long_key, long_salt, long_info,
		    "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
		    "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
		    "cc30c58179ec3e87c14c01d5c1f3434f1d87" },
		{ fingers, "", "",
		    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
		    "9d201395faa4b61a96c8" },
	};
	unsigned char out[82];

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t size = strlen(rows[i].okm) / 2;
		hash_derive(unhex(rows[i].key), unhex(rows[i].salt), unhex(rows[i].info), out, size);
		cr_assert_str_eq(encode_hex(&arena, out, size), rows[i].okm, "%zu", i);
	}
}

Test(hash, req138_keyed_hashes_are_apart_by_key_and_purpose)
{
	static const struct hash_key key = { { 1 } }, other = { { 2 } };
	unsigned char hash[HASH_SIZE];
	struct secret code = secret_text("12345678");

	hash_keyed(&key, "mfa", code, hash);
	struct sp_bytes stored = { hash, sizeof(hash) };
	cr_assert(hash_keyed_equal(&key, "mfa", code, stored));
	cr_assert(!hash_keyed_equal(&other, "mfa", code, stored));
	cr_assert(!hash_keyed_equal(&key, "reset", code, stored));
	cr_assert(!hash_keyed_equal(&key, "mf", secret_text("a12345678"), stored));
	cr_assert(!hash_keyed_equal(&key, "mfa", secret_text("12345679"), stored));
	cr_assert(!hash_keyed_equal(&key, "mfa", code, (struct sp_bytes){ hash, 31 }));
	cr_assert(!hash_keyed_equal(&key, "mfa", code, (struct sp_bytes){ NULL, 0 }));
	cr_assert_null(memmem(hash, sizeof(hash), "1234", 4));
}

/* req139: a wrong value is refused wherever it first differs. */
Test(hash, req139_every_bit_counts)
{
	static const struct hash_key key = { { 1 } };
	unsigned char hash[HASH_SIZE];

	hash_keyed(&key, "mfa", secret_text("12345678"), hash);
	for (size_t bit = 0; bit < sizeof(hash) * 8; bit++) {
		hash[bit / 8] ^= (unsigned char)(1 << bit % 8);
		cr_assert(!hash_keyed_equal(&key, "mfa", secret_text("12345678"),
		    (struct sp_bytes){ hash, sizeof(hash) }), "%zu", bit);
		hash[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
}

Test(hash, bearer_values_come_back)
{
	static const struct hash_key key = { { 1 } };
	struct bearer bearer = bearer_new(id_ordered(1)), read;
	unsigned char hash[HASH_SIZE];
	char *text = bearer_format(&arena, &bearer);

	cr_assert_eq(strlen(text), BEARER_TEXT);
	cr_assert(bearer_parse(text, &read));
	cr_assert_arr_eq(&read, &bearer, sizeof(read));
	bearer_hash(&bearer, &key, "session", hash);
	struct sp_bytes stored = { hash, sizeof(hash) };
	cr_assert(bearer_fits(&read, &key, "session", stored));
	cr_assert(!bearer_fits(&read, &key, "code", stored));
	read.id.byte[0] ^= 1;		/* the secret of another record */
	cr_assert(!bearer_fits(&read, &key, "session", stored));
	struct bearer next = bearer_new(bearer.id);
	cr_assert(!bearer_fits(&next, &key, "session", stored));
}

Test(hash, bearer_values_have_one_spelling)
{
	struct bearer bearer = bearer_new(id_random()), untouched = { { { 7 } }, { 7 } };
	char *text = bearer_format(&arena, &bearer);

	for (size_t i = 0; i < BEARER_TEXT; i++) {
		static const char bad[] = "=+/ .%";
		for (size_t j = 0; j < strlen(bad); j++) {
			char *copy = text_copy(&arena, text);
			copy[i] = bad[j];
			if (copy[i] != text[i])
				cr_assert(!bearer_parse(copy, &untouched), "%s", copy);
		}
		cr_assert(!bearer_parse(text_part(&arena, text, i), &untouched));
	}
	cr_assert(!bearer_parse(NULL, &untouched));
	cr_assert(!bearer_parse(text_print(&arena, "%s=", text), &untouched));
	/* Stray bits behind the id and behind the secret. */
	char *zero = bearer_format(&arena, &(struct bearer){ 0 });
	zero[21] = 'B';
	cr_assert(!bearer_parse(zero, &untouched));
	zero[21] = 'A';
	zero[65] = 'B';
	cr_assert(!bearer_parse(zero, &untouched));
	cr_assert(untouched.id.byte[0] == 7 && untouched.secret[0] == 7);
}

/* req71: the same for ever, another in each sector, and back. */
Test(hash, req71_subjects_of_sectors)
{
	struct hash_key key = { { 1 } }, other = { { 2 } };
	struct sp_id id = { { 0xab, 1 } }, next = { { 0xab, 2 } };
	struct sp_id one = subject_close(&key, "app", id), two = subject_close(&key, "App", id);

	cr_assert(id_equal(one, subject_close(&key, "app", id)));
	cr_assert(!id_equal(one, two) && !id_equal(one, id));
	cr_assert_not(id_equal(one, subject_close(&key, "app", next)));
	cr_assert_not(id_equal(one, subject_close(&other, "app", id)));
	cr_assert(id_equal(subject_open(&key, "app", one), id));
	cr_assert_not(id_equal(subject_open(&key, "App", one), id));
}
