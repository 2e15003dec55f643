/* SPDX-License-Identifier: MIT
 * Reads clocks of processor time, and what the kernel says about each thread. */
#define _GNU_SOURCE /* gettid */
#include "base/process_activity.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What counts as running, as shares of the time. A poll every 320 microseconds takes a hundred
 * times more than the first, and a sleep of a second again and again less. Threads of the MPI
 * library that wake up now and then stay below the second. */
static const double main_share = 1e-4;
static const double others_share = 1e-2;

static uint64_t processor_ns(clockid_t clock) {
    struct timespec used = {0, 0};
    clock_gettime(clock, &used);
    return (uint64_t)used.tv_sec * UINT64_C(1000000000) + (uint64_t)used.tv_nsec;
}

static void activity_read(struct process_activity *activity) {
    activity->main_ns = processor_ns(activity->main_clock);
    activity->others_ns = processor_ns(CLOCK_PROCESS_CPUTIME_ID) -
                          processor_ns(CLOCK_THREAD_CPUTIME_ID) - activity->main_ns;
}

/* R: runs, or waits for a core. "1234 (name) R ...", with any characters in the name. */
static bool is_runnable(const char *thread) {
    char path[300], status[128];
    snprintf(path, sizeof path, "/proc/self/task/%s/stat", thread);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false; /* it has ended */
    const ssize_t bytes = read(file, status, sizeof status - 1);
    close(file);
    status[bytes > 0 ? bytes : 0] = '\0';
    const char *name_end = strrchr(status, ')');
    return name_end && strncmp(name_end, ") R", 3) == 0;
}

static bool any_other_is_runnable(void) {
    DIR *threads = opendir("/proc/self/task");
    const long self = gettid();
    bool any = false;
    if (!threads)
        return true; /* nothing is known: no alarm */
    for (const struct dirent *entry; !any && (entry = readdir(threads));)
        any = entry->d_name[0] != '.' && strtol(entry->d_name, NULL, 10) != self &&
              is_runnable(entry->d_name);
    closedir(threads);
    return any;
}

void process_activity_begin(struct process_activity *activity, pthread_t main_thread) {
    *activity = (struct process_activity){0};
    pthread_getcpuclockid(main_thread, &activity->main_clock);
    activity_read(activity);
}

bool process_activity_seen(struct process_activity *activity, double seconds) {
    const struct process_activity before = *activity;
    activity_read(activity);
    const double ns = seconds * 1e9;
    return (double)(activity->main_ns - before.main_ns) > main_share * ns ||
           (double)(int64_t)(activity->others_ns - before.others_ns) > others_share * ns ||
           any_other_is_runnable();
}
