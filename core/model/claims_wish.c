/* claims_wish.c - claims that a request named one by one (`claims`, model/wishes.h) */
#include "model/claims.h"

#include "model/wishes.h"

#include <stdio.h>
#include <string.h>

#define TOLD "userinfo_claims"	/* in an access token: what userinfo is to say for it */

void claims_wish(json_t *object, const struct claims *claims, uint32_t bits)
{
	if (bits == 0 || claims->user == NULL)
		return;
	json_t *all = claims_personal(claims);
	for (unsigned i = 0; wishes_claims[i] != NULL; i++)
		if ((bits >> i & 1) != 0 && json_object_get(all, wishes_claims[i]) != NULL)
			json_object_set(object, wishes_claims[i],
			    json_object_get(all, wishes_claims[i]));
	json_decref(all);
}

void claims_wish_tell(json_t *object, uint32_t bits)
{
	json_t *names = json_array();

	for (unsigned i = 0; wishes_claims[i] != NULL; i++)
		if ((bits >> i & 1) != 0)
			json_array_append_new(names, json_string(wishes_claims[i]));
	if (json_array_size(names) > 0)
		json_object_set(object, TOLD, names);
	json_decref(names);
}

uint32_t claims_wish_told(const json_t *payload)
{
	uint32_t bits = 0;
	json_t *one;
	size_t index;

	json_array_foreach(json_object_get(payload, TOLD), index, one)
		for (unsigned i = 0; wishes_claims[i] != NULL; i++)
			if (json_is_string(one) &&
			    strcmp(json_string_value(one), wishes_claims[i]) == 0)
				bits |= UINT32_C(1) << i;
	return bits;
}

void claims_contexts(json_t *object, struct sp_contexts contexts)
{
	json_t *acrs = json_array();
	char name[8];

	for (unsigned number = 1; number < 100; number++) {
		if (!wishes_context_in(contexts, number))
			continue;
		snprintf(name, sizeof(name), "c%u", number);
		json_array_append_new(acrs, json_string(name));
	}
	if (json_array_size(acrs) > 0)
		json_object_set(object, "acrs", acrs);
	json_decref(acrs);
}
