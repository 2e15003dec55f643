/* SPDX-License-Identifier: MIT
 * Simulates what ranks/queue.c does. The events are the requests of the ranks and the ends of rank
 * 0's pieces, taken in the order in which rank 0 sees them. */
#include "queue_simulation.h"

#include <math.h>
#include <stdlib.h>

/* Rank 0 looks for messages after a tile, of which a piece has about that many, and not more often
 * than that. */
enum { TILES = 8 };
static const double look_s = 0.25e-3;
static const double sample_s = 10e-3; /* that weighted measures */

struct worker {
    struct piece piece;
    double begin_s, end_s; /* of the piece */
    double busy_s;         /* before it */
    uint64_t finished;     /* units before it */
    double ask_s;          /* when it asks for the next; rank 0: unused */
    bool asks;
    double done_s; /* when it had nothing left to do */
};

struct state {
    const struct simulation *given;
    struct schedule schedule;
    struct worker *worker;
    double *before_s; /* [units + 1]: cost of all units before */
    unsigned char *computed;
    struct simulated *result;
};

static double cost_of(const struct state *state, struct piece piece) {
    return state->before_s[piece.first + piece.count] - state->before_s[piece.first];
}

/* Units of the piece that a rank has finished at a moment. */
static uint64_t finished_at(const struct state *state, int rank, double now_s) {
    const struct worker *w = &state->worker[rank];
    uint64_t done = 0;
    while (done < w->piece.count &&
           w->begin_s + cost_of(state, (struct piece){w->piece.first, done + 1}) /
                            state->given->speeds[rank] <=
               now_s)
        done++;
    return done;
}

static void begin(struct state *state, int rank, struct piece piece, double now_s) {
    struct worker *w = &state->worker[rank];
    const double speed = state->given->speeds[rank];
    w->piece = piece;
    w->begin_s = now_s;
    w->end_s = now_s + cost_of(state, piece) / speed;
    w->asks = piece.count > 0 && rank > 0 && !schedule_is_fixed(&state->schedule);
    w->ask_s = w->begin_s + cost_of(state, piece) / speed / 4;
    if (piece.count >= 4)
        w->ask_s =
            w->begin_s + cost_of(state, (struct piece){piece.first, (piece.count + 1) / 2}) / speed;
    for (uint64_t u = piece.first; u < piece.first + piece.count; u++)
        state->computed[u] += state->computed[u] < 2;
}

static void finish(struct state *state, int rank) {
    struct worker *w = &state->worker[rank];
    w->busy_s += w->end_s - w->begin_s;
    w->finished += w->piece.count;
    w->done_s = w->end_s;
    w->piece.count = 0;
}

static void run_fixed(struct state *state, int rank, double start_s) {
    double now_s = start_s;
    struct piece piece = schedule_first(&state->schedule, rank);
    while (piece.count > 0 && piece.first < state->given->units) {
        begin(state, rank, piece, now_s);
        now_s = state->worker[rank].end_s;
        finish(state, rank);
        piece = schedule_next(&state->schedule, rank, UINT64_MAX);
    }
}

/* When rank 0 sees a request that arrives at a moment. */
static double seen_at(const struct state *state, double arrives_s) {
    const struct worker *root = &state->worker[0];
    if (root->piece.count == 0)
        return fmax(arrives_s, root->done_s) + look_s / 2;
    if (arrives_s <= root->begin_s)
        return root->begin_s;
    if (arrives_s > root->end_s)
        return arrives_s; /* during a later piece, or later still */
    const double gap_s = fmax((root->end_s - root->begin_s) / TILES, look_s);
    return fmin(root->begin_s + ceil((arrives_s - root->begin_s) / gap_s) * gap_s, root->end_s);
}

/* The rank whose request rank 0 sees first, or -1. */
static int first_asking(const struct state *state) {
    int first = -1;
    for (int r = 1; r < state->given->ranks; r++)
        if (state->worker[r].asks &&
            (first < 0 || state->worker[r].ask_s < state->worker[first].ask_s))
            first = r;
    return first;
}

