/*
 * page_frames.h - "You are signed out", and apps hear of it in frames (Front-Channel Logout 3)
 *
 * Templates hold no frame and no script: both are put in here, so that they are the same on every
 * operator's pages. The page is there at once, whatever the apps do. Where the browser goes on to
 * an app, it does when all frames have been loaded, and after two seconds in any case; without
 * scripts it is the page's link. What a frame shows is in a sandbox, where it can't lead the page
 * away. Browsers that keep cookies of different places apart tell nobody in this way, so an app
 * that has to hear of it takes back-channel logout.
 *
 * Threads  The exchange's loop. Memory  The exchange's arena.
 */
#pragma once

#include <stddef.h>

struct exchange;
struct values;

struct page_frames {
	const char *const *list;	/* addresses, of registered origins */
	size_t count;
	const char *onward;		/* where to after that; NULL: it stays */
};

/* Sends the page "signed-out". */
void page_signed_out(struct exchange *ex, const struct values *values,
    const struct page_frames *frames);
