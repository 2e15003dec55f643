/* SPDX-License-Identifier: MIT
 * Keeps the hits of pi. */
#include "pi/pi_checkpoint.h"

#include "base/clock.h"
#include "base/stop_signal.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/share_units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Units of one delivery: seconds of the slowest machine, and hits that fit a small message. */
static const uint64_t most_units = UINT64_C(1) << 16;

/* The steps of a sweep as far as they define its rounds. Where each step is a round of its own, how
 * many there are changes none of them. */
static void describe_steps(struct checkpoint_parameters *parameters, const struct sweep *sweep) {
    char steps[SWEEP_STEPS_MAX * 21] = "";
    int used = 0;
    if (sweep->apart) {
        checkpoint_parameter(parameters, "first-darts", "%" PRIu64, sweep->darts[0]);
        checkpoint_parameter(parameters, "base", "%" PRIu64, sweep->base);
        return;
    }
    for (int s = 0; s < sweep->steps; s++)
        used += snprintf(steps + used, sizeof steps - (size_t)used, "%s%" PRIu64, s > 0 ? "," : "",
                         sweep->darts[s]);
    checkpoint_parameter(parameters, "sweep", "%s", steps);
}

/* Of the hits and of the units, which a look between the steps keeps apart. */
static void describe(struct checkpoint_parameters *parameters,
                     const struct pi_checkpoint_plan *plan) {
    const struct sweep *sweep = plan->sweep;
    checkpoint_parameter(parameters, "subcommand", "pi");
    checkpoint_parameter(parameters, "generator", "%s",
                         plan->generator == PLAIT_PCG32 ? "pcg32" : "rxs64");
    checkpoint_parameter(parameters, "seed", "%" PRIu64, plan->seed);
    checkpoint_parameter(parameters, "runs", "%" PRIu64, sweep->runs);
    checkpoint_parameter(parameters, "look-between-steps", "%s", sweep->apart ? "yes" : "no");
    describe_steps(parameters, sweep);
}

/* The round that begins with step `first`; none at the end of the sweep. */
static struct sweep_round round_at(const struct pi_checkpoint *checkpoint, int first) {
    if (first < checkpoint->sweep.steps)
        return sweep_round_at(&checkpoint->sweep, first);
    return (struct sweep_round){.sweep = &checkpoint->sweep, .first = first};
}

static bool begins_a_round(const struct pi_checkpoint *checkpoint, uint64_t step) {
    int first = 0;
    while (first < checkpoint->sweep.steps && (uint64_t)first < step)
        first += sweep_round_at(&checkpoint->sweep, first).steps;
    return (uint64_t)first == step;
}

/* The content of the file, in words: steps done, pieces of the round under way, these pieces; the
 * seconds of each step done, and of the round so far; the hits of all these steps, those of the
 * round only if it has pieces; a word of the file's own. */
struct layout {
    size_t pieces_at, seconds_at, hits_at, words;
    size_t hits; /* how many */
};

enum { HEAD_WORDS = 2, PIECE_WORDS = 2 };

static struct layout layout_of(const struct pi_checkpoint *checkpoint, int done, size_t pieces) {
    const int under_way = pieces > 0 ? round_at(checkpoint, done).steps : 0;
    struct layout layout = {.pieces_at = HEAD_WORDS};
    layout.seconds_at = layout.pieces_at + pieces * PIECE_WORDS;
    layout.hits_at = layout.seconds_at + (size_t)done + 1;
    layout.hits = (size_t)(done + under_way) * checkpoint->sweep.runs;
    layout.words = layout.hits_at + layout.hits + 1;
    return layout;
}

/* Darts of the first `steps` steps, all runs. */
static double darts_of_steps(const struct sweep *sweep, int steps) {
    double darts = 0;
    for (int s = 0; s < steps; s++)
        darts += (double)sweep->darts[s] * (double)sweep->runs;
    return darts;
}

