/* SPDX-License-Identifier: MIT
 * Smooth values as a path sees them: how many steps it takes to escape, with the fraction that
 * counts leave out. docs/determinism.md has the arithmetic. */
#ifndef PLAIT_ARCH_SMOOTH_H
#define PLAIT_ARCH_SMOOTH_H

#include "escape.h"

#include <stdint.h>

/* Writes the values of pixels [0, cols) of a row, whose counts are given; INFINITY where the count
 * is maxit. Each path has the same plain C (smooth_body.h), made into its instructions by the
 * compiler. */
typedef void plait_smooth_row_fn(const struct plait_escape_job *job, uint32_t row, uint32_t cols,
                                 const int32_t *counts, double *values);

/* The reference: the value of one pixel with `count`, one operation after the other. */
double plait_smooth_reference(const struct plait_escape_job *job, uint32_t row, uint32_t col,
                              int32_t count);

#endif
