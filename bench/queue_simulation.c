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
    double done_s;         /* when it had nothing left to do */
};

struct state {
    const struct simulation *given;
    struct schedule schedule;
    struct worker *worker;
    int *asking;      /* [asking_ranks]: a binary heap, the rank that asks first at its top */
    int asking_ranks; /* that compute and have not been replied to */
    double free_s;    /* rank 0 has replied to all earlier requests by then */
    double *before_s; /* [units + 1]: cost of all units before; NULL: each costs even_s */
    unsigned char *computed;
    struct simulated *result;
};

static double cost_of(const struct state *state, struct piece piece) {
    if (!state->before_s)
        return (double)piece.count * state->given->even_s;
    return state->before_s[piece.first + piece.count] - state->before_s[piece.first];
}

/* Units of the piece that a rank has finished at a moment. */
static uint64_t finished_at(const struct state *state, int rank, double now_s) {
    const struct worker *w = &state->worker[rank];
    uint64_t done = 0, beyond = w->piece.count + 1;
    while (beyond - done > 1) {
        const uint64_t middle = done + (beyond - done) / 2;
        const double end_s = w->begin_s + cost_of(state, (struct piece){w->piece.first, middle}) /
                                              state->given->speeds[rank];
        if (end_s <= now_s)
            done = middle;
        else
            beyond = middle;
    }
    return done;
}

/* -- the ranks that ask, by time ----------------------------------------------------------------
 */

/* Requests of one moment are taken in the order of the ranks. */
static bool asks_before(const struct state *state, int a, int b) {
    const double a_s = state->worker[a].ask_s, b_s = state->worker[b].ask_s;
    return a_s < b_s || (a_s == b_s && a < b);
}

static void swap_asking(struct state *state, int i, int j) {
    const int rank = state->asking[i];
    state->asking[i] = state->asking[j];
    state->asking[j] = rank;
}

static void add_asking(struct state *state, int rank) {
    int at = state->asking_ranks++;
    state->asking[at] = rank;
    for (; at > 0 && asks_before(state, state->asking[at], state->asking[(at - 1) / 2]);
         at = (at - 1) / 2)
        swap_asking(state, at, (at - 1) / 2);
}

static void remove_first_asking(struct state *state) {
    int at = 0;
    state->asking[0] = state->asking[--state->asking_ranks];
    for (;;) {
        int first = at;
        for (int child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < state->asking_ranks &&
                asks_before(state, state->asking[child], state->asking[first]))
                first = child;
        if (first == at)
            return;
        swap_asking(state, at, first);
        at = first;
    }
}

/* -- pieces -------------------------------------------------------------------------------------
 */

static void begin(struct state *state, int rank, struct piece piece, double now_s) {
    struct worker *w = &state->worker[rank];
    const double speed = state->given->speeds[rank];
    w->piece = piece;
    w->begin_s = now_s;
    w->end_s = now_s + cost_of(state, piece) / speed;
    w->ask_s = w->begin_s + cost_of(state, piece) / speed / 4;
    if (piece.count >= 4)
        w->ask_s =
            w->begin_s + cost_of(state, (struct piece){piece.first, (piece.count + 1) / 2}) / speed;
    for (uint64_t u = piece.first; u < piece.first + piece.count; u++)
        state->computed[u] += state->computed[u] < 2;
    if (piece.count > 0 && rank > 0 && !schedule_is_fixed(&state->schedule))
        add_asking(state, rank);
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

static void simulation_report_cost(struct state *state, int rank, double now_s) {
    const struct worker *w = &state->worker[rank];
    if (w->piece.count == 0)
        schedule_tell(&state->schedule, rank, w->finished, w->busy_s);
    else
        schedule_tell(&state->schedule, rank, w->finished + finished_at(state, rank, now_s),
                      w->busy_s + (now_s - w->begin_s));
}

/* Rank 0 replies to the first request, which it sees at a moment, when it has replied to those
 * before it. Its own work waits that long. */
static void simulation_reply(struct state *state, double seen_s) {
    const int rank = state->asking[0];
    struct worker *root = &state->worker[0];
    struct worker *w = &state->worker[rank];
    const double now_s = fmax(seen_s, state->free_s);
    if (root->piece.count > 0)
        simulation_report_cost(state, 0, now_s);
    simulation_report_cost(state, rank, w->ask_s);
    const struct piece piece = schedule_next(&state->schedule, rank, UINT64_MAX);
    root->end_s += root->piece.count > 0 ? state->given->serve_s : 0;
    state->free_s = now_s + state->given->serve_s;
    state->result->messages += 2;
    remove_first_asking(state);
    finish(state, rank);
    if (piece.count > 0)
        begin(state, rank, piece, fmax(w->done_s, state->free_s + state->given->message_s));
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
        const double seen_s =
            state->asking_ranks == 0
                ? INFINITY
                : seen_at(state, state->worker[state->asking[0]].ask_s + state->given->message_s);
        if (root->piece.count > 0 && root->end_s < fmax(seen_s, state->free_s)) {
            next_of_root(state, root->end_s);
        } else if (state->asking_ranks > 0) {
            simulation_reply(state, seen_s);
            if (root->piece.count == 0)
                next_of_root(state, state->free_s);
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
    result->useful = result->end_s > 0 ? cost_of(state, (struct piece){0, given->units}) /
                                             (result->end_s * capacity)
                                       : 1;
}

static void run(struct state *state) {
    const struct simulation *given = state->given;
    for (uint64_t u = 0; given->unit_s && u < given->units; u++)
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
        .asking = malloc((size_t)simulation->ranks * sizeof *state.asking),
        .before_s =
            simulation->unit_s ? calloc(simulation->units + 1, sizeof *state.before_s) : NULL,
        .computed = calloc(simulation->units + 1, 1),
        .result = result,
    };
    const bool begun =
        schedule_begin(&state.schedule, simulation->kind, simulation->units, simulation->ranks) &&
        state.worker && state.asking && (state.before_s || !simulation->unit_s) && state.computed;
    if (begun)
        run(&state);
    schedule_end(&state.schedule);
    free(state.worker);
    free(state.asking);
    free(state.before_s);
    free(state.computed);
    return begun;
}
