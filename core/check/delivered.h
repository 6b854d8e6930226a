/*
 * delivered.h - what a mail transport has taken over, where that can be seen
 *
 * A file, or a folder of files, in which the operator says that messages arrive.
 *
 * Threads  The main thread. Failing  A place that cannot be read ends the check: see page.h.
 */
#pragma once

#define DELIVERED_UNSEEN (-1L)	/* no place was named */

/* How often a message with that Message-ID header is there. */
long delivered_times(const char *message_id);
