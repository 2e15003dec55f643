/* SPDX-License-Identifier: MIT
 * Memory is looked at before it is asked for: a kernel that promises more than it has kills a rank
 * later. */
#include "comm/message_room.h"

#include "comm/mpi_check.h"
#include "core/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double mib = 1.0 / 1048576;

void *message_room(const struct session *session, size_t bytes, struct failure *failure) {
    uint64_t needed = bytes, available = memory_available_bytes();
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &needed, 1, MPI_UINT64_T, MPI_SUM, session->node));
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &available, 1, MPI_UINT64_T, MPI_MIN, session->node));
    if (needed > available) {
        failure_set(failure, EXIT_USAGE,
                    "the messages need %.0f MiB on this node, which has %.0f MiB free: choose "
                    "smaller ones, or fewer ranks a node",
                    (double)needed * mib, (double)available * mib);
        return NULL;
    }
    void *room = malloc(bytes > 0 ? bytes : 1);
    if (!room)
        failure_set(failure, EXIT_RUN, "out of memory");
    else
        memset(room, 0, bytes); /* touched now, not while the clock runs */
    return room;
}
