/* SPDX-License-Identifier: MIT
 * The loop of threads over tasks. */
#include "tasks.h"

#include <omp.h>
#include <stdatomic.h>

enum plait_status plait_tasks_run(const struct plait_tasks *tasks, const struct plait_exec *exec) {
    atomic_uint_fast64_t next = 0, finished = 0;
    atomic_bool stop = false;

#pragma omp parallel num_threads(tasks->threads)
    {
        const int thread = omp_get_thread_num();
        for (;;) {
            const uint64_t task = atomic_fetch_add(&next, 1);
            if (task >= tasks->count || atomic_load_explicit(&stop, memory_order_relaxed))
                break;
            const uint64_t amount = tasks->run(tasks->context, task, thread);
            const uint64_t done = (atomic_fetch_add(&finished, amount) + amount) / tasks->unit;
            /* Thread 0 is the caller's: it may serve messages under MPI_THREAD_FUNNELED. */
            if (thread == 0 && exec->progress &&
                !exec->progress(exec->progress_context, done, tasks->total))
                atomic_store(&stop, true);
        }
        if (tasks->end)
            tasks->end(tasks->context, thread);
    }
    return atomic_load(&stop) ? PLAIT_E_INTERRUPTED : PLAIT_OK;
}
