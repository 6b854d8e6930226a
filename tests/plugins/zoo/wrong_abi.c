/* Built for an API that isn't out yet. */
#include "zoo.h"

static const struct sp_records records = SP_RECORDS(ZOO_RECORDS);

SP_EXPORT extern const struct sp_plugin sp_plugin;
const struct sp_plugin sp_plugin = { .api = (SP_MAJOR + 1) << 16, .size = sizeof(struct sp_plugin),
	.key_size = sizeof(struct sp_key), .name = "zoo", .open = zoo_open, .close = zoo_close,
	.records = &records };
