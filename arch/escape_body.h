/* SPDX-License-Identifier: MIT
 * The escape kernel, written once for all instruction sets: a tile's pixels pass an interior test
 * and a short tested prefix; those still inside queue up for the deep loop. Every shortcut gives
 * the counts of the plain loop, pixel for pixel; the argument stands where each is used.
 *
 * An including file brings the vocabulary vec_<isa>.h and five words that no other kernel needs:
 *
 *   escape_vec_store_counts(p, v)   the lanes, small whole numbers, as int32_t
 *   escape_vec_count(v, m)          v + 1 in the true lanes
 *   escape_vec_pack(p, v, lanes)    the named lanes one after the other; what follows them, up to
 *                                   VEC_LANES, becomes junk
 *   escape_vec_unpack(v, lanes, p)  v with its named lanes replaced by p[0], p[1], ...; reads
 *                                   VEC_LANES doubles
 *   escape_vec_exponent(v, f)       the e with v = 2^e f, sqrt(1/2) <= f < sqrt(2); the f go to *f
 *
 * With ESCAPE_DISTANCE, 1, orbits have a derivative, and values are distances (distance.h), which
 * are then always wanted.
 *
 * It also brings the name ESCAPE_TILE of the function it gets, and as an enum these parameters,
 * found by measurement:
 *
 *   DEEP_VECS    vectors in flight in the deep loop, at most 8: enough to hide the latency of a
 *                step (7 or 8 cycles on x86), few enough for the registers
 *   C_IN_MEMORY  1: the deep loop reads c from memory at every step, as an operand or by a load,
 *                and leaves the registers to x and y
 *   UNROLL       steps written out in the deep loop, 1 or 2: two save moves where a multiply-add
 *                overwrites its addend
 *   GROUP_VECS   vectors in flight where every step is tested, which takes more registers
 *   BLOCK        most steps between two looks in the deep loop: an escape wastes half of them, a
 *                look costs a few */
#ifndef ESCAPE_DISTANCE
#define ESCAPE_DISTANCE 0
#endif

#include "escape.h"

#include "escape_deep.h"

#include <math.h>
#include <string.h>

/* Most pixels of most pictures leave within that many steps. */
enum { PREFIX = 16 };

/* Small maxit is finished in the prefix. Else the rest is cut into equal blocks of at most BLOCK
 * steps, so that the last one reaches little beyond maxit. */
static struct plan make_plan(int32_t maxit) {
    if (maxit <= PREFIX + BLOCK)
        return (struct plan){.maxit = maxit, .prefix = maxit, .block = 0};
    const int32_t rest = maxit - PREFIX;
    const int32_t blocks = (rest - 1) / BLOCK + 1;
    const int32_t block = ((rest - 1) / blocks / UNROLL + 1) * UNROLL;
    return (struct plan){.maxit = maxit, .prefix = PREFIX, .block = block};
}

/* A rectangle of a picture's pixels, taken in row-major order, and where their results go. */
struct cursor {
    uint32_t row, col, rows, cols; /* the rectangle */
    uint32_t i, j;                 /* the next pixel in it; none when i == rows */
    struct plait_escape_results to;
};

/* first, first + 1, ...: exact up to 2^53 */
static inline vec_t lane_numbers(double first) {
    _Static_assert(VEC_LANES <= 8, "wider vectors need more numbers");
    static const double numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    return vec_add(vec_load(numbers), vec_set1(first));
}

/* True only inside the main cardioid or the disc of period 2, where no orbit escapes: q (q + a) <
 * y^2 / 4 and |c + 1|^2 < 1/16 in exact arithmetic, less a margin M that is larger than all
 * rounding errors and uniform all round, the neck at -0.75 and the cusp at 0.25 included. Doubtful
 * pixels are iterated. */
