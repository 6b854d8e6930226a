/*
 * weather - a policy engine that allows everything, and fails while a file is there
 *
 * The test makes and removes the file: "engine down" without a moment to wait for.
 */
#include <sallyport/policy.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct conf {
	const char *storm;
};

static const struct sp_key keys[] = {
	{ .name = "storm", .type = SP_PATH, .offset = offsetof(struct conf, storm),
	  .help = "While this file exists, every decision fails." },
	{ 0 },
};

struct set {
	size_t count;
};

static void weather_load(struct sp_policy_load *load)
{
	struct set *set = malloc(sizeof(*set));

	if (set == NULL) {
		sp_op_done(&load->op, SP_FAILED);
		return;
	}
	set->count = load->count;
	load->set = set;
	sp_op_done(&load->op, SP_OK);
}

static void weather_free(void *self, void *set)
{
	(void)self;
	free(set);
}

static enum sp_status weather_decide(void *here, const void *set_data,
    const struct sp_facts *facts, struct sp_judgement *out)
{
	const struct set *set = set_data;

	(void)facts;
	if (access(here, F_OK) == 0)
		return SP_UNAVAILABLE;
	out->decision = SP_ALLOW;
	for (size_t i = 0; i < set->count; i++) {
		out->results[i] = SP_NOT_APPLIED;
		out->conditions[i] = SP_BY_USER;
	}
	return SP_OK;
}

static enum sp_status weather_open(const struct sp_host *host, const void *conf,
    void **out_self, struct sp_error *out_error)
{
	(void)host, (void)out_error;
	*out_self = strdup(((const struct conf *)conf)->storm);
	return *out_self != NULL ? SP_OK : SP_FAILED;
}

static enum sp_status weather_attach(void *self, struct event_base *base, void **out_here)
{
	(void)base;
	*out_here = self;
	return SP_OK;
}

static void weather_detach(void *self, void *here)
{
	(void)self, (void)here;
}

static void weather_close(void *self)
{
	free(self);
}

static const struct sp_policy policy = SP_POLICY(
	.load = weather_load,
	.free_set = weather_free,
	.decide_now = weather_decide,
);

SP_PLUGIN(
	.name = "weather",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.open = weather_open,
	.attach = weather_attach,
	.detach = weather_detach,
	.close = weather_close,
	.policy = &policy,
);
