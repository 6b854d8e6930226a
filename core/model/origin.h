/*
 * origin.h - where a sign-in comes from: what policies ask of platform and place
 *
 * Of the browser or app that the customer has before him, as it was when he signed in: an app
 * with a secret redeems its codes from a server of its own, whose address and agent say nothing of
 * him. So codes carry it, and so do families of refresh tokens.
 *
 * The platform is what the other side says of itself, a hint and no proof: it keeps the honest from
 * what doesn't run on their device, and nobody else out of anything.
 *
 * Threads  Any; pure.
 */
#pragma once

#include <sallyport/policy.h>

struct pack;
struct unpack;

struct origin {
	uint32_t platform;	/* enum sp_platform; 0: not known */
	bool known;		/* the address is */
	uint8_t address[16];	/* IPv4 mapped into IPv6 */
};

/* `hint` is Sec-CH-UA-Platform, which is asked first; `agent` User-Agent. Either may be NULL. */
uint32_t origin_platform(const char *hint, const char *agent);

void origin_pack(struct pack *pack, const struct origin *origin);
void origin_unpack(struct unpack *unpack, struct origin *out_origin);
