/* SPDX-License-Identifier: MIT
 * What a kernel does when its device has failed in the middle of the work: the rest, on threads,
 * with a progress that does not fall. Internal. */
#ifndef PLAIT_KERNELS_DEVICE_REST_H
#define PLAIT_KERNELS_DEVICE_REST_H

#include "plait/exec.h"

#include <stdint.h>

struct plait_rest {
    const struct plait_exec *exec;
    uint64_t before, total; /* units that are done, and all, as exec->progress is given them */
};

/* exec without its device; its progress counts on from rest, which must stay. */
struct plait_exec plait_rest_exec(struct plait_rest *rest);

/* plait_progress_fn of that exec. */
bool plait_rest_progress(void *context, uint64_t done, uint64_t total);

#endif
