/* SPDX-License-Identifier: MIT
 * Reads the kernel's word on what each thread does. */
#include "base/other_threads.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* R: computes or waits for a core. D: waits for a disk, maybe for its own code. */
static bool is_busy(const char *thread) {
    char path[300], status[128];
    snprintf(path, sizeof path, "/proc/self/task/%s/stat", thread);
    FILE *stream = fopen(path, "r");
    if (!stream)
        return false; /* it has ended */
    status[fread(status, 1, sizeof status - 1, stream)] = '\0';
    fclose(stream);
    /* "1234 (name) R ...", with up to 15 characters of any kind as name. */
    const char *name_end = strrchr(status, ')');
    return name_end && (strncmp(name_end, ") R", 3) == 0 || strncmp(name_end, ") D", 3) == 0);
}

/* The calling thread is one of them. */
static int busy_threads(void) {
    DIR *threads = opendir("/proc/self/task");
    int busy = 0;
    if (!threads)
        return busy;
    for (const struct dirent *entry; (entry = readdir(threads));)
        busy += entry->d_name[0] != '.' && is_busy(entry->d_name);
    closedir(threads);
    return busy;
}

bool other_threads_settle(double processor_seconds) {
    struct timespec pause = {0, 50000};
    const clock_t start = clock();
    while (busy_threads() > 1) {
        if ((double)(clock() - start) > processor_seconds * CLOCKS_PER_SEC)
            return false;
        nanosleep(&pause, NULL);
        if (pause.tv_nsec < 5000000)
            pause.tv_nsec *= 2;
    }
    return true;
}
