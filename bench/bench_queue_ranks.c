/* SPDX-License-Identifier: MIT
 * What the schedules make of real ranks of different speed: the real queue and the real kernel. A
 * rank is slowed by computing each piece several times, so that its speed is known exactly.
 *
 *     mpirun -np N bench_queue_ranks FACTOR...     one for each rank, 1: not slowed
 *
 * Fails if a picture has not the right bits, or if dynamic does not keep 0.95 of the capacity busy
 * where block keeps less than 0.6. */
#include "base/clock.h"
#include "base/number.h"
#include "plait/digest.h"
#include "ranks/mpi_check.h"
#include "ranks/queue.h"
#include "seahorse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPEATS = 5, KINDS = 4, FACTOR_MAX = 100 };

/* A rank of the benchmark. */
struct runner {
    const struct session *session;
    struct plait_escape escape;
    struct plait_exec exec;
    uint64_t factor;  /* each piece is computed that often */
    uint64_t round;   /* of these, under way */
    int32_t *counts;  /* [height][width], of which this rank fills its own rows */
    uint64_t digests; /* sum of the digests of its rows: the order does not matter */
    plait_progress_fn *poll;
    void *poll_context;
};

static bool poll_round(void *context, uint64_t done, uint64_t total) {
    const struct runner *runner = context;
    return runner->poll(runner->poll_context, runner->round * total + done, runner->factor * total);
}

static bool compute(void *context, struct piece piece, plait_progress_fn *poll,
                    void *poll_context) {
    struct runner *runner = context;
    struct plait_exec exec = runner->exec;
    int32_t *rows = runner->counts + piece.first * runner->escape.width;
    runner->poll = poll;
    runner->poll_context = poll_context;
    exec.progress = poll_round;
    exec.progress_context = runner;
    for (runner->round = 0; runner->round < runner->factor; runner->round++)
        if (plait_escape_rows(&runner->escape, &exec, (uint32_t)piece.first, (uint32_t)piece.count,
                              rows) != PLAIT_OK)
            return false;
    return true;
}

static void sample(void *context, uint64_t unit) {
    const struct runner *runner = context;
    for (uint64_t k = 0; k < runner->factor; k++)
        (void)plait_escape_rows(&runner->escape, &runner->exec, (uint32_t)unit, 1,
                                runner->counts + unit * runner->escape.width);
}

/* Rows are marked before a run; a row that no rank has filled, or two have, makes the sum wrong. */
static void mark(struct runner *runner) {
    for (uint32_t i = 0; i < runner->escape.height; i++)
        runner->counts[(size_t)i * runner->escape.width] = -1;
}

static uint64_t sum_of_digests(const struct runner *runner) {
    const uint32_t width = runner->escape.width;
    uint64_t sum = 0, all;
    for (uint32_t i = 0; i < runner->escape.height; i++) {
        const int32_t *row = runner->counts + (size_t)i * width;
        uint64_t digest = 0;
        if (row[0] >= 0)
            plait_digest_rows(&runner->exec, row, 1, width, &digest);
        sum += digest;
    }
    MPI_CHECK(MPI_Allreduce(&sum, &all, 1, MPI_UINT64_T, MPI_SUM, runner->session->world));
    return all;
}

/* One run: seconds, and on rank 0 the part of the capacity that did useful work. */
struct outcome {
    double seconds, useful;
};

static bool run(struct runner *runner, enum schedule_kind kind, const double *factors,
                uint64_t expected, struct outcome *outcome) {
    const struct session *session = runner->session;
    struct failure failure = {0};
    struct queue queue;
    const struct queue_plan plan = {
        .kind = kind,
        .units = runner->escape.height,
        .sample = sample,
        .sample_context = runner,
    };
    const struct queue_work work = {
        .compute = compute, .context = runner, .capacity = runner->escape.height};
    MPI_CHECK(MPI_Barrier(session->world));
    const uint64_t start_ns = clock_now_ns();
    if (!queue_begin(&queue, session, &plan, &failure))
        return false;
    mark(runner); /* the sample has left rows */
    bool right = queue_run(&queue, &work);
    const double seconds = clock_seconds_since(start_ns);
    MPI_CHECK(MPI_Allreduce(&seconds, &outcome->seconds, 1, MPI_DOUBLE, MPI_MAX, session->world));
    double work_s = 0, capacity = 0;
    for (int r = 0; r < session->size; r++) {
        work_s += session->rank == ROOT ? queue.shares[r].busy_seconds / factors[r] : 0;
        capacity += 1 / factors[r];
    }
    outcome->useful = work_s / (outcome->seconds * capacity);
    queue_end(&queue);
    right &= sum_of_digests(runner) == expected;
    return right;
}

