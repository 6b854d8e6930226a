/* Which passwords may be chosen, and that the list can be searched. */
#include <criterion/criterion.h>

#include "model/newpassword.h"
#include "model/newpassword_list.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct tenant tenant = { .name = "woodgrove", .display_name = "Woodgrove Groceries",
	.settings.password_least = 8 };
static const struct app app = { .display_name = "Demo Shop" };

static enum newpassword_verdict judge(const char *password)
{
	return newpassword_judge(&tenant, &app, "ann.miller+x@example.com",
	    secret_text(password));
}

#define GOOD NEWPASSWORD_GOOD
#define SHORT NEWPASSWORD_SHORT
#define COMMON NEWPASSWORD_COMMON
#define PERSONAL NEWPASSWORD_PERSONAL
#define BAD NEWPASSWORD_BAD

Test(newpassword, req116_req118_verdicts)
{
	static const struct { const char *password; enum newpassword_verdict verdict; } rows[] = {
		/* Any script, no rules of composition (req117). */
		{ "orchid tram velvet", GOOD }, { "aqzjwkxm", GOOD }, { "83649271", GOOD },
		{ "p\xc3\xa4" "sserdumdidum", GOOD },
		{ "\xe7\xa7\x81\xe3\x81\xae\xe7\x8c\xab\xe3\x81\xaf"
		  "\xe5\xa4\xa7\xe3\x81\x8d\xe3\x81\x84\xe3\x81\xad", GOOD },
		{ "        \xf0\x9f\x98\x80", GOOD }, { "correct horse staple!", GOOD },
		{ "", SHORT }, { "aqzjwkx", SHORT },
		/* Seven code points in fourteen bytes; seven and a mark that composes. */
		{ "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4", SHORT },
		{ "qzjwkxa\xcc\x88", SHORT }, { "qzjwkxpa\xcc\x88", GOOD },
		{ "password", COMMON }, { "PASSWORD", COMMON }, { "Password1", COMMON },
		{ "P@ssw0rd", COMMON }, { "p@$$w0rd123!", COMMON }, { "Summer2026!", COMMON },
		{ "qwertyuiop", COMMON }, { "1q2w3e4r5t", COMMON }, { "12345678", COMMON },
		{ "iloveyou", COMMON }, { "trustno1", COMMON }, { "football1", COMMON },
		{ "Passwort123", COMMON }, { "contrase\xc3\xb1" "a1", COMMON },
		{ "aaaaaaaaaaaa", COMMON }, { "abababab", COMMON }, { "xyzxyzxyzx", COMMON },
		{ "abcdefghijkl", COMMON }, { "zyxwvuts", COMMON }, { "23456789", COMMON },
		/* Whole passwords, not parts (63B 3.1.1.2). */
		{ "passwordfish tram", GOOD }, { "my summer2026 tram", GOOD },
		{ "woodgrove-77", PERSONAL }, { "my WoodGrove pw", PERSONAL },
		{ "woodgrovegroceries!", PERSONAL }, { "ann.miller99", PERSONAL },
		{ "xxANN.MILLERxx", PERSONAL }, { "demoshop-2x", PERSONAL },
		{ "the demo shop", PERSONAL }, { "annotated tram", GOOD },
		{ "tab\there-and", BAD }, { "new\nline-and", BAD }, { "bell\x07-bell", BAD },
		{ "latin\xe4-one", BAD }, { "\xed\xa0\x80surrogate", BAD },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert_eq(judge(rows[i].password), rows[i].verdict, "%s: %d",
		    rows[i].password, judge(rows[i].password));
}

Test(newpassword, req115_lengths)
{
	char text[5000];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 23);
	static const struct { size_t size; enum newpassword_verdict verdict; } rows[] = {
		{ 64, GOOD }, { 256, GOOD }, { 257, NEWPASSWORD_LONG }, { 4096, NEWPASSWORD_LONG },
		{ 4097, NEWPASSWORD_LONG }, { 5000, NEWPASSWORD_LONG },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert_eq(newpassword_judge(&tenant, NULL, NULL, (struct secret){
		    (unsigned char *)text, rows[i].size }), rows[i].verdict, "%zu", rows[i].size);
	/* Code points, not bytes: 256 of four bytes each. */
	for (size_t i = 0; i < 256; i++) {
		memcpy(text + i * 4, "\xf0\x9f\x98\x80", 4);
		text[i * 4 + 3] = (char)(0x80 + i * i % 23);
	}
	cr_assert_eq(newpassword_judge(&tenant, NULL, NULL, (struct secret){
	    (unsigned char *)text, 1024 }), GOOD);
	tenant.settings.password_least = 15;
	cr_assert_eq(judge("aqzjwkxmaqzjwk"), SHORT);
	cr_assert_eq(judge("aqzjwkxmbrzjwkc"), GOOD);
	cr_assert_eq(newpassword_judge(&tenant, NULL, NULL, (struct secret){
	    (const unsigned char *)"a\0bcdefghijklmnop", 17 }), BAD);
}

static void sorted(const char *const *words, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++)
		cr_assert_lt(strcmp(words[i], words[i + 1]), 0, "%s, %s", words[i], words[i + 1]);
}

Test(newpassword, req118_the_list_is_long_and_sorted)
{
	size_t least = 0;

	sorted(newpassword_list, newpassword_list_count);
	sorted(newpassword_words, newpassword_word_count);
	cr_assert_geq(newpassword_list_count, 1000);
	for (size_t i = 0; i < newpassword_list_count; i++) {
		cr_assert_geq(strlen(newpassword_list[i]), 8, "%s", newpassword_list[i]);
		enum newpassword_verdict verdict = newpassword_judge(&(struct tenant){
		    .settings.password_least = 8 }, NULL, NULL, secret_text(newpassword_list[i]));
		cr_assert(verdict == COMMON || strchr(newpassword_list[i], '\xc3') != NULL, "%s",
		    newpassword_list[i]);
	}
	for (size_t i = 0; i < newpassword_word_count; i++) {
		cr_assert_leq(strlen(newpassword_words[i]), NEWPASSWORD_WORD_MOST);
		for (size_t j = 0; j < newpassword_end_count; j++)
			least += strlen(newpassword_words[i]) + strlen(newpassword_ends[j]) >= 8;
	}
	/* Those that the policy would take but for the list. */
	cr_assert_geq(least, 3000);
}
