/* SPDX-License-Identifier: MIT
 * Prints what each rank did of the work that a queue handed out. */
#ifndef PLAIT_DRIVERS_SHARES_H
#define PLAIT_DRIVERS_SHARES_H

#include "ranks/queue.h"

/* Prints one line: schedule, each rank's part of `total` units and its busy seconds; beyond a
 * handful of ranks only the range. Rank 0. */
void shares_print(enum schedule_kind schedule, const struct queue_share *shares, int ranks,
                  double total);

#endif
