/* SPDX-License-Identifier: MIT
 * Buffers for large messages. All ranks of a node share its memory, and a system that promises more
 * than it has kills a rank later: the memory is checked first. */
#ifndef PLAIT_DRIVERS_MESSAGE_BUFFER_H
#define PLAIT_DRIVERS_MESSAGE_BUFFER_H

#include "base/failure.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the ranks of a node need together, and what it has, in bytes. */
struct node_memory {
    uint64_t needed, available;
};

/* Collective: the ranks of each node add up the bytes that they need. */
struct node_memory node_memory_of(const struct session *session, uint64_t bytes);

/* The same for ranks of one node, all those of the communicator. */
struct node_memory node_memory_shared_by(MPI_Comm node, uint64_t bytes);

/* Collective. Adds up the bytes that the ranks of each node need; EXIT_USAGE on all ranks of a node
 * that has less, so agree. what: "the messages". */
bool memory_check(const struct session *session, uint64_t bytes, const char *what,
                  struct failure *failure);

/* Collective. A malloc'ed buffer for messages of `bytes` bytes on this rank, one byte at least, all
 * 0; caller frees. NULL with EXIT_USAGE if memory_check fails, with EXIT_RUN if malloc fails:
 * agree.
 */
void *message_buffer(const struct session *session, size_t bytes, struct failure *failure);

#endif
