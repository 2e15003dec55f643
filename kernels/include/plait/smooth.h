/* SPDX-License-Identifier: MIT
 * Smooth values: counts with the fraction of a step, for colours without bands.
 *
 * The orbit of an escaped pixel makes 4 more steps, none from |z|^2 >= 2^500, n in all; its value
 * is n + 1 - log2(ln |z|), or n + 1 - log2(ln sqrt(2)) if it has come back to |z|^2 <= 2. That is
 * finite for every picture that plait_escape_check takes, within 10 of the count, and continues
 * without a jump where the count changes. Every operation, logarithms too, is an IEEE 754 double
 * operation in a fixed order (docs/determinism.md): the bits are the same on every machine, for any
 * number of threads and any path. */
#ifndef PLAIT_SMOOTH_H
#define PLAIT_SMOOTH_H

#include "plait/api.h"
#include "plait/escape.h"
#include "plait/exec.h"
#include "plait/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLAIT_SMOOTH_UNIT (1 << 20)  /* the unit of parts is its inverse */
#define PLAIT_SMOOTH_NEVER INT32_MIN /* the part of a pixel whose count is maxit */

/* The smallest and the largest value of escaped pixels, in units of 1 / PLAIT_SMOOTH_UNIT; none:
 * min > max. Ranges of several calls merge as the minimum of all min and the maximum of all max. */
struct plait_smooth_range {
    int64_t min, max;
};

PLAIT_API struct plait_smooth_range plait_smooth_range_empty(void);

/* Where values go: [rows][cols], in one or both of two forms. Zero but for the range, which is
 * begun as plait_smooth_range_empty(): nothing is wanted. */
struct plait_smooth_output {
    double *values; /* INFINITY where the count is maxit; NULL: not wanted */
    int32_t
        *parts; /* value - count in units, rounded down, or PLAIT_SMOOTH_NEVER; NULL: not wanted */
    struct plait_smooth_range range; /* widened to all values that are found */
};

/* Computes counts[range.rows][width] of the rows of the range and their values, with cols = width,
 * in one pass, which takes much less time than two. Returns what plait_escape_rows returns;
 * exec->progress gets rows. */
PLAIT_API enum plait_status plait_smooth_compute(const struct plait_escape *escape,
                                                 const struct plait_exec *exec,
                                                 struct plait_row_range range, int32_t *counts,
                                                 struct plait_smooth_output *output);

/* Finds the values of the first `cols` pixels of the rows of the range, on the threads of exec, by
 * their counts[range.rows][width], which must be those of plait_escape_rows. cols is at most width:
 * all of them, or 1 for the column that has no mirror image. Returns PLAIT_OK, what
 * plait_escape_check returns, PLAIT_E_ARGUMENT for range, cols, exec or a count beyond 0 .. maxit
 * or, in a deep picture, other than that of the pixel, or PLAIT_E_MEMORY. exec->progress is not
 * called. */
PLAIT_API enum plait_status plait_smooth_rows(const struct plait_escape *escape,
                                              const struct plait_exec *exec,
                                              struct plait_row_range range, uint32_t cols,
                                              const int32_t *counts,
                                              struct plait_smooth_output *output);

#ifdef __cplusplus
}
#endif

#endif