static inline mask_t is_interior(vec_t px, vec_t py) {
    const double m = 0x1p-24;
    const vec_t a = vec_add(px, vec_set1(-0.25));
    const vec_t b = vec_add(px, vec_set1(1.0));
    const vec_t y2 = vec_mul(py, py);
    const vec_t q = vec_fma(a, a, y2);
    const vec_t left = vec_fma(q, vec_add(vec_add(q, a), vec_set1(m)), vec_set1(0x1p-64));
    const mask_t cardioid = vec_less(left, vec_mul(vec_set1(0.25), y2));
    const mask_t disc = vec_less(vec_fma(b, b, y2), vec_set1(0.0625 - m));
    return mask_or(cardioid, disc);
}

/* Sets g to the next GROUP_LANES pixels of the row, or what is left of it, at their first z. known:
 * the interior pixels, which need no steps. */
static inline void start_group(const struct plait_escape_job *job, const struct cursor *at,
                               struct group *g, mask_t known[GROUP_VECS]) {
    const vec_t zero = vec_set1(0);
    const vec_t end = vec_set1(at->cols);
    const vec_t py = vec_set1(fma(job->half_height - (double)(at->row + at->i), job->dy, job->cy));
    const vec_t left = vec_set1((double)at->col - job->half_width); /* exact, and so is j + left */

#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++) {
        const vec_t j = lane_numbers((double)at->j + v * VEC_LANES);
        const vec_t px = vec_fma(vec_add(j, left), vec_set1(job->dx), vec_set1(job->cx));
        g->x[v] = job->julia ? px : zero;
        g->y[v] = job->julia ? py : zero;
        g->cr[v] = job->julia ? vec_set1(job->cre) : px;
        g->ci[v] = job->julia ? vec_set1(job->cim) : py;
        g->count[v] = zero;
        g->inside[v] = vec_less(j, end);
#if ESCAPE_DISTANCE
        g->one = job->julia ? zero : vec_set1(1);
        g->wx[v] = job->julia ? vec_set1(1) : zero;
        g->wy[v] = zero;
#endif
        known[v] = mask_of(0);
        if (job->shortcuts && !job->julia) {
            known[v] = is_interior(px, py);
            g->inside[v] = mask_except(g->inside[v], known[v]);
        }
    }
}

/* Writes the counts of a group of `pixels` pixels. */
static inline void write_counts(const struct group *g, const mask_t known[GROUP_VECS],
                                int32_t maxit, uint32_t pixels, int32_t *counts) {
    int32_t last[GROUP_LANES]; /* for the group at the end of a row */
    int32_t *to = pixels == GROUP_LANES ? counts : last;

#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++)
        escape_vec_store_counts(to + v * VEC_LANES,
                                vec_select(known[v], vec_set1(maxit), g->count[v]));
    if (to == last)
        memcpy(counts, last, pixels * sizeof *last);
}

/* Writes the values of a group of `pixels` pixels. Those that are still inside get junk, and their
 * values later. */
static inline void write_values(const struct group *g, const mask_t known[GROUP_VECS],
                                const struct plait_escape_job *job, uint32_t pixels,
                                double *values) {
    double last[GROUP_LANES]; /* for the group at the end of a row */
    double *to = pixels == GROUP_LANES ? values : last;
    unsigned left = 0; /* the disc */

#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++)
        left |= ALL_LANES & ~(mask_lanes(g->inside[v]) | mask_lanes(known[v]));
    if (left)
        find_values(g, job, to);
#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++) {
        const vec_t never = vec_set1(INFINITY);
        vec_store(to + v * VEC_LANES,
                  left ? vec_select(known[v], never, vec_load(to + v * VEC_LANES)) : never);
    }
    if (to == last)
        memcpy(values, last, pixels * sizeof *last);
}

/* Queues the lanes that are still inside; index: where the first one's count goes. */
static inline void queue_group(const struct group *g, size_t index, struct orbits *queue) {
#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++) {
        const struct orbit_vec orbits = {
            .x = g->x[v],
            .y = g->y[v],
            .cr = g->cr[v],
            .ci = g->ci[v],
            .made = g->count[v],
            .pixel = lane_numbers((double)index + v * VEC_LANES),
#if ESCAPE_DISTANCE
            .wx = g->wx[v],
            .wy = g->wy[v],
#endif
        };
        orbits_push(queue, &orbits, mask_lanes(g->inside[v]));
    }
}

