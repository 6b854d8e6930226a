/*
 * The makers of operations and what is made of the answers: a plugin of the test's own, which
 * answers sense or nonsense, linked in.
 */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/metric.h"
#include "house.h"
#include "loop/loop.h"
#include "plugin/binding.h"
#include "plugin/mail.h"
#include "plugin/op.h"
#include "plugin/policy.h"
#include "plugin/users.h"

#include <string.h>

/* The plugin. */

enum nonsense { SENSE, NOTHING, ANOTHER, NO_REVISION, NO_NAME, UNSORTED, ODD_VERDICT, ODD_STATUS };

static enum nonsense way;
static struct sp_judgement told;	/* what the policy answers, but for the arrays */
static uint8_t told_results[2];
static unsigned freed;

static enum sp_status fake_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	(void)host, (void)conf, (void)out_self, (void)out_error;
	return SP_OK;
}

static void fake_close(void *self)
{
	(void)self;
}

static void fake_get(struct sp_users_find *op)
{
	static const char *const names[] = { "ann@example.com" };
	static const struct sp_attribute nameless = { NULL, "x" };
	static const struct sp_attribute *const attributes[] = { &nameless };

	if (way != NOTHING) {
		struct sp_user *user = sp_users_found(op);
		*user = (struct sp_user){ .id = op->id, .revision = way != NO_REVISION,
			.identifier_count = 1, .identifiers = names };
		user->id.byte[15] ^= way == ANOTHER ? 1 : 0;
		if (way == NO_NAME)
			user->attribute_count = 1, user->attributes = attributes;
	}
	sp_op_done(&op->op, way == ODD_STATUS ? (enum sp_status)77 : SP_OK);
}

static void fake_groups(struct sp_users_groups *op)
{
	static struct sp_id groups[2] = { { { 1 } }, { { 2 } } };
	static struct sp_id unsorted[2] = { { { 2 } }, { { 2 } } };

	op->count = 2;
	op->groups = way == UNSORTED ? unsorted : way == NOTHING ? NULL : groups;
	sp_op_done(&op->op, SP_OK);
}

static void fake_verify(struct sp_users_verify *op)
{
	op->verdict = way == ODD_VERDICT ? (enum sp_verdict)9 :
	    memcmp(op->password.data, "secret", 6) == 0 ? SP_RIGHT : SP_WRONG;
	sp_op_done(&op->op, SP_OK);
}

static void fake_load(struct sp_policy_load *op)
{
	static int set;

	op->set = way == NOTHING ? NULL : &set;
	sp_op_done(&op->op, SP_OK);
}

static void fake_free_set(void *self, void *set)
{
	(void)self, (void)set;
	freed++;
}

static enum sp_status fake_decide(void *here, const void *set, const struct sp_facts *facts,
    struct sp_judgement *out)
{
	uint8_t *results = out->results, *conditions = out->conditions;

	(void)here, (void)set, (void)facts;
	*out = told;
	out->results = results;
	out->conditions = conditions;
	memcpy(results, told_results, 2);
	return way == NOTHING ? SP_UNAVAILABLE : SP_OK;
}

static char sent[64];

static void fake_send(struct sp_mail_send *op)
{
	snprintf(sent, sizeof(sent), "%s %.*s", op->to, (int)op->mime.size,
	    (const char *)op->mime.data);
	sp_op_done(&op->op, SP_UNAVAILABLE);
}

static const struct sp_users users = SP_USERS(.find = fake_get, .get = fake_get,
	.verify_password = fake_verify, .list_groups = fake_groups);
static const struct sp_policy policy = SP_POLICY(.load = fake_load, .free_set = fake_free_set,
	.decide_now = fake_decide);
static const struct sp_mail mail = SP_MAIL(.send = fake_send);
static const struct sp_plugin plugin = { SP_HEAD, .name = "fake", .open = fake_open,
	.close = fake_close, .users = &users, .policy = &policy, .mail = &mail };

/* The test's side. */

static struct house house;
static struct instance *instance;
static unsigned complaints;

static void complain(enum sp_level level, const char *text)
{
	complaints += level == SP_ERROR && strstr(text, "fake") != NULL;
}

