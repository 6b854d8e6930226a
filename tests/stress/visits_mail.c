/* What arrives in mailboxes, and which way it belongs to. */
#include "visits.h"

#include "base/clock.h"

static const struct { const char *words; enum passcode_purpose purpose; } purposes[] = {
	{ "proves that the address", PASSCODE_SIGN_UP },
	{ "with this code you sign in", PASSCODE_SIGN_IN },
	{ "with your password", PASSCODE_SECOND },
	{ "choose a new password", PASSCODE_RESET },
};

static int address_of(const char *address)
{
	for (int i = 0; i < PEOPLE; i++)
		if (strcmp(walk.people[i].address, address) == 0)
			return i;
	return NOBODY;
}

/* On the loop. Notices hold no code and are not kept. */
void book_deliver(void *arg, const struct sp_mail_send *mail)
{
	const char *code = strstr(mail->text, "\n    "), *reference;
	struct mailed letter = { .to = address_of(mail->to), .way = NOBODY,
		.expires = mail->expires };

	(void)arg;
	WALK_CHECK(letter.to != NOBODY && clock_wall() < mail->expires);
	if (code == NULL || strspn(code + 5, "0123456789") != 8)
		return;
	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++)
		if (strstr(mail->text, purposes[i].words) != NULL)
			letter.purpose = purposes[i].purpose;
	reference = strstr(mail->text, "Reference: ");
	WALK_CHECK(reference != NULL && letter.purpose != PASSCODE_NONE);
	snprintf(letter.code, sizeof(letter.code), "%.8s", code + 5);
	snprintf(letter.reference, sizeof(letter.reference), "%.5s", reference + 11);
	letter.number = ++walk.letters_ever;
	walk.letters[walk.letters_ever % LETTERS] = letter;
}

bool book_letter_of(const struct mailed *letter, int way)
{
	return letter->way == way && letter->way_born == walk.ways[way].born;
}

int book_letter(int way)
{
	int newest = NOBODY;

	for (int i = 0; i < LETTERS; i++)
		if (walk.letters[i].number != 0 && book_letter_of(&walk.letters[i], way) &&
		    (newest == NOBODY || walk.letters[i].number > walk.letters[newest].number))
			newest = i;
	return newest;
}

/* The page shows the reference: whose letter that is. */
void book_attach(int way, const struct visit_answer *answer)
{
	for (int i = 0; i < LETTERS; i++) {
		struct mailed *letter = &walk.letters[i];
		if (letter->number == 0 || letter->way != NOBODY || answer->reference == NULL ||
		    strcmp(letter->reference, answer->reference) != 0)
			continue;
		WALK_CHECK(letter->purpose == answer->purpose);
		letter->way = way;
		letter->way_born = walk.ways[way].born;
	}
}