/* Takes the next pixels of the row: writes the results of those that end within the prefix, queues
 * the others, whose results come later. */
static void run_prefix(const struct plait_escape_job *job, const struct plan *plan,
                       struct cursor *at, struct orbits *queue) {
    const size_t index = (size_t)at->i * at->to.stride + at->j;
    const uint32_t left = at->cols - at->j;
    const uint32_t pixels = left < GROUP_LANES ? left : GROUP_LANES;
    struct group g;
    mask_t known[GROUP_VECS];

    start_group(job, at, &g, known);
    const vec_t limit = vec_set1(job->bailout_squared);
    const bool some_inside = at->to.values ? run_tested(&g, plan->prefix, limit, true)
                                           : run_tested(&g, plan->prefix, limit, false);
    write_counts(&g, known, plan->maxit, pixels, at->to.counts + index);
    if (at->to.values)
        write_values(&g, known, job, pixels, at->to.values + index);
    if (some_inside && plan->prefix < plan->maxit)
        queue_group(&g, index, queue);

    at->j += pixels;
    if (at->j == at->cols) {
        at->j = 0;
        at->i++;
    }
}

/* Runs the prefix until the queue can fill every lane, or no pixel is left. */
static inline void fill_queue(const struct plait_escape_job *job, const struct plan *plan,
                              struct cursor *at, struct orbits *queue) {
    while (queue->count < DEEP_LANES && at->i < at->rows)
        run_prefix(job, plan, at, queue);
}

/* All pixels of a rectangle; blind: the guard holds for each of them. */
static void run_rectangle(const struct plait_escape_job *job, struct cursor *at, bool blind) {
    const struct plan plan = make_plan(job->maxit);
    struct orbits queue;
    struct deep d;
    queue.count = 0;
    memset(&d, 0, sizeof d);
#if ESCAPE_DISTANCE
    d.one = vec_set1(job->julia ? 0.0 : 1.0);
#endif

    fill_queue(job, &plan, at, &queue);
    for (int v = 0; v < DEEP_VECS; v++)
        refill(&d, v, lanes_of(~d.busy, v), &queue);
    while (d.busy) {
        fill_queue(job, &plan, at, &queue);
        run_block(&d, &plan, job, blind, &queue, &at->to);
    }
    while (d.escaped.count > 0)
        replay(&d, &plan, job, &at->to);
}

/* The columns of the tile whose cr is below job->blind_min_cr. They are the leftmost: x grows with
 * the column (dx > 0 and rounding keeps the order). */
static uint32_t tested_columns(const struct plait_escape_job *job,
                               const struct plait_escape_tile *tile) {
    uint32_t j = 0;
    while (j < tile->cols) {
        const double x = fma((double)(tile->col + j) - job->half_width, job->dx, job->cx);
        if ((job->julia ? job->cre : x) >= job->blind_min_cr)
            break;
        j++;
    }
    return j;
}

plait_escape_tile_fn ESCAPE_TILE; /* declared where the path's table is, too */

void ESCAPE_TILE(const struct plait_escape_job *job, const struct plait_escape_tile *tile,
                 const struct plait_escape_results *to) {
    const uint32_t tested = tested_columns(job, tile);
    struct cursor at = {
        .row = tile->row,
        .rows = tile->rows,
        .col = tile->col,
        .cols = tested,
        .to = *to,
    };
    if (tested > 0)
        run_rectangle(job, &at, false);
    at.col += tested;
    at.cols = tile->cols - tested;
    at.i = 0;
    at.to.counts += tested;
    if (at.to.values)
        at.to.values += tested;
    if (at.cols > 0)
        run_rectangle(job, &at, true);
}
