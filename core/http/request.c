#include "http/request.h"

#include "base/text.h"
#include "http/connection.h"
#include "http/turn.h"

#include <stdlib.h>
#include <string.h>

struct turn *turn_of(const struct exchange *ex)
{
	return (struct turn *)ex;
}

const char *exchange_param(const struct exchange *ex, const char *name)
{
	const char *value = router_param(ex->route, &turn_of(ex)->target.segments, name, ex->arena);

	if (value == NULL)
		abort();
	return value;
}

const char *exchange_header(struct exchange *ex, const char *name)
{
	const struct head *head = &turn_of(ex)->head;
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
	struct turn *turn = turn_of(ex);

	turn->leave = fn;
	turn->leave_arg = arg;
}

bool exchange_left(const struct exchange *ex)
{
	return turn_of(ex)->connection == NULL;
}

static void id_text(uint64_t id, char out[17])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 15; i >= 0; i--, id >>= 4)
		out[i] = digits[id & 15];
	out[16] = '\0';
}

struct turn *turn_new(struct http_loop *http, struct connection *connection)
{
	struct turn *turn = must_calloc(1, sizeof(*turn));

	turn->http = http;
	turn->connection = connection;
	turn->status = 200;
	turn->end = &turn->lines;
	turn->ex.arena = &turn->arena;
	turn->ex.loop = http->loop;
	turn->ex.app = http->server->settings.app;
	turn->ex.method = turn->ex.path = turn->ex.query = "";
	turn->ex.peer_uid = -1;
	http->next_id += UINT64_C(0x9e3779b97f4a7c15);	/* odd: none comes twice */
	turn->ex.id = http->next_id;
	id_text(turn->ex.id, turn->ex.id_text);
	arena_init(&turn->arena, turn->room, sizeof(turn->room));
	head_init(&turn->head, &turn->arena);
	http->turns++;
	return turn;
}

void turn_free(struct turn *turn)
{
	struct http_loop *http;

	if (turn == NULL)
		return;
	http = turn->http;
	arena_done(&turn->arena);
	free(turn);
	http->turns--;
	http_loop_check(http);
}
