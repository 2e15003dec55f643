/* SPDX-License-Identifier: MIT
 * Every pair of neighbours of a ring, timed alone. */
#ifndef PLAIT_DRIVERS_RING_MAP_H
#define PLAIT_DRIVERS_RING_MAP_H

#include "messages/ring_rounds.h"

/* Collective. One pair after the other, --count round trips each, while the other ranks sleep; rank
 * 0 gets ring->pairs. */
bool ring_map(struct ring *ring, struct failure *failure);

#endif
