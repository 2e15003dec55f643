/* SPDX-License-Identifier: MIT
 * Tries whether this process can start the threads that it is about to need: the OpenMP libraries
 * end the process where they cannot. */
#ifndef PLAIT_DRIVERS_THREAD_TRIAL_H
#define PLAIT_DRIVERS_THREAD_TRIAL_H

#include "base/failure.h"

struct thread_trial; /* opaque */

/* Starts as many threads as OpenMP would next to the calling one, with the stacks that it would
 * give them, and keeps them alive: ranks of a node that share a limit are to try at the same time.
 * A failure, EXIT_RUN, names the limits that are set, and how to do with fewer. Always call
 * thread_trial_end, which ends the threads, also with NULL. */
struct thread_trial *thread_trial_begin(int threads, struct failure *failure);
void thread_trial_end(struct thread_trial *trial);

#endif
