#include "http/request.h"

#include "base/text.h"
#include "http/connection.h"
#include "http/talk.h"

#include <stdlib.h>
#include <string.h>

struct talk *talk_of(const struct exchange *ex)
{
	return (struct talk *)ex;
}

const char *exchange_param(const struct exchange *ex, const char *name)
{
	const char *value = router_param(ex->route, &talk_of(ex)->target.segments, name, ex->arena);

	if (value == NULL)
		abort();
	return value;
}

const char *exchange_header(struct exchange *ex, const char *name)
{
	const struct head *head = &talk_of(ex)->head;
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
	struct talk *talk = talk_of(ex);

	talk->leave = fn;
	talk->leave_arg = arg;
}

bool exchange_left(const struct exchange *ex)
{
	return talk_of(ex)->connection == NULL;
}

static void id_text(uint64_t id, char out[17])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 15; i >= 0; i--, id >>= 4)
		out[i] = digits[id & 15];
	out[16] = '\0';
}

struct talk *talk_new(struct http_loop *http, struct connection *connection)
{
	struct talk *talk = must_calloc(1, sizeof(*talk));

	talk->http = http;
	talk->connection = connection;
	talk->status = 200;
	talk->end = &talk->lines;
	talk->ex.arena = &talk->arena;
	talk->ex.loop = http->loop;
	talk->ex.app = http->server->settings.app;
	talk->ex.method = talk->ex.path = talk->ex.query = "";
	talk->ex.peer_uid = -1;
	http->next_id += UINT64_C(0x9e3779b97f4a7c15);	/* odd: none comes twice */
	talk->ex.id = http->next_id;
	id_text(talk->ex.id, talk->ex.id_text);
	arena_init(&talk->arena, talk->room, sizeof(talk->room));
	head_init(&talk->head, &talk->arena);
	http->visits++;
	return talk;
}

void talk_free(struct talk *talk)
{
	struct http_loop *http;

	if (talk == NULL)
		return;
	http = talk->http;
	bool large = talk->large;
	arena_done(&talk->arena);
	free(talk);
	http->visits--;
	http->large -= large;
	http_loop_check(http);
}
