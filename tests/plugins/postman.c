/*
 * postman - a transport that answers what the test says, and counts each message
 *
 * It ends its operations on the lane, as a real one does.
 */
#include "postman.h"

#include <sched.h>
#include <stdlib.h>

struct conf {
	int64_t postman;	/* address of a struct postman in the test */
};

static const struct sp_key keys[] = {
	{ .name = "postman", .type = SP_NUMBER, .offset = offsetof(struct conf, postman),
	  .help = "Whom to tell." },
	{ 0 },
};

static enum sp_status work(struct sp_op *op)
{
	const struct sp_mail_send *mail = (const struct sp_mail_send *)op;
	struct postman *postman = op->self;
	unsigned long number = strtoul(mail->message_id + 1, NULL, 10);
	int answer = atomic_load(&postman->answer);

	atomic_fetch_add(&postman->asked, 1);
	if (answer == SP_OK || answer == SP_UNKNOWN)
		atomic_fetch_add(&postman->times[number % POSTMAN_LETTERS], 1);
	while (atomic_load(&postman->held))
		sched_yield();
	return (enum sp_status)answer;
}

static void postman_send(struct sp_mail_send *op)
{
	sp_op_work(&op->op, work);
}

static enum sp_status postman_open(const struct sp_host *host, const void *conf,
    void **out_self, struct sp_error *out_error)
{
	(void)host, (void)out_error;
	*out_self = (void *)(intptr_t)((const struct conf *)conf)->postman;
	return SP_OK;
}

static void postman_close(void *self)
{
	(void)self;
}

static const struct sp_mail mail = SP_MAIL(.send = postman_send);

SP_PLUGIN(
	.name = "postman",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.lanes = 2,
	.open = postman_open,
	.close = postman_close,
	.mail = &mail,
);
