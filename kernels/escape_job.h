/* SPDX-License-Identifier: MIT
 * From a checked picture to the job that paths understand. Internal: for the kernels of pictures,
 * and for the tests that call paths directly and must do it with the kernel's own job. */
#ifndef PLAIT_KERNELS_ESCAPE_JOB_H
#define PLAIT_KERNELS_ESCAPE_JOB_H

#include "../arch/escape.h"
#include "plait/escape.h"

/* escape must pass plait_escape_check. */
struct plait_escape_job plait_escape_make_job(const struct plait_escape *escape);

static inline bool row_range_is_valid(const struct plait_escape *escape,
                                      struct plait_row_range range) {
    return range.first <= escape->height && range.rows <= escape->height - range.first;
}

#endif
