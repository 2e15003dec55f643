/* SPDX-License-Identifier: MIT
 * Counts the hits of the rounds of a sweep. */
#include "pi/pi_counts.h"

#include "base/clock.h"
#include "plait/darts.h"
#include "plait/sample.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most counts that a round has. */
static size_t round_counts(const struct sweep *sweep) {
    int steps = 0;
    for (int first = 0; first < sweep->steps;) {
        const struct sweep_round round = sweep_round_at(sweep, first);
        steps = round.steps > steps ? round.steps : steps;
        first += round.steps;
    }
    return (size_t)steps * sweep->runs;
}

bool counts_begin(struct pi_counts *counts, const struct session *session,
                  const struct pi_work *work, struct failure *failure) {
    const struct sweep *sweep = work->sweep;
    const size_t steps = (size_t)sweep->steps;
    *counts = (struct pi_counts){.session = session, .work = *work};
    counts->own = malloc(round_counts(sweep) * sizeof *counts->own);
    if (session_is_root(counts->session)) {
        counts->hits = malloc(steps * sweep->runs * sizeof *counts->hits);
        counts->seconds = malloc(steps * sizeof *counts->seconds);
        counts->shares = calloc((size_t)session->size, sizeof *counts->shares);
    }
    if (!counts->own ||
        (session_is_root(counts->session) && !(counts->hits && counts->seconds && counts->shares)))
        failure_set(failure, EXIT_USAGE,
                    "no memory for %zu x %" PRIu64 " counts of hits: choose fewer --runs", steps,
                    sweep->runs);
    return agree(session, failure) &&
           (!work->checkpoint ||
            pi_checkpoint_load(work->checkpoint, counts->hits, counts->seconds, failure));
}

/* One round on one rank. */
struct round_work {
    struct pi_counts *counts;
    const struct sweep_round *round;
    enum plait_status status; /* of the kernel, if it ever fails */
};

/* Reports to the queue a whole piece, of which the kernel knows one range. */
struct listener {
    plait_progress_fn *poll;
    void *context;
    uint64_t before, total; /* darts of the piece: of the ranges before this one, and all */
};

static bool on_tile(void *context, uint64_t done, uint64_t total) {
    const struct listener *listener = context;
    (void)total;
    return listener->poll(listener->context, listener->before + done, listener->total);
}

/* As the library has it, without the step and the number of runs. */
static struct plait_darts_range pi_counts_darts_of(const struct pi_work *work,
                                                   const struct dart_range *range) {
    return (struct plait_darts_range){
        .generator = work->generator,
        .seed = work->seed,
        .run = range->run,
        .first = range->first,
        .count = range->count,
    };
}

static enum plait_status pi_counts_count_range(const struct pi_work *work,
                                               const struct plait_exec *exec,
                                               const struct dart_range *range, uint64_t *hits) {
    const struct plait_darts_range darts = pi_counts_darts_of(work, range);
    return plait_darts_hits(&darts, exec, hits);
}

static bool add_range(struct round_work *mine, const struct plait_exec *exec,
                      struct listener *listener, const struct dart_range *range) {
    const struct pi_work *work = &mine->counts->work;
    const size_t at = (size_t)(range->step - mine->round->first) * work->sweep->runs + range->run;
    const struct plait_darts_range darts = pi_counts_darts_of(work, range);
    mine->status = plait_darts_add_hits(&darts, range->runs, exec, mine->counts->own + at);
    listener->before += range->count * range->runs;
    return mine->status == PLAIT_OK;
}

/* Counts the first of `units` units: runs that lie whole in them, which threads share, or what is
 * left of a run. Returns how many units these are, 0 on failure. */
static uint64_t count_units(struct round_work *mine, const struct plait_exec *exec,
                            struct listener *listener, uint64_t unit, uint64_t units) {
    const struct sweep_round *round = mine->round;
    const uint64_t runs = sweep_round_whole_runs(round, unit, units);
    if (runs == 0) {
        const struct dart_range range = sweep_round_range(round, unit, units);
        return add_range(mine, exec, listener, &range) ? range.units : 0;
    }
    for (int s = round->first; s < round->first + round->steps; s++) {
        const struct dart_range range =
            sweep_round_of_runs(round, s, unit / round->run_units, runs);
        if (!add_range(mine, exec, listener, &range))
            return 0;
    }
    return runs * round->run_units;
}

static bool compute_piece(void *context, struct piece piece, plait_progress_fn *poll,
                          void *poll_context) {
    struct round_work *mine = context;
    struct pi_counts *counts = mine->counts;
    const struct sweep_round *round = mine->round;
    const uint64_t end = piece.first + piece.count;
    struct listener listener = {poll, poll_context, 0,
                                sweep_round_darts(round, end) -
                                    sweep_round_darts(round, piece.first)};
    struct plait_exec exec = *counts->work.exec;
    exec.progress = on_tile;
    exec.progress_context = &listener;
    for (uint64_t unit = piece.first; unit < end;) {
        const uint64_t units = count_units(mine, &exec, &listener, unit, end - unit);
        if (units == 0)
            return false;
        unit += units;
    }
    counts->darts += listener.total;
    if (counts->work.checkpoint)
        pi_checkpoint_take(counts->work.checkpoint, piece, counts->own);
    return true;
}

