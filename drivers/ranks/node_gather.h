/* SPDX-License-Identifier: MIT
 * Takes something of each node to rank 0. */
#ifndef PLAIT_DRIVERS_NODE_GATHER_H
#define PLAIT_DRIVERS_NODE_GATHER_H

#include "base/failure.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stddef.h>

/* Collective. The first rank of each node sends `bytes` bytes at `mine`, others nothing. Rank 0
 * gets those of all nodes in the order of their first ranks, a malloc'ed array that the caller
 * frees, and their number; others get NULL and 0. */
bool node_gather(const struct session *session, const void *mine, size_t bytes, void **all,
                 size_t *count, struct failure *failure);

#endif
