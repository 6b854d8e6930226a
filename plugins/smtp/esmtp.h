/*
 * esmtp.h - libesmtp, included the one way that works
 *
 * Without these three before it, its header leaves out smtp_starttls_set_ctx() and
 * smtp_auth_set_context().
 */
#pragma once

#include <stddef.h>

#include <openssl/ssl.h>

#include <auth-client.h>

#include <libesmtp.h>