static void begin(void)
{
	static const struct instance_settings set = { .name = "fake", .lanes = 1, .queue = 8,
		.deadline = 5000, .overdue = 8, .circuit = { 100, 100 } };
	struct sp_error error = { "" };

	log_to(complain);
	house_open(&house, 2);
	cr_assert_eq(instance_new(&plugin, &set, NULL, house.loops, 2, &instance, &error), SP_OK);
}

static void end(void)
{
	cr_assert(instance_free(instance));
	house_close(&house);
}

TestSuite(role, .init = begin, .fini = end);

static const struct sp_id tenant = { { 1 } }, someone = { { 7 } };

static struct sp_op *make_get(struct seat *seat, void *arg)
{
	(void)arg;
	return &users_get(seat, tenant, someone)->op;
}

static struct sp_op *make_groups(struct seat *seat, void *arg)
{
	(void)arg;
	return &users_groups(seat, tenant, someone)->op;
}

static struct sp_op *make_verify(struct seat *seat, void *arg)
{
	return &users_verify(seat, tenant, someone, secret_text(arg))->op;
}

static struct sp_op *make_load(struct seat *seat, void *arg)
{
	(void)arg;
	return &policy_load(seat, tenant, NULL, 2)->op;
}

static struct sp_op *make_list(struct seat *seat, void *arg)
{
	(void)arg;
	return &users_list(seat, tenant, "a", (struct sp_bytes){ "", 0 }, 10)->op;
}

static enum sp_status asked(struct sp_op *(*make)(struct seat *, void *), void *arg,
    void (*read)(struct sp_op *, void *))
{
	struct ask question = { .make = make, .arg = arg, .read = read };

	return ask(instance, house.loops[0], &question);
}

