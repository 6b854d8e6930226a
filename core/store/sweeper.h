/*
 * sweeper.h - what nobody asks for, done every now and then
 *
 * On loop 0: once a second the head of the change feed, tenants that could not be built, farewells,
 * and new entries of the audit, which go into its chain; every three seconds up to 100 outbox
 * entries whose lease is over or whose time has come; every five, people to be erased; every
 * fifteen, open intents; every twenty, this node's own record; every minute, signing keys that are
 * old enough, and the audit's oldest entries. At the first of them also what this node's last life
 * had in hand. Expired records are the backends' to reclaim.
 *
 * Threads  Begun and ended by store_open() and store_close(), on the main thread.
 */
#pragma once

struct store;

struct sweeper *sweeper_new(struct store *store);
void sweeper_start(struct sweeper *sweeper);
void sweeper_stop(struct sweeper *sweeper);
void sweeper_free(struct sweeper *sweeper);
/* A round of everything, now: for tests and after test_clock has moved. On loop 0. */
void sweeper_round(struct sweeper *sweeper);
