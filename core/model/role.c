#include "model/role.h"

#include <stddef.h>
#include <strings.h>

#define A(area) (UINT32_C(1) << (area))
#define LOGS (A(AREA_SIGNINS) | A(AREA_AUDIT))
#define SECURITY (A(AREA_POLICIES) | A(AREA_METHODS))
/* Policies tried on the sign-ins on record tell who signed in: for whoever may read both. */
#define REVIEW (SECURITY | LOGS | A(AREA_TRIALS))
#define PEOPLE (A(AREA_USERS) | A(AREA_GROUPS))
/* What an editor must see to name it: apps, people, groups, flows, the tenant. */
#define NAMES (A(AREA_APPS) | A(AREA_FLOWS) | PEOPLE | A(AREA_TENANT))
#define TENANT_ALL (NAMES | REVIEW | A(AREA_RECOVERY) | A(AREA_KEYS) | A(AREA_MAIL) | \
	A(AREA_APPLY) | A(AREA_ATTRIBUTES) | A(AREA_PROVIDERS))
#define ALL (TENANT_ALL | A(AREA_SERVER) | A(AREA_ROLES) | A(AREA_TOKENS))

_Static_assert(AREAS <= 32, "an area is a bit");

const struct role roles[] = {
	{ "62e90394-69f5-4237-9190-012177145e10", "Global Administrator", "Does everything.",
	    ALL, ALL, true },
	{ "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader", "Reads everything.",
	    ALL, 0, true },
	{ "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "Conditional Access Administrator",
	    "Edits Conditional Access policies and authentication methods.",
	    NAMES | REVIEW, SECURITY, false },
	{ "194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator",
	    "Edits Conditional Access policies and authentication methods, and reads the logs.",
	    NAMES | REVIEW, SECURITY, false },
	{ "5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader",
	    "Reads policies, methods and the logs.", NAMES | REVIEW, 0, false },
	{ "0526716b-113d-4c15-b2c8-68e3c22b9f80", "Authentication Policy Administrator",
	    "Edits authentication methods.", NAMES | SECURITY, A(AREA_METHODS), false },
	{ "c4e39bd9-1100-46d3-8c65-fb160da0071f", "Authentication Administrator",
	    "Voids passwords, ends sessions and pauses of customers.",
	    PEOPLE | A(AREA_METHODS) | A(AREA_SIGNINS) | A(AREA_RECOVERY), A(AREA_RECOVERY), false },
	{ "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "Privileged Authentication Administrator",
	    "Voids passwords, ends sessions and pauses, and removes, of administrators as well.",
	    PEOPLE | A(AREA_METHODS) | A(AREA_SIGNINS) | A(AREA_RECOVERY),
	    A(AREA_USERS) | A(AREA_RECOVERY), true },
	{ "e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator",
	    "Gives and takes the roles of administrators.", PEOPLE | A(AREA_ROLES) | A(AREA_AUDIT),
	    A(AREA_ROLES), true },
	{ "729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator",
	    "Voids passwords, ends sessions and pauses of customers.",
	    PEOPLE | A(AREA_SIGNINS) | A(AREA_RECOVERY), A(AREA_RECOVERY), false },
	{ "fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator",
	    "Adds, changes and removes customers and groups.",
	    PEOPLE | A(AREA_TENANT) | A(AREA_SIGNINS) | A(AREA_RECOVERY),
	    PEOPLE | A(AREA_RECOVERY), false },
	{ "6e591065-9bad-43ed-90f3-e9424366d2f0", "External ID User Flow Administrator",
	    "Edits user flows.",
	    A(AREA_APPS) | A(AREA_FLOWS) | A(AREA_TENANT) | A(AREA_ATTRIBUTES), A(AREA_FLOWS),
	    false },
	{ "0f971eea-41eb-4569-a71e-57bb8a3eff1e", "External ID User Flow Attribute Administrator",
	    "Edits what user flows may ask customers for.",
	    A(AREA_FLOWS) | A(AREA_TENANT) | A(AREA_ATTRIBUTES), A(AREA_ATTRIBUTES), false },
	{ "be2f45a1-457d-42af-a067-6ec1fa63bc45", "External Identity Provider Administrator",
	    "Edits by what customers may sign in.",
	    A(AREA_APPS) | A(AREA_FLOWS) | A(AREA_TENANT) | A(AREA_PROVIDERS), A(AREA_PROVIDERS),
	    false },
	{ "158c047a-c907-4556-b7ef-446551a6b5f7", "Cloud Application Administrator",
	    "Edits applications.", A(AREA_APPS) | A(AREA_FLOWS) | A(AREA_TENANT), A(AREA_APPS),
	    false },
	{ "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator",
	    "Edits applications.", A(AREA_APPS) | A(AREA_FLOWS) | A(AREA_TENANT), A(AREA_APPS),
	    false },
	{ "4a5d8f65-41da-4de4-8968-e035b65339cf", "Reports Reader", "Reads the logs.", LOGS, 0,
	    false },
	{ NULL, NULL, NULL, 0, 0, false },
};

static bool role_named(const char *name, const char *text)
{
	for (; *name != '\0' && *text != '\0'; name++, text++)
		if (strncasecmp(name, text, 1) != 0 && !(*name == ' ' && *text == '-'))
			return false;
	return *name == *text;
}

const struct role *role_find(const char *text)
{
	for (const struct role *role = roles; role->id != NULL; role++)
		if (strcasecmp(role->id, text) == 0 || role_named(role->name, text))
			return role;
	return NULL;
}

const struct role *role_global(void)
{
	return &roles[0];
}

bool role_may(const struct role *role, unsigned who, bool system)
{
	unsigned area = who & ROLE_AREA;
	bool writes = (who & ROLE_WRITES) != 0;

	if (area == AREA_NONE || area >= AREAS || (system && !role->system))
		return false;
	if (area == AREA_SELF)
		return !writes;
	return ((writes ? role->writes : role->reads) & A(area)) != 0;
}

bool role_of_server(unsigned who)
{
	unsigned area = who & ROLE_AREA;

	return area == AREA_SERVER || area == AREA_ROLES || area == AREA_TOKENS;
}
