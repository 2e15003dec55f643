/* SPDX-License-Identifier: MIT
 * The work queue on real ranks, with units that only note that they were computed: every unit once
 * on any schedule, a slow rank, a rank without buffer space, a rank that fails. Nothing depends on
 * who is faster on a busy machine: a rank that must be slow waits until the others have done
 * enough. Run it on any number of ranks of one node. */
#include "base/clock.h"
#include "ranks/mpi_check.h"
#include "ranks/queue.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { UNITS_MAX = 1000 };

/* A rank that waits for the others gives up after that, and the test fails: long before the
 * launcher is ended (TIMEOUT in tests/CMakeLists.txt), and long after what a busy machine needs. */
static const double stuck_seconds = 30;

/* What a rank does with its units. */
struct toil {
    const struct session *session;
    atomic_uint_least64_t *computed_by_all;
    int32_t computed[UNITS_MAX]; /* how often, by this rank */
    uint64_t units, pieces;
    long unit_ns;       /* sleep for each */
    bool slow_sample;   /* what is measured takes until the others have been measured, and longer */
    bool sampled;       /* at least one unit */
    uint64_t wait_for;  /* the first unit takes until all have computed that many */
    bool stuck;         /* they never did */
    uint64_t fail_at;   /* the piece, counted from 1, that fails; 0: none */
    uint64_t reported;  /* by the listener */
    bool wrong;         /* the listener got a wrong value */
    bool disorder;      /* a piece lay before an earlier one */
    uint64_t last_unit; /* of the piece before */
};

