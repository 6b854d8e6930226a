/* What is put into a record comes back, and half of it never does. */
#pragma once

#include "test_store.h"

#include "store/kinds.h"

/* Each codec: put something, read it, look at it. */
struct codec {
	const char *name;
	bool (*put)(struct sp_records_commit *commit);
	bool (*read)(const struct sp_record *record);	/* and it is what was put */
	bool absent;	/* an absent record reads as zero */
};

static void codec_check(const struct codec *codec)
{
	struct sp_records_commit *commit = commit_new(seat, 4);

	cr_assert(codec->put(commit), "%s", codec->name);
	cr_assert(commit_ready(commit), "%s", codec->name);
	/* The last change: before it may be the removal of where it was. */
	struct sp_record whole = record_of(commit->changes[commit->count - 1]), part = whole;
	cr_assert_not_null(kinds_row(whole.at.kind), "%s", codec->name);
	cr_assert(codec->read(&whole), "%s", codec->name);
	/* In memory of its own, so that a sanitizer sees a step beyond the end. */
	for (part.value.size = 0; part.value.size < whole.value.size; part.value.size++) {
		void *bytes = malloc(part.value.size + (part.value.size == 0));
		memcpy(bytes, whole.value.data, part.value.size);
		part.value.data = bytes;
		cr_assert_not(codec->read(&part), "%s of %zu bytes", codec->name,
		    part.value.size);
		free(bytes);
	}
	part = (struct sp_record){ .at = whole.at };
	if (!codec->absent)
		cr_assert_not(codec->read(&part), "%s", codec->name);
	op_free(&commit->op);
}
