/* claims_app.c - what an application's document adds to the tokens that are for it */
#include "model/claims_set.h"

#include "base/id.h"
#include "base/text.h"
#include "model/optional.h"

static void set_roles(json_t *object, const struct claims *claims, const struct app *app)
{
	json_t *roles = api_roles(&app->api, claims->code->user, claims->groups);

	if (json_array_size(roles) > 0)
		json_object_set(object, "roles", roles);
	json_decref(roles);
}

/* Ids alone: names are data, and are changed. A list that would be too long is not begun: whoever
 * decides by it must see that it isn't there. */
static void set_groups(json_t *object, const struct claims *claims)
{
	const struct sp_ids *ids = &claims->groups;
	json_t *groups = json_array();
	char text[ID_TEXT];

	for (size_t i = 0; i < ids->count && ids->count <= CLAIMS_GROUPS; i++) {
		id_format(ids->sorted[i], text);
		json_array_append_new(groups, json_string(text));
	}
	if (ids->count > CLAIMS_GROUPS)
		json_object_set_new(object, "hasgroups", json_true());
	else if (ids->count > 0)
		json_object_set(object, "groups", groups);
	json_decref(groups);
}

static void set_optional(json_t *object, const struct claims *claims,
    const struct optional_row *row)
{
	switch (row->kind) {
	case OPTIONAL_ALWAYS:
		break;
	case OPTIONAL_ATTRIBUTE:
		claims_set_text(object, row->name, user_attribute(claims->user, row->attribute));
		break;
	case OPTIONAL_EMAIL:
		claims_set_email(object, claims);
		break;
	case OPTIONAL_USERNAME:
		claims_set_username(object, claims->user);
		break;
	}
}

void claims_of_app(json_t *object, const struct claims *claims, const struct app *app,
    uint32_t optional)
{
	const char *scope = claims->code->scope == NULL ? "" : claims->code->scope;

	set_roles(object, claims, app);
	if (app->api.groups)
		set_groups(object, claims);
	for (size_t i = 0; claims->user != NULL && optional_rows[i].name != NULL; i++)
		if ((optional >> i & 1) != 0 && optional_rows[i].scope != NULL &&
		    text_word(scope, optional_rows[i].scope))
			set_optional(object, claims, &optional_rows[i]);
}
