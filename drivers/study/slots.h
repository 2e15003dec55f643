/* SPDX-License-Identifier: MIT
 * How many ranks there is space for: in a hostfile, or in the batch job that this process is part
 * of. */
#ifndef PLAIT_DRIVERS_STUDY_SLOTS_H
#define PLAIT_DRIVERS_STUDY_SLOTS_H

#include "base/failure.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether a command of that name can be started here. */
bool command_can_start(const char *name);

/* Slots of a hostfile of Open MPI or MPICH, and of its first host. */
bool slots_of_hostfile(const char *path, uint64_t *slots, uint64_t *first, struct failure *failure);

/* What a batch job has; 0: it does not say. */
struct allocation {
    uint64_t tasks, cores, nodes, cores_per_node;
};

/* Whether the environment says how many tasks a batch job has. */
bool slots_of_allocation(struct allocation *allocation);

/* For a study inside the batch job that this process is part of: EXIT_USAGE where there is none, or
 * where it does not say how many ranks it has slots for. Sets *launcher to a template if there is
 * none, and the default launcher is not there. */
bool slots_find_allocation(const char **launcher, struct failure *failure);

#endif
