/* SPDX-License-Identifier: MIT
 * The cores that the launcher itself may use on this node: what is missing there has been taken
 * away outside of it, by taskset, a cpuset or a batch system, and no option of the launcher gives
 * it back. */
#ifndef PLAIT_DRIVERS_LAUNCHER_CORES_H
#define PLAIT_DRIVERS_LAUNCHER_CORES_H

#include <stdbool.h>

/* The affinity of the nearest ancestor of this process that is a launcher, or a launcher's daemon
 * on this node. 0 if there is none, or the system does not show it. */
int launcher_cores(void);

/* Whether a process of this name (as /proc has it, up to 15 bytes) starts ranks. */
bool launcher_cores_is_launcher(const char *name);

#endif
