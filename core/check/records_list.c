/* records_list.c - order and pages, and as much as the contract allows */
#include "check/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct page_of {
	const char *prefix, *after;
	size_t limit;
	bool backwards;
	char seen[256];		/* the keys, with commas */
};

static struct sp_op *page_make(struct seat *seat, void *arg)
{
	const struct page_of *page = arg;
	struct sp_records_list *list = list_new(seat, records_at(RECORDS_PAGES, page->prefix),
	    page->limit);

	list->after = (struct sp_bytes){ page->after, strlen(page->after) };
	list->backwards = page->backwards;
	return &list->op;
}

static void page_read(struct sp_op *op, void *arg)
{
	struct page_of *page = arg;
	char *to = page->seen;

	for (const struct sp_record *record = ((struct sp_records_list *)op)->first;
	    record != NULL; record = record->next) {
		size_t room = sizeof(page->seen) - (size_t)(to - page->seen);
		MUST(record->at.key.size + 2 < room, RECORDS_LIST, "more or longer keys than "
		    "there are");
		MUST(record->value.size == 1, RECORDS_LIST, "a listed value of 1 byte has %zu",
		    record->value.size);
		memcpy(to, record->at.key.data, record->at.key.size);
		to += record->at.key.size;
		*to++ = ',';
	}
	*to = '\0';
}

/* Bytes beyond ASCII as ~, so that a report is text. */
static const char *shown(char *text)
{
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '~';
	return text;
}

static void lists(const char *prefix, const char *after, size_t limit, bool backwards,
    const char *want)
{
	struct page_of page = { prefix, after, limit, backwards, "" };
	struct ask list = { .what = "records.list", .make = page_make, .read = page_read, .arg =
	    &page };
	char wanted[256], within[16], beyond[16];

	ask_must(ask_run(&list, 0), SP_OK, RECORDS_LIST, "list");
	if (strcmp(page.seen, want) == 0)
		return;
	snprintf(wanted, sizeof(wanted), "%s", want);
	snprintf(within, sizeof(within), "%s", prefix);
	snprintf(beyond, sizeof(beyond), "%s", after);
	page_breach(RECORDS_LIST, "list of '%s' %s beyond '%s', %zu at most: '%s', not '%s'",
	    shown(within), backwards ? "backwards" : "forwards", shown(beyond), limit,
	    shown(page.seen), shown(wanted));
}

void records_paging(void)
{
	static const char *const keys[] = { "b", "a", "ab", "a\xff", ("a\xff" "z"), "ac", "aa",
	    "c" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct records_change want = { .in = { .action = SP_PUT, .value = { "v", 1 },
			.at = records_at(RECORDS_PAGES, keys[i]),
			.expires = strcmp(keys[i], "ac") == 0 ? SUBJECT_NOON : 0 } };
		ask_must(records_change(&want, SUBJECT_NOON - 1), SP_OK, RECORDS_EXPECT, "put");
	}
	lists("", "", 100, false, "a,aa,ab,a\xff,a\xffz,b,c,");
	lists("", "", 100, true, "c,b,a\xffz,a\xff,ab,aa,a,");
	lists("a", "", 2, false, "a,aa,");
	lists("a", "aa", 2, false, "ab,a\xff,");
	lists("a", "a\xff", 2, false, "a\xffz,");
	lists("a", "a\xffz", 2, false, "");
	lists("a", "", 2, true, "a\xffz,a\xff,");
	lists("a", "a\xff", 2, true, "ab,aa,");
	lists("a", "aa", 5, true, "a,");
	lists("a\xff", "", 5, true, "a\xffz,a\xff,");
	lists("b", "a", 5, false, "b,");
	lists("b", "zz", 5, true, "b,");
	lists("x", "", 5, true, "");
}

static struct sp_op *most_make(struct seat *seat, void *arg)
{
	static const char zeros[SP_VALUE_MAX];
	struct sp_records_commit *commit = commit_new(seat, SP_CHANGES_MAX);
	char key[SP_KEY_MAX];

	(void)arg;
	memset(key, 0xff, sizeof(key));
	for (unsigned i = 0; i < SP_CHANGES_MAX; i++) {
		key[0] = (char)(i >> 8);
		key[1] = (char)i;
		commit_add(commit, SP_PUT, address(RECORDS_MOST, page_now()->scope, key,
		    sizeof(key)),
		    SP_ABSENT)->value = (struct sp_bytes){ zeros, i == 0 ? sizeof(zeros) : 8 };
	}
	if (!commit_ready(commit))
		abort();
	return &commit->op;
}

static struct sp_op *many_make(struct seat *seat, void *arg)
{
	(void)arg;
	return &list_new(seat, address(RECORDS_MOST, page_now()->scope, "", 0), SP_LIST_MAX)->op;
}

static void many_read(struct sp_op *op, void *arg)
{
	const struct sp_records_list *list = (const struct sp_records_list *)op;
	unsigned count = 0;

	(void)arg;
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		const uint8_t *key = record->at.key.data;
		MUST(record->at.key.size == SP_KEY_MAX, RECORDS_LIMITS,
		    "a key of 255 bytes comes back with %zu", record->at.key.size);
		MUST((unsigned)(key[0] << 8 | key[1]) == count, RECORDS_LIST,
		    "of 4,096 records, number %u is listed in place %u",
		    (unsigned)(key[0] << 8 | key[1]), count);
		MUST(record->value.size == (count == 0 ? SP_VALUE_MAX : 8), RECORDS_LIMITS,
		    "a value comes back with %zu bytes", record->value.size);
		count++;
	}
	MUST(count == SP_LIST_MAX, RECORDS_LIMITS, "a list of at most 1,000 holds %u", count);
}

void records_most(void)
{
	struct ask most = { .what = "records.commit", .make = most_make },
	    many = { .what = "records.list", .make = many_make, .read = many_read };

	ask_must(ask_run(&most, 0), SP_OK, RECORDS_LIMITS, "a commit of 4,096 changes");
	ask_must(ask_run(&most, 0), SP_CONFLICT, RECORDS_EXPECT, "the same again, expecting none");
	ask_must(ask_run(&many, 1), SP_OK, RECORDS_LIMITS, "a list of 1,000");
}
