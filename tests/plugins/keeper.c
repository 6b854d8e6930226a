/*
 * keeper - a user storage that keeps passwords to itself, as an LDAP bind does
 *
 * Whoever is asked for is there, and one password is right for all. Core never sees a verifier.
 */
#include <sallyport/users.h>

#include <string.h>

struct conf { const char *password; };

static const struct sp_key keys[] = {
	{ .name = "password", .type = SP_TEXT, .offset = offsetof(struct conf, password),
	  .help = "The right one." },
	{ 0 },
};

/* The same id for the same identifier: enough for a test. */
static struct sp_id id_of(const char *identifier)
{
	struct sp_id id = { { 0x4b } };

	for (size_t i = 0; identifier[i] != '\0'; i++)
		id.byte[1 + i % 15] = (unsigned char)(id.byte[1 + i % 15] * 31 + identifier[i]);
	return id;
}

static void fill(struct sp_users_find *op, const char *identifier)
{
	struct sp_user *user = sp_users_found(op);
	size_t size = strlen(identifier) + 1;
	char *name = sp_op_alloc(&op->op, size);
	const char **names = sp_op_alloc(&op->op, sizeof(*names));
	struct sp_attribute *mail = sp_op_alloc(&op->op, sizeof(*mail));
	const struct sp_attribute **mails = sp_op_alloc(&op->op, sizeof(*mails));

	memcpy(name, identifier, size);
	names[0] = name;
	*mail = (struct sp_attribute){ "mail", name };
	mails[0] = mail;
	user->id = id_of(identifier);
	user->revision = 1;
	user->enabled = true;
	user->identifier_count = 1;
	user->identifiers = names;
	user->attribute_count = 1;
	user->attributes = mails;
	sp_op_done(&op->op, SP_OK);
}

/* One customer is known by id: he of the test. */
static void find(struct sp_users_find *op)
{
	fill(op, op->identifier);
}

static void get(struct sp_users_find *op)
{
	static const char who[] = "kept@example.com";
	struct sp_id id = id_of(who);

	if (memcmp(&id, &op->id, sizeof(id)) == 0)
		fill(op, who);
	else
		sp_op_done(&op->op, SP_NOT_FOUND);
}

static void verify(struct sp_users_verify *op)
{
	const struct conf *conf = op->op.self;

	op->verdict = op->password.size == strlen(conf->password) &&
	    memcmp(op->password.data, conf->password, op->password.size) == 0 ?
	    SP_RIGHT : SP_WRONG;
	sp_op_done(&op->op, SP_OK);
}

static enum sp_status keeper_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	(void)host, (void)out_error;
	*out_self = (void *)(uintptr_t)conf;
	return SP_OK;
}

static void keeper_close(void *self)
{
	(void)self;
}

static const struct sp_users users = SP_USERS(.find = find, .get = get, .verify_password = verify);

SP_PLUGIN(
	.name = "keeper",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.open = keeper_open,
	.close = keeper_close,
	.users = &users,
);
