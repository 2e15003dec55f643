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

/* Writes values[range.rows][cols] of the first `cols` pixels of the rows of the range, on the
 * threads of exec, by their counts[range.rows][width], which must be those of plait_escape_rows. A
 * pixel whose count is maxit has the value INFINITY. cols is at most width: all of them, or 1 for
 * the column that has no mirror image. Returns PLAIT_OK, what plait_escape_check returns, or
 * PLAIT_E_ARGUMENT for range, cols, exec or a count beyond 0 .. maxit. exec->progress is not
 * called. */
PLAIT_API enum plait_status plait_smooth_rows(const struct plait_escape *escape,
                                              const struct plait_exec *exec,
                                              struct plait_row_range range, uint32_t cols,
                                              const int32_t *counts, double *values);

#ifdef __cplusplus
}
#endif

#endif
