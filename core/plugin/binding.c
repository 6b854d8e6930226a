#include "plugin/binding.h"

#include "base/arena.h"
#include "loop/loop.h"
#include "plugin/instance.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct row {
	struct loop *loop;
	struct binding_set set;
};

struct binding {
	struct binding_set set;		/* the main thread's */
	unsigned count;
	struct row rows[];
};

struct binding *binding_new(const struct binding_set *set, struct loop *const *loops,
    unsigned loop_count)
{
	struct binding *binding = must_calloc(1,
	    sizeof(*binding) + loop_count * sizeof(struct row));

	assert(set->mail_count <= BINDING_MAIL_MAX);
	binding->set = *set;
	binding->count = loop_count;
	for (unsigned i = 0; i < loop_count; i++)
		binding->rows[i] = (struct row){ loops[i], *set };
	return binding;
}

void binding_free(struct binding *binding)
{
	free(binding);
}

static struct instance *set_find(const struct binding_set *set, enum binding_role role,
    size_t place)
{
	switch (role) {
	case BINDING_USERS:
		return place == 0 ? set->users : NULL;
	case BINDING_RECORDS:
		return place == 0 ? set->records : NULL;
	case BINDING_POLICY:
		return place == 0 ? set->policy : NULL;
	case BINDING_MAIL:
		return place < set->mail_count ? set->mail[place] : NULL;
	case BINDING_ROLES:
		break;
	}
	return NULL;
}

struct seat *binding_seat(const struct binding *binding, enum binding_role role, size_t place,
    const struct loop *loop)
{
	struct instance *instance =
	    set_find(&binding->rows[loop_index(loop)].set, role, place);

	return instance != NULL ? instance_seat(instance, loop) : NULL;
}

struct instance *binding_instance(const struct binding *binding, enum binding_role role,
    size_t place)
{
	return set_find(&binding->set, role, place);
}

static void row_replace(struct loop *loop, void *arg)
{
	struct binding *binding = arg;

	binding->rows[loop_index(loop)].set = binding->set;
}

void binding_replace_mail(struct binding *binding, struct instance *const *mail, size_t count)
{
	assert(count <= BINDING_MAIL_MAX);
	memset(binding->set.mail, 0, sizeof(binding->set.mail));
	memcpy(binding->set.mail, mail, count * sizeof(*mail));
	binding->set.mail_count = count;
	for (unsigned i = 0; i < binding->count; i++)
		loop_call(binding->rows[i].loop, row_replace, binding);
}
