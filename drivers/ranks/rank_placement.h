/* SPDX-License-Identifier: MIT
 * Finds out where this rank runs and how many threads it gets, and gathers that of all ranks. */
#ifndef PLAIT_DRIVERS_RANK_PLACEMENT_H
#define PLAIT_DRIVERS_RANK_PLACEMENT_H

#include "base/placement.h"
#include "plait/exec.h"
#include "ranks/session.h"

#include <stdint.h>

/* Collective. Resolves path and threads of this rank into *exec: path NULL is the fastest of this
 * node, threads 0 the default: OMP_NUM_THREADS if set, else the visible cores, and the CPU quota,
 * shared fairly with the ranks of the node that may use them too. Describes the rank in *mine. An
 * unknown path, one that some rank's node cannot run, and threads that cannot be started, all
 * ranks' at once, are a failure of all ranks. */
bool rank_placement_resolve(const struct session *session, const char *path, uint64_t threads,
                            struct plait_exec *exec, struct placement *mine,
                            struct failure *failure);

/* Collective. All placements in rank order, on rank 0: a malloc'ed array, caller frees. NULL
 * elsewhere. */
bool rank_placement_gather(const struct session *session, const struct placement *mine,
                           struct placement **all, struct failure *failure);

/* Prints, on rank 0, the warnings that the gathered placements give rise to. */
void rank_placement_warn(const struct session *session, const struct placement *all);

#endif
