/* SPDX-License-Identifier: MIT
 * Starts threads that wait until they may end. */
#include "base/thread_trial.h"

#include "base/cgroup.h"
#include "base/openmp_settings.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct thread_trial {
    pthread_mutex_t gate; /* held by the thread that began the trial */
    int started;
    pthread_t threads[];
};

#ifdef __clang__
/* The threads of libomp, which clang links, allocate memory of their own, about this much: the C
 * library then also sets address space aside for each of the first threads that do. Their stacks
 * have some bytes more for each thread before them; the C library keeps our stacks for them if they
 * are not smaller. */
enum { LIBOMP_BYTES = 96 * 1024, LIBOMP_STACK_BYTES = 64 * 1024, LIBOMP_THREAD_BYTES = 128 };
#endif

static void *thread_trial_wait(void *context) {
    struct thread_trial *trial = context;
    void *memory = NULL;
#ifdef __clang__
    memory = malloc(LIBOMP_BYTES);
    if (memory)
        *(volatile char *)memory = 0; /* or the compiler leaves it all out */
#endif
    pthread_mutex_lock(&trial->gate);
    pthread_mutex_unlock(&trial->gate);
    free(memory);
    return NULL;
}

/* Whether one of the groups of this process has a limit on its number of processes and threads. */
static bool has_pids_limit(void) {
    for (int version = 1; version <= 2; version++) {
        struct cgroup group;
        char text[64];
        if (!cgroup_find("", version, "pids", &group))
            continue;
        do {
            if (cgroup_read(&group, "pids.max", text, sizeof text) && strncmp(text, "max", 3) != 0)
                return true;
        } while (cgroup_parent(&group));
    }
    return false;
}

/* What could be raised, as the end of a list: ", or raise ulimit -v". */
static void list_limits(char *text, size_t bytes) {
    static const struct {
        int resource;
        const char *name;
    } limits[] = {
        {RLIMIT_AS, "ulimit -v"}, {RLIMIT_DATA, "ulimit -d"}, {RLIMIT_NPROC, "ulimit -u"}};
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; k <= sizeof limits / sizeof *limits; k++) {
        struct rlimit limit;
        const bool is_group = k == sizeof limits / sizeof *limits;
        /* The superuser may have any number of processes. */
        if (!is_group && limits[k].resource == RLIMIT_NPROC && geteuid() == 0)
            continue;
        const bool is_set = is_group ? has_pids_limit()
                                     : getrlimit(limits[k].resource, &limit) == 0 &&
                                           limit.rlim_cur != RLIM_INFINITY;
        if (is_set && used < bytes)
            used +=
                (size_t)snprintf(text + used, bytes - used, "%s%s", used ? " or " : ", or raise ",
                                 is_group ? "the control group's pids.max" : limits[k].name);
    }
}

static void refuse_threads(int threads, int started, int error, size_t stack_bytes,
                           struct failure *failure) {
    char limits[160];
    list_limits(limits, sizeof limits);
    failure_set(
        failure, EXIT_RUN,
        "cannot start %d threads with %zu KiB of stack each, only %d (%s): give a smaller --threads or OMP_STACKSIZE%s",
        threads, stack_bytes / 1024, started, strerror(error), limits);
}

struct thread_trial *thread_trial_begin(int threads, struct failure *failure) {
    if (threads <= 1)
        return NULL;
    struct thread_trial *trial =
        malloc(sizeof *trial + (size_t)(threads - 1) * sizeof trial->threads[0]);
    if (!trial) {
        failure_set(failure, EXIT_RUN, "out of memory");
        return NULL;
    }
    pthread_attr_t attributes;
    size_t stack_bytes = openmp_stack_bytes();
    int error = pthread_attr_init(&attributes);
    /* A size that the system does not take is left out by OpenMP too. */
    if (stack_bytes > 0 && error == 0)
        (void)pthread_attr_setstacksize(&attributes, stack_bytes);
    if (error == 0)
        (void)pthread_attr_getstacksize(&attributes, &stack_bytes);
#ifdef __clang__
    if (error == 0)
        (void)pthread_attr_setstacksize(&attributes, stack_bytes + LIBOMP_STACK_BYTES +
                                                         (size_t)threads * LIBOMP_THREAD_BYTES);
#endif
    pthread_mutex_init(&trial->gate, NULL);
    pthread_mutex_lock(&trial->gate);
    trial->started = 0;
    while (error == 0 && trial->started < threads - 1) {
        error =
            pthread_create(&trial->threads[trial->started], &attributes, thread_trial_wait, trial);
        if (error == 0)
            trial->started++;
    }
    pthread_attr_destroy(&attributes);
    if (error != 0)
        refuse_threads(threads, trial->started + 1, error, stack_bytes, failure);
    return trial;
}

void thread_trial_end(struct thread_trial *trial) {
    if (!trial)
        return;
    pthread_mutex_unlock(&trial->gate);
    for (int k = 0; k < trial->started; k++)
        pthread_join(trial->threads[k], NULL);
    pthread_mutex_destroy(&trial->gate);
    free(trial);
}