Test(role, takes_nonsense_for_a_failure)
{
	static const struct {
		struct sp_op *(*make)(struct seat *, void *);
		enum nonsense way;
		enum sp_status status;
	} rows[] = {
		{ make_get, SENSE, SP_OK }, { make_get, NOTHING, SP_FAILED },
		{ make_get, ANOTHER, SP_FAILED }, { make_get, NO_REVISION, SP_FAILED },
		{ make_get, NO_NAME, SP_FAILED }, { make_get, ODD_STATUS, SP_FAILED },
		{ make_groups, SENSE, SP_OK }, { make_groups, UNSORTED, SP_FAILED },
		{ make_groups, NOTHING, SP_FAILED }, { make_verify, SENSE, SP_OK },
		{ make_verify, ODD_VERDICT, SP_FAILED }, { make_load, SENSE, SP_OK },
		{ make_load, NOTHING, SP_FAILED }, { make_list, SENSE, SP_REJECTED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		way = rows[i].way;
		complaints = 0;
		cr_assert_eq(asked(rows[i].make, (char[]){ "secret" }, NULL), rows[i].status,
		    "row %zu", i);
		cr_assert_eq(complaints, rows[i].status == SP_FAILED && way != ODD_STATUS,
		    "row %zu", i);
	}
	cr_assert(users_offers(instance, &users_kind_get));
	cr_assert(!users_offers(instance, &users_kind_list));
}

static void read_verdict(struct sp_op *op, void *arg)
{
	(void)arg;
	cr_assert_eq(((struct sp_users_verify *)op)->verdict, SP_RIGHT);
	cr_assert_neq(op->request_id, 0);
}

Test(role, hands_a_password_over)
{
	way = SENSE;
	cr_assert_eq(asked(make_verify, (char[]){ "secret" }, read_verdict), SP_OK);
}

/* Fails closed, whatever the engine says: SEMANTICS 4.1, DESIGN 3. */
Test(role, never_turns_a_failure_into_allow)
{
	static const struct {
		enum nonsense way;
		enum sp_decision decision;
		uint32_t missing;
		uint8_t results[2];
		enum sp_status status;
		enum sp_decision becomes;
	} rows[] = {
		{ SENSE, SP_ALLOW, 0, { SP_MET, SP_NOT_APPLIED }, SP_OK, SP_ALLOW },
		{ SENSE, SP_ALLOW, 0, { SP_MET, SP_REPORT_ASKED }, SP_OK, SP_ALLOW },
		{ SENSE, SP_ASK, SP_MFA, { SP_UNMET, SP_MET }, SP_OK, SP_ASK },
		{ SENSE, SP_DENY, SP_BLOCK, { SP_UNMET, SP_MET }, SP_OK, SP_DENY },
		{ SENSE, SP_ALLOW, 0, { SP_MET, SP_NOT_JUDGED }, SP_FAILED, SP_DENY },
		{ SENSE, SP_ALLOW, 0, { SP_UNMET, SP_MET }, SP_FAILED, SP_DENY },
		{ SENSE, SP_ALLOW, SP_MFA, { SP_MET, SP_MET }, SP_FAILED, SP_DENY },
		{ SENSE, SP_ASK, 0, { SP_UNMET, SP_MET }, SP_FAILED, SP_DENY },
		{ SENSE, (enum sp_decision)9, 0, { SP_MET, SP_MET }, SP_FAILED, SP_DENY },
		{ SENSE, SP_ALLOW, 0, { SP_MET, 99 }, SP_FAILED, SP_DENY },
		{ NOTHING, SP_ALLOW, 0, { SP_MET, SP_MET }, SP_UNAVAILABLE, SP_DENY },
	};
	const struct policy_set set = { instance, &freed, 2 };
	const struct sp_facts facts = { .tenant = tenant };
	struct arena arena;

	arena_init(&arena, NULL, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sp_judgement *out = policy_judgement(&arena, &set);
		way = rows[i].way;
		told = (struct sp_judgement){ .decision = rows[i].decision,
			.missing = rows[i].missing };
		memcpy(told_results, rows[i].results, 2);
		cr_assert_eq(policy_decide_now(instance_seat(instance, house.loops[0]), &set, &facts,
		    out), rows[i].status, "row %zu", i);
		cr_assert_eq(out->decision, rows[i].becomes, "row %zu", i);
		cr_assert(rows[i].status == SP_OK || (out->results[0] == SP_NOT_JUDGED &&
		    out->missing == 0));
	}
	arena_done(&arena);
}

struct decided { struct policy_set set; enum sp_decision decision; };

static struct sp_op *make_decide(struct seat *seat, void *arg)
{
	static const struct sp_id groups[] = { { { 1 } } };
	const struct sp_facts facts = { .tenant = tenant, .groups = { 1, groups } };
	struct decided *decided = arg;

	return &policy_decide(seat, &decided->set, &facts)->op;
}

static void read_decision(struct sp_op *op, void *arg)
{
	struct sp_policy_decide *decide = (struct sp_policy_decide *)op;

	((struct decided *)arg)->decision = decide->out->decision;
	cr_assert_eq(decide->facts->groups.sorted[0].byte[0], 1);
}

static void count_freed(void *arg)
{
	sem_post(arg);
}

Test(role, decides_as_an_operation_and_frees_on_the_lane)
{
	struct decided decided = { .set = { instance, &freed, 2 } };
	sem_t done;

	way = SENSE;
	told = (struct sp_judgement){ .decision = SP_ALLOW };
	memset(told_results, SP_MET, 2);
	cr_assert_eq(asked(make_decide, &decided, read_decision), SP_OK);
	cr_assert_eq(decided.decision, SP_ALLOW);
	told_results[1] = SP_NOT_JUDGED;
	cr_assert_eq(asked(make_decide, &decided, read_decision), SP_FAILED);
	sem_init(&done, 0, 0);
	policy_free_set(&decided.set, count_freed, &done);
	while (sem_wait(&done) != 0)
		continue;
	cr_assert_eq(freed, 1);
	sem_destroy(&done);
}

/* req157, and the second recipient of libs.md 2. */
Test(role, lets_no_second_recipient_or_header_in_req157)
{
	static const struct { const char *to, *headers; bool fits; } rows[] = {
		{ "a@b.example", "To: a@b.example\r\n", true },
		{ "a@b.example", "To: a@b.example\r\nSubject: x\r\n y\r\n", true },
		{ "a@b>\r\nRCPT TO:<evil@c", "To: x\r\n", false }, { "a@b>", "To: x\r\n", false },
		{ "a b@c", "To: x\r\n", false }, { "", "To: x\r\n", false },
		{ "ab", "To: x\r\n", false },
		{ "a@b", "To: x", false }, { "a@b", "To: x\n", false },
		{ "a@b", "To: x\nBcc: y\r\n", false },
		{ "a@b", "To: x\rBcc: y\r\n", false }, { "a@b", "To: x\r\n\r\nbody\r\n", false },
		{ "a@b", "\r\n", false }, { "a@b", "", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct mail_message message = { .message_id = "1", .from = "s@b",
			.to = rows[i].to, .headers = rows[i].headers, .text = "hi",
			.mime = { "mime", 4 } };
		cr_assert_eq(mail_fits(&message), rows[i].fits, "row %zu", i);
	}
}

static struct sp_op *make_mail(struct seat *seat, void *arg)
{
	const struct mail_message message = { .message_id = "1", .from = "s@b", .to = "a@b",
		.headers = "To: a@b\r\n", .text = "hi", .mime = { "mime", 4 } };

	(void)arg;
	return &mail_send(seat, &message)->op;
}

Test(role, sends_and_counts)
{
	struct metric_text text;
	struct arena arena;

	cr_assert_eq(asked(make_mail, NULL, NULL), SP_UNAVAILABLE);
	cr_assert_str_eq(sent, "a@b mime");
	arena_init(&arena, NULL, 0);
	metric_begin(&text, &arena);
	for (size_t row = 0; row < INSTANCE_METRICS; row++) {
		instance_metric_head(row, &text);
		instance_metric(instance, row, &text);
	}
	static const char *const lines[] = {
		"\nsallyport_plugin_calls_total{plugin=\"fake\",operation=\"mail.send\"} 1\n",
		"\nsallyport_plugin_failures_total{plugin=\"fake\",operation=\"mail.send\"} 1\n",
		"\nsallyport_plugin_late_total{plugin=\"fake\",operation=\"mail.send\"} 0\n",
		"\nsallyport_plugin_lane_queued{plugin=\"fake\"} 0\n",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_assert_not_null(strstr(text.data, lines[i]), "%s\n%s", lines[i], text.data);
	cr_assert_null(strstr(text.data, "users.get"));
	arena_done(&arena);
}

Test(role, knows_what_a_user_may_be)
{
	static char long_name[SP_IDENTIFIER_MAX + 2], long_value[SP_USER_MAX + 1];
	const char *identifiers[SP_IDENTIFIERS_MAX + 1] = { "ann@example.com", "ann" };
	const struct sp_attribute attribute = { "city", long_value }, *attributes[] = { &attribute };
	struct sp_user user = { .id = someone, .identifier_count = 2, .identifiers = identifiers };

	memset(long_name, 'x', sizeof(long_name) - 1);
	cr_assert(users_fits(&user));
	identifiers[1] = long_name;
	cr_assert(!users_fits(&user));
	long_name[SP_IDENTIFIER_MAX] = '\0';
	cr_assert(users_fits(&user));
	identifiers[1] = "\xff";
	cr_assert(!users_fits(&user));
	user.identifier_count = 0;
	cr_assert(!users_fits(&user));
	user = (struct sp_user){ .id = someone, .identifier_count = 1, .identifiers = identifiers,
		.attribute_count = 1, .attributes = attributes };
	cr_assert(users_fits(&user));
	memset(long_value, 'x', SP_USER_MAX);
	cr_assert(!users_fits(&user));
	user.attribute_count = 0;
	user.id = (struct sp_id){ { 0 } };
	cr_assert(!users_fits(&user));
}

/* Mail is replaced on every loop before binding_replace_mail() returns. */
Test(role, replaces_mail_on_every_loop)
{
	struct binding_set set = { .users = instance, .mail = { instance }, .mail_count = 1 };
	struct binding *binding = binding_new(&set, house.loops, 2);
	struct instance *two[] = { instance, instance };

	for (unsigned i = 0; i < 2; i++) {
		struct seat *seat = instance_seat(instance, house.loops[i]);
		cr_assert_eq(binding_seat(binding, BINDING_USERS, 0, house.loops[i]), seat);
		cr_assert_null(binding_seat(binding, BINDING_POLICY, 0, house.loops[i]));
		cr_assert_null(binding_seat(binding, BINDING_MAIL, 1, house.loops[i]));
	}
	binding_replace_mail(binding, two, 2);
	for (unsigned i = 0; i < 2; i++)
		cr_assert_not_null(binding_seat(binding, BINDING_MAIL, 1, house.loops[i]));
	binding_free(binding);
}
