/*
 * nested.h - a request within a request: the same routes, asked by the same caller
 *
 * Goes through the router and within the route's body limit, as if it had come in alone, and may
 * reach no surface that the one around it did not come to. Whoever calls is known already: `caller`
 * is the outer one's, and of its header fields nothing comes along. One within one within one is
 * told by exchange_nested(), for whoever refuses that.
 *
 * Threads  The outer exchange's loop; heard there, from the loop itself, never inside nested_send().
 * Memory   What is given is copied; the reply's texts are there while it is heard. The outer exchange
 *          must not be replied to before.
 * Failing  As over the wire: the reply's status says it.
 */
#pragma once

#include "http/request.h"

struct nested_field { const char *name, *value; };

struct nested_request {
	const char *method, *target;	/* "GET", "/v1.0/groups?$top=5" */
	const struct nested_field *fields;
	size_t field_count;
	struct sp_bytes body;
};

struct nested_reply {
	unsigned status;
	const struct nested_field *fields;	/* what the handler set */
	size_t field_count;
	struct sp_bytes body;
};

typedef void nested_heard_fn(void *arg, const struct nested_reply *reply);

void nested_send(struct exchange *outer, const struct nested_request *request,
    nested_heard_fn *heard, void *arg);
bool exchange_nested(const struct exchange *ex);
