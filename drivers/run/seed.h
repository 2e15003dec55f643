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

#endif
