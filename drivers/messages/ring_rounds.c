/* SPDX-License-Identifier: MIT
 * A message is one buffer: the number, the checksum of the payload, the payload. A rank checks what
 * it got when it has passed it on, so that checking does not delay the message. */
#include "messages/ring_rounds.h"

#include "base/clock.h"
#include "base/payload.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/message_buffer.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_RING = 31, WARM_UP_ROUNDS = 2 };

enum { NUMBER_AT = 0, CHECKSUM_AT = 8, PAYLOAD_AT = 16 };

static uint64_t ring_read_word(const unsigned char *message, size_t place) {
    uint64_t value;
    memcpy(&value, message + place, sizeof value);
    return value;
}

static void ring_write_word(unsigned char *message, size_t place, uint64_t value) {
    memcpy(message + place, &value, sizeof value);
}

static bool ring_is_root(const struct ring *ring) {
    return ring->run->session->rank == ROOT;
}

static int ring_message_bytes(const struct ring *ring) {
    return (int)(PAYLOAD_AT + ring->options->size);
}

int ring_pair_count(const struct ring *ring) {
    return ring->run->session->size == 2 ? 1 : ring->run->session->size;
}

bool ring_allocate(struct ring *ring, struct failure *failure) {
    const size_t ranks = (size_t)ring->run->session->size, bytes = (size_t)ring_message_bytes(ring);
    const bool alone = ranks == 1;
    ring->message = message_buffer(ring->run->session, alone ? 2 * bytes : bytes, failure);
    ring->arrived = ring->message && alone ? ring->message + bytes : ring->message;
    if (ring_is_root(ring)) {
        ring->received = calloc(ranks, sizeof *ring->received);
        ring->pairs = calloc(ranks, sizeof *ring->pairs);
        ring->round_ns = calloc(1, sizeof *ring->round_ns);
        if (!ring->received || !ring->pairs || !ring->round_ns)
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    return agree(ring->run->session, failure);
}

void ring_free(void *state) {
    struct ring *ring = state;
    free(ring->message);
    free(ring->received);
    free(ring->round_ns);
    free(ring->pairs);
}

static void ring_send(const struct ring *ring, int to) {
    MPI_CHECK(MPI_Send(ring->message, ring_message_bytes(ring), MPI_BYTE, to, TAG_RING,
                       ring->run->session->world));
}

static void ring_receive(const struct ring *ring, int from) {
    MPI_CHECK(MPI_Recv(ring->arrived, ring_message_bytes(ring), MPI_BYTE, from, TAG_RING,
                       ring->run->session->world, MPI_STATUS_IGNORE));
}

/* A single rank exchanges with itself in one call: a blocking send might wait for its receive for
 * ever. */
static void ring_send_round(const struct ring *ring) {
    const int last = ring->run->session->size - 1;
    if (last == ROOT) {
        MPI_CHECK(MPI_Sendrecv(ring->message, ring_message_bytes(ring), MPI_BYTE, ROOT, TAG_RING,
                               ring->arrived, ring_message_bytes(ring), MPI_BYTE, ROOT, TAG_RING,
                               ring->run->session->world, MPI_STATUS_IGNORE));
        return;
    }
    ring_send(ring, ROOT + 1);
    ring_receive(ring, last);
}

/* On rank 0. The payload differs each round, so that a stale one is detected. Returns the
 * nanoseconds of the round. */
static uint64_t ring_begin_round(const struct ring *ring, uint64_t number, uint64_t key) {
    unsigned char *payload = ring->message + PAYLOAD_AT;
    payload_fill(payload, ring->options->size, key);
    ring_write_word(ring->message, NUMBER_AT, number);
    ring_write_word(ring->message, CHECKSUM_AT, plait_digest_bytes(payload, ring->options->size));
    const uint64_t start_ns = clock_now_ns();
    ring_send_round(ring);
    return clock_now_ns() - start_ns;
}

/* On the other ranks: returns the number received. */
static uint64_t ring_pass_on(const struct ring *ring) {
    const struct session *session = ring->run->session;
    ring_receive(ring, session->rank - 1);
    const uint64_t received = ring_read_word(ring->message, NUMBER_AT);
    ring_write_word(ring->message, NUMBER_AT, received + 1);
    ring_send(ring, (session->rank + 1) % session->size);
    return received;
}

/* A round, numbered from 1; warm-up rounds, which connect the ranks, have numbers below 1. */
struct round {
    int64_t number;
    uint64_t sent; /* by rank 0 */
};

/* The hop that this rank receives, from 1. */
static int ring_hop(const struct ring *ring) {
    return ring_is_root(ring) ? ring->run->session->size : ring->run->session->rank;
}

/* Checks what this rank received. */
static bool ring_check_message(const struct ring *ring, const struct round *round,
                               uint64_t received, struct failure *failure) {
    const int hop = ring_hop(ring);
    const uint64_t expected = round->sent + (uint64_t)hop - 1;
    const uint64_t checksum = plait_digest_bytes(ring->arrived + PAYLOAD_AT, ring->options->size);
    if (received != expected)
        return failure_set(failure, EXIT_RUN,
                           "round %" PRId64 ", rank %d -> rank %d: the number is %" PRIu64
                           ", it should be %" PRIu64 ": plait ring --debug shows each hop",
                           round->number, hop - 1, ring->run->session->rank, received, expected);
    if (checksum != ring_read_word(ring->arrived, CHECKSUM_AT))
        return failure_set(failure, EXIT_RUN,
                           "round %" PRId64 ", rank %d -> rank %d: the checksum is %016" PRIx64
                           ", it should be %016" PRIx64 ": look for a broken network",
                           round->number, hop - 1, ring->run->session->rank, checksum,
                           ring_read_word(ring->arrived, CHECKSUM_AT));
    return true;
}

/* One round. Returns the nanoseconds on rank 0. */
static uint64_t ring_make_round(struct ring *ring, const struct round *round, uint64_t *received,
                                struct failure *failure) {
    uint64_t ns = 0;
    if (ring_is_root(ring)) {
        ns = ring_begin_round(ring, round->sent, (uint64_t)round->number);
        *received = ring_read_word(ring->arrived, NUMBER_AT);
    } else {
        *received = ring_pass_on(ring);
    }
    if (!ring_check_message(ring, round, *received, failure) && ring->wrong_hop == INT64_MAX)
        ring->wrong_hop = round->number * ring->run->session->size + ring_hop(ring);
    return ns;
}

/* What one hop corrupts is wrong on all later ones too: the first is reported. */
static bool ring_agree_on_first(const struct ring *ring, struct failure *failure) {
    int64_t first;
    MPI_CHECK(MPI_Allreduce(&ring->wrong_hop, &first, 1, MPI_INT64_T, MPI_MIN,
                            ring->run->session->world));
    if (ring->wrong_hop != first)
        *failure = (struct failure){0};
    return agree(ring->run->session, failure);
}

/* Prints the hops of a finished round, each with the number that it carried. */
static void ring_print_hops(const struct ring *ring, uint64_t round, uint64_t received) {
    const int size = ring->run->session->size;
    MPI_CHECK(MPI_Gather(&received, 1, MPI_UINT64_T, ring->received, 1, MPI_UINT64_T, ROOT,
                         ring->run->session->world));
    for (int hop = 1; ring_is_root(ring) && hop <= size; hop++)
        printf("round %" PRIu64 " of %" PRIu64 ": rank %d on %s -> rank %d on %s: %" PRIu64 "\n",
               round + 1, ring->options->count, hop - 1, ring->run->placements[hop - 1].host,
               hop % size, ring->run->placements[hop % size].host, ring->received[hop % size]);
    if (ring_is_root(ring))
        fflush(stdout); /* write errors are reported at the end */
}

bool ring_run(struct ring *ring, struct failure *failure) {
    const uint64_t ranks = (uint64_t)ring->run->session->size;
    uint64_t received;
    ring->wrong_hop = INT64_MAX;
    for (int64_t k = 1 - WARM_UP_ROUNDS; k <= 0; k++)
        ring_make_round(ring, &(struct round){k, ring->options->start}, &received, failure);
    for (uint64_t k = 0; k < ring->options->count; k++) {
        const struct round round = {(int64_t)k + 1, ring->options->start + k * ranks};
        const uint64_t ns = ring_make_round(ring, &round, &received, failure);
        if (ring_is_root(ring)) {
            histogram_add(ring->round_ns, ns);
            ring->number = received + 1;
        }
        if (ring->options->debug)
            ring_print_hops(ring, k, received);
    }
    return ring_agree_on_first(ring, failure);
}
