/* SPDX-License-Identifier: MIT
 * From --path and --threads to how kernels run, in one process. */
#ifndef PLAIT_DRIVERS_EXEC_CHOICE_H
#define PLAIT_DRIVERS_EXEC_CHOICE_H

#include "base/failure.h"
#include "plait/exec.h"

/* The threads that OMP_NUM_THREADS asks for, 0 if it is not set. A list ("4,2", for nested regions)
 * or nonsense counts as not set. */
int exec_threads_of_environment(void);

/* Fills *exec as plait_exec_init does; threads 0: one for each core that this process sees. A path
 * that is not there is EXIT_USAGE, with those that are. */
bool exec_choose(struct plait_exec *exec, const char *path, int threads, struct failure *failure);

#endif
