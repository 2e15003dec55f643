/* SPDX-License-Identifier: MIT
 * How every kernel works: threads take tasks until none is left, the caller's thread reports how
 * far they are and may stop them all. Internal. */
#ifndef PLAIT_KERNELS_TASKS_H
#define PLAIT_KERNELS_TASKS_H

#include "plait/exec.h"

#include <stdint.h>

/* Does one task and returns how much of the whole it was. thread is 0 for the thread of the caller
 * and below tasks->threads for all: which of several sums or buffers to use. */
typedef uint64_t plait_task_fn(void *context, uint64_t task, int thread);

struct plait_tasks {
    plait_task_fn *run;
    /* What a thread has left over from its tasks, once it finds no more; NULL: nothing. */
    void (*end)(void *context, int thread);
    void *context;
    uint64_t count; /* tasks 0 .. count - 1, begun in this order; none is begun after a stop */
    int threads;    /* 1 .. exec->threads */
    uint64_t total; /* units that progress is given */
    uint64_t unit;  /* how much of what run returns is a unit, at least 1 */
};

/* Returns PLAIT_OK, or PLAIT_E_INTERRUPTED if exec->progress stopped it. */
enum plait_status plait_tasks_run(const struct plait_tasks *tasks, const struct plait_exec *exec);

#endif
