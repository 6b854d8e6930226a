/*
 * drop - a transport that says "taken over" and throws the mail away: a control of the story's
 * test, put in the place of spool.so
 */
#include <sallyport/mail.h>

struct conf {
	const char *folder;	/* as spool's, not used */
};

static const struct sp_key keys[] = {
	{ .name = "folder", .type = SP_PATH, .offset = offsetof(struct conf, folder),
	  .help = "Folder that nothing is written to." },
	{ 0 },
};

static enum sp_status drop_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	static int self;

	(void)host, (void)conf, (void)out_error;
	*out_self = &self;
	return SP_OK;
}

static void drop_close(void *self)
{
	(void)self;
}

static void drop_send(struct sp_mail_send *send)
{
	sp_op_done(&send->op, SP_OK);
}

static const struct sp_mail mail = SP_MAIL(.send = drop_send);

SP_PLUGIN(
	.name = "drop",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.open = drop_open,
	.close = drop_close,
	.mail = &mail,
);
