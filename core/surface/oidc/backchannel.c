#include "surface/oidc/backchannel.h"

#include "base/arena.h"
#include "base/text.h"
#include "http/outbound.h"

#include <stdlib.h>
#include <string.h>

#define DEADLINE 5000	/* ms; who takes longer is asked again */

struct telephone {
	struct outbound_call call;	/* first */
	struct farewells_post post;
	struct arena arena;
};

static void telephone_done(struct outbound_call *call)
{
	struct telephone *telephone = (struct telephone *)call;
	const struct farewells_post *post = &telephone->post;

	post->done(post->arg, call->result == OUTBOUND_ANSWERED ? FAREWELLS_ANSWERED :
	    call->result == OUTBOUND_FORBIDDEN ? FAREWELLS_FORBIDDEN : FAREWELLS_SILENT,
	    call->status, call->why);
	arena_done(&telephone->arena);
	free(telephone);
}

void backchannel_post(void *outbound, struct loop *loop, const struct farewells_post *post)
{
	struct telephone *telephone = must_calloc(1, sizeof(*telephone));

	arena_init(&telephone->arena, NULL, 0);
	telephone->post = *post;
	const char *body = text_print(&telephone->arena, "logout_token=%s", post->token);
	telephone->call = (struct outbound_call){ .url = post->url,
		.type = "application/x-www-form-urlencoded", .body = body, .size = strlen(body),
		.deadline = DEADLINE, .done = telephone_done };
	outbound_call(outbound, loop, &telephone->call);
}