/* One unit for its time alone. */
static void sample_unit(void *context, uint64_t unit) {
    const struct round_work *mine = context;
    const struct dart_range range = sweep_round_range(mine->round, unit, 1);
    uint64_t hits;
    (void)pi_counts_count_range(&mine->counts->work, mine->counts->work.exec, &range, &hits);
}

static void pi_counts_show(void *context, uint64_t finished, uint64_t total) {
    progress_display_update(context, finished, total);
}

/* The label names the largest step. */
static bool run_queue(struct round_work *mine, struct queue *queue) {
    const struct pi_counts *counts = mine->counts;
    const struct sweep_round *round = mine->round;
    const uint64_t darts = round->sweep->darts[round->first + round->steps - 1];
    char label[64];
    if (round->steps == 1 && round->run_darts < darts)
        snprintf(label, sizeof label, "pi, N = %" PRIu64 ", from dart %" PRIu64, darts,
                 round->from);
    else
        snprintf(label, sizeof label, "pi, N = %" PRIu64, darts);
    struct progress_display display = progress_display_begin(label, counts->work.progress);
    struct pi_checkpoint *checkpoint = counts->work.checkpoint;
    struct queue_delivery delivery;
    if (checkpoint)
        delivery = pi_checkpoint_delivery(checkpoint);
    const struct queue_work work = {
        .compute = compute_piece,
        .context = mine,
        .delivery = checkpoint ? &delivery : NULL,
        .capacity = sweep_round_units(round),
        .listen = counts->work.progress == PROGRESS_NONE ? NULL : pi_counts_show,
        .listen_context = &display,
    };
    const bool done = queue_run(queue, &work);
    if (session_is_root(counts->session))
        progress_display_end(&display);
    return done;
}

static void note_seconds(struct pi_counts *counts, const struct sweep_round *round,
                         const struct queue *queue, double seconds) {
    for (int s = round->first; s < round->first + round->steps; s++) {
        const double part = (double)round->sweep->darts[s] / (double)round->run_darts;
        const double before = round->from > 0 ? counts->seconds[s] : 0;
        counts->seconds[s] = before + seconds * (round->steps > 1 ? part : 1);
    }
    for (int r = 0; r < counts->session->size; r++)
        counts->shares[r].busy_seconds += queue->shares[r].busy_seconds;
}

static bool begin_queue(struct round_work *mine, struct queue *queue, struct failure *failure) {
    const struct pi_counts *counts = mine->counts;
    const struct pi_checkpoint *checkpoint = counts->work.checkpoint;
    const struct queue_plan plan = {
        .kind = counts->work.schedule,
        .units = sweep_round_units(mine->round),
        .rest = checkpoint ? &checkpoint->rest : NULL,
        .sample = sample_unit,
        .sample_context = mine,
        .speed = counts->work.speed,
    };
    return queue_begin(queue, counts->session, &plan, failure);
}

/* Runs the queue. Rank 0: the seconds, of earlier runs too. */
static void pi_counts_work(struct round_work *mine, struct queue *queue, struct failure *failure) {
    struct pi_counts *counts = mine->counts;
    struct pi_checkpoint *checkpoint = counts->work.checkpoint;
    MPI_CHECK(MPI_Barrier(counts->session->world));
    counts->begun_ns = clock_now_ns();
    const bool able = run_queue(mine, queue);
    if (session_is_root(counts->session)) {
        const double seconds = clock_seconds_since(counts->begun_ns);
        counts->round_seconds += seconds;
        counts->compute_seconds += seconds;
        note_seconds(counts, mine->round, queue,
                     seconds + (checkpoint ? checkpoint->earlier_seconds : 0));
    }
    if (checkpoint)
        pi_checkpoint_end_round(checkpoint, queue->stopped, failure);
    if (!able)
        failure_set(failure, EXIT_RUN, "%s", plait_status_text(mine->status));
}

static bool pi_counts_compute(struct pi_counts *counts, const struct sweep_round *round,
                              struct failure *failure) {
    struct round_work mine = {counts, round, PLAIT_OK};
    struct queue queue;
    if (round->from == 0)
        memset(counts->own, 0, (size_t)round->steps * round->sweep->runs * sizeof *counts->own);
    if (counts->work.checkpoint &&
        !pi_checkpoint_begin_round(counts->work.checkpoint, round, failure))
        return false;
    if (begin_queue(&mine, &queue, failure))
        pi_counts_work(&mine, &queue, failure);
    queue_end(&queue);
    return agree(counts->session, failure);
}

static uint64_t begin_gathering(struct pi_counts *counts) {
    const uint64_t start_ns = clock_now_ns();
    if (counts->gather_begun_ns == 0)
        counts->gather_begun_ns = start_ns;
    return start_ns;
}

