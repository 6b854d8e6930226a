/*
 * caller.c - who calls the admin API, and may he? (SEMANTICS 5.1, requirements 81, 218, 233)
 *
 * At the socket the kernel says who it is, and he may do everything. From the network it is a
 * bearer (flow/calling.h), found out before the handler begins: admin_begin() starts to ask, and
 * calls the handler anew once it is known. No cookie ever counts.
 */
#include "surface/admin/caller.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "model/claims.h"
#include "model/system.h"
#include "surface/admin/admin.h"

#include <string.h>
#include <strings.h>

struct asking {
	struct calling calling;	/* first: its turn is what ends */
	struct exchange *ex;
	struct caller caller;
};

/* `more`: what is wrong with the token that was given; NULL: none was. Where one is to be had says
 * the resource's metadata (RFC 9728 5.1). */
static void caller_refuse(struct exchange *ex, const char *more, const char *message)
{
	const char *where = face_of(ex)->issuers[0] == NULL ? "" : text_print(ex->arena,
	    ", resource_metadata=\"%s" ADMIN_METADATA "\"", ex->base_url);

	(void)reply_header(ex, "WWW-Authenticate", text_print(ex->arena,
	    "Bearer realm=\"admin\"%s%s%s", more != NULL ? ", " : "", more != NULL ? more : "",
	    where));
	admin_error(ex, 401, "InvalidAuthenticationToken", message);
}

static void caller_found(struct asking *asking)
{
	const struct calling *calling = &asking->calling;
	struct exchange *ex = asking->ex;
	char id[ID_TEXT];

	id_format(calling->program ? calling->token.id : calling->user, id);
	asking->caller = (struct caller){ .program = calling->program, .user = calling->user,
		.named = calling->named, .rights = calling->rights,
		.right_count = calling->right_count,
		.actor = calling->program ? text_print(ex->arena, "token %s %s", id,
		calling->token.name) : text_print(ex->arena, "administrator %s", id) };
	ex->caller = &asking->caller;
	ex->route->handle(ex);
}

static void asked(struct turn *turn, void *arg)
{
	struct asking *asking = arg;
	struct exchange *ex = asking->ex;

	if (turn->tenant != NULL)
		face_end(ex, turn);
	switch (asking->calling.outcome) {
	case CALLING_GOOD:
		caller_found(asking);
		break;
	case CALLING_WRONG:
		caller_refuse(ex, "error=\"invalid_token\"",
		    "This token is not known here: it was revoked, or has expired.");
		break;
	case CALLING_OVER:
		caller_refuse(ex, "error=\"invalid_token\"", "This token has expired or was "
		    "revoked, its administrator has gone, or it is not for the admin API.");
		break;
	case CALLING_WEAK:
		caller_refuse(ex, "error=\"insufficient_user_authentication\", acr_values=\""
		    CLAIMS_ACR_MFA "\"", "The admin API wants a sign-in with a second door.");
		break;
	case CALLING_NAMELESS:
		caller_refuse(ex, "error=\"invalid_token\"", "This token names no tenant, or "
		    "several: ask for scope " SYSTEM_API_NAME "/{id of a tenant}.");
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
		caller_refuse(ex, NULL, "A token is wanted: Authorization: Bearer.");
		return;
	}
	asking->ex = ex;
	asking->calling.bearer = header + sizeof(scheme) - 1;
	asking->calling.issuers = face_of(ex)->issuers;
	if (!face_begin_tenant(ex, turn, SYSTEM_ID))
		admin_turn(ex, turn);	/* API tokens need no tenant */
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

/* The one that its bearer can mean, and no other; zero: he says which. */
static struct sp_id caller_only(const struct caller *caller)
{
	if (caller == NULL)
		return (struct sp_id){ { 0 } };
	return caller->program ? caller->rights[0].tenant : caller->named;
}

const char *caller_tenant(struct exchange *ex)
{
	struct sp_id only = caller_only(ex->caller);
	const char *header = exchange_header(ex, "Sallyport-Tenant");
	char id[ID_TEXT];

	if (id_zero(only) || !text_empty(header))
		return header;
	id_format(only, id);
	return text_copy(ex->arena, id);
}

const char *caller_reach(struct exchange *ex)
{
	const struct caller *caller = ex->caller;
	char only[ID_TEXT];

	if (caller == NULL)
		return "socket";
	id_format(caller_only(caller), only);
	return text_print(ex->arena, "%s %s", only, caller->program ? caller->rights[0].role->id :
	    caller->actor);
}

static bool right_has(const struct calling_right *right, unsigned who, struct sp_id tenant)
{
	bool all = id_zero(right->tenant);

	if (role_of_server(who) || id_zero(tenant))
		return all && role_may(right->role, who, false);
	return (all || id_equal(right->tenant, tenant)) &&
	    role_may(right->role, who, system_is(tenant));
}

static bool caller_has(const struct caller *caller, unsigned who, struct sp_id tenant)
{
	bool server = role_of_server(who) || id_zero(tenant);

	if (!caller->program && !id_equal(caller->named, server ? system_id : tenant))
		return false;
	for (size_t i = 0; i < caller->right_count; i++)
		if (right_has(&caller->rights[i], who, tenant))
			return true;
	return false;
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
