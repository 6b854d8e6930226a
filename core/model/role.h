/*
 * role.h - who may do what over the admin API: one table of roles by areas (SEMANTICS 5.1)
 *
 * A route names an area and whether it changes something; a role names the areas that it reads and
 * those that it changes. What neither names is refused. Names and ids are those of the original
 * (entra.md 3.4), and so is what they may, but that whoever edits Conditional Access policies
 * edits methods, too (SEMANTICS 7).
 *
 * Threads  Any; pure. Memory  The table lives for ever.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum area {
	AREA_NONE = 0,		/* a route that names none is nobody's */
	AREA_APPS, AREA_FLOWS, AREA_POLICIES, AREA_METHODS, AREA_GROUPS, AREA_USERS,
	AREA_RECOVERY,		/* a customer's password, sessions, pauses */
	AREA_SIGNINS, AREA_AUDIT, AREA_TENANT, AREA_KEYS, AREA_MAIL,
	AREA_TRIALS,		/* what policies would have made of the sign-ins on record */
	AREA_APPLY,		/* all documents of a tenant at once */
	AREA_ATTRIBUTES,	/* what user flows may ask customers for */
	AREA_PROVIDERS,		/* by what customers may sign in: identity providers */
	/* Of the server as a whole: for assignments to all tenants alone. */
	AREA_SERVER, AREA_ROLES, AREA_TOKENS,
	AREA_SELF,		/* what one is oneself: anybody's to read */
	AREA_SOCKET,		/* in no role: for who is at the server itself */
	AREAS,
};
enum { ROLE_AREA = 0xff, ROLE_WRITES = 0x100 };	/* of route.who */

struct role {
	const char *id, *name, *description;
	uint32_t reads, writes;	/* areas, as bits */
	bool system;		/* may read the tenant of administrators */
};

extern const struct role roles[];		/* ends with a NULL id */
/* By id or name; case and "-" for " " don't count. NULL: none. */
const struct role *role_find(const char *text);
const struct role *role_global(void);

/* `who` of a route; `system`: it is about the tenant of administrators, which is governed by
 * nobody but those whom the original calls privileged, or else whoever mends passwords would be a
 * Global Administrator. Who mends those of administrators still becomes none by it: there a password
 * that is void is made anew by an operator's link alone. */
bool role_may(const struct role *role, unsigned who, bool system);
bool role_of_server(unsigned who);	/* an assignment to one tenant is not enough */
