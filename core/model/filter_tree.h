/*
 * filter_tree.h - a filter, taken apart: what filter_parse.c makes and filter.c reads
 *
 * Threads  Any. Memory  The arena of filter_parse().
 */
#pragma once

#include "model/filter.h"

#define FILTER_SEGMENTS 8u	/* of a path */

enum filter_kind {
	FILTER_NOTHING = 0,
	FILTER_AND, FILTER_OR, FILTER_NOT,
	FILTER_ANY,		/* an element of the list at `path` fits `left` */
	FILTER_COMPARE, FILTER_BEGINS,
};

enum filter_operator {
	FILTER_NO_OPERATOR = 0,
	FILTER_EQ, FILTER_NE, FILTER_GT, FILTER_GE, FILTER_LT, FILTER_LE,
};

enum filter_type {
	FILTER_NULL = 0, FILTER_FLAG, FILTER_TEXT, FILTER_NUMBER, FILTER_REAL, FILTER_TIME,
};

struct filter_value {
	enum filter_type type;
	const char *text;
	int64_t number;		/* of a time: ms; of a flag: 0, 1 */
	double real;
};

struct filter_path {
	const char *names[FILTER_SEGMENTS];
	size_t count;		/* 0: the element itself */
	size_t scope;		/* 0: of the object; 1: of the element of the any() around it */
};

struct filter {
	enum filter_kind kind;
	struct filter *left, *right;
	struct filter_path path;
	enum filter_operator operator;
	struct filter_value value;
};
