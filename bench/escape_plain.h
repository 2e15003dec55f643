/* SPDX-License-Identifier: MIT
 * The baseline that escape kernels are compared with. */
#ifndef PLAIT_BENCH_ESCAPE_PLAIN_H
#define PLAIT_BENCH_ESCAPE_PLAIN_H

#include "plait/escape.h"

/* Whether this CPU has the instructions that the plain loop is compiled for. */
bool escape_plain_is_supported(void);

/* Counts of one row of a Mandelbrot picture by the plain loop. */
void escape_plain_row(const struct plait_escape *escape, uint32_t row, int32_t *counts);

#endif