/* Brings the hits of all ranks to rank 0. */
static void sum_up(struct pi_counts *counts, const struct sweep_round *round) {
    const size_t runs = round->sweep->runs;
    uint64_t *sums =
        session_is_root(counts->session) ? counts->hits + (size_t)round->first * runs : NULL;
    const uint64_t start_ns = begin_gathering(counts);
    MPI_CHECK(MPI_Reduce(counts->own, sums, (int)((size_t)round->steps * runs), MPI_UINT64_T,
                         MPI_SUM, ROOT, counts->session->world));
    counts->gather_seconds += clock_seconds_since(start_ns);
}

bool counts_round(struct pi_counts *counts, const struct sweep_round *round,
                  struct failure *failure) {
    const struct pi_checkpoint *checkpoint = counts->work.checkpoint;
    counts->begun_ns = clock_now_ns();
    if (round->from == 0)
        counts->round_seconds = 0;
    if (checkpoint && pi_checkpoint_has(checkpoint, round))
        return true;
    if (!pi_counts_compute(counts, round, failure))
        return false;
    if (!checkpoint) /* which has brought them */
        sum_up(counts, round);
    return true;
}

/* The darts go where the busy seconds are already. With a checkpoint nothing was summed up before.
 */
void counts_gather(struct pi_counts *counts) {
    void *first = session_is_root(counts->session) ? (void *)&counts->shares[0].units : NULL;
    const uint64_t start_ns = begin_gathering(counts);
    MPI_Datatype type;
    MPI_CHECK(MPI_Type_create_resized(MPI_UINT64_T, 0, sizeof *counts->shares, &type));
    MPI_CHECK(MPI_Type_commit(&type));
    MPI_CHECK(
        MPI_Gather(&counts->darts, 1, MPI_UINT64_T, first, 1, type, ROOT, counts->session->world));
    MPI_CHECK(MPI_Type_free(&type));
    counts->gather_seconds += clock_seconds_since(start_ns);
}

/* Darts that are counted again. */
static const uint64_t range_sample = UINT64_C(1) << 16; /* a step and rank */
static const uint64_t sum_sample = UINT64_C(1) << 20;   /* a step, in whole runs, on rank 0 */

/* What the reference counts in a range must be `hits`. */
static bool compare(const struct pi_counts *counts, const struct plait_exec *reference,
                    const struct dart_range *range, uint64_t hits, struct failure *failure) {
    uint64_t expected = 0;
    (void)pi_counts_count_range(&counts->work, reference, range, &expected);
    return hits == expected ||
           failure_set(failure, EXIT_RUN,
                       "verification failed: run %" PRIu64 ", darts %" PRIu64 " to %" PRIu64
                       " have %" PRIu64 " hits, the reference says %" PRIu64 ": please report this",
                       range->run, range->first, range->first + range->count - 1, hits, expected);
}

/* Some of a step's darts on the path of this rank, elsewhere on each rank. */
static bool verify_path(const struct pi_counts *counts, const struct plait_exec *reference,
                        int step, uint64_t *darts, struct failure *failure) {
    const struct sweep *sweep = counts->work.sweep;
    const uint64_t all = sweep->darts[step];
    const uint64_t k =
        (uint64_t)step * (uint64_t)counts->session->size + (uint64_t)counts->session->rank;
    const uint64_t count = all < range_sample ? all : range_sample;
    const struct dart_range range = {
        step, plait_sample(sweep->runs, k), 1, plait_sample(all - count + 1, k), count, 0};
    uint64_t hits = 0;
    (void)pi_counts_count_range(&counts->work, counts->work.exec, &range, &hits);
    *darts += count;
    return compare(counts, reference, &range, hits, failure);
}

/* Some of a step's runs as they came together, if they are short enough. */
static bool verify_sums(const struct pi_counts *counts, const struct plait_exec *reference,
                        int step, uint64_t *darts, struct failure *failure) {
    const struct sweep *sweep = counts->work.sweep;
    const uint64_t all = sweep->darts[step];
    const uint64_t most = sum_sample / all;
    const uint64_t runs = most < sweep->runs ? most : sweep->runs;
    for (uint64_t k = 0; k < runs; k++) {
        const struct dart_range range = {step, k * sweep->runs / runs, 1, 0, all, 0};
        const uint64_t hits = counts->hits[(uint64_t)step * sweep->runs + range.run];
        if (!compare(counts, reference, &range, hits, failure))
            return false;
        *darts += all;
    }
    return true;
}

bool counts_verify(const struct pi_counts *counts, uint64_t *darts, struct failure *failure) {
    struct plait_exec reference;
    *darts = 0;
    if (plait_exec_init(&reference, "scalar", counts->work.exec->threads) != PLAIT_OK)
        return failure_set(failure, EXIT_RUN, "the scalar reference is missing");
    for (int s = 0; s < counts->work.sweep->steps; s++)
        if (!verify_path(counts, &reference, s, darts, failure) ||
            (session_is_root(counts->session) &&
             !verify_sums(counts, &reference, s, darts, failure)))
            return false;
    return true;
}

double counts_imbalance(const struct pi_counts *counts) {
    return queue_imbalance(counts->shares, counts->session->size);
}

void counts_end(struct pi_counts *counts) {
    free(counts->own);
    free(counts->hits);
    free(counts->seconds);
    free(counts->shares);
}
