/* SPDX-License-Identifier: MIT
 * Asks the system, the environment and OpenMP. */
#define _DEFAULT_SOURCE /* unsetenv */
#include "base/placement_probe.h"

#include "base/cpu_quota.h"
#include "base/cpus_at_start.h"
#include "base/launcher_cores.h"
#include "base/machine.h"
#include "base/openmp_settings.h"
#include "base/process_cpus.h"
#include "plait/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int online_cores(void) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 && cores < INT32_MAX ? (int)cores : 1;
}

/* The cores that the launcher gave to this process. What was taken away since, without a setting of
 * OpenMP, was MPI's doing, which binds ranks in MPI_Init where its launcher has not. */
static int cores_given(int visible_cores) {
    const int at_start = openmp_binds() ? cpus_at_start() : 0;
    return at_start > visible_cores ? at_start : visible_cores;
}

/* Whether OpenMP has bound the thread that loaded it, and will bind all it starts. */
static bool is_bound(const struct placement *mine) {
    const int mine_now = process_cpus(0);
    return openmp_binds() && mine_now > 0 && mine_now < mine->cores_at_start;
}

/* OMP_NUM_THREADS, and its text if it cannot be meant, else "". libomp, which clang links, reads
 * the variable when it is called for the first time, and some versions (14) then die of such a
 * text: it is taken away before. */
static int take_threads_of_environment(char *refused, size_t bytes) {
    const char *text;
    const int threads = openmp_threads(&text);
    snprintf(refused, bytes, "%s", text ? text : "");
    for (char *c = refused; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    if (threads == 0)
        unsetenv("OMP_NUM_THREADS");
    return threads;
}

void placement_probe(struct placement *mine, const struct launcher *launcher, int asked,
                     uint64_t *quota_group) {
    const struct cpu_quota quota = cpu_quota_of_process("");
    char refused[sizeof mine->refused_threads];
    const int from_environment = take_threads_of_environment(refused, sizeof refused);
    *quota_group = quota.group;
    *mine = (struct placement){
        .cpu_quota = quota.cores,
        .visible_cores = plait_visible_cores(),
        .launcher_cores = launcher_cores(),
        .online_cores = online_cores(),
        .sharers = 1,
        .threads_asked = asked > 0 ? asked : from_environment,
        .threads_vary = openmp_is_dynamic(),
        .launcher_kind = launcher->kind,
    };
    host_name(mine->host);
    struct machine_cpus cpus;
    if (plait_visible_cpus(sizeof cpus, &cpus) > 0)
        machine_cpus_text(&cpus, mine->cpus, sizeof mine->cpus);
    snprintf(mine->version, sizeof mine->version, "%s", plait_version());
    if (asked == 0)
        memcpy(mine->refused_threads, refused, sizeof refused);
    mine->cores_at_start = cores_given(mine->visible_cores);
    mine->node_cores = mine->visible_cores;
    mine->threads_bound = is_bound(mine);
    mine->threads = mine->threads_asked > 0
                        ? mine->threads_asked
                        : placement_default_threads(mine->visible_cores, 1, mine->cpu_quota, 1);
}
