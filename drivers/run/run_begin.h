/* SPDX-License-Identifier: MIT
 * How the subcommands begin that call no kernel: messages are theirs, and one thread a rank. */
#ifndef PLAIT_DRIVERS_RUN_BEGIN_H
#define PLAIT_DRIVERS_RUN_BEGIN_H

#include "base/failure.h"
#include "base/placement.h"
#include "ranks/session.h"
#include "run/run_options.h"

#include <stdbool.h>

/* Collective, also with a failure of this rank, which then becomes that of all. Looks whether the
 * report can be written and gathers the placements on rank 0, malloc'ed in rank order (caller
 * frees; NULL elsewhere and after a failure). Warns of bad placement. */
bool run_begin(const struct session *session, const struct run_options *run,
               struct placement **placements, struct failure *failure);

#endif
