/*
 * frozen - all four roles, built from the first headers and never again
 *
 * Users and records in memory, policies as conditional-access judges them, mail to a file.
 */
#include "judge.h"
#include "match.h"
#include "memory.h"

#include <sallyport/mail.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct conf { const char *path; };

static const struct sp_key keys[] = {
	{ .name = "path", .type = SP_PATH, .offset = offsetof(struct conf, path),
	  .fallback = "/dev/null", .help = "File that messages are appended to." },
	{ 0 },
};

/* The memory is first: the functions of plugins/memory take `self` for theirs. */
struct frozen { struct memory memory; int fd; };

static enum sp_status frozen_open(const struct sp_host *host, const void *conf,
    void **out_self, struct sp_error *out_error)
{
	struct frozen *self = calloc(1, sizeof(*self));

	(void)host, (void)out_error;
	if (self == NULL)
		return SP_FAILED;
	pthread_mutex_init(&self->memory.lock, NULL);
	self->fd = open(((const struct conf *)conf)->path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	*out_self = self;
	return SP_OK;
}

static void frozen_close(void *data)
{
	struct frozen *self = data;

	records_done(&self->memory);
	users_done(&self->memory);
	pthread_mutex_destroy(&self->memory.lock);
	close(self->fd);
	free(self);
}

static enum sp_status load_run(struct sp_op *op)
{
	struct sp_policy_load *load = (struct sp_policy_load *)op;

	load->set = set_new(load->policies, load->count);
	return load->set != NULL ? SP_OK : SP_FAILED;
}

static void frozen_load(struct sp_policy_load *load)
{
	sp_op_work(&load->op, load_run);
}

static void frozen_free_set(void *self, void *set)
{
	(void)self;
	set_free(set);
}

static enum sp_status frozen_decide(void *here, const void *set, const struct sp_facts *facts,
    struct sp_judgement *out)
{
	uint64_t applies[SET_WORDS_MAX];

	(void)here;
	match_policies(set, facts, out, applies);
	judge_policies(set, facts, applies, out);
	return SP_OK;
}

/* Several in one go: so sp_op_batch() is used, too. */
static void mail_write(void *data, struct sp_op *const *ops, size_t count)
{
	const struct frozen *self = data;

	for (size_t i = 0; i < count; i++) {
		const struct sp_mail_send *mail = (const struct sp_mail_send *)ops[i];
		bool stale = mail->expires != 0 && mail->expires <= ops[i]->now;
		if (stale || !sp_op_wanted(ops[i]) || sp_op_left(ops[i]) == 0)
			sp_op_done(ops[i], SP_UNAVAILABLE);
		else
			sp_op_done(ops[i], write(self->fd, mail->mime.data, mail->mime.size) ==
			    (ssize_t)mail->mime.size ? SP_OK : SP_UNKNOWN);
	}
}

static void frozen_send(struct sp_mail_send *mail)
{
	sp_op_batch(&mail->op, mail_write);
}

static const struct sp_users users = SP_USERS(.find = users_find, .get = users_get,
    .create = users_create, .update = users_update, .remove = users_remove, .list = users_list);
static const struct sp_records records = SP_RECORDS(.get = records_get, .list = records_list,
    .commit = records_commit);
static const struct sp_policy policy = SP_POLICY(.load = frozen_load, .free_set = frozen_free_set,
    .decide_now = frozen_decide);
static const struct sp_mail mail = SP_MAIL(.send = frozen_send);

SP_PLUGIN(.name = "frozen", .keys = keys, .conf_size = sizeof(struct conf),
    .open = frozen_open, .close = frozen_close, .users = &users, .records = &records,
    .policy = &policy, .mail = &mail);
