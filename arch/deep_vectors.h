/* SPDX-License-Identifier: MIT
 * Deep pixels in vectors. Most steps are single ones: a block makes some of them for all lanes
 * without a branch (deep_block.h). A lane that is due for anything else, an escape, a rebase, a
 * skip or the end of the orbit, rests until the block is over. Then it is settled (deep_settle.h,
 * deep_settle_wide.h): what is due is done for all lanes of a vector at once, or for a few alone,
 * until nothing is due. What is done in a lane does not depend on the others.
 *
 * Pixels begin in lanes of their own, the nursery: their first steps are mostly skips, the same for
 * all, which they make together. When nothing is due for them, they wait there for a free lane.
 *
 * A lane that has come to maxit or beyond in a block is done, whatever it has met there. Behind the
 * last place of an orbit there is space for a block: lanes are due there, and rest.
 *
 * Over vec_<isa>.h and ivec_<isa>.h, and the words that begin with deep_ in
 * arch/<path>/deep_<path>.c; DEEP_VECS vectors are interleaved to hide latencies. */
#include <float.h>

enum {
    DEEP_MANY = 3,      /* lanes of a vector that are due: from that number on all at once */
    DEEP_MANY_WIDE = 2, /* in extended views, where one alone takes longer */
    DEEP_PATIENCE = 2,  /* blocks for which one waits there for others */
};

#include "deep_lanes.h"

#include "deep_block.h"

#include "deep_settle.h"

#include "deep_settle_wide.h"

/* Does what is due, until nothing is: for many lanes of a vector at once, vectors in turns, and for
 * few one by one. */
static inline void deep_settle(struct deep_lanes *lanes, const struct deep_tile *work,
                               unsigned due[DEEP_VECS], const bool extended) {
    const int least = extended ? DEEP_MANY_WIDE : DEEP_MANY;
    for (bool many = true; many;) {
        many = false;
        for (int v = 0; v < DEEP_VECS; v++)
            if (__builtin_popcount(due[v]) >= least) {
                due[v] = extended ? deep_settle_many_wide(lanes, v, work)
                                  : deep_settle_many(lanes, v, work);
                many |= __builtin_popcount(due[v]) >= least;
            }
    }
    for (int v = 0; v < DEEP_VECS; v++)
        for (unsigned rest = due[v]; rest != 0; rest &= rest - 1)
            if (extended)
                deep_settle_extended_lane(lanes, v * VEC_LANES + __builtin_ctz(rest), work,
                                          DEEP_TO_A_SINGLE_STEP);
            else
                deep_settle_plain_lane(lanes, v * VEC_LANES + __builtin_ctz(rest), work);
}

/* Begins pixels in all lanes of the nursery, which has none; those that are done there are written.
 */
static void deep_fill_nursery(struct deep_lanes *nursery, struct deep_tile *work) {
    unsigned due[DEEP_VECS];
    for (int k = 0; k < DEEP_LANES && work->next < work->pixels; k++)
        deep_begin_lane(nursery, k, work);
    for (int v = 0; v < DEEP_VECS; v++)
        due[v] = nursery->awake[v];
    if (work->job->extended)
        deep_settle(nursery, work, due, true);
    else
        deep_settle(nursery, work, due, false);
}

/* Gives lanes without a pixel those of the nursery. Returns whether any lane has one. */
static bool deep_refill(struct deep_lanes *lanes, struct deep_lanes *nursery,
                        struct deep_tile *work) {
    const unsigned all = (1U << VEC_LANES) - 1;
    unsigned awake = 0;
    int j = 0; /* a lane of the nursery */
    for (int v = 0; v < DEEP_VECS; v++) {
        for (unsigned free = all & ~lanes->awake[v]; free != 0; free &= free - 1) {
            while (j < DEEP_LANES && !deep_has_lane(nursery->awake, j))
                j++;
            while (j == DEEP_LANES && work->next < work->pixels) {
                deep_fill_nursery(nursery, work);
                for (j = 0; j < DEEP_LANES && !deep_has_lane(nursery->awake, j);)
                    j++;
            }
            if (j == DEEP_LANES)
                break;
            deep_move_lane(lanes, v * VEC_LANES + __builtin_ctz(free), nursery, j, work->job);
        }
        awake |= lanes->awake[v];
    }
    return awake != 0;
}

static inline void deep_iterate_lanes(struct deep_lanes *lanes, struct deep_lanes *nursery,
                                      struct deep_tile *work, const bool extended) {
    unsigned due[DEEP_VECS];
    int waited[DEEP_VECS] = {0};
    while (deep_refill(lanes, nursery, work)) {
        deep_make_block(lanes, (uint64_t)work->job->maxit, extended, due);
        /* Alone, a lane takes long here: for some blocks it waits for others. */
        for (int v = 0; extended && v < DEEP_VECS; v++)
            if (__builtin_popcount(due[v]) < DEEP_MANY_WIDE && due[v] != lanes->awake[v] &&
                waited[v]++ < DEEP_PATIENCE)
                due[v] = 0;
            else
                waited[v] = 0;
        deep_settle(lanes, work, due, extended);
    }
}

static void deep_iterate_tile(const struct plait_deep_job *job,
                              const struct plait_escape_tile *tile,
                              const struct plait_escape_results *to) {
    struct deep_lanes lanes = {0}, nursery = {0};
    struct deep_tile work = {job, tile, to, 0, (size_t)tile->rows * tile->cols};
    for (int k = 0; k < DEEP_LANES; k++) {
        deep_sleep(&lanes, k, job);
        deep_sleep(&nursery, k, job);
    }
    if (job->extended)
        deep_iterate_lanes(&lanes, &nursery, &work, true);
    else
        deep_iterate_lanes(&lanes, &nursery, &work, false);
}
