/*
 * sink - takes every message, and writes "address code" for each passcode into a pipe
 *
 * For measuring: mail costs next to nothing, and whoever drives the customers has the code at
 * once. The code is the line of the text that holds nothing but digits.
 */
#include <sallyport/mail.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIPE_SIZE (1 << 20)

struct conf { const char *codes; };

struct sink { int pipe; };

static const struct sp_key keys[] = {
	{ .name = "codes", .type = SP_PATH, .offset = offsetof(struct conf, codes),
	  .help = "Named pipe that addresses and codes are written to." },
	{ 0 },
};

/* Open for both, so that it makes no difference whether somebody reads. */
static enum sp_status sink_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	const char *path = ((const struct conf *)conf)->codes;
	struct sink *sink = calloc(1, sizeof(*sink));

	(void)host;
	if (sink == NULL)
		return SP_FAILED;
	sink->pipe = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (sink->pipe >= 0 && fcntl(sink->pipe, F_SETPIPE_SZ, PIPE_SIZE) >= 0) {
		*out_self = sink;
		return SP_OK;
	}
	snprintf(out_error->text, sizeof(out_error->text), "codes: %.100s: %s", path,
	    strerror(errno));
	if (sink->pipe >= 0)
		close(sink->pipe);
	free(sink);
	return SP_FAILED;
}

static void sink_close(void *self)
{
	struct sink *sink = self;

	close(sink->pipe);
	free(sink);
}

/* NULL: this is no passcode. */
static const char *code_find(const char *text, size_t *out_size)
{
	while (text != NULL && *text != '\0') {
		const char *at = text + strspn(text, " ");
		size_t size = strspn(at, "0123456789");
		if (size >= 6 && at[size] == '\n') {
			*out_size = size;
			return at;
		}
		text = strchr(text, '\n');
		text = text != NULL ? text + 1 : NULL;
	}
	return NULL;
}

static void sink_send(struct sp_mail_send *op)
{
	const struct sink *sink = op->op.self;
	char line[512];
	size_t size = 0;
	const char *code = code_find(op->text, &size);

	if (code == NULL) {
		sp_op_done(&op->op, SP_OK);
		return;
	}
	int length = snprintf(line, sizeof(line), "%.300s %.*s\n", op->to, (int)size, code);
	ssize_t wrote = write(sink->pipe, line, (size_t)length);
	explicit_bzero(line, sizeof(line));
	sp_op_done(&op->op, wrote == length ? SP_OK : SP_UNAVAILABLE);
}

static const struct sp_mail mail = SP_MAIL(.send = sink_send);

SP_PLUGIN(
	.name = "sink",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.open = sink_open,
	.close = sink_close,
	.mail = &mail,
);
