/* SPDX-License-Identifier: MIT
 * The work queue with a delivery, on real ranks: the results of every unit come to rank 0 once, on
 * any schedule, with units that were finished before; any rank can stop all of them, and what is
 * left is done by the next queue; a rank that fails ends all. Run it on any number of ranks. */
#include "base/clock.h"
#include "ranks/mpi_check.h"
#include "ranks/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { UNITS = 3000, MOST_UNITS = 100, WORDS = 37 };

/* What a rank does with its units: WORDS words for each, and a flag. */
struct toil {
    const struct session *session;
    uint64_t (*words)[WORDS]; /* rank 0: [UNITS]; others: the two last pieces */
    uint8_t *flags;           /* the same */
    int turn;                 /* which of the two */
    int32_t kept[UNITS];      /* rank 0: how often */
    uint64_t computed;        /* by this rank in this run */
    uint64_t fail_after;      /* rank 0 can keep that many pieces; 0: any number */
    uint64_t pieces;          /* rank 0: kept */
    bool fails;               /* cannot compute */
    bool endless;             /* computes until it is ended */
    bool wrong;
};

/* A rank that is not ended gives up after that, and ends the test: long before the launcher is
 * ended (TIMEOUT in tests/CMakeLists.txt), and long after what a busy machine needs. */
static const double stuck_seconds = 30;

/* This rank stops when it has computed as many units; 0: never. */
static uint64_t stop_after;
static uint64_t computed_here;

static bool asks_to_stop(void) {
    return stop_after > 0 && computed_here >= stop_after;
}

static uint64_t word_of(uint64_t unit, int k) {
    return unit * 1000 + (uint64_t)k;
}

/* Where rank `rank`'s results of a piece are on this rank. */
static size_t place(const struct toil *toil, int rank, struct piece piece) {
    (void)rank;
    return toil->session->rank == ROOT ? piece.first : (size_t)toil->turn * MOST_UNITS;
}

static const struct timespec pause = {0, 20000};

/* Polls until somebody ends this rank. */
static void go_on_for_ever(const struct toil *toil, plait_progress_fn *poll, void *poll_context) {
    const uint64_t start_ns = clock_now_ns();
    while (poll(poll_context, 0, 1)) {
        nanosleep(&pause, NULL);
        if (clock_seconds_since(start_ns) < stuck_seconds)
            continue;
        printf("rank %d: failed: a rank has failed, and the others are not ended\n",
               toil->session->rank);
        fflush(stdout);
        MPI_Abort(toil->session->world, 1);
    }
}

static bool compute(void *context, struct piece piece, plait_progress_fn *poll,
                    void *poll_context) {
    struct toil *toil = context;
    if (toil->endless)
        go_on_for_ever(toil, poll, poll_context);
    if (toil->endless || toil->fails)
        return false;
    toil->turn = !toil->turn;
    const size_t at = place(toil, toil->session->rank, piece);
    toil->wrong |= piece.count > MOST_UNITS;
    for (uint64_t u = 0; u < piece.count && !toil->wrong; u++) {
        nanosleep(&pause, NULL);
        for (int k = 0; k < WORDS; k++)
            toil->words[at + u][k] = word_of(piece.first + u, k);
        toil->flags[at + u] = (uint8_t)(piece.first + u);
        computed_here++;
        if (!poll(poll_context, u + 1, piece.count))
            return false;
    }
    toil->computed += piece.count;
    return true;
}

static void locate(void *context, int rank, struct piece piece,
                   struct queue_block blocks[QUEUE_BLOCKS]) {
    struct toil *toil = context;
    const size_t at = place(toil, rank, piece);
    blocks[0] = (struct queue_block){toil->words[at], piece.count * sizeof *toil->words};
    blocks[1] = (struct queue_block){toil->flags + at, piece.count};
}

static bool keep(void *context, int rank, struct piece piece) {
    struct toil *toil = context;
    (void)rank;
    for (uint64_t u = piece.first; u < piece.first + piece.count; u++) {
        toil->kept[u]++;
        toil->wrong |= toil->flags[u] != (uint8_t)u;
        for (int k = 0; k < WORDS; k++)
            toil->wrong |= toil->words[u][k] != word_of(u, k);
        memset(toil->words[u], 0, sizeof *toil->words);
    }
    return toil->fail_after == 0 || ++toil->pieces < toil->fail_after;
}

