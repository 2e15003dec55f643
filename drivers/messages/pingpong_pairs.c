/* SPDX-License-Identifier: MIT
 * Times pairs of ranks. */
#include "messages/pingpong_pairs.h"

#include "messages/pingpong_report.h"
#include "messages/trips.h"
#include "ranks/agree.h"
#include "ranks/message_buffer.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"

#include <stdlib.h>
#include <string.h>

enum { TAG_LINES = 41 };

/* 0, the powers of two below the largest size, and the largest; for all pairs only 0 and the
 * largest. */
static void pingpong_choose_sizes(struct pingpong *pingpong) {
    const uint64_t largest = pingpong->options->size;
    pingpong->bytes[pingpong->sizes++] = 0;
    for (uint64_t bytes = 1; !pingpong->all && bytes < largest; bytes *= 2)
        pingpong->bytes[pingpong->sizes++] = bytes;
    pingpong->bytes[pingpong->sizes++] = largest;
}

static bool pingpong_choose_pairs(struct pingpong *pingpong, struct failure *failure) {
    const struct pingpong_options *options = pingpong->options;
    const int ranks = pingpong->run->session->size;
    pingpong->all = strcmp(options->pairs, pingpong_all_pairs) == 0;
    if (ranks < 2)
        return failure_set(failure, EXIT_USAGE,
                           "pingpong needs 2 ranks, there is 1: %s 2 plait pingpong",
                           pingpong->run->session->launcher_words->start);
    if (options->plot && !pingpong->all)
        return failure_set(failure, EXIT_USAGE,
                           "--plot draws the matrix of all ranks: add --pairs all");
    if (pingpong->all)
        return true;
    pingpong_read_pair(options->pairs, &pingpong->first, &pingpong->second);
    return (pingpong->first < ranks && pingpong->second < ranks) ||
           failure_set(failure, EXIT_USAGE, "--pairs: '%s' needs at least %d ranks, there are %d",
                       options->pairs,
                       (pingpong->first > pingpong->second ? pingpong->first : pingpong->second) +
                           1,
                       ranks);
}

size_t pingpong_pair_count(const struct pingpong *pingpong) {
    const size_t ranks = (size_t)pingpong->run->session->size;
    return pingpong->all ? ranks * (ranks - 1) / 2 : 1;
}

size_t pingpong_pair_index(const struct pingpong *pingpong, int first, int second) {
    const size_t a = (size_t)(first < second ? first : second);
    const size_t b = (size_t)(first < second ? second : first);
    const size_t ranks = (size_t)pingpong->run->session->size;
    /* The pairs of the ranks before a come first: ranks - 1, ranks - 2, ... of them. */
    return pingpong->all ? a * (2 * ranks - a - 1) / 2 + b - a - 1 : 0;
}

bool pingpong_begin(struct run *run, void *state, struct failure *failure) {
    struct pingpong *pingpong = state;
    *pingpong = (struct pingpong){.run = run, .options = run->options};
    if (!pingpong_choose_pairs(pingpong, failure))
        return false;
    pingpong_choose_sizes(pingpong);
    return true;
}

bool pingpong_prepare(struct run *run, void *state, struct failure *failure) {
    struct pingpong *pingpong = state;
    pingpong->buffer = message_buffer(run->session, (size_t)pingpong->options->size, failure);
    pingpong->lines =
        calloc(pingpong_pair_count(pingpong) * (size_t)pingpong->sizes, sizeof *pingpong->lines);
    pingpong->batch_ns = calloc(1, sizeof *pingpong->batch_ns);
    if (!pingpong->lines || !pingpong->batch_ns)
        failure_set(failure, EXIT_RUN, "out of memory");
    return agree(run->session, failure);
}

void pingpong_free(void *state) {
    struct pingpong *pingpong = state;
    free(pingpong->buffer);
    free(pingpong->lines);
    free(pingpong->batch_ns);
}

/* On the two ranks of a pair: measures a size; the line is valid on the first rank. */
static struct pingpong_line pingpong_time_size(struct pingpong *pingpong, int first, int second,
                                               uint64_t bytes, struct failure *failure) {
    const struct pingpong_options *options = pingpong->options;
    const struct trips trips = {pingpong->run->session, first, second, pingpong->buffer,
                                (size_t)bytes};
    const struct trip_batches plan =
        trips_plan(&trips, options->repeat, (uint64_t)(options->limit * 1e9));
    const double ways = 2 * (double)plan.trips;
    struct histogram *batch_ns = pingpong->batch_ns;
    *batch_ns = (struct histogram){0};
    trips_time(&trips, plan, batch_ns);
    trips_verify(&trips, failure);
    return (struct pingpong_line){
        .bytes = bytes,
        .repetitions = plan.batches * plan.trips,
        .batch = plan.trips,
        .min_ns = (double)batch_ns->min / ways,
        .mean_ns = histogram_mean(batch_ns) / ways,
        .max_ns = (double)batch_ns->max / ways,
    };
}

/* Moves a line from the first rank of its pair to rank 0. */
static void pingpong_send_to_root(const struct session *session, int first,
                                  struct pingpong_line *line) {
    if (first == ROOT)
        return;
    if (session->rank == first)
        MPI_CHECK(MPI_Send(line, (int)sizeof *line, MPI_BYTE, ROOT, TAG_LINES, session->world));
    else if (session->rank == ROOT)
        MPI_CHECK(MPI_Recv(line, (int)sizeof *line, MPI_BYTE, first, TAG_LINES, session->world,
                           MPI_STATUS_IGNORE));
}

/* Collective. */
static void pingpong_run_pair(struct pingpong *pingpong, int first, int second,
                              struct failure *failure) {
    const struct session *session = pingpong->run->session;
    struct pingpong_line *lines =
        pingpong->lines + pingpong_pair_index(pingpong, first, second) * (size_t)pingpong->sizes;
    for (int s = 0; s < pingpong->sizes; s++) {
        if (session->rank == first || session->rank == second)
            lines[s] = pingpong_time_size(pingpong, first, second, pingpong->bytes[s], failure);
        quiet_barrier(session);
        pingpong_send_to_root(session, first, &lines[s]);
        if (session->rank == ROOT && !pingpong->all)
            pingpong_print_line(pingpong, &lines[s]);
    }
}

bool pingpong_work(struct run *run, void *state, struct failure *failure) {
    struct pingpong *pingpong = state;
    const bool root = run->session->rank == ROOT;
    if (root)
        pingpong_print_head(pingpong);
    if (!pingpong->all)
        pingpong_run_pair(pingpong, pingpong->first, pingpong->second, failure);
    for (int first = 0; pingpong->all && first < run->session->size; first++) {
        for (int second = first + 1; second < run->session->size; second++)
            pingpong_run_pair(pingpong, first, second, failure);
        if (root) /* its pairs with lower ranks have been measured before */
            pingpong_print_row(pingpong, PINGPONG_LATENCY, first);
    }
    return agree(run->session, failure);
}
