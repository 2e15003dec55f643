/* SPDX-License-Identifier: MIT
 * The pictures on which the escape kernel is timed. */
#ifndef PLAIT_BENCH_ESCAPE_VIEWS_H
#define PLAIT_BENCH_ESCAPE_VIEWS_H

#include "plait/escape.h"

enum { ESCAPE_VIEWS = 4 };

extern const char *const escape_view_names[ESCAPE_VIEWS];

/* 1 .. ESCAPE_VIEWS. */
struct plait_escape escape_view(int view);

#endif