/* What all rows add up to, computed without a queue. */
static uint64_t expected_sum(struct runner *runner) {
    mark(runner);
    if (runner->session->rank == ROOT)
        (void)plait_escape_rows(&runner->escape, &runner->exec, 0, runner->escape.height,
                                runner->counts);
    return sum_of_digests(runner);
}

/* Of several runs with one schedule. Other programs reduce the useful part, so the best run
 * shows what the queue can do. */
struct summary {
    double seconds; /* of the shortest */
    double useful[REPEATS];
    double least, most; /* of useful */
};

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Schedules take turns, so that a busy machine disturbs all equally. */
static bool run_all(struct runner *runner, const double *factors, struct summary summaries[KINDS]) {
    bool right = true;
    const uint64_t expected = expected_sum(runner);
    for (int k = 0; k < REPEATS; k++)
        for (int kind = 0; kind < KINDS; kind++) {
            struct summary *summary = &summaries[kind];
            struct outcome outcome = {INFINITY, 0};
            right &= run(runner, (enum schedule_kind)kind, factors, expected, &outcome);
            summary->seconds = k == 0 ? outcome.seconds : fmin(summary->seconds, outcome.seconds);
            summary->useful[k] = outcome.useful;
        }
    for (int kind = 0; kind < KINDS; kind++) {
        qsort(summaries[kind].useful, REPEATS, sizeof(double), compare);
        summaries[kind].least = summaries[kind].useful[0];
        summaries[kind].most = summaries[kind].useful[REPEATS - 1];
    }
    return right;
}

static void print(const struct session *session, const double *factors,
                  const struct summary summaries[KINDS]) {
    printf("%d ranks, slowed by", session->size);
    for (int r = 0; r < session->size; r++)
        printf(" %g", factors[r]);
    printf("; useful work over capacity: median (least to most) of %d runs; shortest\n", REPEATS);
    for (int kind = 0; kind < KINDS; kind++)
        printf("  %-8s  %.3f (%.3f to %.3f)  %.3f s\n", schedule_names[kind],
               summaries[kind].useful[REPEATS / 2], summaries[kind].least, summaries[kind].most,
               summaries[kind].seconds);
}

static bool bench(struct runner *runner, const double *factors) {
    struct summary summaries[KINDS];
    bool passed = run_all(runner, factors, summaries);
    if (!passed)
        printf("FAILED: not the same bits on rank %d\n", runner->session->rank);
    if (runner->session->rank != ROOT)
        return passed;
    print(runner->session, factors, summaries);
    if (summaries[SCHEDULE_BLOCK].least < 0.6 && summaries[SCHEDULE_DYNAMIC].most < 0.95) {
        printf("FAILED: dynamic below 0.95\n");
        passed = false;
    }
    return passed;
}

static bool take_factors(int argc, char **argv, const struct session *session, double *factors) {
    for (int r = 0; r < session->size; r++) {
        uint64_t factor;
        if (argc != session->size + 1 || number_count(argv[r + 1], &factor) != NULL || factor < 1 ||
            factor > FACTOR_MAX) {
            if (session->rank == ROOT)
                fprintf(stderr, "give a factor, 1 to %d, for each rank\n", FACTOR_MAX);
            return false;
        }
        factors[r] = (double)factor;
    }
    return true;
}

int main(int argc, char **argv) {
    struct session session;
    struct failure failure = {0};
    if (!session_start(&session, "bench_queue_ranks", (struct session_needs){0}, &failure))
        return 1;
    struct runner runner = {.session = &session, .escape = seahorse(4)};
    const size_t pixels = (size_t)runner.escape.width * runner.escape.height;
    double *factors = malloc((size_t)session.size * sizeof *factors);
    runner.counts = malloc(pixels * sizeof *runner.counts);
    bool passed = factors && runner.counts && plait_exec_init(&runner.exec, NULL, 1) == PLAIT_OK &&
                  take_factors(argc, argv, &session, factors);
    if (passed) {
        runner.factor = (uint64_t)factors[session.rank];
        passed = bench(&runner, factors);
    }
    free(factors);
    free(runner.counts);
    session_end(&session);
    return !passed;
}
