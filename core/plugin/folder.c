#include "plugin/roster.h"

#include "base/arena.h"
#include "base/text.h"
#include "plugin/load.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static int is_plugin(const struct dirent *file)
{
	size_t length = strlen(file->d_name);

	return length > 3 && file->d_name[0] != '.' &&
	    strcmp(file->d_name + length - 3, ".so") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);	/* whatever the locale */
}

struct sample_plugin *roster_folder(const char *folder, struct arena *arena, size_t *out_count)
{
	struct dirent **files = NULL;
	int found = scandir(folder, &files, is_plugin, by_name);
	size_t count = 0;

	struct sample_plugin *plugins =
	    arena_alloc(arena, (found > 0 ? (size_t)found : 1) * sizeof(*plugins));
	for (int i = 0; i < found; i++) {
		const struct sp_plugin *plugin;
		struct sp_error error;
		if (plugin_load(folder, files[i]->d_name, &plugin, &error) == SP_OK)
			plugins[count++] = (struct sample_plugin){
				text_copy(arena, files[i]->d_name), plugin->name, plugin->keys };
		free(files[i]);
	}
	free(files);
	*out_count = count;
	return plugins;
}
