/* SPDX-License-Identifier: MIT
 * Where each of many keys stands in the order of all, however the ranks hold them: a parallel
 * sort by regular sampling (H. Shi, J. Schaeffer, 1992), whose results are sent back. No rank holds
 * more than about twice its share. */
#ifndef PLAIT_DRIVERS_RANKING_H
#define PLAIT_DRIVERS_RANKING_H

#include "base/failure.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stdint.h>

/* Most keys per rank: counts of a message are ints, and a rank may get twice as many. */
enum { RANKING_KEYS_MAX = INT32_MAX / 4 };

/* Bytes per key that a rank needs in addition to keys and positions. */
enum { RANKING_BYTES_EACH = 112 };

/* Collective. keys[count]: those of this rank, count <= RANKING_KEYS_MAX; the keys of all ranks
 * follow each other in rank order. Sets positions[k] to the number of keys that stand before
 * keys[k]: smaller ones, and equal ones that come earlier. Too little memory is EXIT_RUN on all
 * ranks. */
bool ranking(const struct session *session, const uint64_t *keys, uint64_t count,
             uint64_t *positions, struct failure *failure);

#endif