/* Darts of the finished units of the round under way. */
static double darts_of_part(const struct pi_checkpoint *checkpoint) {
    const struct sweep_round round = round_at(checkpoint, checkpoint->done);
    double darts = 0;
    for (size_t k = 0; k < checkpoint->finished.count; k++) {
        const struct piece piece = checkpoint->finished.items[k];
        darts += (double)(sweep_round_darts(&round, piece.first + piece.count) -
                          sweep_round_darts(&round, piece.first));
    }
    return darts;
}

static bool take_pieces(struct pi_checkpoint *checkpoint, const uint64_t *words, size_t pieces,
                        uint64_t units, struct failure *failure) {
    for (size_t k = 0; k < pieces; k++) {
        const struct piece piece = {words[2 * k], words[2 * k + 1]};
        if (piece.count > units || piece.first > units - piece.count)
            return checkpoint_damaged(&checkpoint->file, "its units", failure);
        if (!unit_set_add(&checkpoint->finished, piece))
            return failure_set(failure, EXIT_RUN, "out of memory");
    }
    return true;
}

/* A longer sweep may have got further than this one goes. */
static bool reaches_beyond(const struct pi_checkpoint *checkpoint, uint64_t done, uint64_t pieces) {
    const uint64_t steps = (uint64_t)checkpoint->sweep.steps;
    return checkpoint->sweep.apart && done <= SWEEP_STEPS_MAX &&
           (done > steps || (done == steps && pieces > 0));
}

static bool refuse_beyond(const struct pi_checkpoint *checkpoint, struct failure *failure) {
    const struct sweep *sweep = &checkpoint->sweep;
    return failure_set(
        failure, EXIT_USAGE,
        "checkpoint '%s' has darts beyond N = %" PRIu64
        ", the last that --max-darts allows: raise --max-darts, or name another file",
        checkpoint->path, sweep->darts[sweep->steps - 1]);
}

/* Looks at the content of the file: checkpoint->done and finished are from it then, and the rest
 * waits for memory. */
static bool take_state(struct pi_checkpoint *checkpoint, struct failure *failure) {
    const uint64_t *words = checkpoint->state;
    const size_t count = checkpoint->state_words;
    if (count >= HEAD_WORDS && reaches_beyond(checkpoint, words[0], words[1]))
        return refuse_beyond(checkpoint, failure);
    if (count < HEAD_WORDS || !begins_a_round(checkpoint, words[0]) ||
        words[1] > count / PIECE_WORDS ||
        layout_of(checkpoint, (int)words[0], words[1]).words != count)
        return checkpoint_damaged(&checkpoint->file, "its steps", failure);
    checkpoint->done = (int)words[0];
    const struct sweep_round round = round_at(checkpoint, checkpoint->done);
    if (!take_pieces(checkpoint, words + HEAD_WORDS, words[1],
                     round.steps > 0 ? sweep_round_units(&round) : 0, failure))
        return false;
    checkpoint->resumed_steps = checkpoint->done;
    checkpoint->resumed_part = darts_of_part(checkpoint);
    return true;
}

bool pi_checkpoint_open(struct pi_checkpoint *checkpoint, const struct session *session,
                        const struct pi_checkpoint_plan *plan, struct failure *failure) {
    *checkpoint = (struct pi_checkpoint){
        .session = session,
        .path = plan->path,
        .sweep = *plan->sweep,
        .every_seconds = plan->every_seconds,
    };
    if (!plan->path)
        return true;
    stop_signal_watch();
    describe(&checkpoint->parameters, plan);
    if (session_is_root(checkpoint->session) &&
        checkpoint_open(&checkpoint->file, plan->path, &checkpoint->parameters, &checkpoint->found,
                        failure) &&
        checkpoint->found &&
        checkpoint_read_whole(&checkpoint->file, &checkpoint->state, &checkpoint->state_words,
                              failure))
        take_state(checkpoint, failure);
    if (!agree(session, failure))
        return false;
    MPI_CHECK(MPI_Bcast(&checkpoint->done, 1, MPI_INT, ROOT, session->world));
    return true;
}

