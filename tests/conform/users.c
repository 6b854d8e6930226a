/* users.c - does a users backend keep the contract? */
#include "conform.h"

#include "loop/loop.h"
#include "plugin/users.h"

#include <string.h>

static struct conform *test;

static const struct sp_id ours = { { 1 } }, theirs = { { 2 } };

static struct sp_id user_id(unsigned number)
{
	return (struct sp_id){ { 0x10, (uint8_t)(number >> 8), (uint8_t)number } };
}

/* What the suite writes and reads: one user, flat. */
struct person {
	struct sp_id tenant;
	struct sp_user user;
	const char *names[SP_IDENTIFIERS_MAX];
	struct sp_attribute attributes[2];
	const struct sp_attribute *rows[2];
};

/* `names` are separated by spaces; the text is the caller's and is cut up. */
static void person_init(struct person *person, struct sp_id tenant, struct sp_id id, char *names)
{
	*person = (struct person){ .tenant = tenant, .user = { .id = id, .enabled = true,
		.identifiers = person->names, .attributes = person->rows } };
	for (char *save, *name = strtok_r(names, " ", &save); name != NULL;
	    name = strtok_r(NULL, " ", &save))
		person->names[person->user.identifier_count++] = name;
}

/* Changes. */

struct change {
	struct sp_users_change *(*make)(struct seat *seat, struct sp_id tenant,
	    const struct sp_user *user);
	const struct person *person;
	uint64_t revision;
	char taken[SP_IDENTIFIER_MAX + 1];
};

static struct sp_op *change_make(struct seat *seat, void *arg)
{
	const struct change *change = arg;

	CHECK(change->make == NULL || users_fits(&change->person->user));
	if (change->make != NULL)
		return &change->make(seat, change->person->tenant, &change->person->user)->op;
	return &users_remove(seat, change->person->tenant, change->person->user.id,
	    change->person->user.revision)->op;
}

static void change_read(struct sp_op *op, void *arg)
{
	const struct sp_users_change *answer = (const struct sp_users_change *)op;
	struct change *change = arg;

	change->revision = answer->revision;
	if (answer->taken != NULL)
		snprintf(change->taken, sizeof(change->taken), "%s", answer->taken);
}

static enum sp_status change(struct change *change)
{
	struct ask write = { .make = change_make, .read = change_read, .arg = change };

	return ask(test->instance, conform_loop(test, 0), &write);
}

/* Keeps the new revision in the person. */
static enum sp_status create(struct person *person)
{
	struct change new = { .make = users_create, .person = person };
	enum sp_status status = change(&new);

	if (status == SP_OK)
		person->user.revision = new.revision;
	return status;
}

static enum sp_status update(struct person *person)
{
	struct change other = { .make = users_update, .person = person };
	enum sp_status status = change(&other);

	CHECK(status != SP_OK || other.revision != person->user.revision);
	if (status == SP_OK)
		person->user.revision = other.revision;
	return status;
}

static enum sp_status drop(const struct person *person)
{
	struct change gone = { .person = person };
	return change(&gone);
}

/* Reads. A user as one line: enabled, names, attributes, verifier. */

struct look {
	struct sp_id tenant, id;
	const char *name;		/* NULL: by id */
	uint64_t revision;
	struct sp_id found;
	size_t length;
	char line[SP_USER_MAX];
};

static void line_add(struct look *look, const char *before, const char *text)
{
	int size = snprintf(look->line + look->length, sizeof(look->line) - look->length,
	    "%s%s", before, text);

	CHECK(size >= 0 && (size_t)size < sizeof(look->line) - look->length);
	look->length += (size_t)size;
}

static struct sp_op *look_make(struct seat *seat, void *arg)
{
	const struct look *look = arg;

	if (look->name != NULL)
		return &users_find(seat, look->tenant, look->name)->op;
	return &users_get(seat, look->tenant, look->id)->op;
}

static void line_of(struct look *look, const struct sp_user *user)
{
	line_add(look, "", user->enabled ? "on" : "off");
	for (size_t i = 0; i < user->identifier_count; i++)
		line_add(look, " ", user->identifiers[i]);
	for (size_t i = 0; i < user->attribute_count; i++) {
		line_add(look, " ", user->attributes[i]->name);
		line_add(look, "=", user->attributes[i]->value);
	}
	line_add(look, " ", user->verifier != NULL ? user->verifier : "-");
}

