/* SPDX-License-Identifier: MIT
 * Whether this process still runs, judged from outside its main thread: by the kernel's account of
 * its processor time, so that nothing in the work has to report, and a busy machine is no cause for
 * alarm. */
#ifndef PLAIT_DRIVERS_PROCESS_ACTIVITY_H
#define PLAIT_DRIVERS_PROCESS_ACTIVITY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct process_activity {
    clockid_t main_clock; /* processor time of the main thread */
    uint64_t main_ns;     /* used so far */
    uint64_t others_ns;   /* by all other threads but the one that looks */
};

/* On the thread that looks; main_thread is another one. */
void process_activity_begin(struct process_activity *activity, pthread_t main_thread);

/* On the same thread: whether the process has run in the `seconds` since the last call, or waits
 * for a core. A main thread that polls runs; one that sleeps, waits for a disk, or is stopped does
 * not, unless another thread works for it. */
bool process_activity_seen(struct process_activity *activity, double seconds);

#endif
