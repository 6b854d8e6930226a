#include "model/origin.h"

#include "base/pack.h"

#include <string.h>

struct origin_word { const char *word; uint32_t platform; };

/* Windows Phone says Android as well, Android says Linux, and an iPad may say Macintosh. */
static const struct origin_word agents[] = {
	{ "Windows Phone", SP_WINDOWS_PHONE }, { "Android", SP_ANDROID }, { "iPhone", SP_IOS },
	{ "iPad", SP_IOS }, { "iPod", SP_IOS }, { "Windows", SP_WINDOWS },
	{ "Macintosh", SP_MACOS }, { "Linux", SP_LINUX }, { NULL, 0 },
};

static const struct origin_word hints[] = {
	{ "\"Android\"", SP_ANDROID }, { "\"iOS\"", SP_IOS }, { "\"Windows\"", SP_WINDOWS },
	{ "\"macOS\"", SP_MACOS }, { "\"Linux\"", SP_LINUX }, { NULL, 0 },
};

uint32_t origin_platform(const char *hint, const char *agent)
{
	const struct origin_word *row;

	for (row = hints; hint != NULL && row->word != NULL; row++)
		if (strcmp(hint, row->word) == 0)
			return row->platform;
	for (row = agents; agent != NULL && row->word != NULL; row++)
		if (strstr(agent, row->word) != NULL)
			return row->platform;
	return 0;
}

void origin_pack(struct pack *pack, const struct origin *origin)
{
	pack_number(pack, origin->platform);
	pack_bytes(pack, origin->address, origin->known ? sizeof(origin->address) : 0);
}

void origin_unpack(struct unpack *unpack, struct origin *out_origin)
{
	struct origin origin = { .platform = (uint32_t)unpack_number(unpack) };
	struct sp_bytes address = unpack_bytes(unpack);

	origin.known = address.size == sizeof(origin.address);
	if (origin.known)
		memcpy(origin.address, address.data, address.size);
	else if (address.size != 0)
		unpack->wrong = true;
	*out_origin = origin;
}
