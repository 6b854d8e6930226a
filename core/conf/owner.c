#include "conf/owner.h"

#include "base/arena.h"
#include "base/text.h"
#include "conf/errors.h"
#include "conf/tree.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE "/var/lib/sallyport"	/* as table.c has it */

const char *owner_state(struct arena *arena, const char *conf)
{
	char *data = arena_alloc(arena, TREE_FILE_MAX);
	FILE *file = fopen(conf, "re");
	struct errors errors;

	if (file == NULL)
		return NULL;
	size_t size = fread(data, 1, TREE_FILE_MAX, file);
	fclose(file);
	errors_begin(&errors, arena, conf);
	const struct tree *tree = tree_read(data, size, &errors);
	if (tree == NULL || tree->kind != TREE_MAP)
		return NULL;
	tree = tree_find(tree, "server");
	tree = tree != NULL && tree->kind == TREE_MAP ? tree_find(tree, "state") : NULL;
	return tree != NULL && tree->kind == TREE_TEXT ? tree->text : STATE;
}

bool owner_borrow(const char *state)
{
	struct stat st;

	return geteuid() != 0 || stat(state, &st) != 0 || st.st_uid == 0 ||
	    (setegid(st.st_gid) == 0 && seteuid(st.st_uid) == 0);
}

/* A tool that can't become root again has nothing more to do as whoever it is. */
void owner_return(void)
{
	if (getuid() == 0 && (seteuid(0) != 0 || setegid(0) != 0))
		abort();
}

enum owner_result owner_become(struct arena *arena, const char *conf, const char **out_name,
    const char **out_state)
{
	const char *state = geteuid() == 0 ? owner_state(arena, conf) : NULL;
	struct stat st;

	if (state == NULL || stat(state, &st) != 0 || st.st_uid == 0)
		return OWNER_SAME;
	const struct passwd *user = getpwuid(st.st_uid);
	if (user == NULL)
		return OWNER_SAME;
	*out_name = text_copy(arena, user->pw_name);
	*out_state = state;
	return initgroups(user->pw_name, user->pw_gid) == 0 && setgid(user->pw_gid) == 0 &&
	    setuid(user->pw_uid) == 0 ? OWNER_BECOME : OWNER_FAILED;
}
