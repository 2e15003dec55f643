/* SPDX-License-Identifier: MIT
 * Smooth values over threads: checks what is asked for, and lets threads take rows. */
#include "plait/smooth.h"

#include "../arch/path.h"
#include "escape_job.h"
#include "exec_is_valid.h"

#include <stdatomic.h>

static bool counts_are_valid(const struct plait_escape *escape, const int32_t *counts,
                             uint32_t cols) {
    bool valid = true;
    for (uint32_t k = 0; k < cols; k++)
        valid &= counts[k] >= 0 && counts[k] <= escape->maxit;
    return valid;
}

enum plait_status plait_smooth_rows(const struct plait_escape *escape,
                                    const struct plait_exec *exec, struct plait_row_range range,
                                    uint32_t cols, const int32_t *counts, double *values) {
    const enum plait_status status = plait_escape_check(escape);
    if (status != PLAIT_OK)
        return status;
    if (!exec_is_valid(exec) || !row_range_is_valid(escape, range) || cols > escape->width)
        return PLAIT_E_ARGUMENT;
    const struct plait_escape_job job = plait_escape_make_job(escape);
    plait_smooth_row_fn *const smooth_row = PLAIT_PATH_KERNEL(exec->path, smooth_row);
    atomic_bool valid = true;

#pragma omp parallel for num_threads(exec->threads) schedule(dynamic)
    for (int64_t i = 0; i < (int64_t)range.rows; i++) {
        const int32_t *row = counts + (size_t)i * escape->width;
        if (counts_are_valid(escape, row, cols))
            smooth_row(&job, range.first + (uint32_t)i, cols, row, values + (size_t)i * cols);
        else
            atomic_store(&valid, false);
    }
    return atomic_load(&valid) ? PLAIT_OK : PLAIT_E_ARGUMENT;
}
