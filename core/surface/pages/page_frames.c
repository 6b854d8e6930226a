#include "surface/pages/page_frames.h"

#include "base/text.h"
#include "model/app.h"
#include "model/words.h"
#include "surface/pages/page.h"

#include <string.h>

/* `onward` is an element beside it. */
static const char script[] = "<script>var o=document.getElementById(\"onward\");"
	"function go(){o&&location.replace(o.href);o=0}"
	"addEventListener(\"load\",go);setTimeout(go,2000)</script>";
#define SCRIPT_HASH "'sha256-RPuuea3T0O/FZlle5Ngt06lYpGSX45EYOEhQGL44iao='"

/* What is registered has no quote in it (model/app.h): this is for the day when that changes. */
static const char *attribute(struct exchange *ex, const char *text)
{
	const char *out = "";

	for (size_t size; text[size = strcspn(text, "&<>\"'")] != '\0'; text += size + 1)
		out = text_print(ex->arena, "%s%.*s&#%d;", out, (int)size, text, text[size]);
	return text_print(ex->arena, "%s%s", out, text);
}

static const char *frames_html(struct exchange *ex, const struct page_frames *frames)
{
	const char *html = "";

	for (size_t i = 0; i < frames->count; i++)
		html = text_print(ex->arena, "%s<iframe hidden sandbox=\"allow-scripts "
		    "allow-same-origin\" src=\"%s\"></iframe>\n", html,
		    attribute(ex, frames->list[i]));
	return frames->onward == NULL ? html : text_print(ex->arena,
	    "%s<a hidden id=\"onward\" href=\"%s\"></a>%s", html, attribute(ex, frames->onward),
	    script);
}

/* Their origins and no other. */
static const char *frames_policy(struct exchange *ex, const struct page_frames *frames)
{
	const char *origins = NULL;

	for (size_t i = 0; i < frames->count; i++)
		origins = words_add(ex->arena, origins, text_part(ex->arena, frames->list[i],
		    app_origin(frames->list[i])));
	return text_print(ex->arena, "%s; frame-src %s%s", page_csp(ex, NULL), origins,
	    frames->onward != NULL ? "; script-src " SCRIPT_HASH : "");
}

void page_signed_out(struct exchange *ex, const struct values *values,
    const struct page_frames *frames)
{
	if (frames->count == 0)
		page_named(ex, "signed-out", values, NULL);
	else
		page_with(ex, "signed-out", values, frames_policy(ex, frames),
		    frames_html(ex, frames));
}
