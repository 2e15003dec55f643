/* SPDX-License-Identifier: MIT
 * The affinity of a process. */
#ifndef PLAIT_DRIVERS_PROCESS_CPUS_H
#define PLAIT_DRIVERS_PROCESS_CPUS_H

#include <sys/types.h>

/* Number of CPUs that a process may use, on machines with any number of them; process 0: the
 * calling thread. 0 if the system does not say. */
int process_cpus(pid_t process);

#endif
