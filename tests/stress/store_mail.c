/* Outbox: each status, each crash; nothing lost, nothing late, nothing twice. */
#include "storehouse.h"

#include "base/clock.h"
#include "store/challenges.h"
#include "store/outbox.h"
#include "store/sweeper.h"

#include <stdlib.h>

static int letters;

struct letter {
	int number;
	char message_id[32];
	struct outbox_entry entry;
	struct passcode passcode;
};

static struct letter letter_new(void)
{
	struct letter letter = { .number = letters++ };

	CHECK(letter.number < POSTMAN_LETTERS);
	letter.passcode = (struct passcode){ .id = id_ordered(clock_wall()),
		.purpose = PASSCODE_SECOND, .address = "ann@example.com", .mask = "a",
		.reference = "KLMNO", .expires = clock_wall() + 600000 };
	letter.entry = (struct outbox_entry){ .tenant = tenant,
		.challenge = letter.passcode.id, .reference = "KLMNO", .message = {
		.from = "shop@example.com", .to = "ann@example.com",
		.headers = "Subject: code\r\n", .text = "12345678", .mime = { "mime", 4 },
		.expires = clock_wall() + 600000 } };
	return letter;
}

static void letter_fill(struct sp_records_commit *commit, void *arg)
{
	struct letter *letter = arg;

	snprintf(letter->message_id, sizeof(letter->message_id), "<%d@test>", letter->number);
	letter->entry.message.message_id = letter->message_id;
	CHECK(outbox_put(commit, store, &letter->entry));
	CHECK(challenges_put(commit, tenant, &letter->passcode, clock_wall() + 1800000,
	    SP_ANY));
}

static void letter_go(struct loop *loop, void *arg)
{
	outbox_send(store, loop, &((struct letter *)arg)->entry);
}

static void letter_send(struct letter *letter)
{
	CHECK(commit(letter_fill, letter) == SP_OK);
	loop_call(house.loops[letter->number % LOOPS], letter_go, letter);
}

static long times(const struct letter *letter)
{
	return atomic_load(&postmen[0].times[letter->number]) +
	    atomic_load(&postmen[1].times[letter->number]);
}

static void answers(enum sp_status first, enum sp_status second)
{
	atomic_store(&postmen[0].answer, (int)first);
	atomic_store(&postmen[1].answer, (int)second);
}

static bool empty(void *arg)
{
	(void)arg;
	return count_of(outbox_all()) == 0;
}

static struct outbox_counts counts(void)
{
	struct outbox_counts now;

	outbox_counts(store, &now);
	return now;
}

static void read_refused(const struct sp_record *record, void *arg)
{
	struct passcode passcode;
	struct arena arena;

	arena_init(&arena, NULL, 0);
	CHECK(challenges_read(&arena, record, &passcode));
	*(bool *)arg = passcode.refused;
	arena_done(&arena);
}

static bool refused(const struct letter *letter)
{
	bool is = false;

	read_one(challenges_at(tenant, letter->passcode.id), read_refused, &is);
	return is;
}

static void each_status(void)
{
	struct letter ok = letter_new(), over = letter_new(), unknown = letter_new(),
	    decoy = letter_new(), failed = letter_new();
	long asked = atomic_load(&postmen[1].asked);

	answers(SP_OK, SP_OK);
	letter_send(&ok);
	UNTIL(empty, NULL);
	CHECK(times(&ok) == 1 && atomic_load(&postmen[1].asked) == asked);
	answers(SP_UNKNOWN, SP_OK);	/* may have it: never again, by nobody */
	letter_send(&unknown);
	UNTIL(empty, NULL);
	CHECK(times(&unknown) == 1 && atomic_load(&postmen[1].asked) == asked);
	answers(SP_FAILED, SP_OK);
	letter_send(&failed);
	UNTIL(empty, NULL);
	CHECK(times(&failed) == 0 && atomic_load(&postmen[1].asked) == asked);
	answers(SP_UNAVAILABLE, SP_OK);
	letter_send(&over);
	UNTIL(empty, NULL);
	CHECK(atomic_load(&postmen[1].times[over.number]) == 1);
	decoy.entry.decoy = true;
	letter_send(&decoy);
	UNTIL(empty, NULL);
	CHECK(times(&decoy) == 0);
	struct outbox_counts now = counts();
	CHECK(now.sent == 2 && now.unknown == 2 && now.failed_over == 1 && now.decoys == 1);
	CHECK(!refused(&ok) && !refused(&unknown));
}

