/*
 * template - a mail transport to begin with: it appends each message to a file
 *
 * Copy this folder, give it your name, and replace what template_write() does.
 */
#include <sallyport/mail.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the conf section says. Core fills it in from the table below. */
struct conf { const char *path; };

static const struct sp_key keys[] = {
	{ .name = "path", .type = SP_PATH, .offset = offsetof(struct conf, path),
	  .help = "File that messages are appended to; they hold live codes." },
	{ 0 },
};

/* One instance: what open() makes and close() frees. */
struct template { int fd; };

static enum sp_status template_open(const struct sp_host *host, const void *conf,
    void **out_self, struct sp_error *out_error)
{
	const char *path = ((const struct conf *)conf)->path;
	struct template *self = calloc(1, sizeof(*self));

	(void)host;
	if (self == NULL)
		return SP_FAILED;
	self->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (self->fd < 0) {
		snprintf(out_error->text, sizeof(out_error->text), "%s: %s", path, strerror(errno));
		free(self);
		return SP_FAILED;
	}
	*out_self = self;
	return SP_OK;
}

static void template_close(void *data)
{
	struct template *self = data;

	close(self->fd);
	free(self);
}

/* On the lane: may block. What it returns ends the operation. */
static enum sp_status template_write(struct sp_op *op)
{
	const struct sp_mail_send *mail = (const struct sp_mail_send *)op;
	const struct template *self = op->self;

	if (!sp_op_wanted(op) || (mail->expires != 0 && mail->expires <= op->now))
		return SP_UNAVAILABLE;	/* certainly not sent */
	if (write(self->fd, mail->mime.data, mail->mime.size) == (ssize_t)mail->mime.size)
		return SP_OK;
	return SP_UNKNOWN;		/* a part may be there */
}

/* On a loop: returns at once. */
static void template_send(struct sp_mail_send *op)
{
	sp_op_work(&op->op, template_write);
}

static const struct sp_mail mail = SP_MAIL(.send = template_send);

SP_PLUGIN(
	.name = "template",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.open = template_open,
	.close = template_close,
	.mail = &mail,
);
