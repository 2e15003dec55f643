/* SPDX-License-Identifier: MIT
 * Whether a collective operation does what it must: every value that arrives is compared. */
#ifndef PLAIT_DRIVERS_COLLECTIVES_PROOF_H
#define PLAIT_DRIVERS_COLLECTIVES_PROOF_H

#include "base/failure.h"
#include "cluster/collectives_operations.h"

#include <stdbool.h>

/* Fills what is sent with values that depend on rank, size and place, and what is received with
 * other bits than those that must arrive: what is never written is not right by chance. */
void proof_fill(const struct collective_job *job);

/* Compares every value that has arrived on this rank. EXIT_RUN with operation, size, rank and
 * element of the first wrong one. */
bool proof_compare(const struct collective_job *job, struct failure *failure);

/* Collective: that no rank leaves a barrier before the last has come. One rank after the other, 16
 * at most, comes late. EXIT_RUN on a rank that has left too early. */
bool proof_barrier(const struct collective_job *job, struct failure *failure);

#endif
