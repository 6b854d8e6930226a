/*
 * sallyportd_first.c - the tenant of administrators, and the way in for the first of them (5.2)
 *
 * There is no default password. At the first start a link is printed to whoever sits at the terminal,
 * and to nobody else: it is a secret, and a log is kept for years.
 */
#include "sallyportd.h"

#include "base/log.h"
#include "store/founding.h"
#include "surface/face.h"

#include <stdio.h>
#include <unistd.h>

static void first_print(const struct face *face, const char *name)
{
	struct arena arena;

	arena_init(&arena, NULL, 0);
	const char *secret = founding_link(face->store, &arena);
	if (secret != NULL) {
		printf("\nThe first administrator signs in here, once, within five minutes:\n\n"
		    "  %s/%s/link#%s\n\nA new one: sallyport admin link --first\n\n",
		    face->pages_url, name, secret);
		fflush(stdout);
	}
	arena_done(&arena);
}

/* Customers sign in without it: what a full disk did not take, the next start makes. */
void first_begin(const struct face *face)
{
	struct sp_error error = { "" };
	const char *name = NULL;

	if (founding_system(face->store, &name, &error) != SP_OK) {
		log_line(SP_ERROR, "%s", error.text);
		return;
	}
	if (name == NULL)
		return;
	log_line(SP_INFO, "there is no administrator yet; for a link that lets in the first one: "
	    "sallyport admin link --first");
	if (face->pages_url != NULL && isatty(STDOUT_FILENO))
		first_print(face, name);
}
