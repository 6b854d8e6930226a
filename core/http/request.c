#include "http/request.h"

#include "base/text.h"
#include "http/connection.h"
#include "http/visit.h"

#include <stdlib.h>
#include <string.h>

struct visit *visit_of(const struct exchange *ex)
{
	return (struct visit *)ex;
}

const char *exchange_param(const struct exchange *ex, const char *name)
{
	const char *value = router_param(ex->route, &visit_of(ex)->target.segments, name, ex->arena);

	if (value == NULL)
		abort();
	return value;
}

const char *exchange_header(struct exchange *ex, const char *name)
{
	const struct head *head = &visit_of(ex)->head;
	const char *glue = strcasecmp(name, "Cookie") == 0 ? "; " : ", ";
	const char *value = NULL;

	for (unsigned i = 0; i < head->count; i++) {
		if (strcasecmp(head_name(head, i), name) != 0)
			continue;
		value = value == NULL ? head_value(head, i) :
		    text_print(ex->arena, "%s%s%s", value, glue, head_value(head, i));
	}
	return value;
}

bool exchange_type(struct exchange *ex, const char *type)
{
	const char *value = exchange_header(ex, "Content-Type");
	size_t size = value != NULL ? strcspn(value, "; \t") : 0;

	return size > 0 && size == strlen(type) && strncasecmp(value, type, size) == 0;
}

void exchange_on_leave(struct exchange *ex, void (*fn)(void *arg), void *arg)
{
	struct visit *visit = visit_of(ex);

	visit->leave = fn;
	visit->leave_arg = arg;
}

bool exchange_left(const struct exchange *ex)
{
	return visit_of(ex)->connection == NULL;
}

static void id_text(uint64_t id, char out[17])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 15; i >= 0; i--, id >>= 4)
		out[i] = digits[id & 15];
	out[16] = '\0';
}

struct visit *visit_new(struct http_loop *http, struct connection *connection)
{
	struct visit *visit = must_calloc(1, sizeof(*visit));

	visit->http = http;
	visit->connection = connection;
	visit->status = 200;
	visit->end = &visit->lines;
	visit->ex.arena = &visit->arena;
	visit->ex.loop = http->loop;
	visit->ex.app = http->server->settings.app;
	visit->ex.method = visit->ex.path = visit->ex.query = "";
	visit->ex.peer_uid = -1;
	http->next_id += UINT64_C(0x9e3779b97f4a7c15);	/* odd: none comes twice */
	visit->ex.id = http->next_id;
	id_text(visit->ex.id, visit->ex.id_text);
	arena_init(&visit->arena, visit->room, sizeof(visit->room));
	head_init(&visit->head, &visit->arena);
	http->visits++;
	return visit;
}

void visit_free(struct visit *visit)
{
	struct http_loop *http;

	if (visit == NULL)
		return;
	http = visit->http;
	arena_done(&visit->arena);
	free(visit);
	http->visits--;
	http_loop_check(http);
}
