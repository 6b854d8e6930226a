/* postman.h - what the postman plugin shall answer, and what it has been given */
#pragma once

#include <sallyport/mail.h>

#include <stdatomic.h>
#include <stdbool.h>

#define POSTMAN_LETTERS 4096

struct postman {
	_Atomic int answer;		/* enum sp_status */
	atomic_bool held;		/* asked, it waits until this is over */
	atomic_long asked;		/* messages given to it */
	atomic_long times[POSTMAN_LETTERS];	/* how often: by the number in "<N@test>" */
};
