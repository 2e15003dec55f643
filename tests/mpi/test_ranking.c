/* SPDX-License-Identifier: MIT
 * The parallel ranking on real ranks: positions, and how much of all each rank has to sort, where
 * keys are different, all equal, few, sorted, or on one rank alone. Run it on any number of ranks.
 */
#include "messages/ranking.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEYS = 5000 };

/* How many items the ranking has sent to this rank. By MPI's profiling interface (MPI-3.1, 14.2):
 * the numbers of items are the one thing that it exchanges by MPI_Alltoall. */
static uint64_t got_here;

int MPI_Alltoall(const void *out, int out_count, MPI_Datatype out_type, void *in, int in_count,
                 MPI_Datatype in_type, MPI_Comm comm) {
    const int code = PMPI_Alltoall(out, out_count, out_type, in, in_count, in_type, comm);
    int ranks;
    MPI_CHECK(MPI_Comm_size(comm, &ranks));
    got_here = 0;
    for (int r = 0; r < ranks; r++)
        got_here += (uint64_t)((const int *)in)[r];
    return code;
}

/* Key k of all. */
typedef uint64_t key_fn(uint64_t k, uint64_t all);

static uint64_t equal_keys(uint64_t k, uint64_t all) {
    (void)k, (void)all;
    return 42;
}

static uint64_t two_keys(uint64_t k, uint64_t all) {
    (void)all;
    return k % 2;
}

static uint64_t mixed_keys(uint64_t k, uint64_t all) {
    (void)all;
    return k * UINT64_C(0x9E3779B97F4A7C15) >> 20;
}

static uint64_t falling_keys(uint64_t k, uint64_t all) {
    return all - k;
}

/* All but a few are equal, so that they lie in many parts. */
static uint64_t mostly_equal_keys(uint64_t k, uint64_t all) {
    return k < all / 50 ? 1 : k % 50 == 7 ? 9 : 5;
}

struct result {
    const struct session *session;
    int checks, failures;
};

static void check(struct result *result, bool passed, const char *test, const char *what,
                  uint64_t value) {
    result->checks++;
    if (passed)
        return;
    result->failures++;
    printf("rank %d, %s: failed: %s (%" PRIu64 ")\n", result->session->rank, test, what, value);
}

/* The number of keys before key k. */
static uint64_t position_of(key_fn *key_of, uint64_t k, uint64_t all) {
    const uint64_t key = key_of(k, all);
    uint64_t position = 0;
    for (uint64_t other = 0; other < all; other++) {
        const uint64_t other_key = key_of(other, all);
        position += other_key < key || (other_key == key && other < k);
    }
    return position;
}

/* `on_one`: the last rank has all keys. */
static void try_keys(struct result *result, const char *test, key_fn *key_of, bool on_one) {
    const struct session *session = result->session;
    const uint64_t ranks = (uint64_t)session->size, all = KEYS * ranks;
    const uint64_t first = on_one ? 0 : KEYS * (uint64_t)session->rank;
    const uint64_t count = !on_one ? KEYS : session->rank == session->size - 1 ? all : 0;
    uint64_t *keys = malloc((count + 1) * sizeof *keys);
    uint64_t *positions = malloc((count + 1) * sizeof *positions);
    struct failure failure = {0};
    if (!keys || !positions)
        MPI_Abort(session->world, 1);
    for (uint64_t k = 0; k < count; k++)
        keys[k] = key_of(first + k, all);
    check(result, ranking(session, keys, count, positions, &failure), test, failure.text, 0);
    uint64_t wrong = 0;
    for (uint64_t k = 0; k < count; k += 97)
        wrong += positions[k] != position_of(key_of, first + k, all);
    check(result, wrong == 0, test, "positions", wrong);
    /* As the header promises; samples of one rank alone cut a little less evenly. */
    check(result, got_here <= 2 * KEYS + ranks * ranks, test, "items of one rank", got_here);
    free(keys);
    free(positions);
}

int main(void) {
    static const struct {
        const char *name;
        key_fn *key_of;
    } tests[] = {
        {"equal", equal_keys},
        {"two", two_keys},
        {"mixed", mixed_keys},
        {"falling", falling_keys},
        {"mostly equal", mostly_equal_keys},
    };
    struct session session;
    struct failure failure = {0};
    if (!session_start(&session, "test_ranking", (struct session_needs){0}, &failure)) {
        fprintf(stderr, "%s\n", failure.text);
        return 1;
    }
    struct result result = {.session = &session};
    for (size_t k = 0; k < sizeof tests / sizeof *tests; k++)
        try_keys(&result, tests[k].name, tests[k].key_of, false);
    try_keys(&result, "equal, on one rank", equal_keys, true);
    int sums[2] = {result.checks, result.failures};
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_INT, MPI_SUM, session.world));
    if (session.rank == ROOT)
        printf("ranking on %d ranks: %d checks, %d failed\n", session.size, sums[0], sums[1]);
    session_end(&session);
    return sums[1] > 0 || sums[0] == 0;
}
