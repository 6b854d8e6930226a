/*
 * check.h - what no single key can tell
 *
 * Threads  The main thread. Failing  Adds errors and warnings, with their places.
 */
#pragma once

#include "conf/conf.h"

/* Completes what is made of several keys, then checks them against each other. */
void check_all(struct conf *conf, const struct conf_options *options, struct errors *errors);
