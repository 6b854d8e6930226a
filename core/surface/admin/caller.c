/*
 * caller.c - who calls the admin API, and may he? (SEMANTICS 5.1, requirements 81, 218, 233)
 *
 * At the socket the kernel says who it is, and he may do everything. From the network it is an API
 * token, found out before the handler begins: admin_begin() starts to ask, and calls the handler anew
 * once it is known. No cookie ever counts.
 */
#include "surface/admin/caller.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/calling.h"
#include "model/system.h"
#include "surface/admin/admin.h"

#include <string.h>
#include <strings.h>

struct asking {
	struct calling calling;	/* first: its turn is what ends */
	struct exchange *ex;
	struct caller caller;
};

static void caller_refuse(struct exchange *ex, bool given)
{
	(void)reply_header(ex, "WWW-Authenticate", given ? "Bearer realm=\"admin\", "
	    "error=\"invalid_token\"" : "Bearer realm=\"admin\"");
	admin_error(ex, 401, "InvalidAuthenticationToken", given ?
	    "This token is not known here: it was revoked, or has expired." :
	    "An API token is wanted: Authorization: Bearer.");
}

static void asked(struct turn *turn, void *arg)
{
	struct asking *asking = arg;
	struct exchange *ex = asking->ex;
	const struct token *token = &asking->calling.token;
	char id[ID_TEXT];

	(void)turn;
	switch (asking->calling.outcome) {
	case CALLING_GOOD:
		id_format(token->id, id);
		asking->caller = (struct caller){ .role = token->role, .tenant = token->tenant,
			.actor = text_print(ex->arena, "token %s %s", id, token->name) };
		ex->caller = &asking->caller;
		ex->route->handle(ex);
		break;
	case CALLING_WRONG:
		caller_refuse(ex, true);
		break;
	case CALLING_MANY:
		reply_retry_after(ex, (asking->calling.wait + 999) / 1000);
		admin_error(ex, 429, "TooManyRequests", "Too many wrong tokens from there.");
		break;
	default:
		admin_unavailable(ex, "The store does not answer.");
		break;
	}
}

static void caller_ask(struct exchange *ex)
{
	static const char scheme[] = "Bearer ";
	const char *header = exchange_header(ex, "Authorization");
	struct asking *asking = arena_alloc(ex->arena, sizeof(*asking));
	struct turn *turn = &asking->calling.turn;

	if (header == NULL || strncasecmp(header, scheme, sizeof(scheme) - 1) != 0) {
		caller_refuse(ex, false);
		return;
	}
	asking->ex = ex;
	asking->calling.bearer = header + sizeof(scheme) - 1;
	turn->store = face_of(ex)->store;
	turn->loop = ex->loop;
	turn->arena = ex->arena;
	turn->request_id = ex->id;
	turn->now = clock_wall();
	turn->source = ex->source.key;
	turn->source_text = log_ip(ex->arena, ex->source.text);
	turn->finished = asked;
	turn->arg = asking;
	calling_run(&asking->calling);
}

bool caller_known(struct exchange *ex, const char **out_actor)
{
	const struct caller *caller = ex->caller;

	if (ex->peer_uid >= 0)
		*out_actor = text_print(ex->arena, "uid %lld", (long long)ex->peer_uid);
	else if (caller != NULL)
		*out_actor = caller->actor;
	else
		caller_ask(ex);
	return ex->peer_uid >= 0 || caller != NULL;
}

const char *caller_tenant(struct exchange *ex)
{
	const struct caller *caller = ex->caller;
	const char *header = exchange_header(ex, "Sallyport-Tenant");
	char id[ID_TEXT];

	if (caller == NULL || id_zero(caller->tenant) || !text_empty(header))
		return header;
	id_format(caller->tenant, id);
	return text_copy(ex->arena, id);
}

/* `tenant` zero: of the server, or of all. */
static bool caller_has(const struct caller *caller, unsigned who, struct sp_id tenant)
{
	bool all = id_zero(caller->tenant);

	if (role_of_server(who) || id_zero(tenant))
		return all && role_may(caller->role, who, false);
	return (all || id_equal(caller->tenant, tenant)) &&
	    role_may(caller->role, who, system_is(tenant));
}

bool caller_may(struct exchange *ex, struct sp_id tenant)
{
	const struct caller *caller = ex->caller;
	unsigned who = ex->route->who & ADMIN_WHO;

	if (ex->peer_uid >= 0)
		return true;
	if (caller != NULL && caller_has(caller, who, tenant))
		return true;
	LOG_EVENT(SP_WARNING, "administrator refused", { "route", ex->route->name },
	    { "by", caller != NULL ? caller->actor : "nobody" },
	    { "request_id", ex->id_text });
	admin_error(ex, 403, "Authorization_RequestDenied",
	    "Insufficient privileges to complete the operation.");
	return false;
}
