/* SPDX-License-Identifier: MIT
 * Broadcasts the values of the options to all ranks. */
#ifndef PLAIT_DRIVERS_PARAMETERS_H
#define PLAIT_DRIVERS_PARAMETERS_H

#include "options/option_values.h"
#include "ranks/session.h"

/* Collective. The values are those of this rank's command line, which must be the same on all. Rank
 * 0 merges its environment and its configuration file, whose errors all ranks then get, and
 * broadcasts: afterwards all ranks hold the same values. sets are all subcommands, for "did you
 * mean". Warnings are printed by rank 0. */
bool parameters_share(const struct session *session, struct option_values *values,
                      const struct option_set *const *sets, size_t set_count,
                      struct failure *failure);

/* Collective. All ranks get the values of rank 0, or its failure if it has one. */
bool parameters_broadcast(const struct session *session, struct option_values *values,
                          struct failure *failure);

#endif
