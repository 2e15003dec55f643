/* SPDX-License-Identifier: MIT
 * Times pairs of ranks. */
#include "messages/pingpong_pairs.h"

#include "base/number.h"
#include "messages/trips.h"
#include "ranks/agree.h"
#include "ranks/message_room.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_LINES = 41 };

static const char all_pairs[] = "all";

/* Reads "A,B". */
static bool read_pair(const char *text, int *first, int *second) {
    const char *comma = strchr(text, ',');
    char left[16];
    uint64_t a, b;
    if (!comma || (size_t)(comma - text) >= sizeof left)
        return false;
    snprintf(left, sizeof left, "%.*s", (int)(comma - text), text);
    if (number_count(left, &a) || number_count(comma + 1, &b) || a > INT_MAX || b > INT_MAX)
        return false;
    *first = (int)a;
    *second = (int)b;
    return true;
}

bool pingpong_check_pairs(const char *text, struct failure *failure) {
    int first, second;
    if (strcmp(text, all_pairs) == 0)
        return true;
    if (!read_pair(text, &first, &second))
        return failure_set(failure, EXIT_USAGE, "'%s' is not a pair of ranks such as 0,1, nor %s",
                           text, all_pairs);
    if (first == second)
        return failure_set(failure, EXIT_USAGE, "'%s' is one rank: give two", text);
    return true;
}

/* All sizes are 0 and the powers of two below the largest, and that. */
static void choose_sizes(struct pingpong *pingpong) {
    const uint64_t largest = pingpong->options->size;
    pingpong->bytes[pingpong->sizes++] = 0;
    for (uint64_t bytes = 1; !pingpong->all && bytes < largest; bytes *= 2)
        pingpong->bytes[pingpong->sizes++] = bytes;
    pingpong->bytes[pingpong->sizes++] = largest;
}

static bool choose_pairs(struct pingpong *pingpong, struct failure *failure) {
    const struct pingpong_options *options = pingpong->options;
    const int ranks = pingpong->session->size;
    pingpong->all = strcmp(options->pairs, all_pairs) == 0;
    if (ranks < 2)
        return failure_set(failure, EXIT_USAGE,
                           "pingpong needs 2 ranks, there is 1: %s 2 plait pingpong",
                           pingpong->session->launcher_words->start);
    if (options->plot && !pingpong->all)
        return failure_set(failure, EXIT_USAGE,
                           "--plot draws the matrix of all ranks: add --pairs all");
    if (pingpong->all)
        return true;
    read_pair(options->pairs, &pingpong->first, &pingpong->second);
    return (pingpong->first < ranks && pingpong->second < ranks) ||
           failure_set(failure, EXIT_USAGE, "--pairs: '%s' needs at least %d ranks, there are %d",
                       options->pairs,
                       (pingpong->first > pingpong->second ? pingpong->first : pingpong->second) +
                           1,
                       ranks);
}

size_t pingpong_pairs(const struct pingpong *pingpong) {
    const size_t ranks = (size_t)pingpong->session->size;
    return pingpong->all ? ranks * (ranks - 1) / 2 : 1;
}

size_t pingpong_pair_at(const struct pingpong *pingpong, int first, int second) {
    const size_t a = (size_t)(first < second ? first : second);
    const size_t b = (size_t)(first < second ? second : first);
    const size_t ranks = (size_t)pingpong->session->size;
    /* Before those of a stand ranks - 1, ranks - 2, ... pairs. */
    return pingpong->all ? a * (2 * ranks - a - 1) / 2 + b - a - 1 : 0;
}

bool pingpong_begin(struct pingpong *pingpong, struct failure *failure) {
    choose_pairs(pingpong, failure);
    if (!agree(pingpong->session, failure))
        return false;
    choose_sizes(pingpong);
    pingpong->buffer = message_room(pingpong->session, (size_t)pingpong->options->size, failure);
    pingpong->lines =
        calloc(pingpong_pairs(pingpong) * (size_t)pingpong->sizes, sizeof *pingpong->lines);
    if (!pingpong->lines)
        failure_set(failure, EXIT_RUN, "out of memory");
    return agree(pingpong->session, failure);
}

void pingpong_end(struct pingpong *pingpong) {
    free(pingpong->buffer);
    free(pingpong->lines);
    free(pingpong->placements);
}

static struct pingpong_line line_of(uint64_t bytes, struct trip_batches plan,
                                    const struct histogram *batch_ns) {
    const double ways = 2 * (double)plan.trips;
    return (struct pingpong_line){
        .bytes = bytes,
        .repetitions = plan.batches * plan.trips,
        .batch = plan.trips,
        .min_ns = (double)batch_ns->min / ways,
        .mean_ns = histogram_mean(batch_ns) / ways,
        .max_ns = (double)batch_ns->max / ways,
    };
}

/* Of the two ranks of a pair: the first has the lines then. */
static void time_pair(struct pingpong *pingpong, int first, int second, struct pingpong_line *lines,
                      struct histogram *batch_ns, struct failure *failure) {
    const struct pingpong_options *options = pingpong->options;
    for (int s = 0; s < pingpong->sizes; s++) {
        const struct trips trips = {pingpong->session, first, second, pingpong->buffer,
                                    (size_t)pingpong->bytes[s]};
        const struct trip_batches plan =
            trips_plan(&trips, options->repeat, (uint64_t)(options->limit * 1e9));
        *batch_ns = (struct histogram){0};
        trips_time(&trips, plan, batch_ns);
        trips_verify(&trips, failure);
        lines[s] = line_of(pingpong->bytes[s], plan, batch_ns);
    }
}

/* Brings the lines of a pair to rank 0. */
static void send_home(const struct pingpong *pingpong, int first, struct pingpong_line *lines) {
    const struct session *session = pingpong->session;
    const int bytes = pingpong->sizes * (int)sizeof *lines;
    if (first == ROOT)
        return;
    if (session->rank == first)
        MPI_CHECK(MPI_Send(lines, bytes, MPI_BYTE, ROOT, TAG_LINES, session->world));
    else if (session->rank == ROOT)
        MPI_CHECK(
            MPI_Recv(lines, bytes, MPI_BYTE, first, TAG_LINES, session->world, MPI_STATUS_IGNORE));
}

/* Collective. */
static void run_pair(struct pingpong *pingpong, int first, int second, struct histogram *batch_ns,
                     struct failure *failure) {
    const int rank = pingpong->session->rank;
    struct pingpong_line *lines =
        pingpong->lines + pingpong_pair_at(pingpong, first, second) * (size_t)pingpong->sizes;
    if (rank == first || rank == second)
        time_pair(pingpong, first, second, lines, batch_ns, failure);
    quiet_barrier(pingpong->session);
    send_home(pingpong, first, lines);
}

static void run_pairs(struct pingpong *pingpong, struct histogram *batch_ns,
                      struct failure *failure) {
    const int ranks = pingpong->session->size;
    if (!pingpong->all) {
        run_pair(pingpong, pingpong->first, pingpong->second, batch_ns, failure);
        return;
    }
    for (int first = 0; first < ranks; first++)
        for (int second = first + 1; second < ranks; second++)
            run_pair(pingpong, first, second, batch_ns, failure);
}

bool pingpong_run(struct pingpong *pingpong, struct failure *failure) {
    struct histogram *batch_ns = malloc(sizeof *batch_ns);
    if (!batch_ns)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (agree(pingpong->session, failure))
        run_pairs(pingpong, batch_ns, failure);
    free(batch_ns);
    return agree(pingpong->session, failure);
}
