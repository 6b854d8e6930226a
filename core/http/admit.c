#include "http/connection.h"

#include "base/log.h"
#include "base/text.h"
#include "http/talk.h"

#include <string.h>

static bool refuse(struct refusal *out, unsigned status, const char *code, const char *message)
{
	*out = (struct refusal){ status, code, message };
	return false;
}

/* Host, and the authority of an absolute target, must be the listener's own. */
static bool admit_host(const struct connection *c, struct talk *talk, struct refusal *out)
{
	const struct origin *origin = &c->listener->origin;
	const struct target *target = &talk->target;
	struct arena *arena = talk->ex.arena;

	if (!authority_fits(talk->head.host))
		return refuse(out, 400, "badRequest", "Host is malformed");
	if (c->listener->any_host)
		return true;
	if (!origin_is(arena, origin, talk->head.host))
		return refuse(out, 421, "misdirectedRequest", "this server has no such name");
	if (target->authority == NULL)
		return true;
	if (strcasecmp(target->scheme, origin->scheme) != 0 ||
	    !authority_fits(target->authority) ||
	    !origin_is(arena, origin, target->authority))
		return refuse(out, 421, "misdirectedRequest", "this server has no such name");
	return true;
}

/* Requirement 226, attack E5. */
static bool admit_source(struct connection *c, struct talk *talk, struct refusal *out)
{
	const struct http_config *config = c->http->config;
	const char *forwarded = exchange_header(&talk->ex, "X-Forwarded-For");

	if (forwarded == NULL)
		return true;
	if (peer_among(config->trusted, config->trusted_count, &c->source)) {
		if (peer_forwarded(forwarded, config->trusted, config->trusted_count,
		    &talk->ex.source))
			return true;
		return refuse(out, 400, "badRequest", "X-Forwarded-For is malformed");
	}
	if (!atomic_exchange(&c->http->server->told_forwarded, true))
		log_line(SP_WARNING, "X-Forwarded-For from %s is not believed; if that is your "
		    "proxy, put into the conf file, under server: trusted_proxies: [%s]",
		    c->source.text, c->source.text);
	return true;
}

void connection_tell_proxy(struct connection *c)
{
	if (!atomic_exchange(&c->http->server->told_proxy, true))
		log_line(SP_WARNING, "a PROXY header from %s is not believed; if that is your "
		    "proxy, put into the conf file, under server: trusted_proxies: [%s], and under "
		    "the listener: proxy_protocol: yes", c->source.text, c->source.text);
}

static bool admit_route(const struct connection *c, struct talk *talk, struct refusal *out)
{
	struct exchange *ex = &talk->ex;
	struct router_match match;

	router_find(c->http->server->settings.router, ex->method, &talk->target.segments,
	    ex->surfaces, ex->arena, &match);
	ex->route = match.route;
	if (match.route != NULL)
		return true;
	if (match.allow == NULL)
		return refuse(out, 404, "notFound", "there is nothing at this path");
	reply_header(ex, "Allow", match.allow);
	if (strcmp(ex->method, "OPTIONS") == 0)
		return refuse(out, 204, "ok", "");
	return refuse(out, 405, "methodNotAllowed", "the path doesn't have this method");
}

static bool admit_target(struct talk *talk, struct refusal *out)
{
	struct exchange *ex = &talk->ex;

	ex->method = llhttp_method_name(talk->head.parser.method);
	if (talk->head.parser.method == HTTP_CONNECT || talk->head.parser.method == HTTP_TRACE)
		return refuse(out, 501, "notImplemented", "the method is not offered");
	if (!target_parse(ex->arena, talk->head.data + talk->head.target, &talk->target) ||
	    (talk->target.asterisk && talk->head.parser.method != HTTP_OPTIONS))
		return refuse(out, 400, "badRequest", "the request target is malformed");
	ex->path = talk->target.path;
	ex->query = talk->target.query;
	return true;
}

/* A body is read before anybody can ask who sends it: from the network so many large ones at once,
 * or whoever reaches the listener of the admin API fills the memory. */
static bool admit_body(struct talk *talk, struct refusal *out)
{
	enum { LARGE = 256 << 10, LARGE_MOST = 4 };
	size_t limit = talk->ex.route->body_limit;

	if (talk->head.length > limit)
		return refuse(out, 413, "bodyTooLarge", "the body is too large");
	if (talk->ex.peer_uid >= 0 || limit <= LARGE ||
	    (!talk->head.chunked && talk->head.length <= LARGE))
		return true;
	if (talk->http->large >= LARGE_MOST)
		return refuse(out, 503, "busy", "too many large bodies at once; try again");
	talk->large = true;
	talk->http->large++;
	return true;
}

bool connection_admit(struct connection *c, struct talk *talk, struct refusal *out_refusal)
{
	if (!admit_target(talk, out_refusal) || !admit_host(c, talk, out_refusal) ||
	    !admit_source(c, talk, out_refusal))
		return false;
	if (talk->target.asterisk) {
		reply_header(&talk->ex, "Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
		return refuse(out_refusal, 204, "ok", "");
	}
	return admit_route(c, talk, out_refusal) && admit_body(talk, out_refusal);
}
