/* Passwords and verifiers of every kind. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/text.h"
#include "crypto/password.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BCRYPT_U "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"

static const struct password_cost low = { 64, 1 };
static struct arena arena;

static void end(void)
{
	arena_done(&arena);
}

TestSuite(password, .fini = end);

static enum password_result verify(const char *password, const char *verifier)
{
	return password_verify(secret_text(password), verifier);
}

Test(password, req121_hash_is_argon2id_at_the_cost_asked_for)
{
	char *verifier = password_hash(&arena, secret_text("correct horse"), &PASSWORD_COST);

	cr_assert(strncmp(verifier, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0, "%s", verifier);
	cr_assert_eq(verify("correct horse", verifier), PASSWORD_RIGHT);
	cr_assert_eq(verify("correct hors", verifier), PASSWORD_WRONG);
	cr_assert_eq(verify("correct horse ", verifier), PASSWORD_WRONG);
	cr_assert_eq(verify("", verifier), PASSWORD_WRONG);
	cr_assert_str_neq(verifier, password_hash(&arena, secret_text("correct horse"),
	    &PASSWORD_COST));
}

Test(password, req121_floor)
{
	static const struct { struct password_cost cost; bool enough, possible; } rows[] = {
		{ { 19456, 2 }, true, true }, { { 65536, 3 }, true, true },
		{ { 19455, 2 }, false, true }, { { 19456, 1 }, false, true },
		{ { 8, 1 }, false, true }, { { 7, 1 }, false, false }, { { 8, 0 }, false, false },
		{ { 262144, 4 }, true, true }, { { 262144, 5 }, true, false },
		{ { 262145, 1 }, false, false }, { { UINT32_MAX, UINT32_MAX }, true, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_assert_eq(password_cost_enough(&rows[i].cost), rows[i].enough, "%zu", i);
		cr_assert_eq(password_cost_possible(&rows[i].cost), rows[i].possible, "%zu", i);
	}
}

Test(password, req115_long_ones_count_whole)
{
	char longest[PASSWORD_BYTES_MAX + 2];

	memset(longest, 'a', sizeof(longest));
	longest[PASSWORD_BYTES_MAX] = '\0';
	char *verifier = password_hash(&arena, secret_text(longest), &low);
	cr_assert_eq(verify(longest, verifier), PASSWORD_RIGHT);
	longest[PASSWORD_BYTES_MAX - 1] = 'b';
	cr_assert_eq(verify(longest, verifier), PASSWORD_WRONG);
	memcpy(longest + PASSWORD_BYTES_MAX - 1, "aa", 3);
	cr_assert_eq(verify(longest, verifier), PASSWORD_WRONG);
	cr_assert_null(password_hash(&arena, secret_text(longest), &low));
	cr_assert_null(password_hash(&arena, secret_text(""), &low));
	cr_assert_null(password_hash(&arena, secret_text("\xff\xfe"), &low));
	cr_assert_null(password_hash(&arena, (struct secret){ (const unsigned char *)"a\0b", 3 },
	    &low));
}

/* Composed and decomposed, Latin and Hangul, and two marks in either order. */
Test(password, req116_nfc)
{
	static const char *const pairs[][2] = {
		{ "Gr\xc3\xbcn!", "Gru\xcc\x88n!" },
		{ "\xea\xb0\x81", "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8" },
		{ "q\xcc\xa3\xcc\x87", "q\xcc\x87\xcc\xa3" },
	};

	for (size_t i = 0; i < COUNT(pairs); i++)
		for (size_t j = 0; j < 2; j++) {
			char *verifier = password_hash(&arena, secret_text(pairs[i][j]), &low);
			cr_assert_eq(verify(pairs[i][0], verifier), PASSWORD_RIGHT, "%zu", i);
			cr_assert_eq(verify(pairs[i][1], verifier), PASSWORD_RIGHT, "%zu", i);
		}
	char *verifier = password_hash(&arena, secret_text("Gr\xc3\xbcn!"), &low);
	cr_assert_eq(verify("Grun!", verifier), PASSWORD_WRONG);
	/* Compatibility forms stay apart: NFC, not NFKC. */
	verifier = password_hash(&arena, secret_text("\xef\xac\x81"), &low);
	cr_assert_eq(verify("fi", verifier), PASSWORD_WRONG);
}

