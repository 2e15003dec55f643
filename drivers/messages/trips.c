/* SPDX-License-Identifier: MIT
 * Round trips, timed and verified. */
#include "messages/trips.h"

#include "base/clock.h"
#include "base/payload.h"
#include "ranks/mpi_check.h"

#include <string.h>

enum { TAG_TRIP = 21, TAG_PLAN = 22 };
enum { WARM_UP_TRIPS = 20, BATCH_NS = 20000 };

static bool trips_is_first(const struct trips *trips) {
    return trips->session->rank == trips->first;
}

static bool trips_is_alone(const struct trips *trips) {
    return trips->first == trips->second;
}

static void trips_send(const struct trips *trips, int to) {
    MPI_CHECK(
        MPI_Send(trips->buffer, (int)trips->bytes, MPI_BYTE, to, TAG_TRIP, trips->session->world));
}

static void trips_receive(const struct trips *trips, int from) {
    MPI_CHECK(MPI_Recv(trips->buffer, (int)trips->bytes, MPI_BYTE, from, TAG_TRIP,
                       trips->session->world, MPI_STATUS_IGNORE));
}

/* One message of a rank to itself: a blocking send might wait for its receive for ever. */
static void trips_send_to_self(const struct trips *trips, unsigned char *from, unsigned char *to) {
    MPI_CHECK(MPI_Sendrecv(from, (int)trips->bytes, MPI_BYTE, trips->first, TAG_TRIP, to,
                           (int)trips->bytes, MPI_BYTE, trips->first, TAG_TRIP,
                           trips->session->world, MPI_STATUS_IGNORE));
}

/* `count` round trips, on the first rank. */
static void trips_run_first(const struct trips *trips, uint64_t count) {
    unsigned char *other_half = trips->buffer + trips->bytes;
    for (uint64_t k = 0; k < count; k++) {
        if (trips_is_alone(trips)) {
            trips_send_to_self(trips, trips->buffer, other_half);
            trips_send_to_self(trips, other_half, trips->buffer);
        } else {
            trips_send(trips, trips->second);
            trips_receive(trips, trips->second);
        }
    }
}

/* The same on the second rank. */
static void trips_run_second(const struct trips *trips, uint64_t count) {
    for (uint64_t k = 0; k < count; k++) {
        trips_receive(trips, trips->first);
        trips_send(trips, trips->first);
    }
}

void trips_time(const struct trips *trips, struct trip_batches plan, struct histogram *batch_ns) {
    if (!trips_is_first(trips)) {
        trips_run_second(trips, plan.batches * plan.trips);
        return;
    }
    for (uint64_t b = 0; b < plan.batches; b++) {
        const uint64_t start_ns = clock_now_ns();
        trips_run_first(trips, plan.trips);
        histogram_add(batch_ns, clock_now_ns() - start_ns);
    }
}

/* Copies the plan of the first rank to the second. */
static void trips_share_plan(const struct trips *trips, struct trip_batches *plan) {
    if (trips_is_alone(trips))
        return;
    if (trips_is_first(trips))
        MPI_CHECK(
            MPI_Send(plan, sizeof *plan, MPI_BYTE, trips->second, TAG_PLAN, trips->session->world));
    else
        MPI_CHECK(MPI_Recv(plan, sizeof *plan, MPI_BYTE, trips->first, TAG_PLAN,
                           trips->session->world, MPI_STATUS_IGNORE));
}

/* Nanoseconds per round trip, of `count` in a row; 0 on the second rank. */
static uint64_t trips_measure(const struct trips *trips, uint64_t count) {
    const uint64_t start_ns = clock_now_ns();
    if (!trips_is_first(trips)) {
        trips_run_second(trips, count);
        return 0;
    }
    trips_run_first(trips, count);
    return (clock_now_ns() - start_ns) / count + 1;
}

static uint64_t at_most(uint64_t value, uint64_t most) {
    return value < most ? value : most;
}

static uint64_t at_least_one(uint64_t value) {
    return value > 0 ? value : 1;
}

struct trip_batches trips_plan(const struct trips *trips, uint64_t most, uint64_t limit_ns) {
    /* The first trip determines how many more the time allows. */
    struct trip_batches plan = {1, trips_measure(trips, 1)};
    plan.trips = trips_is_first(trips)
                     ? at_least_one(at_most(limit_ns / 10 / plan.trips, WARM_UP_TRIPS))
                     : 0;
    trips_share_plan(trips, &plan);
    const uint64_t trip_ns = trips_measure(trips, plan.trips);
    if (trips_is_first(trips)) {
        const uint64_t count = at_least_one(at_most(limit_ns / trip_ns, most));
        plan.trips = at_most((BATCH_NS + trip_ns - 1) / trip_ns, count);
        plan.batches = count / plan.trips;
    }
    trips_share_plan(trips, &plan);
    return plan;
}

/* Looks at a message that has arrived, whose bytes are those of the key. */
static bool trips_check(const struct trips *trips, const unsigned char *buffer, uint64_t key,
                        struct failure *failure) {
    size_t wrong;
    unsigned char expected;
    if (payload_check(buffer, trips->bytes, key, &wrong, &expected))
        return true;
    return failure_set(
        failure, EXIT_RUN,
        "byte %zu of a message of %zu bytes between ranks %d and %d is %d, it should be %d: look for a broken network",
        wrong, trips->bytes, trips->first, trips->second, (int)buffer[wrong], (int)expected);
}

bool trips_verify(const struct trips *trips, struct failure *failure) {
    /* Different bytes each way, and none of them in the buffer before: a lost or truncated message
     * is not right by chance. */
    const uint64_t there = 2 * (uint64_t)trips->bytes, back = there + 1;
    if (trips_is_alone(trips)) {
        unsigned char *other_half = trips->buffer + trips->bytes;
        memset(other_half, 0, trips->bytes);
        payload_fill(trips->buffer, trips->bytes, there);
        trips_send_to_self(trips, trips->buffer, other_half);
        return trips_check(trips, other_half, there, failure);
    }
    if (trips_is_first(trips)) {
        payload_fill(trips->buffer, trips->bytes, there);
        trips_send(trips, trips->second);
        trips_receive(trips, trips->second);
        return trips_check(trips, trips->buffer, back, failure);
    }
    memset(trips->buffer, 0, trips->bytes);
    trips_receive(trips, trips->first);
    const bool right = trips_check(trips, trips->buffer, there, failure);
    payload_fill(trips->buffer, trips->bytes, back);
    trips_send(trips, trips->first);
    return right;
}
