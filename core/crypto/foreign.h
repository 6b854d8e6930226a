/*
 * foreign.h - verifiers that other servers made: bcrypt, PBKDF2, scrypt
 *
 * See password.h, which is the way in. What is verified here is the bytes as given:
 * those servers knew nothing of NFC.
 *
 * Threads  Lanes alone: up to a second. Memory  None is left.
 */
#pragma once

#include "crypto/password.h"

enum password_result foreign_verify(struct arena *arena, struct secret password,
    const char *verifier);
