/* SPDX-License-Identifier: MIT
 * From --path and --threads to how kernels run, in one process. */
#ifndef PLAIT_DRIVERS_EXEC_CHOICE_H
#define PLAIT_DRIVERS_EXEC_CHOICE_H

#include "base/failure.h"
#include "plait/exec.h"

/* Fills *exec as plait_exec_init does; exec->threads may be less than `threads` where OpenMP has a
 * limit. A path that is not there is EXIT_USAGE, with those that are. */
bool exec_choose(struct plait_exec *exec, const char *path, int threads, struct failure *failure);

/* The whole choice for a program of one process. threads 0: OMP_NUM_THREADS, else one for each core
 * that this process sees and its CPU quota pays for. Warns of settings that cannot be meant, and
 * tries whether the threads can be started. */
bool exec_choose_alone(struct plait_exec *exec, const char *path, int threads,
                       struct failure *failure);

#endif
