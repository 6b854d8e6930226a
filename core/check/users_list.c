/* users_list.c - pages of two, as names of the first identifier */
#include "check/users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct page_of {
	struct sp_id tenant;
	const char *prefix;
	char cursor[SP_CURSOR_MAX];
	size_t cursor_size, count, pages;
	char seen[4096];
	char first[SP_IDENTIFIER_MAX + 1];	/* of the first user, and its id */
	struct sp_id id;
};

static struct sp_op *page_make(struct seat *seat, void *arg)
{
	const struct page_of *page = arg;

	return &users_list(seat, page->tenant, page->prefix,
	    (struct sp_bytes){ page->cursor, page->cursor_size }, 2)->op;
}

static void page_user(struct page_of *page, const struct sp_user *user)
{
	size_t length = strlen(page->seen);

	MUST(user->identifier_count > 0, USERS_LIST, "a user without identifiers is listed");
	snprintf(page->seen + length, sizeof(page->seen) - length, ",%s,", user->identifiers[0]);
	if (page->first[0] != '\0')
		return;
	snprintf(page->first, sizeof(page->first), "%s", user->identifiers[0]);
	page->id = user->id;
}

static void page_read(struct sp_op *op, void *arg)
{
	const struct sp_users_list *list = (const struct sp_users_list *)op;
	struct page_of *page = arg;
	size_t count = 0;

	for (const struct sp_user *user = list->first; user != NULL; user = user->next) {
		page_user(page, user);
		count++;
	}
	MUST(count <= 2, USERS_LIST, "a page of at most 2 holds %zu", count);
	MUST(list->next.size <= sizeof(page->cursor), USERS_LIMITS, "a cursor of %zu bytes",
	    list->next.size);
	page->count += count;
	page->pages++;
	page->cursor_size = list->next.size;
	if (list->next.size > 0)
		memcpy(page->cursor, list->next.data, list->next.size);
}

static void page_turn(struct page_of *page)
{
	struct ask read = { .what = "users.list", .make = page_make, .read = page_read, .arg =
	    page };

	ask_must(ask_run(&read, 0), SP_OK, USERS_LIST, "list");
}

static const char *shown(const char *prefix)
{
	return prefix == NULL ? "all" : prefix[0] == '\xc3' ? "half a letter" : prefix;
}

static void listed(struct sp_id tenant, const char *prefix, size_t count, const char *each)
{
	struct page_of page = { .tenant = tenant, .prefix = prefix };
	char text[256], name[64], *save;

	do
		page_turn(&page);
	while (page.cursor_size > 0 && page.pages < 100);
	snprintf(text, sizeof(text), "%s", each);
	MUST(page.count == count, USERS_LIST, "list of '%s': %zu users, not %zu: %.200s",
	    shown(prefix), page.count, count, page.seen);
	MUST(page.pages <= count / 2 + 1, USERS_LIST, "list of '%s': %zu pages of 2 for %zu users",
	    shown(prefix), page.pages, count);
	for (char *word = strtok_r(text, " ", &save); word != NULL; word = strtok_r(NULL, " ",
	    &save)) {
		snprintf(name, sizeof(name), ",%s,", word);
		MUST(strstr(page.seen, name) != NULL, USERS_LIST, "list of '%s': %s is missing: "
		    "%.200s",
		    shown(prefix), word, page.seen);
	}
}

void users_listing(void)
{
	static char rows[][32] = { "d@x", "da@x dz@x", "db@x", "e@x d@y", "é@x", "f@x" };
	struct sp_id ours = users_ours();

	if (!users_offers(subject.instance, &users_kind_list))
		page_skip("list is not offered");
	listed(ours, NULL, 0, "");
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct users_person person;
		users_person(&person, ours, users_id(50 + i), rows[i]);
		users_make(&person, SP_OK, "create");
	}
	listed(ours, NULL, 6, "d@x da@x db@x e@x é@x f@x");
	listed(ours, "", 6, "d@x da@x db@x e@x é@x f@x");
	listed(ours, "d", 4, "d@x da@x db@x e@x");	/* two names, listed once */
	listed(ours, "d@", 2, "d@x e@x");
	listed(ours, "dz", 1, "da@x");
	listed(ours, "\xc3", 1, "é@x");
	listed(ours, "g", 0, "");
	listed(users_theirs(), NULL, 0, "");
}

/* Also of those who cannot be written to: if they list, the first listed can be found. */
void users_readonly(void)
{
	struct users_look nobody = { .tenant = users_ours(), .id = users_id(1) }, by_name, by_id;
	struct page_of page = { .tenant = users_ours() };

	users_absent(users_ours(), "nobody@of.this.name", USERS_FIND, "who is nobody");
	ask_must(users_look(&nobody), SP_NOT_FOUND, USERS_FIND, "get of an id that is nobody's");
	if (!users_offers(subject.instance, &users_kind_list))
		return;
	page_turn(&page);
	if (page.count == 0)
		return;
	by_name = (struct users_look){ .tenant = page.tenant, .name = page.first };
	by_id = (struct users_look){ .tenant = page.tenant, .id = page.id };
	ask_must(users_look(&by_name), SP_OK, USERS_FIND, "find of a user who is listed");
	ask_must(users_look(&by_id), SP_OK, USERS_FIND, "get of a user who is listed");
	MUST(strcmp(by_name.line, by_id.line) == 0 && by_name.revision == by_id.revision,
	    USERS_FIND,
	    "find and get of one user differ");
}