/* The address is refused: told at its challenge, unless that has a newer code. */
static void refusals(void)
{
	struct letter current = letter_new(), replaced = letter_new(), notice = letter_new();

	answers(SP_REJECTED, SP_OK);
	letter_send(&current);
	replaced.passcode.reference = "PQRST";
	letter_send(&replaced);
	notice.entry.challenge = (struct sp_id){ { 0 } };
	letter_send(&notice);
	UNTIL(empty, NULL);
	CHECK(refused(&current) && !refused(&replaced) && !refused(&notice));
	CHECK(counts().refused == 3);
}

/* Nobody takes it: again later, not after its end. */

static struct arena arena;

static void read_tries(const struct sp_record *record, void *arg)
{
	struct outbox_entry entry;

	if (outbox_read(&arena, store, record, &entry))
		*(unsigned *)arg = entry.tries;
}

struct listing { unsigned tries; size_t count; };

static struct sp_op *list_make(struct seat *seat, void *arg)
{
	(void)arg;
	return &list_new(seat, outbox_all(), 10)->op;
}

static void list_got(struct sp_op *answer, void *arg)
{
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct listing *listing = arg;

	listing->count = list->count;
	if (list->first != NULL)
		read_tries(list->first, &listing->tries);
}

static bool has_tried(void *arg)
{
	struct listing listing = { 0, 0 };
	struct store_ask ask = { BINDING_RECORDS, list_make, list_got, &listing };

	CHECK(store_ask(store, &ask) == SP_OK);
	return listing.count == 1 && listing.tries >= *(unsigned *)arg;
}

static void again(void)
{
	struct letter later = letter_new(), never = letter_new();
	unsigned tries = 1;

	answers(SP_UNAVAILABLE, SP_UNAVAILABLE);
	letter_send(&later);
	UNTIL(has_tried, &tries);
	tries = 2;
	loop_advance(4000);
	UNTIL(has_tried, &tries);	/* the sweeper's round */
	answers(SP_OK, SP_OK);
	loop_advance(10000);
	UNTIL(empty, NULL);
	CHECK(times(&later) == 1);
	answers(SP_UNAVAILABLE, SP_UNAVAILABLE);
	tries = 1;
	letter_send(&never);
	UNTIL(has_tried, &tries);
	answers(SP_OK, SP_OK);
	loop_advance(600001);
	UNTIL(empty, NULL);
	CHECK(times(&never) == 0 && counts().expired == 1);
}

/* What a crash leaves: this node's next life takes it at once, others after the lease. */

static void fill_retry(struct sp_records_commit *commit, void *arg)
{
	struct letter *letter = arg;

	CHECK(outbox_retry(commit, store, &letter->entry, SP_ANY));
}

static void crashes(void)
{
	struct letter mine = letter_new(), theirs = letter_new(), by_hand = letter_new();
	struct store *other = NULL;
	struct sp_error error;

	answers(SP_OK, SP_OK);
	CHECK(commit(letter_fill, &mine) == SP_OK);	/* and no outbox_send() */
	CHECK(node_open("b", key_file(), &other, &error) == SP_OK);
	CHECK(count_of(outbox_all()) == 1);
	crash();
	UNTIL(empty, NULL);
	CHECK(times(&mine) == 1);
	CHECK(commit(letter_fill, &theirs) == SP_OK);
	loop_advance(30000);
	CHECK(times(&theirs) == 0);			/* the lease holds */
	loop_advance(31000);
	UNTIL(empty, NULL);				/* two nodes: one of them has it */
	CHECK(times(&theirs) == 1);
	CHECK(commit(letter_fill, &by_hand) == SP_OK);
	CHECK(commit(fill_retry, &by_hand) == SP_OK);	/* the operator's command */
	UNTIL(empty, NULL);
	CHECK(times(&by_hand) == 1);
	store_close(other);
}

