/* SPDX-License-Identifier: MIT
 * Round trips, timed and verified. */
#include "messages/trips.h"

#include "base/clock.h"
#include "base/payload.h"
#include "ranks/mpi_check.h"

#include <string.h>

enum { TAG_TRIP = 21, TAG_PLAN = 22 };
enum { WARM_UP_TRIPS = 20, BATCH_NS = 20000 };

static bool is_first(const struct trips *trips) {
    return trips->session->rank == trips->first;
}

static bool is_alone(const struct trips *trips) {
    return trips->first == trips->second;
}

static void send(const struct trips *trips, int to) {
    MPI_CHECK(
        MPI_Send(trips->buffer, (int)trips->bytes, MPI_BYTE, to, TAG_TRIP, trips->session->world));
}

static void trips_receive(const struct trips *trips, int from) {
    MPI_CHECK(MPI_Recv(trips->buffer, (int)trips->bytes, MPI_BYTE, from, TAG_TRIP,
                       trips->session->world, MPI_STATUS_IGNORE));
}

/* One message of a rank to itself: a blocking send might wait for its receive for ever. */
static void send_to_self(const struct trips *trips, unsigned char *from, unsigned char *to) {
    MPI_CHECK(MPI_Sendrecv(from, (int)trips->bytes, MPI_BYTE, trips->first, TAG_TRIP, to,
                           (int)trips->bytes, MPI_BYTE, trips->first, TAG_TRIP,
                           trips->session->world, MPI_STATUS_IGNORE));
}

/* As many round trips, of the first rank. */
static void trips_go(const struct trips *trips, uint64_t count) {
    unsigned char *other_half = trips->buffer + trips->bytes;
    for (uint64_t k = 0; k < count; k++) {
        if (is_alone(trips)) {
            send_to_self(trips, trips->buffer, other_half);
            send_to_self(trips, other_half, trips->buffer);
        } else {
            send(trips, trips->second);
            trips_receive(trips, trips->second);
        }
    }
}

/* And of the second. */
static void trips_answer(const struct trips *trips, uint64_t count) {
    for (uint64_t k = 0; k < count; k++) {
        trips_receive(trips, trips->first);
        send(trips, trips->first);
    }
}

void trips_time(const struct trips *trips, struct trip_batches plan, struct histogram *batch_ns) {
    if (!is_first(trips)) {
        trips_answer(trips, plan.batches * plan.trips);
        return;
    }
    for (uint64_t b = 0; b < plan.batches; b++) {
        const uint64_t start_ns = clock_now_ns();
        trips_go(trips, plan.trips);
        histogram_add(batch_ns, clock_now_ns() - start_ns);
    }
}

/* What the first rank has decided, on both. */
static void trips_tell(const struct trips *trips, struct trip_batches *plan) {
    if (is_alone(trips))
        return;
    if (is_first(trips))
        MPI_CHECK(
            MPI_Send(plan, sizeof *plan, MPI_BYTE, trips->second, TAG_PLAN, trips->session->world));
    else
        MPI_CHECK(MPI_Recv(plan, sizeof *plan, MPI_BYTE, trips->first, TAG_PLAN,
                           trips->session->world, MPI_STATUS_IGNORE));
}

/* Nanoseconds of a round trip, of so many in a row; 0 on the second rank. */
static uint64_t trips_measure(const struct trips *trips, uint64_t count) {
    const uint64_t start_ns = clock_now_ns();
    if (!is_first(trips)) {
        trips_answer(trips, count);
        return 0;
    }
    trips_go(trips, count);
    return (clock_now_ns() - start_ns) / count + 1;
}

static uint64_t at_most(uint64_t value, uint64_t most) {
    return value < most ? value : most;
}

static uint64_t at_least_one(uint64_t value) {
    return value > 0 ? value : 1;
}

struct trip_batches trips_plan(const struct trips *trips, uint64_t most, uint64_t limit_ns) {
    /* The first trip says how many more the time allows. */
    struct trip_batches plan = {1, trips_measure(trips, 1)};
    plan.trips =
        is_first(trips) ? at_least_one(at_most(limit_ns / 10 / plan.trips, WARM_UP_TRIPS)) : 0;
    trips_tell(trips, &plan);
    const uint64_t trip_ns = trips_measure(trips, plan.trips);
    if (is_first(trips)) {
        const uint64_t count = at_least_one(at_most(limit_ns / trip_ns, most));
        plan.trips = at_most((BATCH_NS + trip_ns - 1) / trip_ns, count);
        plan.batches = count / plan.trips;
    }
    trips_tell(trips, &plan);
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
    /* Unlike bytes both ways, and none of them there before: a message that never came, or came
     * short, is not right by chance. */
    const uint64_t there = 2 * (uint64_t)trips->bytes, back = there + 1;
    if (is_alone(trips)) {
        unsigned char *other_half = trips->buffer + trips->bytes;
        memset(other_half, 0, trips->bytes);
        payload_fill(trips->buffer, trips->bytes, there);
        send_to_self(trips, trips->buffer, other_half);
        return trips_check(trips, other_half, there, failure);
    }
    if (is_first(trips)) {
        payload_fill(trips->buffer, trips->bytes, there);
        send(trips, trips->second);
        trips_receive(trips, trips->second);
        return trips_check(trips, trips->buffer, back, failure);
    }
    memset(trips->buffer, 0, trips->bytes);
    trips_receive(trips, trips->first);
    const bool right = trips_check(trips, trips->buffer, there, failure);
    payload_fill(trips->buffer, trips->bytes, back);
    send(trips, trips->first);
    return right;
}
