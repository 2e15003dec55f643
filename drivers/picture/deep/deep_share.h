/* SPDX-License-Identifier: MIT
 * One copy of the tables of a reference orbit for all ranks of a node. */
#ifndef PLAIT_DRIVERS_DEEP_SHARE_H
#define PLAIT_DRIVERS_DEEP_SHARE_H

#include "base/failure.h"
#include "plait/deep.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stddef.h>

/* Memory with the tables. All zero: none, which may be ended. */
struct deep_share {
    void *memory;
    size_t bytes;
    bool mapped; /* shared; else this rank's own */
};

/* Collective over the ranks of a node, more than one: the first of them has finished the tables, or
 * has a failure; the others have begun the same picture, and attach these tables. Where processes
 * cannot share memory each gets a copy. Failures are each rank's own: ranks agree after that. The
 * memory must outlast the tables; end it in any case. */
void deep_share_tables(struct deep_share *share, const struct session *session,
                       struct plait_deep *tables, struct failure *failure);

void deep_share_end(struct deep_share *share);

#endif
