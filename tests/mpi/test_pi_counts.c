/* SPDX-License-Identifier: MIT
 * The hits of a sweep on real ranks: every schedule with every path of this machine and 1, 2 and 3
 * threads, and ranks on different paths, equal what one thread counts by the scalar reference, run
 * by run. So do steps that are counted in parts, and what the clock leaves of them. Run it on any
 * number of ranks. */
#include "pi/pi_counts.h"
#include "pi/pi_limits.h"
#include "plait/darts.h"
#include "ranks/mpi_check.h"

#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 13, PATHS_MAX = 8 };

/* What is compared, and how it went. */
struct score {
    const struct session *session;
    const struct plait_path *paths[PATHS_MAX]; /* supported ones, the reference first */
    int path_count;
    enum plait_generator generator;
    uint64_t expected[SWEEP_STEPS_MAX][RUNS]; /* rank 0 */
    int checks, failures;
};

static void check(struct score *score, bool passed, const char *what, int schedule, int path,
                  int threads) {
    score->checks++;
    if (passed)
        return;
    score->failures++;
    printf("rank %d, generator %d, %s schedule, path %d, %d threads: failed: %s\n",
           score->session->rank, score->generator, schedule_names[schedule], path, threads, what);
}

static void find_paths(struct score *score) {
    for (size_t k = 0; k < plait_path_count() && score->path_count < PATHS_MAX; k++)
        if (plait_path_supported(plait_path_at(k)))
            score->paths[score->path_count++] = plait_path_at(k);
}

/* Small steps that go together, one of several units a run, and a whole unit more. */
static struct sweep sweep_of_test(bool apart) {
    struct sweep sweep = {.runs = RUNS, .apart = apart};
    struct failure failure = {0};
    if (!sweep_parse("10^3:10^6", &sweep, &failure))
        abort();
    return sweep;
}

static void count_expected(struct score *score) {
    const struct sweep sweep = sweep_of_test(false);
    const struct plait_exec exec = {.path = score->paths[0], .threads = 1};
    for (int s = 0; s < sweep.steps; s++)
        for (uint64_t r = 0; r < RUNS; r++) {
            const struct plait_darts_range range = {score->generator, 7, r, 0, sweep.darts[s]};
            if (plait_darts_hits(&range, &exec, &score->expected[s][r]) != PLAIT_OK)
                abort();
        }
}

/* Rank 0: the hits of the sweep are the expected ones. */
static bool as_expected(const struct score *score, const struct pi_counts *counts) {
    for (int s = 0; s < counts->work.sweep->steps; s++)
        for (uint64_t r = 0; r < RUNS; r++)
            if (counts->hits[(size_t)s * RUNS + r] != score->expected[s][r])
                return false;
    return true;
}

/* A round whole, or in parts of growing length. */
static bool count_round(struct pi_counts *counts, const struct sweep_round *round, bool in_parts,
                        struct failure *failure) {
    if (!in_parts)
        return counts_round(counts, round, failure);
    for (uint64_t from = 0, count = 333; from < round->run_darts; from += count, count *= 5) {
        const uint64_t left = round->run_darts - from;
        const struct sweep_round part = sweep_round_part(round, from, count < left ? count : left);
        if (!counts_round(counts, &part, failure))
            return false;
    }
    return true;
}

/* `path` past the last one: a different one on each rank, and other threads, too. */
static void count_sweep(struct score *score, int schedule, int path, int threads, bool in_parts) {
    const int rank = score->session->rank;
    const bool mixed = path == score->path_count;
    const struct plait_exec exec = {
        .path = score->paths[mixed ? rank % score->path_count : path],
        .threads = mixed ? rank % 3 + 1 : threads,
    };
    const struct sweep sweep = sweep_of_test(in_parts);
    const struct pi_work work = {
        .sweep = &sweep,
        .generator = score->generator,
        .seed = 7,
        .exec = &exec,
        .schedule = (enum schedule_kind)schedule,
        .progress = PROGRESS_NONE,
    };
    struct pi_counts counts;
    struct failure failure = {0};
    bool done = counts_begin(&counts, score->session, &work, &failure);
    for (int first = 0; done && first < sweep.steps;) {
        const struct sweep_round round = sweep_round_at(&sweep, first);
        done = count_round(&counts, &round, in_parts, &failure);
        first += round.steps;
    }
    check(score, done, "no error", schedule, path, threads);
    check(score, rank != ROOT || as_expected(score, &counts), "the hits are those of the reference",
          schedule, path, threads);
    uint64_t darts = 0;
    MPI_CHECK(
        MPI_Allreduce(&counts.darts, &darts, 1, MPI_UINT64_T, MPI_SUM, score->session->world));
    check(score, darts == UINT64_C(1111000) * RUNS, "every dart is thrown once", schedule, path,
          threads);
    counts_end(&counts);
}

/* A clock that is up at once leaves the first part of a step, one that never is all of it. */
static void count_by_clock(struct score *score, double max_seconds, uint64_t expected_darts) {
    struct sweep sweep = {.runs = RUNS, .apart = true};
    const struct plait_exec exec = {.path = score->paths[score->path_count - 1], .threads = 2};
    sweep_of_darts(1000000, &sweep);
    const struct pi_work work = {
        .sweep = &sweep,
        .seed = 7,
        .exec = &exec,
        .generator = score->generator,
        .schedule = SCHEDULE_DYNAMIC,
        .progress = PROGRESS_NONE,
    };
    struct pi_counts counts;
    struct failure failure = {0};
    uint64_t counted = 0, hits = 0;
    const struct sweep_round round = sweep_round_at(&sweep, 0);
    const bool done = counts_begin(&counts, score->session, &work, &failure) &&
                      limits_count(&counts, &round, max_seconds, &counted, &failure);
    check(score, done && counted == expected_darts, "as many darts as the clock allows",
          SCHEDULE_DYNAMIC, 0, 2);
    for (uint64_t r = 0; r < RUNS && score->session->rank == ROOT; r++) {
        const struct plait_darts_range range = {score->generator, 7, r, 0, counted};
        (void)plait_darts_hits(&range, &exec, &hits);
        check(score, counts.hits[r] == hits, "the hits are those of the first darts",
              SCHEDULE_DYNAMIC, 0, 2);
    }
    counts_end(&counts);
}

static void run_all(struct score *score) {
    count_expected(score);
    for (int schedule = 0; schedule_names[schedule]; schedule++) {
        for (int path = 0; path < score->path_count; path++)
            for (int threads = 1; threads <= 3; threads++)
                count_sweep(score, schedule, path, threads, false);
        count_sweep(score, schedule, score->path_count, 0, false);
        count_sweep(score, schedule, score->path_count, 0, true);
    }
    count_by_clock(score, 1e-9, (1 << 22) / RUNS / 2 * 2);
    count_by_clock(score, 1e9, 1000000);
}

int main(void) {
    struct session session;
    struct failure failure = {0};
    if (!session_start(&session, "test_pi_counts", (struct session_needs){0}, &failure)) {
        fprintf(stderr, "%s\n", failure.text);
        return 1;
    }
    struct score score = {.session = &session};
    find_paths(&score);
    for (int g = PLAIT_RXS64; g <= PLAIT_PCG32; g++) {
        score.generator = (enum plait_generator)g;
        run_all(&score);
    }
    int sums[2] = {score.checks, score.failures};
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_INT, MPI_SUM, session.world));
    if (session.rank == ROOT)
        printf("pi on %d ranks, %d paths: %d checks, %d failed\n", session.size, score.path_count,
               sums[0], sums[1]);
    session_end(&session);
    return sums[1] > 0 || sums[0] == 0;
}
