/*
 * claims_set.h - how a claim is set: what claims.c and claims_app.c share
 *
 * Threads  Any; pure.
 */
#pragma once

#include "model/claims.h"
#include "model/user.h"

void claims_set_text(json_t *object, const char *name, const char *text);	/* if there is one */
void claims_set_username(json_t *object, const struct sp_user *user);
void claims_set_email(json_t *object, const struct claims *claims);

/* What `app` asks for in its document. `optional`: its set for that token (optional.h). */
void claims_of_app(json_t *object, const struct claims *claims, const struct app *app,
    uint32_t optional);