/* Runs that a piece touches. */
struct runs {
    uint64_t first, count;
};

static struct runs runs_of(const struct sweep_round *round, struct piece piece) {
    const uint64_t first = piece.first / round->run_units;
    const uint64_t last = (piece.first + piece.count - 1) / round->run_units;
    return (struct runs){first, last - first + 1};
}

/* The most hits that a delivery has, over all rounds. */
static size_t most_cells(const struct sweep *sweep) {
    uint64_t most = 1;
    for (int first = 0; first < sweep->steps;) {
        const struct sweep_round round = sweep_round_at(sweep, first);
        const uint64_t touched = most_units / round.run_units + 2;
        const uint64_t runs = touched < sweep->runs ? touched : sweep->runs;
        const uint64_t cells = runs * (uint64_t)round.steps;
        most = cells > most ? cells : most;
        first += round.steps;
    }
    return most;
}

/* A round that has no unit yet has taken no time. */
static bool save(struct pi_checkpoint *checkpoint, struct failure *failure) {
    const size_t done = (size_t)checkpoint->done, pieces = checkpoint->finished.count;
    const struct layout layout = layout_of(checkpoint, checkpoint->done, pieces);
    double seconds = 0;
    if (!checkpoint->changed)
        return true;
    uint64_t *words = malloc(layout.words * sizeof *words);
    if (!words)
        return failure_set(failure, EXIT_RUN, "out of memory");
    words[0] = done;
    words[1] = pieces;
    if (pieces > 0) {
        memcpy(words + layout.pieces_at, checkpoint->finished.items,
               pieces * sizeof *checkpoint->finished.items);
        seconds = checkpoint->earlier_seconds + clock_seconds_since(checkpoint->begun_ns);
    }
    memcpy(words + layout.seconds_at, checkpoint->seconds, done * sizeof seconds);
    memcpy(words + layout.seconds_at + done, &seconds, sizeof seconds);
    memcpy(words + layout.hits_at, checkpoint->hits, layout.hits * sizeof *words);
    checkpoint->changed = false;
    const bool saved = checkpoint_rewrite(&checkpoint->file, words, layout.words, failure);
    free(words);
    return saved;
}

static bool load_on_root(struct pi_checkpoint *checkpoint, struct failure *failure) {
    checkpoint_set_interval(&checkpoint->file, checkpoint->every_seconds);
    if (!checkpoint->found) {
        checkpoint->changed = true;
        return save(checkpoint, failure);
    }
    const size_t done = (size_t)checkpoint->done;
    const uint64_t *words = checkpoint->state;
    const struct layout layout = layout_of(checkpoint, checkpoint->done, words[1]);
    memcpy(checkpoint->seconds, words + layout.seconds_at, done * sizeof *checkpoint->seconds);
    memcpy(&checkpoint->earlier_seconds, words + layout.seconds_at + done, sizeof(double));
    checkpoint->resumed_seconds = checkpoint->earlier_seconds;
    memcpy(checkpoint->hits, words + layout.hits_at, layout.hits * sizeof *checkpoint->hits);
    return true;
}

bool pi_checkpoint_load(struct pi_checkpoint *checkpoint, uint64_t *hits, double *seconds,
                        struct failure *failure) {
    const size_t places =
        session_is_root(checkpoint->session) ? (size_t)checkpoint->session->size : 2;
    checkpoint->cells_each = most_cells(&checkpoint->sweep);
    checkpoint->cells = calloc(places * checkpoint->cells_each, sizeof *checkpoint->cells);
    checkpoint->hits = hits;
    checkpoint->seconds = seconds;
    if (!checkpoint->cells)
        failure_set(failure, EXIT_RUN, "out of memory");
    else if (session_is_root(checkpoint->session))
        load_on_root(checkpoint, failure);
    return agree(checkpoint->session, failure);
}

