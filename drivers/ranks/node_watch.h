/* SPDX-License-Identifier: MIT
 * What the nodes of a run are, and what happens there while it is under way: one record per node,
 * so that a measurement can be judged by them. */
#ifndef PLAIT_DRIVERS_NODE_WATCH_H
#define PLAIT_DRIVERS_NODE_WATCH_H

#include "base/machine.h"
#include "ranks/session.h"

#include <stddef.h>

struct node_watch {
    struct machine_cpus cpus;     /* of the node's ranks, on the first of these */
    struct machine_record record; /* likewise */
    double own_before;            /* processor time of this rank */
    uint64_t begun_ns;
};

/* Both collective; take a few milliseconds on the first rank of each node. */
void node_watch_begin(struct node_watch *watch, const struct session *session);

/* Rank 0 gets the records of all nodes in the order of their lowest ranks, a malloc'ed array that
 * the caller frees; others get NULL. */
bool node_watch_end(struct node_watch *watch, const struct session *session,
                    struct machine_record **records, size_t *count, struct failure *failure);

#endif