/* The clock jumps past the lease of what is in hand: it isn't sent again by the sweep that takes
 * up what nobody has. */

static bool was_sent(void *arg)
{
	return times(arg) > 0;
}

static void jumps(void)
{
	struct letter handed = letter_new(), left = letter_new();

	answers(SP_OK, SP_OK);
	atomic_store(&postmen[0].held, true);
	letter_send(&handed);
	UNTIL(was_sent, &handed);
	CHECK(commit(letter_fill, &left) == SP_OK);
	loop_advance(61000);
	UNTIL(was_sent, &left);
	CHECK(times(&handed) == 1);
	atomic_store(&postmen[0].held, false);
	UNTIL(empty, NULL);
	CHECK(times(&handed) == 1 && times(&left) == 1);
}

/* Held until they are due, whoever restarts meanwhile; then one a day for an account. */

enum { HOLD = 1800000 };

static struct letter held_new(uint8_t account)
{
	struct letter letter = letter_new();

	letter.entry.challenge = (struct sp_id){ { 0 } };
	letter.entry.account = (struct sp_id){ { account } };
	letter.entry.message.expires += HOLD;
	return letter;
}

static void fill_held(struct sp_records_commit *commit, void *arg)
{
	struct letter *letter = arg;

	snprintf(letter->message_id, sizeof(letter->message_id), "<%d@test>", letter->number);
	letter->entry.message.message_id = letter->message_id;
	CHECK(outbox_hold(commit, store, &letter->entry, clock_wall() + HOLD));
}

static void fill_dropped(struct sp_records_commit *commit, void *arg)
{
	const struct letter *letter = arg;
	struct outbox_entry held = { .id = letter->entry.id, .due = letter->entry.due };

	outbox_remove(commit, &held, SP_ANY);
}

static bool three_left(void *arg)
{
	(void)arg;
	return count_of(outbox_all()) == 3;
}

static void holding(void)
{
	struct letter ann = held_new(1), ann_again = held_new(1), ben = held_new(2),
	    dropped = held_new(2), usual = letter_new();
	struct letter *const all[] = { &ann, &ann_again, &ben, &dropped };

	answers(SP_OK, SP_OK);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		CHECK(commit(fill_held, all[i]) == SP_OK);
	CHECK(commit(fill_dropped, &dropped) == SP_OK);
	crash();
	loop_advance(HOLD - 120000);
	usual.entry.message.expires += HOLD;
	CHECK(commit(letter_fill, &usual) == SP_OK);
	loop_advance(61000);
	UNTIL(three_left, NULL);		/* a sweep has been by */
	CHECK(times(&usual) == 1 && times(&ann) + times(&ann_again) + times(&ben) == 0);
	loop_advance(120000);
	UNTIL(empty, NULL);
	CHECK(times(&ann) + times(&ann_again) == 1);
	CHECK(times(&ben) == 1 && times(&dropped) == 0);
}

/* Many at once from all loops, one transport down: each once. */
static void many(void)
{
	enum { MANY = 600 };
	struct letter *all = must_calloc(MANY, sizeof(*all));

	answers(SP_UNAVAILABLE, SP_OK);
	for (int i = 0; i < MANY; i++) {
		all[i] = letter_new();
		letter_send(&all[i]);
		if (i == MANY / 2)
			answers(SP_OK, SP_OK);
	}
	UNTIL(empty, NULL);
	for (int i = 0; i < MANY; i++)
		CHECK(times(&all[i]) == 1);
	free(all);
}

void outboxes(void)
{
	CHECK(empty(NULL));
	arena_init(&arena, NULL, 0);
	each_status();
	refusals();
	again();
	crashes();
	jumps();
	holding();
	many();
	arena_done(&arena);
}
