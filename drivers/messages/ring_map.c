/* SPDX-License-Identifier: MIT
 * Times the pairs of neighbours. */
#include "messages/ring_map.h"

#include "messages/ring_report.h"
#include "messages/trips.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"

#include <stdio.h>
#include <stdlib.h>

enum { TAG_PAIR = 32 };

/* On the two ranks of a pair: the times are valid on the first rank. */
static struct ring_pair ring_map_time_pair(const struct trips *trips, uint64_t count,
                                           struct histogram *histogram, struct failure *failure) {
    const struct trip_batches warm_up = {1, 2}, all = {count, 1};
    *histogram = (struct histogram){0};
    trips_time(trips, warm_up, histogram);
    *histogram = (struct histogram){0};
    trips_time(trips, all, histogram);
    trips_verify(trips, failure);
    return (struct ring_pair){histogram_quantile(histogram, 0.5) / 2,
                              histogram_quantile(histogram, 0.99) / 2, (double)histogram->max / 2};
}

/* Moves the times of a pair from its first rank to rank 0. */
static void ring_map_send_to_root(struct ring *ring, int first, struct ring_pair pair) {
    const struct session *session = ring->run->session;
    if (session->rank == ROOT && first == ROOT)
        ring->pairs[first] = pair;
    else if (session->rank == first)
        MPI_CHECK(MPI_Send(&pair, 3, MPI_DOUBLE, ROOT, TAG_PAIR, session->world));
    else if (session->rank == ROOT)
        MPI_CHECK(MPI_Recv(&ring->pairs[first], 3, MPI_DOUBLE, first, TAG_PAIR, session->world,
                           MPI_STATUS_IGNORE));
}

bool ring_map(struct ring *ring, struct failure *failure) {
    const struct session *session = ring->run->session;
    struct histogram *histogram = malloc(sizeof *histogram);
    if (!histogram)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (!agree(session, failure)) {
        free(histogram);
        return false;
    }
    for (int first = 0; first < ring_pair_count(ring); first++) {
        const int second = (first + 1) % session->size;
        const struct trips trips = {session, first, second, ring->message,
                                    (size_t)ring->options->size};
        struct ring_pair pair = {0};
        if (session->rank == first || session->rank == second)
            pair = ring_map_time_pair(&trips, ring->options->count, histogram, failure);
        quiet_barrier(session);
        ring_map_send_to_root(ring, first, pair);
        if (session->rank == ROOT) {
            ring_print_pair(ring, first);
            fflush(stdout); /* write errors are reported at the end */
        }
    }
    free(histogram);
    return agree(session, failure);
}