static bool tend(void *context) {
    (void)context;
    return true;
}

static void sample(void *context, uint64_t unit) {
    (void)context;
    if (unit >= UNITS)
        MPI_Abort(MPI_COMM_WORLD, 1);
}

struct score {
    const struct session *session;
    int checks, failures;
    const char *test;
};

static void check(struct score *score, bool passed, const char *what) {
    score->checks++;
    if (passed)
        return;
    score->failures++;
    printf("rank %d, %s: failed: %s\n", score->session->rank, score->test, what);
}

/* Runs the units that are left. Returns what queue_run returns; *stopped is true on rank 0 only. */
static bool run(struct score *score, struct toil *toil, enum schedule_kind kind,
                const struct unit_set *rest, bool *stopped) {
    struct failure failure = {0};
    struct queue queue;
    const struct queue_delivery delivery = {
        .context = toil,
        .most_units = MOST_UNITS,
        .locate = locate,
        .keep = keep,
        .tend = tend,
        .stop = asks_to_stop,
    };
    const struct queue_plan plan = {.kind = kind, .rest = rest, .sample = sample};
    const struct queue_work work = {
        .compute = compute, .context = toil, .capacity = UNITS, .delivery = &delivery};
    computed_here = 0;
    toil->computed = 0;
    check(score, queue_begin(&queue, score->session, &plan, &failure), "queue_begin");
    const bool able = queue_run(&queue, &work);
    *stopped = queue.stopped;
    uint64_t units = score->session->rank == ROOT ? queue.shares[ROOT].units : 0;
    check(score, score->session->rank != ROOT || *stopped || !able || units == toil->computed,
          "rank 0 knows its share");
    queue_end(&queue);
    return able;
}

static void make_room(struct toil *toil, const struct session *session) {
    const size_t units = session->rank == ROOT ? UNITS : 2 * MOST_UNITS;
    memset(toil, 0, sizeof *toil);
    toil->session = session;
    toil->words = calloc(units, sizeof *toil->words);
    toil->flags = calloc(units, 1);
    if (!toil->words || !toil->flags)
        MPI_Abort(session->world, 1);
}

static void free_room(struct toil *toil) {
    free(toil->words);
    free(toil->flags);
}

/* Units that an earlier run has finished, with gaps of many lengths. */
static struct unit_set some_rest(void) {
    struct unit_set rest = {0};
    for (uint64_t u = 3; u + u / 9 < UNITS; u += u / 7 + 2)
        if (!unit_set_add(&rest, (struct piece){u, u / 9 + 1}))
            MPI_Abort(MPI_COMM_WORLD, 1);
    if (!unit_set_add(&rest, (struct piece){2000, 900}))
        MPI_Abort(MPI_COMM_WORLD, 1);
    return rest;
}

/* On rank 0: whether each unit of the set, and no other, was kept `times` times. */
static bool kept_exactly(const struct toil *toil, const struct unit_set *set) {
    int32_t expected[UNITS] = {0};
    for (size_t k = 0; k < set->count; k++)
        for (uint64_t u = 0; u < set->items[k].count; u++)
            expected[set->items[k].first + u] = 1;
    return memcmp(expected, toil->kept, sizeof expected) == 0;
}

static void everything_arrives(struct score *score, enum schedule_kind kind) {
    static struct toil toil;
    struct unit_set rest = some_rest();
    bool stopped;
    make_room(&toil, score->session);
    stop_after = 0;
    check(score, run(score, &toil, kind, &rest, &stopped), "runs");
    check(score, !stopped && !toil.wrong, "not stopped, right results");
    check(score, score->session->rank != ROOT || kept_exactly(&toil, &rest), "each unit once");
    free_room(&toil);
    unit_set_free(&rest);
}

/* What is left on rank 0 becomes what is left on all. */
static void share_rest(const struct session *session, const struct toil *toil,
                       struct unit_set *rest) {
    static int32_t kept[UNITS];
    memcpy(kept, toil->kept, sizeof kept);
    MPI_CHECK(MPI_Bcast(kept, UNITS, MPI_INT32_T, ROOT, session->world));
    unit_set_free(rest);
    for (uint64_t u = 0; u < UNITS; u++)
        if (!kept[u] && !unit_set_add(rest, (struct piece){u, 1}))
            MPI_Abort(session->world, 1);
}

