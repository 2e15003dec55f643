/* SPDX-License-Identifier: MIT
 * What every kernel checks of how it is to run. Internal. */
#ifndef PLAIT_KERNELS_EXEC_IS_VALID_H
#define PLAIT_KERNELS_EXEC_IS_VALID_H

#include "plait/exec.h"

static inline bool exec_is_valid(const struct plait_exec *exec) {
    return exec->path && exec->threads >= 1 && exec->threads <= PLAIT_THREADS_MAX;
}

#endif