/* Counts what was checked and what failed, over all tests of this rank. */
struct score {
    const struct session *session;
    atomic_uint_least64_t *computed; /* units by all ranks in this queue: memory of the node */
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

static void sleep_ns(long ns) {
    const struct timespec pause = {ns / 1000000000, ns % 1000000000};
    if (ns > 0)
        nanosleep(&pause, NULL);
}

/* Does nothing but poll, as a kernel in a very long tile. */
static void dawdle(struct toil *toil, uint64_t units, plait_progress_fn *poll, void *poll_context) {
    const uint64_t start_ns = clock_now_ns();
    while (atomic_load(toil->computed_by_all) < toil->wait_for && !toil->stuck) {
        toil->wrong |= !poll(poll_context, 0, units);
        sleep_ns(20000);
        toil->stuck = clock_seconds_since(start_ns) > stuck_seconds;
    }
    toil->wait_for = 0;
}

static bool toil(void *context, struct piece piece, plait_progress_fn *poll, void *poll_context) {
    struct toil *toil = context;
    toil->pieces++;
    if (piece.first >= UNITS_MAX || piece.count > UNITS_MAX - piece.first) {
        printf("rank %d: failed: units %" PRIu64 " + %" PRIu64 " are handed out\n",
               toil->session->rank, piece.first, piece.count);
        MPI_Abort(toil->session->world, 1); /* there may be endlessly many */
    }
    toil->disorder |= toil->pieces > 1 && piece.first < toil->last_unit;
    toil->last_unit = piece.first;
    if (toil->pieces == toil->fail_at)
        return false;
    dawdle(toil, piece.count, poll, poll_context);
    for (uint64_t k = 0; k < piece.count; k++) {
        sleep_ns(toil->unit_ns);
        toil->computed[piece.first + k]++;
        atomic_fetch_add(toil->computed_by_all, 1);
        toil->wrong |= !poll(poll_context, k + 1, piece.count);
    }
    toil->units += piece.count;
    return true;
}

static void listen(void *context, uint64_t finished, uint64_t total) {
    struct toil *toil = context;
    toil->wrong |= finished < toil->reported || finished > total;
    toil->reported = finished;
}

/* The counter of units counts ranks meanwhile. */
static void sample(void *context, uint64_t unit) {
    struct toil *toil = context;
    const uint64_t others = (uint64_t)toil->session->size - 1, start_ns = clock_now_ns();
    if (unit >= UNITS_MAX)
        MPI_Abort(toil->session->world, 1);
    if (!toil->sampled && !toil->slow_sample)
        atomic_fetch_add(toil->computed_by_all, 1);
    while (toil->slow_sample && atomic_load(toil->computed_by_all) < others && !toil->stuck) {
        sleep_ns(20000);
        toil->stuck = clock_seconds_since(start_ns) > stuck_seconds;
    }
    if (toil->slow_sample)
        sleep_ns(500000000);
    toil->sampled = true;
}

/* Runs a queue of `total` units. Returns what queue_run returns; *share is what was promised. */
static bool run(struct score *score, struct toil *toil_of_rank, enum schedule_kind kind,
                uint64_t total, uint64_t space, struct queue *queue, uint64_t *share) {
    struct failure failure = {0};
    const struct queue_plan plan = {
        .kind = kind, .units = total, .sample = sample, .sample_context = toil_of_rank};
    const struct queue_work work = {
        .compute = toil,
        .context = toil_of_rank,
        .capacity = space,
        .listen = listen,
        .listen_context = toil_of_rank,
    };
    toil_of_rank->session = score->session;
    toil_of_rank->computed_by_all = score->computed;
    if (score->session->rank == ROOT)
        atomic_store(score->computed, 0);
    MPI_CHECK(MPI_Barrier(score->session->world));
    if (!queue_begin(queue, score->session, &plan, &failure)) {
        check(score, false, "queue_begin");
        return false;
    }
    *share = queue_fair_share(queue);
    return queue_run(queue, &work);
}

/* How many units were computed, by all; -1 if one was computed twice. */
static int64_t computed_once(const struct session *session, const struct toil *toil_of_rank) {
    int32_t all[UNITS_MAX];
    int64_t sum = 0;
    MPI_CHECK(MPI_Allreduce(toil_of_rank->computed, all, UNITS_MAX, MPI_INT32_T, MPI_SUM,
                            session->world));
    for (int u = 0; u < UNITS_MAX; u++) {
        if (all[u] > 1)
            return -1;
        sum += all[u];
    }
    return sum;
}

static void check_shares(struct score *score, const struct queue *queue, uint64_t total) {
    uint64_t sum = 0;
    if (score->session->rank != ROOT)
        return;
    for (int r = 0; r < score->session->size; r++)
        sum += queue->shares[r].units;
    check(score, sum == total, "rank 0 knows what each did");
    const double imbalance = queue_imbalance(queue->shares, queue->session->size), rounding = 1e-9;
    check(score, imbalance >= 1 - rounding && imbalance <= score->session->size * (1 + rounding),
          "imbalance from 1 to the number of ranks");
}

static void every_unit_once(struct score *score, enum schedule_kind kind, uint64_t total) {
    static struct toil mine;
    struct queue queue;
    uint64_t share;
    memset(&mine, 0, sizeof mine);
    mine.unit_ns = total == UNITS_MAX ? 20000 : 0;
    check(score, run(score, &mine, kind, total, total, &queue, &share), "runs");
    check(score, computed_once(score->session, &mine) == (int64_t)total, "every unit once");
    check(score, !mine.wrong, "the listener hears a rising number");
    check(score, !mine.disorder, "pieces of a rank rise");
    check(score, kind == SCHEDULE_DYNAMIC || mine.units == share, "the promised share");
    check_shares(score, &queue, total);
    if (score->session->rank == ROOT && total > 0)
        check(score, mine.reported == total, "the listener hears of the end");
    queue_end(&queue);
}

/* While a rank is in its first piece, the others do nearly everything. */
static void slow_rank(struct score *score, int slow) {
    static struct toil mine;
    struct queue queue;
    uint64_t share;
    memset(&mine, 0, sizeof mine);
    mine.unit_ns = 20000;
    mine.wait_for = score->session->rank == slow ? 450 : 0;
    check(score, run(score, &mine, SCHEDULE_DYNAMIC, 600, 600, &queue, &share), "runs");
    check(score, !mine.stuck, "the others continue without the slow rank");
    check(score, computed_once(score->session, &mine) == 600, "every unit once");
    queue_end(&queue);
}

/* A rank that takes longer than the others for the unit that it is measured by is promised less. */
static void measured_rank(struct score *score, int slow) {
    static struct toil mine;
    struct queue queue;
    uint64_t share, least;
    memset(&mine, 0, sizeof mine);
    mine.slow_sample = score->session->rank == slow;
    check(score, run(score, &mine, SCHEDULE_WEIGHTED, 600, 600, &queue, &share), "runs");
    check(score, !mine.stuck, "the others are measured");
    check(score, computed_once(score->session, &mine) == 600, "every unit once");
    uint64_t of_others = score->session->rank == slow ? UINT64_MAX : share;
    MPI_CHECK(MPI_Allreduce(&of_others, &least, 1, MPI_UINT64_T, MPI_MIN, score->session->world));
    check(score, score->session->rank != slow || share < least, "the slow rank is promised less");
    queue_end(&queue);
}

/* Ranks other than 0 can keep as much as they were promised, and no more. */
static void little_room(struct score *score) {
    static struct toil mine;
    struct queue queue;
    uint64_t share;
    memset(&mine, 0, sizeof mine);
    const uint64_t space = UNITS_MAX / (uint64_t)score->session->size;
    mine.unit_ns = score->session->rank == ROOT ? 1000000 : 10000;
    check(score, run(score, &mine, SCHEDULE_DYNAMIC, UNITS_MAX, space, &queue, &share), "runs");
    check(score, computed_once(score->session, &mine) == UNITS_MAX, "every unit once");
    check(score, score->session->rank == ROOT || mine.units <= space,
          "no more than the buffer holds");
    queue_end(&queue);
}

/* A rank that cannot continue reports it, and no rank waits for ever. */
static void failing_rank(struct score *score, enum schedule_kind kind, int failing) {
    static struct toil mine;
    struct queue queue;
    uint64_t share;
    memset(&mine, 0, sizeof mine);
    mine.unit_ns = 50000;
    if (score->session->rank == failing)
        mine.fail_at = kind == SCHEDULE_CYCLIC || kind == SCHEDULE_DYNAMIC ? 2 : 1;
    const bool whole = run(score, &mine, kind, UNITS_MAX, UNITS_MAX, &queue, &share);
    /* Alone, or spared by the others, it may never come to its second piece. */
    const bool failed = mine.fail_at > 0 && mine.pieces >= mine.fail_at;
    check(score, whole == !failed, "it is known which rank failed");
    int any = failed;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, score->session->world));
    const int64_t computed = computed_once(score->session, &mine);
    check(score, computed >= 0 && (any != (computed == UNITS_MAX)),
          "units are missing, none twice");
    queue_end(&queue);
}

