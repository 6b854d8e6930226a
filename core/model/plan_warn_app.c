/* plan_warn_app.c - exceptions that an application is given, and what of it ends soon */
#include "model/plan_steps.h"

#include "base/arena.h"
#include "base/text.h"

#define SOON (INT64_C(30) * 86400000)

static void warn_app(struct plan *plan, const json_t *app, const char *text)
{
	json_array_append_new(plan->warnings, json_string(text_print(plan->arena, "%s '%s': %s",
	    document_row(DOCUMENT_APP)->section, json_text(app, "displayName", ""), text)));
}

static const struct { const char *name, *text; } exceptions[] = {
	{ "allowWithoutPkce", "allowWithoutPkce: whoever gets hold of a code of this application's "
	    "can put it into a sign-in of his own. It is for a library that can't do PKCE, until it "
	    "is replaced." },
	{ "allowDeviceCode", "allowDeviceCode: a stranger can begin a sign-in on a device of his "
	    "own and talk a customer into entering the code, as no other kind of sign-in lets him. "
	    "It is for devices without a browser." },
};

static bool newly(const struct plan_change *change, const char *name)
{
	return json_flag(change->new, name, false) &&
	    (change->old == NULL || !json_flag(change->old, name, false));
}

static void warn_ends(struct plan *plan, const json_t *app, const char *list, const char *what)
{
	json_t *one;
	size_t index;
	int64_t end;

	json_array_foreach(json_object_get(app, list), index, one) {
		const char *text = json_text(one, "endDateTime", NULL);
		if (text != NULL && text_time_read(text, &end) && end - plan->now < SOON)
			warn_app(plan, app, text_print(plan->arena, "%s[%zu]: the %s '%s' ends on "
			    "%s", list, index, what, json_text(one, "displayName", ""), text));
	}
}

static size_t credentials(const json_t *app)
{
	return json_array_size(json_object_get(app, "passwordCredentials")) +
	    json_array_size(json_object_get(app, "keyCredentials"));
}

void plan_warn_apps(struct plan *plan)
{
	const struct plan_change *change;

	for (change = plan->first; change != NULL; change = change->next) {
		const json_t *app = change->new;
		if (change->kind != DOCUMENT_APP || app == NULL)
			continue;
		for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
			if (newly(change, exceptions[i].name))
				warn_app(plan, app, exceptions[i].text);
		warn_ends(plan, app, "passwordCredentials", "secret");
		warn_ends(plan, app, "keyCredentials", "key");
		if (change->old != NULL && credentials(change->old) > 0 && credentials(app) == 0)
			warn_app(plan, app, "passwordCredentials: its last secret or key is "
			    "removed. From now on it is a public client: whoever names it is it.");
	}
}