static const struct { const char *password, *verifier; } known[] = {
	/* The argon2 project's, with one lane and two. */
	{ "password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
	    "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc" },
	{ "password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$"
	    "bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc" },
	/* Openwall's; the last is longer than bcrypt sees. */
	{ "U*U", BCRYPT_U },
	{ "U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" },
	{ "U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" },
	{ "U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a" },
	{ "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "chars after 72 are ignored",
	    "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui" },
	/* RFC 7914 11. */
	{ "passwd", "$pbkdf2-sha256$i=1,l=64$c2FsdA$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLx"
	    "JypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw" },
	{ "Password", "$pbkdf2-sha256$i=80000,l=64$TmFDbA$TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih"
	    "2s0q1ah1CWhIlgzVJrbhBtRybMXaicr3ruh0HhHj2Kzl/M8jQ" },
	{ "password", "$pbkdf2-sha512$i=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$"
	    "38DzhdBT7fPaUGBlsh42VTuuKSFAIYGZJ7l6feCDLIk" },
	/* Hashed decomposed by a server that knew nothing of NFC; without its length. */
	{ "Gru\xcc\x88n!", "$pbkdf2-sha512$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$"
	    "RUMtzhFLNz8KqKqGIiS/iTRGRjLrQHoUixlNfNboAHw" },
	/* RFC 7914 12. */
	{ "password", "$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIu"
	    "rzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA" },
	{ "pleaseletmein", "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7q"
	    "QT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw" },
};

Test(password, req121_known_verifiers)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		cr_assert_eq(verify(known[i].password, known[i].verifier), PASSWORD_RIGHT, "%zu", i);
		cr_assert_eq(verify("another", known[i].verifier), PASSWORD_WRONG, "%zu", i);
	}
}

#define SALT16 "MDEyMzQ1Njc4OWFiY2RlZg"
#define HASH32 "38DzhdBT7fPaUGBlsh42VTuuKSFAIYGZJ7l6feCDLIk"
static const char *const broken[] = {
	"", "x", "$", "plain", "$1$abc$def", "$2a$", "$argon2id$", "{SSHA}xyz",
	"$argon2i$v=19$m=64,t=2,p=1$" SALT16 "$" HASH32,
	"$argon2id$v=16$m=64,t=2,p=1$" SALT16 "$" HASH32,
	"$argon2id$m=64,t=2,p=1$" SALT16 "$" HASH32,
	"$argon2id$v=19$m=64,t=2$" SALT16 "$" HASH32,
	"$argon2id$v=19$t=2,m=64,p=1$" SALT16 "$" HASH32,
	"$argon2id$v=19$m=064,t=2,p=1$" SALT16 "$" HASH32,
	"$argon2id$v=19$m=+64,t=2,p=1$" SALT16 "$" HASH32,
	"$argon2id$v=19$m=64,t=2,p=1,$" SALT16 "$" HASH32,
	"$argon2id$v=19$m=64,t=2,p=1$" SALT16 "$",
	"$argon2id$v=19$m=64,t=2,p=1$" SALT16,
	"$argon2id$v=19$m=64,t=2,p=1$" SALT16 "$" HASH32 "=",
	"$argon2id$v=19$m=64,t=2,p=1$" SALT16 "$" HASH32 "$",
	"$argon2id$v=19$m=64,t=2,p=1$" SALT16 "$" HASH32 " ",
	"$argon2id$v=19$m=64,t=2,p=1$AA$" HASH32,
	"$argon2id$v=19$m=64,t=2,p=1$\xe3\xe3" SALT16 "$" HASH32,
	"$scrypt$ln=10,r=8,p=1$" SALT16 "$" HASH32 "\xe3",
	"$argon2id$v=19$m=64,t=2,p=1$" SALT16 "$AAAA",
	"$argon2id$v=19$m=64,t=2,p=16$" SALT16 "$" HASH32,	/* 8 KiB a lane at least */
	"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
	"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW",
	"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO!W",
	"$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2a$-5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$pbkdf2-sha256$i=0,l=32$" SALT16 "$" HASH32,
	"$pbkdf2-sha256$i=1000,l=31$" SALT16 "$" HASH32,
	"$pbkdf2-sha256$l=32$" SALT16 "$" HASH32,
	"$pbkdf2-sha1$i=1000,l=32$" SALT16 "$" HASH32,
	"$scrypt$ln=0,r=8,p=1$" SALT16 "$" HASH32,
	"$scrypt$ln=10,r=0,p=1$" SALT16 "$" HASH32,
	"$scrypt$ln=10,r=8$" SALT16 "$" HASH32,
	/* These would hold a lane for a minute, or take all memory. */
	"$argon2id$v=19$m=4194304,t=1,p=1$" SALT16 "$" HASH32,
	"$argon2id$v=19$m=64,t=4294967295,p=1$" SALT16 "$" HASH32,
	"$argon2id$v=19$m=262144,t=64,p=1$" SALT16 "$" HASH32,
	"$argon2id$v=19$m=18446744073709551680,t=1,p=1$" SALT16 "$" HASH32,
	"$2a$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$pbkdf2-sha256$i=2500001,l=32$" SALT16 "$" HASH32,
	"$pbkdf2-sha256$i=4294967295,l=32$" SALT16 "$" HASH32,
	"$scrypt$ln=18,r=8,p=1$" SALT16 "$" HASH32,
	"$scrypt$ln=17,r=8,p=3$" SALT16 "$" HASH32,
	"$scrypt$ln=20,r=64,p=64$" SALT16 "$" HASH32,
	"$scrypt$ln=63,r=8,p=1$" SALT16 "$" HASH32,
};