static void run_all(struct score *score) {
    static const uint64_t totals[] = {0, 1, 2, 5, 64, 401, UNITS_MAX};
    const int last = score->session->size - 1;
    for (int kind = 0; schedule_names[kind]; kind++) {
        score->test = schedule_names[kind];
        for (size_t t = 0; t < sizeof totals / sizeof *totals; t++)
            every_unit_once(score, (enum schedule_kind)kind, totals[t]);
        failing_rank(score, (enum schedule_kind)kind, ROOT);
        failing_rank(score, (enum schedule_kind)kind, last);
    }
    score->test = "slow rank";
    if (last > 0) {
        slow_rank(score, ROOT);
        slow_rank(score, last);
        measured_rank(score, last);
    }
    score->test = "small buffer";
    little_room(score);
}

/* Memory that all ranks share; freed with the window. */
static atomic_uint_least64_t *share_counter(const struct session *session, MPI_Win *window) {
    atomic_uint_least64_t *counter;
    MPI_Aint bytes = session->rank == ROOT ? sizeof *counter : 0;
    int unit;
    MPI_CHECK(MPI_Win_allocate_shared(bytes, sizeof *counter, MPI_INFO_NULL, session->world,
                                      &counter, window));
    MPI_CHECK(MPI_Win_shared_query(*window, ROOT, &bytes, &unit, &counter));
    return counter;
}

int main(void) {
    struct session session;
    MPI_Win window;
    struct failure failure = {0};
    if (!session_start(&session, "test_queue", (struct session_needs){0}, &failure)) {
        fprintf(stderr, "%s\n", failure.text);
        return 1;
    }
    struct score score = {.session = &session, .computed = share_counter(&session, &window)};
    run_all(&score);
    MPI_CHECK(MPI_Win_free(&window));
    int sums[2] = {score.checks, score.failures};
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_INT, MPI_SUM, session.world));
    if (session.rank == ROOT)
        printf("queue on %d ranks: %d checks, %d failed\n", session.size, sums[0], sums[1]);
    session_end(&session);
    return sums[1] > 0 || sums[0] == 0;
}
