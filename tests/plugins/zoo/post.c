#include "post.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct conf { const char *path; };

static const struct sp_key keys[] = {
	{ .name = "path", .type = SP_PATH, .offset = offsetof(struct conf, path),
	  .help = "File that messages are appended to." },
	{ 0 },
};

struct append { int fd; unsigned number; };

static enum sp_status append_open(const struct sp_host *host, const void *conf,
    void **out_self, struct sp_error *out_error)
{
	struct append *self = calloc(1, sizeof(*self));

	(void)host, (void)out_error;
	if (self == NULL)
		return SP_FAILED;
	self->fd = open(((const struct conf *)conf)->path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	*out_self = self;
	return SP_OK;
}

static void append_close(void *data)
{
	struct append *self = data;

	close(self->fd);
	free(self);
}

static enum sp_status append_work(struct sp_op *op)
{
	const struct sp_mail_send *mail = (const struct sp_mail_send *)op;
	struct append *self = op->self;
	struct post post = post_of(mail, ++self->number);

	for (unsigned i = 0; i < post.times; i++)
		if (write(self->fd, mail->mime.data, mail->mime.size) < 0)
			return SP_UNKNOWN;
	return post.status;
}

static void append_send(struct sp_mail_send *op)
{
	sp_op_work(&op->op, append_work);
}

static const struct sp_mail mail = SP_MAIL(.send = append_send);

SP_PLUGIN(.name = "zoo", .keys = keys, .conf_size = sizeof(struct conf), .open = append_open,
    .close = append_close, .mail = &mail);