static void look_read(struct sp_op *op, void *arg)
{
	const struct sp_user *user = ((const struct sp_users_find *)op)->user;
	struct look *look = arg;

	if (user == NULL)
		return;
	look->found = user->id;
	look->revision = user->revision;
	line_of(look, user);
}

static enum sp_status look(struct look *look)
{
	struct ask read = { .make = look_make, .read = look_read, .arg = look };

	return ask(test->instance, conform_loop(test, 1), &read);
}

static bool found(struct sp_id tenant, const char *name, struct sp_id id, const char *line)
{
	struct look by_name = { .tenant = tenant, .name = name };
	struct look by_id = { .tenant = tenant, .id = id };

	CHECK(look(&by_name) == SP_OK && look(&by_id) == SP_OK);
	CHECK(memcmp(&by_name.found, &id, sizeof(id)) == 0 && by_name.revision != 0);
	CHECK(by_name.revision == by_id.revision && strcmp(by_name.line, by_id.line) == 0);
	if (strcmp(by_name.line, line) != 0)
		fprintf(stderr, "found '%s', not '%s'\n", by_name.line, line);
	return strcmp(by_name.line, line) == 0;
}

static bool absent(struct sp_id tenant, const char *name)
{
	struct look by_name = { .tenant = tenant, .name = name };
	return look(&by_name) == SP_NOT_FOUND;
}

static void creating(void)
{
	char names[] = "ann@example.com ann", others[] = "ann@example.com ann";
	struct look nobody = { .tenant = ours, .id = user_id(1) };
	struct person ann, twin;

	CHECK(absent(ours, "ann") && look(&nobody) == SP_NOT_FOUND);
	person_init(&ann, ours, user_id(1), names);
	ann.user.verifier = "$argon2id$v=19$x";
	ann.rows[0] = &ann.attributes[0];
	ann.attributes[0] = (struct sp_attribute){ "city", "Zürich 東京 🎈" };
	ann.user.attribute_count = 1;
	CHECK(create(&ann) == SP_OK);
	CHECK(found(ours, "ann", user_id(1),
	    "on ann@example.com ann city=Zürich 東京 🎈 $argon2id$v=19$x"));
	CHECK(found(ours, "ann@example.com", user_id(1),
	    "on ann@example.com ann city=Zürich 東京 🎈 $argon2id$v=19$x"));
	/* Again: the same is fine, anything else is not. */
	uint64_t revision = ann.user.revision;
	CHECK(create(&ann) == SP_OK && ann.user.revision == revision);
	ann.user.enabled = false;
	CHECK(create(&ann) == SP_CONFLICT);
	/* Another tenant is another world. */
	CHECK(absent(theirs, "ann"));
	person_init(&twin, theirs, user_id(1), others);
	CHECK(create(&twin) == SP_OK);
	CHECK(found(theirs, "ann", user_id(1), "on ann@example.com ann -"));
}

static void unique_names(void)
{
	char names[] = "bob@example.com ann", free_names[] = "bob@example.com";
	struct person bob;
	struct change taken = { .make = users_create, .person = &bob };

	person_init(&bob, ours, user_id(2), names);
	CHECK(change(&taken) == SP_CONFLICT && strcmp(taken.taken, "ann") == 0);
	CHECK(absent(ours, "bob@example.com"));		/* nothing by halves */
	person_init(&bob, ours, user_id(2), free_names);
	CHECK(create(&bob) == SP_OK);
	bob.names[bob.user.identifier_count++] = "ann";
	taken = (struct change){ .make = users_update, .person = &bob };
	CHECK(change(&taken) == SP_CONFLICT && strcmp(taken.taken, "ann") == 0);
	CHECK(found(ours, "bob@example.com", user_id(2), "on bob@example.com -"));
	CHECK(found(ours, "ann", user_id(1),
	    "on ann@example.com ann city=Zürich 東京 🎈 $argon2id$v=19$x"));
}