static void simulation_report_cost(struct state *state, int rank, double now_s) {
    const struct worker *w = &state->worker[rank];
    if (w->piece.count == 0)
        schedule_tell(&state->schedule, rank, w->finished, w->busy_s);
    else
        schedule_tell(&state->schedule, rank, w->finished + finished_at(state, rank, now_s),
                      w->busy_s + (now_s - w->begin_s));
}

static void simulation_reply(struct state *state, int rank, double now_s) {
    struct worker *root = &state->worker[0];
    struct worker *w = &state->worker[rank];
    if (root->piece.count > 0)
        simulation_report_cost(state, 0, now_s);
    simulation_report_cost(state, rank, w->ask_s);
    const struct piece piece = schedule_next(&state->schedule, rank, UINT64_MAX);
    root->end_s += root->piece.count > 0 ? state->given->serve_s : 0;
    state->result->messages += 2;
    const double there_s = now_s + state->given->serve_s + state->given->message_s;
    w->asks = false;
    finish(state, rank);
    if (piece.count > 0)
        begin(state, rank, piece, fmax(w->done_s, there_s));
}

/* Rank 0 has finished a piece, or has none and looks again. */
static void next_of_root(struct state *state, double now_s) {
    if (state->worker[0].piece.count > 0)
        finish(state, 0);
    simulation_report_cost(state, 0, now_s);
    const struct piece piece = schedule_next(&state->schedule, 0, UINT64_MAX);
    if (piece.count > 0)
        begin(state, 0, piece, now_s);
}

static void run_dynamic(struct state *state) {
    for (int r = 0; r < state->given->ranks; r++)
        begin(state, r, schedule_first(&state->schedule, r), 0);
    for (;;) {
        const struct worker *root = &state->worker[0];
        const int r = first_asking(state);
        const double seen_s =
            r < 0 ? INFINITY : seen_at(state, state->worker[r].ask_s + state->given->message_s);
        if (root->piece.count > 0 && root->end_s < seen_s) {
            next_of_root(state, root->end_s);
        } else if (r >= 0) {
            simulation_reply(state, r, seen_s);
            if (root->piece.count == 0)
                next_of_root(state, seen_s);
        } else {
            return;
        }
    }
}

static void sum_up(struct state *state) {
    const struct simulation *given = state->given;
    struct simulated *result = state->result;
    double capacity = 0;
    result->once = true;
    for (uint64_t u = 0; u < given->units; u++)
        result->once &= state->computed[u] == 1;
    for (int r = 0; r < given->ranks; r++) {
        capacity += given->speeds[r];
        result->end_s = fmax(result->end_s, state->worker[r].done_s);
    }
    for (int r = 0; r < given->ranks && result->end_s > 0; r++)
        result->waited = fmax(result->waited, 1 - state->worker[r].busy_s / result->end_s);
    result->useful =
        result->end_s > 0 ? state->before_s[given->units] / (result->end_s * capacity) : 1;
}

static void run(struct state *state) {
    const struct simulation *given = state->given;
    state->before_s[0] = 0;
    for (uint64_t u = 0; u < given->units; u++)
        state->before_s[u + 1] = state->before_s[u] + given->unit_s[u];
    if (given->kind == SCHEDULE_WEIGHTED)
        schedule_weigh(&state->schedule, given->speeds);
    if (given->hints)
        schedule_hint(&state->schedule, given->hints);
    if (given->kind == SCHEDULE_DYNAMIC)
        run_dynamic(state);
    else
        for (int r = 0; r < given->ranks; r++)
            run_fixed(state, r, given->kind == SCHEDULE_WEIGHTED ? sample_s : 0);
    sum_up(state);
}

bool simulate(const struct simulation *simulation, struct simulated *result) {
    *result = (struct simulated){0};
    struct state state = {
        .given = simulation,
        .worker = calloc((size_t)simulation->ranks, sizeof *state.worker),
        .before_s = malloc((simulation->units + 1) * sizeof *state.before_s),
        .computed = calloc(simulation->units + 1, 1),
        .result = result,
    };
    const bool begun =
        schedule_begin(&state.schedule, simulation->kind, simulation->units, simulation->ranks) &&
        state.worker && state.before_s && state.computed;
    if (begun)
        run(&state);
    schedule_end(&state.schedule);
    free(state.worker);
    free(state.before_s);
    free(state.computed);
    return begun;
}
