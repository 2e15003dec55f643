/* SPDX-License-Identifier: MIT
 * The seed of a run. */
#ifndef PLAIT_DRIVERS_SEED_H
#define PLAIT_DRIVERS_SEED_H

#include "base/failure.h"
#include "options/option_values.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stdint.h>

/* Collective. The seed of this run on all ranks; rank 0 draws it from the system if it is to be
 * random (EXIT_RUN if the system has none). From here on the option has it in digits: the report
 * says what to give for the same numbers. */
bool seed_settle(const struct session *session, struct option_values *values, uint64_t *seed,
                 struct failure *failure);

/* Collective, before seed_settle, as command->settle. A seed that is to be drawn is that of the
 * file that --checkpoint names, if there is one: the same command continues with it. */
bool seed_settle_of_checkpoint(const struct session *session, struct option_values *values,
                               void *state, struct failure *failure);

#endif
