/* SPDX-License-Identifier: MIT
 * Resolves how kernels run: path and threads. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "plait/exec.h"

#include "../arch/cpu.h"
#include "../arch/select.h"

#include <sched.h>

int plait_visible_cores(void) {
    /* Masks larger than cpu_set_t exist on machines of more than 1024 CPUs: grow until the kernel
     * accepts the size. */
    for (int cpus = CPU_SETSIZE; cpus <= CPU_SETSIZE * 64; cpus *= 2) {
        cpu_set_t *set = CPU_ALLOC(cpus);
        if (!set)
            return 1;
        const size_t bytes = CPU_ALLOC_SIZE(cpus);
        const int found = sched_getaffinity(0, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 0;
        CPU_FREE(set);
        if (found > 0)
            return found;
    }
    return 1;
}

enum plait_status plait_exec_init(struct plait_exec *exec, const char *path, int threads) {
    const uint32_t cpu = plait_cpu_features();
    const struct plait_path *chosen = plait_select_best(cpu);

    if (threads < 0 || threads > PLAIT_THREADS_MAX)
        return PLAIT_E_ARGUMENT;
    if (path) {
        switch (plait_select_find(path, cpu, &chosen)) {
        case PLAIT_SELECT_UNKNOWN:
            return PLAIT_E_PATH_UNKNOWN;
        case PLAIT_SELECT_UNSUPPORTED:
            return PLAIT_E_PATH_UNSUPPORTED;
        case PLAIT_SELECT_OK:
            break;
        }
    }
    if (threads == 0) {
        const int cores = plait_visible_cores();
        threads = cores < PLAIT_THREADS_MAX ? cores : PLAIT_THREADS_MAX;
    }
    *exec = (struct plait_exec){.path = chosen, .threads = threads};
    return PLAIT_OK;
}

size_t plait_path_count(void) {
    size_t count;
    plait_select_table(&count);
    return count;
}

const struct plait_path *plait_path_at(size_t index) {
    size_t count;
    const struct plait_path *const *table = plait_select_table(&count);
    return index < count ? table[index] : NULL;
}

const char *plait_path_name(const struct plait_path *path) {
    return path->name;
}

int plait_path_lanes(const struct plait_path *path) {
    return (int)path->lanes;
}

bool plait_path_supported(const struct plait_path *path) {
    return (path->needs & ~plait_cpu_features()) == 0;
}
