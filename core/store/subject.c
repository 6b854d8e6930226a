#include "store/subject.h"

#include "crypto/subject.h"
#include "store/store.h"

struct sp_id subject_of(const struct store *store, const struct app *app, struct sp_id user)
{
	return app != NULL && app->pairwise ?
	    subject_close(&store->hash, app->client_id, user) : user;
}

struct sp_id subject_user(const struct store *store, const struct app *app, struct sp_id subject)
{
	return app != NULL && app->pairwise ?
	    subject_open(&store->hash, app->client_id, subject) : subject;
}
