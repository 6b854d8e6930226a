/*
 * post.h - how the broken mail transports are made: each says how often it writes a message to its
 * file, and what it says then
 */
#pragma once

#include <sallyport/mail.h>

struct post { unsigned times; enum sp_status status; };

/* `number` counts from 1. */
struct post post_of(const struct sp_mail_send *mail, unsigned number);
