/* SPDX-License-Identifier: MIT
 * The affinity with which this program was started: a library may change it before main begins. */
#ifndef PLAIT_DRIVERS_CPUS_AT_START_H
#define PLAIT_DRIVERS_CPUS_AT_START_H

/* Number of CPUs that the process could use when it was started, before the constructors of its
 * shared libraries: OpenMP's binds the thread that runs it. 0 where that is not known, as with a C
 * library that takes no notice of .preinit_array. */
int cpus_at_start(void);

#endif
