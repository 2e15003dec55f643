/* SPDX-License-Identifier: MIT
 * Messages back and forth between two ranks. Only the clock of the first one is read, so that the
 * clocks of two nodes need not agree: half a round trip is the time of one way. Both ranks call
 * each function, with the same values; other ranks do not. One rank may be both, and then sends to
 * itself. MPI's blocking calls are used, one buffer on each side. */
#ifndef PLAIT_DRIVERS_TRIPS_H
#define PLAIT_DRIVERS_TRIPS_H

#include "base/failure.h"
#include "messages/histogram.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trips {
    const struct session *session;
    int first, second;     /* ranks */
    unsigned char *buffer; /* 2 * bytes if both are one rank, else bytes */
    size_t bytes;          /* of a message, at most INT_MAX */
};

/* Round trips that are timed together: a clock costs as much as a part of a short message. */
struct trip_batches {
    uint64_t batches, trips; /* number of batches, trips in each */
};

/* Makes some round trips that are not counted, the first of which connects the ranks, and decides
 * from their time: at most `most` trips in about `limit_ns` (one at least), in batches of 20
 * microseconds or more. */
struct trip_batches trips_plan(const struct trips *trips, uint64_t most, uint64_t limit_ns);

/* Times them: on the first rank the nanoseconds of each batch are added to *batch_ns; the second
 * may pass NULL. */
void trips_time(const struct trips *trips, struct trip_batches plan, struct histogram *batch_ns);

/* Sends fresh bytes each way and compares every one of them on arrival. EXIT_RUN on the rank that
 * received a wrong one. */
bool trips_verify(const struct trips *trips, struct failure *failure);

#endif