static void updating(void)
{
	char names[] = "cy@example.com cy", empty[] = "x";
	struct person cy, none;

	person_init(&cy, ours, user_id(3), names);
	CHECK(create(&cy) == SP_OK);
	struct person stale = cy;
	stale.user.identifiers = stale.names;
	stale.user.attributes = stale.rows;
	cy.names[1] = "cyrus";
	cy.user.enabled = false;
	CHECK(update(&cy) == SP_OK);
	CHECK(found(ours, "cyrus", user_id(3), "off cy@example.com cyrus -"));
	CHECK(absent(ours, "cy"));			/* what is given up is free */
	struct change late = { .make = users_update, .person = &stale };
	CHECK(change(&late) == SP_CONFLICT && late.taken[0] == '\0');
	CHECK(drop(&stale) == SP_CONFLICT);
	CHECK(update(&cy) == SP_OK);			/* no other content, another revision */
	person_init(&none, ours, user_id(99), empty);
	none.user.revision = 1;
	CHECK(update(&none) == SP_NOT_FOUND && drop(&none) == SP_NOT_FOUND);
	CHECK(drop(&cy) == SP_OK && drop(&cy) == SP_NOT_FOUND);
	CHECK(absent(ours, "cyrus") && absent(ours, "cy@example.com"));
	cy.user.enabled = true;
	CHECK(create(&cy) == SP_OK && drop(&cy) == SP_OK);
}

/* As much as the contract allows. */
static void limits(void)
{
	static char names[SP_IDENTIFIERS_MAX][SP_IDENTIFIER_MAX + 1], value[32000];
	char first[] = "long";
	struct person big;

	person_init(&big, ours, user_id(4), first);
	for (size_t i = 1; i < SP_IDENTIFIERS_MAX; i++) {
		memset(names[i], 'a' + (int)i, SP_IDENTIFIER_MAX);
		big.names[i] = names[i];
	}
	big.user.identifier_count = SP_IDENTIFIERS_MAX;
	memset(value, 'v', sizeof(value) - 1);
	big.attributes[0] = (struct sp_attribute){ "", value };
	big.attributes[1] = (struct sp_attribute){ "empty", "" };
	big.rows[0] = &big.attributes[0];
	big.rows[1] = &big.attributes[1];
	big.user.attribute_count = 2;
	CHECK(create(&big) == SP_OK);
	struct change again = { .make = users_create, .person = &big };
	CHECK(change(&again) == SP_OK && again.revision == big.user.revision);
	CHECK(!absent(ours, names[SP_IDENTIFIERS_MAX - 1]));
	CHECK(drop(&big) == SP_OK && absent(ours, names[1]) && absent(ours, "long"));
}

/* 64 want one name at once: one gets it, and nobody else is half made. */

enum { CREATORS = 64 };

struct creator {
	struct person person;
	char names[64];
	struct ask ask;
	struct change change;
};

static void race_check(struct creator *creator, unsigned number)
{
	char name[32], line[64];

	snprintf(name, sizeof(name), "racer%u", number);
	snprintf(line, sizeof(line), "on racer%u prize -", number);
	if (creator->ask.status == SP_OK) {
		CHECK(found(ours, "prize", creator->person.user.id, line));
		creator->person.user.revision = creator->change.revision;
		CHECK(drop(&creator->person) == SP_OK);
	} else {
		CHECK(creator->ask.status == SP_CONFLICT);
		CHECK(strcmp(creator->change.taken, "prize") == 0 && absent(ours, name));
	}
}

static void race(void)
{
	static struct creator creators[CREATORS];
	unsigned won = 0;

	for (unsigned i = 0; i < CREATORS; i++) {
		struct creator *creator = &creators[i];
		snprintf(creator->names, sizeof(creator->names), "racer%u prize", i);
		person_init(&creator->person, ours, user_id(200 + i), creator->names);
		creator->change = (struct change){ .make = users_create,
			.person = &creator->person };
		creator->ask = (struct ask){ .make = change_make, .read = change_read,
			.arg = &creator->change };
		ask_start(test->instance, conform_loop(test, i), &creator->ask);
	}
	for (unsigned i = 0; i < CREATORS; i++)
		won += ask_wait(&creators[i].ask) == SP_OK;
	CHECK(won == 1);
	for (unsigned i = 0; i < CREATORS; i++)
		race_check(&creators[i], i);
}

