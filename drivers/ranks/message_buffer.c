/* SPDX-License-Identifier: MIT
 * Memory is checked before it is allocated. */
#include "ranks/message_buffer.h"

#include "base/memory.h"
#include "ranks/mpi_check.h"

#include <stdlib.h>
#include <string.h>

static const double BYTES_PER_MIB = 1048576;

struct node_memory node_memory_shared_by(MPI_Comm node, uint64_t bytes) {
    struct node_memory memory = {bytes, memory_available_bytes()};
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &memory.needed, 1, MPI_UINT64_T, MPI_SUM, node));
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &memory.available, 1, MPI_UINT64_T, MPI_MIN, node));
    return memory;
}

struct node_memory node_memory_of(const struct session *session, uint64_t bytes) {
    return node_memory_shared_by(session->node, bytes);
}

bool memory_check(const struct session *session, uint64_t bytes, const char *what,
                  struct failure *failure) {
    const struct node_memory memory = node_memory_of(session, bytes);
    return memory.needed <= memory.available ||
           failure_set(
               failure, EXIT_USAGE,
               "%s need %.0f MiB on this node, which has %.0f MiB free: choose fewer or smaller ones, or fewer ranks per node",
               what, (double)memory.needed / BYTES_PER_MIB,
               (double)memory.available / BYTES_PER_MIB);
}

void *message_buffer(const struct session *session, size_t bytes, struct failure *failure) {
    if (!memory_check(session, bytes, "the messages", failure))
        return NULL;
    void *buffer = malloc(bytes > 0 ? bytes : 1);
    if (!buffer)
        failure_set(failure, EXIT_RUN, "out of memory");
    else
        memset(buffer, 0, bytes); /* touched now, not while the clock runs */
    return buffer;
}