static void stop_and_go_on(struct score *score, enum schedule_kind kind, int who) {
    static struct toil toil;
    struct unit_set all = {0}, rest = {0};
    bool stopped;
    make_room(&toil, score->session);
    if (!unit_set_add(&all, (struct piece){0, UNITS}) ||
        !unit_set_add(&rest, (struct piece){0, UNITS}))
        MPI_Abort(score->session->world, 1);
    stop_after = score->session->rank == who ? 40 : 0;
    check(score, run(score, &toil, kind, &rest, &stopped), "a stop is no failure");
    const bool whole = kept_exactly(&toil, &all);
    check(score, score->session->rank != ROOT || whole != stopped, "stopped: units are left");
    /* Each rank has that many units at least, unless rank 0 hands out and others are faster. */
    check(score,
          score->session->rank != ROOT || stopped || kind == SCHEDULE_DYNAMIC ||
              kind == SCHEDULE_WEIGHTED,
          "it has stopped");
    share_rest(score->session, &toil, &rest);
    stop_after = 0;
    check(score, run(score, &toil, (enum schedule_kind)((kind + 1) % 4), &rest, &stopped), "runs");
    check(score, !stopped && !toil.wrong, "not stopped, right results");
    check(score, score->session->rank != ROOT || kept_exactly(&toil, &all), "each unit once");
    free_room(&toil);
    unit_set_free(&all);
    unit_set_free(&rest);
}

/* Rank 0 cannot keep any more: all ranks end. */
static void full_disk(struct score *score, enum schedule_kind kind) {
    static struct toil toil;
    struct unit_set rest = some_rest();
    bool stopped;
    make_room(&toil, score->session);
    toil.fail_after = 2;
    stop_after = 0;
    check(score, run(score, &toil, kind, &rest, &stopped) == (score->session->rank != ROOT),
          "rank 0 fails");
    check(score, !stopped && !toil.wrong, "no stop was requested");
    check(score, score->session->rank != ROOT || toil.pieces == 2, "nothing more is kept");
    free_room(&toil);
    unit_set_free(&rest);
}

/* A rank cannot continue: the others are ended in the middle of their work. */
static void failing_rank(struct score *score, enum schedule_kind kind, int who) {
    static struct toil toil;
    struct unit_set all = {0};
    bool stopped;
    make_room(&toil, score->session);
    if (!unit_set_add(&all, (struct piece){0, UNITS}))
        MPI_Abort(score->session->world, 1);
    toil.fails = score->session->rank == who;
    toil.endless = !toil.fails;
    stop_after = 0;
    check(score, run(score, &toil, kind, &all, &stopped) == !toil.fails,
          "it is known which rank failed");
    check(score, !stopped && !toil.wrong, "all are ended, and no stop was requested");
    free_room(&toil);
    unit_set_free(&all);
}

int main(void) {
    struct session session;
    struct failure failure = {0};
    if (!session_start(&session, "test_delivery", (struct session_needs){0}, &failure)) {
        fprintf(stderr, "%s\n", failure.text);
        return 1;
    }
    struct score score = {.session = &session};
    for (int kind = 0; schedule_names[kind]; kind++) {
        score.test = schedule_names[kind];
        everything_arrives(&score, (enum schedule_kind)kind);
        stop_and_go_on(&score, (enum schedule_kind)kind, ROOT);
        stop_and_go_on(&score, (enum schedule_kind)kind, session.size - 1);
        full_disk(&score, (enum schedule_kind)kind);
        failing_rank(&score, (enum schedule_kind)kind, ROOT);
        failing_rank(&score, (enum schedule_kind)kind, session.size - 1);
    }
    int sums[2] = {score.checks, score.failures};
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_INT, MPI_SUM, session.world));
    if (session.rank == ROOT)
        printf("delivery on %d ranks: %d checks, %d failed\n", session.size, sums[0], sums[1]);
    session_end(&session);
    return sums[1] > 0 || sums[0] == 0;
}