/* Lists: pages of two, as names of the first identifier. */

struct page {
	struct sp_id tenant;
	const char *prefix;
	char cursor[SP_CURSOR_MAX];
	size_t cursor_size, count, pages;
	char seen[4096];
};

static struct sp_op *page_make(struct seat *seat, void *arg)
{
	const struct page *page = arg;

	return &users_list(seat, page->tenant, page->prefix,
	    (struct sp_bytes){ page->cursor, page->cursor_size }, 2)->op;
}

static void page_read(struct sp_op *op, void *arg)
{
	const struct sp_users_list *list = (const struct sp_users_list *)op;
	struct page *page = arg;
	size_t count = 0;

	for (const struct sp_user *user = list->first; user != NULL; user = user->next) {
		size_t length = strlen(page->seen);
		CHECK(user->identifier_count > 0);
		snprintf(page->seen + length, sizeof(page->seen) - length, "%s,",
		    user->identifiers[0]);
		count++;
	}
	CHECK(count <= 2 && list->next.size <= sizeof(page->cursor));
	page->count += count;
	page->pages++;
	page->cursor_size = list->next.size;
	if (list->next.size > 0)
		memcpy(page->cursor, list->next.data, list->next.size);
}

static struct page pages(struct sp_id tenant, const char *prefix)
{
	struct page page = { .tenant = tenant, .prefix = prefix };
	struct ask read = { .make = page_make, .read = page_read, .arg = &page };

	do
		CHECK(ask(test->instance, conform_loop(test, 0), &read) == SP_OK);
	while (page.cursor_size > 0 && page.pages < 100);
	return page;
}

static bool listed(struct sp_id tenant, const char *prefix, size_t count, const char *each)
{
	const struct page page = pages(tenant, prefix);
	char text[256], *save;
	bool all = page.count == count && page.pages == (count > 0 ? (count + 1) / 2 : 1);

	snprintf(text, sizeof(text), "%s", each);
	for (char *name = strtok_r(text, " ", &save); name != NULL;
	    name = strtok_r(NULL, " ", &save))
		all = all && strstr(page.seen, name) != NULL;
	if (!all)
		fprintf(stderr, "%s: listed %zu on %zu: %s\n", prefix, page.count, page.pages,
		    page.seen);
	return all;
}

static void listing(void)
{
	static const struct sp_id third = { { 3 } };
	static char rows[][32] = { "d@x", "da@x dz@x", "db@x", "e@x d@y", "é@x", "f@x" };

	CHECK(listed(third, NULL, 0, ""));
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct person person;
		person_init(&person, third, user_id(50 + i), rows[i]);
		CHECK(create(&person) == SP_OK);
	}
	CHECK(listed(third, NULL, 6, "d@x da@x db@x e@x é@x f@x"));
	CHECK(listed(third, "", 6, "d@x da@x db@x e@x é@x f@x"));
	CHECK(listed(third, "d", 4, "d@x da@x db@x e@x"));	/* two names, listed once */
	CHECK(listed(third, "d@", 2, "d@x e@x"));
	CHECK(listed(third, "dz", 1, "da@x"));
	CHECK(listed(third, "\xc3", 1, "é@x"));
	CHECK(listed(third, "g", 0, ""));
	CHECK(listed(ours, NULL, 2, "ann@example.com bob@example.com"));
}

void conform_users(struct conform *conform)
{
	test = conform;
	if (!users_offers(conform->instance, &users_kind_create)) {
		puts("users: read-only, only the shape of answers is checked");
		CHECK(absent(ours, "nobody-of-this-name"));
		return;
	}
	creating();
	unique_names();
	updating();
	limits();
	race();
	listing();
	if (!conform->lasting)
		return;
	conform_reopen(conform);
	CHECK(found(ours, "bob@example.com", user_id(2), "on bob@example.com -"));
	CHECK(listed(ours, NULL, 2, "ann@example.com bob@example.com"));
}
