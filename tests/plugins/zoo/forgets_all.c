/* Has a key that names a place, and keeps everything in memory all the same. */
#include "zoo.h"

struct conf { const char *path; };

static const struct sp_key keys[] = {
	{ .name = "path", .type = SP_PATH, .offset = offsetof(struct conf, path),
	  .fallback = "/nowhere", .help = "Where it says that it keeps things." },
	{ 0 },
};

static const struct sp_records records = SP_RECORDS(ZOO_RECORDS);

SP_PLUGIN(.name = "zoo", .keys = keys, .conf_size = sizeof(struct conf), .open = zoo_open,
    .close = zoo_close, .records = &records);