/* Also: none takes noticeable time, or this test would. */
Test(password, broken_verifiers_are_told, .timeout = 10)
{
	for (size_t i = 0; i < COUNT(broken); i++) {
		cr_assert_eq(verify("password", broken[i]), PASSWORD_BROKEN, "%s", broken[i]);
	}
	cr_assert_eq(verify("password", NULL), PASSWORD_BROKEN);
	char *endless = arena_alloc(&arena, 100001);
	memset(endless, 'A', 100000);
	memcpy(endless, "$scrypt$", 8);
	cr_assert_eq(verify("password", endless), PASSWORD_BROKEN);
}

Test(password, req121_stale_where_weaker_or_foreign)
{
	static const char own[] = "$argon2id$v=19$m=19456,t=2,p=1$" SALT16 "$" HASH32;
	static const struct {
		const char *verifier;
		struct password_cost cost;
		bool stale;
	} rows[] = {
		{ own, { 19456, 2 }, false }, { own, { 19457, 2 }, true },
		{ own, { 19456, 3 }, true }, { own, { 8, 1 }, false },
		{ BCRYPT_U, { 8, 1 }, true }, { NULL, { 8, 1 }, true },
		{ "$scrypt$ln=17,r=8,p=1$" SALT16 "$" HASH32, { 8, 1 }, true },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert_eq(password_stale(rows[i].verifier, &rows[i].cost), rows[i].stale,
		    "%zu", i);
}

/* attackE3: nobody's password is hashed like somebody's. */
Test(password, dummy_costs_the_same_and_fits_nobody)
{
	char *dummy = password_dummy(&arena, &PASSWORD_COST);
	char *real = password_hash(&arena, secret_text("x"), &PASSWORD_COST);

	cr_assert_eq(strlen(dummy), strlen(real));
	cr_assert_eq(strncmp(dummy, real, 31), 0);
	cr_assert(!password_stale(dummy, &PASSWORD_COST));
	cr_assert_eq(verify("x", dummy), PASSWORD_WRONG);	/* not broken: it is computed */
	cr_assert_str_neq(dummy, password_dummy(&arena, &PASSWORD_COST));
}
