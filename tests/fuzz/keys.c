/* A plugin's section: every type of key, within what its row says, or told. */
#include "fuzz.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/keys.h"

struct filled {
	const char *name, *folder;
	const char *const *peers;
	int64_t number, size, wait, how;
	bool on;
};

static const struct sp_key rows[] = {
	{ "name", SP_TEXT, offsetof(struct filled, name), "x", 0, 0, NULL, "A name.", false },
	{ "folder", SP_PATH, offsetof(struct filled, folder), "/x", 0, 0, NULL, "A path.", false },
	{ "peers", SP_LIST, offsetof(struct filled, peers), "", 0, 0, NULL, "Peers.", true },
	{ "number", SP_NUMBER, offsetof(struct filled, number), "3", -5, 900, NULL, "N.", false },
	{ "size", SP_SIZE, offsetof(struct filled, size), "64k", 1, 1 << 30, NULL, "S.", false },
	{ "wait", SP_DURATION, offsetof(struct filled, wait), "1s", 1, 86400000, NULL, "W.", false },
	{ "how", SP_CHOICE, offsetof(struct filled, how), "slow", 0, 0, "slow fast", "H.", false },
	{ "on", SP_BOOL, offsetof(struct filled, on), "no", 0, 0, NULL, "O.", false },
	{ 0 },
};

static void check(const struct filled *filled)
{
	CHECK(text_utf8(filled->name, strlen(filled->name)) && text_plain(filled->name));
	CHECK(filled->folder[0] == '/' || filled->folder[0] == '\0');
	CHECK(filled->number >= -5 && filled->number <= 900);
	CHECK(filled->size >= 1 && filled->size <= 1 << 30);
	CHECK(filled->wait >= 1 && filled->wait <= 86400000);
	CHECK(filled->how == 0 || filled->how == 1);
	for (const char *const *peer = filled->peers; *peer != NULL; peer++)
		CHECK(!text_empty(*peer) && text_plain(*peer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct errors errors;
	struct sp_error error = { "" };
	struct filled filled = { 0 };

	CHECK(keys_check(rows, sizeof(filled), "fuzz.so", &error) == SP_OK);
	errors_begin(&errors, &arena, "fuzz.yaml");
	const struct tree *tree = tree_read(data, size, &errors);
	if (tree != NULL && tree->kind == TREE_MAP) {
		struct keys_section section = { .name = "plugin.fuzz", .map = tree, .at = tree->at };
		size_t before = errors.count;
		bool good = keys_read(rows, &section, &errors, &filled);
		CHECK(good == (errors.count == before));
		if (good)
			check(&filled);
	}
	CHECK(tree != NULL || errors.count > 0);
	for (const struct error *one = errors.first; one != NULL; one = one->next)
		CHECK(text_plain(one->text));
	arena_done(&arena);
	return 0;
}
