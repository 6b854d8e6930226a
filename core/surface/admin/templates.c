/* templates.c - policies that are ready to be made (entra.md 1.5) */
#include "surface/admin/admin.h"

#include "base/text.h"
#include "model/document.h"
#include "model/policy_template.h"

void admin_templates(struct exchange *ex)
{
	struct turn turn = { 0 };
	const char *actor;

	if (!admin_begin(ex, &turn, &actor))
		return;
	admin_reply_all(ex, true, policy_templates());
	face_end(ex, &turn);
}

void admin_template(struct exchange *ex)
{
	struct turn turn = { 0 };
	const char *actor;

	if (!admin_begin(ex, &turn, &actor))
		return;
	json_t *found = policy_template(exchange_param(ex, "id"));
	if (found != NULL)
		admin_reply_one(ex, 200, found);
	else
		admin_error(ex, 404, "ResourceNotFound", "There is no such template.");
	face_end(ex, &turn);
}

json_t *templates_fill(json_t *body)
{
	const char *id = json_text(body, "templateId", NULL);
	json_t *found = id != NULL && json_object_get(body, "conditions") == NULL ?
	    policy_template(id) : NULL;

	if (found == NULL)
		return body;
	json_t *filled = document_merge(json_object_get(found, "details"), body);
	json_decref(found);
	json_decref(body);
	return filled;
}
