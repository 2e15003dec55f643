/* SPDX-License-Identifier: MIT
 * Waiting for other threads: until the work that they have is done, and not for ever. */
#include "base/other_threads.h"

#include "suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static atomic_bool work_done, stop;
static int gate[2]; /* a pipe: its reader sleeps until something is written */

/* The state of the main thread as the kernel gives it, 'S' while it sleeps. */
static char main_state(void) {
    char path[64], status[128];
    snprintf(path, sizeof path, "/proc/self/task/%ld/stat", (long)getpid());
    FILE *stream = fopen(path, "r");
    if (!stream)
        return '?';
    status[fread(status, 1, sizeof status - 1, stream)] = '\0';
    fclose(stream);
    const char *name_end = strrchr(status, ')');
    return name_end ? name_end[2] : '?';
}

/* Work that ends only after the main thread has begun to wait for it. */
static void *work_then_sleep(void *unused) {
    char byte;
    while (main_state() != 'S' && !atomic_load(&stop))
        continue;
    atomic_store(&work_done, true);
    return read(gate[0], &byte, 1) == 1 ? unused : NULL;
}

static void *work(void *unused) {
    while (!atomic_load(&stop))
        continue;
    return unused;
}

static void test_waits_for_work(void) {
    pthread_t thread;
    atomic_store(&stop, false);
    atomic_store(&work_done, false);
    CU_ASSERT_FATAL(pipe(gate) == 0);
    CU_ASSERT_FATAL(pthread_create(&thread, NULL, work_then_sleep, NULL) == 0);
    CU_ASSERT(other_threads_settle(1e9));
    CU_ASSERT(atomic_load(&work_done));
    atomic_store(&stop, true);
    CU_ASSERT(write(gate[1], "", 1) == 1);
    CU_ASSERT(pthread_join(thread, NULL) == 0);
    close(gate[0]);
    close(gate[1]);
}

static void test_gives_up(void) {
    pthread_t thread;
    atomic_store(&stop, false);
    CU_ASSERT_FATAL(pthread_create(&thread, NULL, work, NULL) == 0);
    CU_ASSERT(!other_threads_settle(0.01));
    atomic_store(&stop, true);
    CU_ASSERT(pthread_join(thread, NULL) == 0);
}

static void test_alone(void) {
    CU_ASSERT(other_threads_settle(0.01));
}

int main(void) {
    CU_TestInfo tests[] = {{"waits for work", test_waits_for_work},
                           {"gives up on a thread that never sleeps", test_gives_up},
                           {"nothing to wait for", test_alone},
                           CU_TEST_INFO_NULL};
    /* Elsewhere there is nothing to test. */
    return access("/proc/self/task", R_OK) == 0 ? run_suite("other_threads", tests) : 77;
}
