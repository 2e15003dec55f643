/* SPDX-License-Identifier: MIT
 * Resolves how kernels run: path and threads. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "plait/exec.h"

#include "../arch/cpu.h"
#include "../arch/select.h"

#include <limits.h>
#include <omp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* The CPUs of all places that OpenMP binds threads to, a place being what OMP_PLACES names or what
 * OpenMP makes of OMP_PROC_BIND alone. False if it binds none. */
static bool places_cpus(size_t bytes, cpu_set_t *set) {
    CPU_ZERO_S(bytes, set);
    for (int place = 0; place < omp_get_num_places(); place++) {
        const int count = omp_get_place_num_procs(place);
        int *cpus = count > 0 ? malloc((size_t)count * sizeof *cpus) : NULL;
        if (!cpus)
            continue;
        omp_get_place_proc_ids(place, cpus);
        for (int k = 0; k < count; k++)
            CPU_SET_S((size_t)cpus[k], bytes, set);
        free(cpus);
    }
    return CPU_COUNT_S(bytes, set) > 0;
}

/* OpenMP binds the thread that loads it to the first place, before main begins; that thread's
 * affinity then says nothing about the process, while the places hold all CPUs that the process was
 * started with, or those of them that the user chose. libomp has a place of all CPUs where it binds
 * nothing: the affinity may have become narrower since. */
int plait_visible_cpus(size_t bytes, void *cpu_set) {
    cpu_set_t *set = cpu_set;
    cpu_set_t *places = CPU_ALLOC(bytes * CHAR_BIT);
    if (!places || sched_getaffinity(0, bytes, set) != 0) {
        CPU_FREE(places);
        return 0;
    }
    if (places_cpus(CPU_ALLOC_SIZE(bytes * CHAR_BIT), places)) {
        if (omp_get_proc_bind() == omp_proc_bind_false)
            CPU_AND_S(bytes, set, set, places);
        else
            memcpy(set, places, bytes);
    }
    CPU_FREE(places);
    return CPU_COUNT_S(bytes, set);
}

int plait_visible_cores(void) {
    /* Masks larger than cpu_set_t exist on machines of more than 1024 CPUs: grow until the kernel
     * accepts the size. */
    for (int cpus = CPU_SETSIZE; cpus <= CPU_SETSIZE * 64; cpus *= 2) {
        cpu_set_t *set = CPU_ALLOC(cpus);
        if (!set)
            return 1;
        const int found = plait_visible_cpus(CPU_ALLOC_SIZE(cpus), set);
        CPU_FREE(set);
        if (found > 0)
            return found;
    }
    return 1;
}

/* Threads that OpenMP gives to a parallel region at most. */
static int threads_limit(void) {
    return omp_get_max_active_levels() == 0 ? 1 : omp_get_thread_limit();
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
    const int limit = threads_limit();
    if (threads > limit)
        threads = limit;
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