struct pi_resumed pi_checkpoint_resumed(const struct pi_checkpoint *checkpoint, int steps) {
    const int whole = steps < checkpoint->resumed_steps ? steps : checkpoint->resumed_steps;
    struct pi_resumed resumed = {darts_of_steps(&checkpoint->sweep, whole), 0};
    for (int s = 0; s < whole; s++)
        resumed.seconds += checkpoint->seconds[s];
    if (steps > whole) {
        resumed.darts += checkpoint->resumed_part;
        resumed.seconds += checkpoint->resumed_seconds;
    }
    return resumed;
}

bool pi_checkpoint_has(const struct pi_checkpoint *checkpoint, const struct sweep_round *round) {
    return round->first < checkpoint->done;
}

/* Hits of the round, [steps][runs]. */
static uint64_t *round_hits(const struct pi_checkpoint *checkpoint) {
    return checkpoint->hits + (size_t)checkpoint->round.first * checkpoint->sweep.runs;
}

bool pi_checkpoint_begin_round(struct pi_checkpoint *checkpoint, const struct sweep_round *round,
                               struct failure *failure) {
    checkpoint->round = *round;
    checkpoint->round.sweep = &checkpoint->sweep;
    checkpoint->begun_ns = clock_now_ns();
    unit_set_free(&checkpoint->rest);
    if (session_is_root(checkpoint->session)) {
        if (checkpoint->finished.count == 0)
            memset(round_hits(checkpoint), 0,
                   (size_t)round->steps * checkpoint->sweep.runs * sizeof *checkpoint->hits);
        if (!unit_set_rest(&checkpoint->finished, sweep_round_units(round), &checkpoint->rest))
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    return agree(checkpoint->session, failure) &&
           share_units(checkpoint->session, &checkpoint->rest, failure);
}

/* Where the hits of a rank's piece are on this rank: [steps of the round][runs it touches]. */
static uint64_t *place(const struct pi_checkpoint *checkpoint, int rank) {
    const size_t k = (size_t)(session_is_root(checkpoint->session) ? rank : checkpoint->turn);
    return checkpoint->cells + k * checkpoint->cells_each;
}

void pi_checkpoint_take(struct pi_checkpoint *checkpoint, struct piece piece, uint64_t *own) {
    const struct runs runs = runs_of(&checkpoint->round, piece);
    checkpoint->turn = !checkpoint->turn;
    uint64_t *cells = place(checkpoint, checkpoint->session->rank);
    for (int s = 0; s < checkpoint->round.steps; s++) {
        uint64_t *hits = own + (size_t)s * checkpoint->sweep.runs + runs.first;
        memcpy(cells + (size_t)s * runs.count, hits, runs.count * sizeof *hits);
        memset(hits, 0, runs.count * sizeof *hits);
    }
}

static void locate(void *context, int rank, struct piece piece,
                   struct queue_block blocks[QUEUE_BLOCKS]) {
    const struct pi_checkpoint *checkpoint = context;
    const size_t cells = runs_of(&checkpoint->round, piece).count * (size_t)checkpoint->round.steps;
    blocks[0] = (struct queue_block){place(checkpoint, rank), cells * sizeof(uint64_t)};
}

static bool tend(void *context) {
    struct pi_checkpoint *checkpoint = context;
    return (!checkpoint_is_due(&checkpoint->file) && !stop_signal_seen()) ||
           save(checkpoint, &checkpoint->failure);
}

static bool pi_checkpoint_keep(void *context, int rank, struct piece piece) {
    struct pi_checkpoint *checkpoint = context;
    const struct runs runs = runs_of(&checkpoint->round, piece);
    const uint64_t *cells = place(checkpoint, rank);
    for (int s = 0; s < checkpoint->round.steps; s++)
        for (uint64_t r = 0; r < runs.count; r++)
            round_hits(checkpoint)[(size_t)s * checkpoint->sweep.runs + runs.first + r] +=
                cells[(size_t)s * runs.count + r];
    checkpoint->changed = true;
    if (!unit_set_add(&checkpoint->finished, piece))
        return failure_set(&checkpoint->failure, EXIT_RUN, "out of memory");
    return tend(checkpoint);
}

struct queue_delivery pi_checkpoint_delivery(struct pi_checkpoint *checkpoint) {
    return (struct queue_delivery){
        .context = checkpoint,
        .most_units = most_units,
        .locate = locate,
        .keep = pi_checkpoint_keep,
        .tend = tend,
        .stop = stop_signal_seen,
    };
}

/* The units of the round are all in, or it was stopped. */
static void end_on_root(struct pi_checkpoint *checkpoint, bool stopped, struct failure *failure) {
    const bool whole =
        unit_set_units(&checkpoint->finished) == sweep_round_units(&checkpoint->round);
    if (whole) {
        checkpoint->done = checkpoint->round.first + checkpoint->round.steps;
        checkpoint->earlier_seconds = 0;
        unit_set_free(&checkpoint->finished);
    }
    if (checkpoint->failure.exit_status == EXIT_DONE && !whole)
        save(checkpoint, &checkpoint->failure);
    if (checkpoint->failure.exit_status != EXIT_DONE)
        *failure = checkpoint->failure;
    else if (stopped && !whole) {
        const double done =
            darts_of_steps(&checkpoint->sweep, checkpoint->done) + darts_of_part(checkpoint);
        const double all = darts_of_steps(&checkpoint->sweep, checkpoint->sweep.steps);
        if (done > 0)
            failure_set(
                failure, EXIT_STOPPED,
                "stopped: checkpoint '%s' has %.4g of %.4g darts, and the same command continues from there",
                checkpoint->path, done, all);
        else
            failure_set(
                failure, EXIT_STOPPED,
                "stopped: checkpoint '%s' has 0 of %.4g darts: nothing is gained yet, and the same command begins from the start",
                checkpoint->path, all);
    }
}

void pi_checkpoint_end_round(struct pi_checkpoint *checkpoint, bool stopped,
                             struct failure *failure) {
    if (session_is_root(checkpoint->session))
        end_on_root(checkpoint, stopped, failure);
    else
        checkpoint->done = checkpoint->round.first + checkpoint->round.steps;
}

/* All darts are kept, but the results are not printed. Returns false. */
static bool stopped_when_complete(const struct pi_checkpoint *checkpoint, struct failure *failure) {
    return failure_set(
        failure, EXIT_STOPPED,
        "stopped: checkpoint '%s' has all darts, and the same command prints the results",
        checkpoint->path);
}

bool pi_checkpoint_end_work(struct pi_checkpoint *checkpoint, struct failure *failure) {
    if (session_is_root(checkpoint->session) && save(checkpoint, failure) && stop_signal_seen())
        stopped_when_complete(checkpoint, failure);
    if (!agree(checkpoint->session, failure))
        return false;
    struct failure later = {0};
    stopped_when_complete(checkpoint, &later);
    stop_signal_end_at_once(session_is_root(checkpoint->session) ? later.text : NULL);
    return true;
}

bool pi_checkpoint_remove(const struct pi_checkpoint *checkpoint, struct failure *failure) {
    stop_signal_release();
    return !session_is_root(checkpoint->session) || checkpoint_remove(&checkpoint->file, failure);
}

void pi_checkpoint_free(struct pi_checkpoint *checkpoint) {
    checkpoint_close(&checkpoint->file);
    unit_set_free(&checkpoint->finished);
    unit_set_free(&checkpoint->rest);
    free(checkpoint->cells);
    free(checkpoint->state);
}
