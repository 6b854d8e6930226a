/*
 * device.h - a person answers for a device (RFC 8628 3.3)
 *
 *	device_find()	 the code that was typed: is there such a sign-in?
 *	(visit_begin())	 the ordinary sign-in to its application, policy and second door included,
 *			 whose answer comes back to us instead of to the application
 *	device_show()	 who he is now, which application, begun where and when: does he allow it?
 *	device_decide()	 yes or no, once
 *
 * What comes back is a code that no token endpoint takes, about that device, and good only in the
 * browser that holds the session it was made of: a link of a stranger allows nothing.
 *
 * Threads  The request's loop. Memory  The turn's arena.
 * Failing  `outcome`; DEVICE_UNAVAILABLE is a backend that is down.
 */
#pragma once

#include "flow/turn.h"
#include "store/devices.h"

struct authorize;
struct code;
struct sp_user;

enum device_outcome {
	DEVICE_UNAVAILABLE = 0,
	DEVICE_UNKNOWN,		/* no such code, over, or decided already */
	DEVICE_SPENT,		/* too many wrong codes from here: `wait` */
	DEVICE_FOUND,
	DEVICE_DONE,		/* decided, as `allow` says */
};

struct device_turn {
	struct turn turn;	/* first */
	const char *typed;	/* device_find() */
	const char *browser;	/* its cookie; NULL: none */
	const char *code;	/* device_show(), device_decide() */
	const char *session;	/* the session's cookie */
	bool allow;

	enum device_outcome outcome;
	int64_t wait;
	struct device device;
	const char *user;	/* whom he has signed in as: an address, or a name */
	const char *again;	/* the code for the form */
	struct device_work *work;
};

void device_find(struct device_turn *device);
void device_show(struct device_turn *device);
void device_decide(struct device_turn *device);

/* The request that the sign-in is for. `back`: the address of device_show()'s page. */
void device_request(const struct device_turn *device, const char *back,
    struct authorize *out_request);
