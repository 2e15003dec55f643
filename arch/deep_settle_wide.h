/* SPDX-License-Identifier: MIT
 * What is due for lanes of extended views: for all of a vector at once, or for one alone. Skips are
 * in extended numbers, and so are the steps from a z that is too small for doubles. */
#include "deep_wide.h"

#include <stddef.h>

/* The four columns of doubles that begin with A, and with what follows them. */
_Static_assert(offsetof(struct plait_deep_extended_node, b) == 24 &&
                   offsetof(struct plait_deep_extended_node, radius) == 48 &&
                   offsetof(struct plait_deep_extended_place, s) == 24,
               "deep_vec_columns of extended nodes and places");

/* A single step is a node, too. */
static const struct plait_deep_extended_node deep_single_step = {
    .a = {1, 0, 0}, .b = {1, 0, 0}, .length = 1, .longer = PLAIT_DEEP_NONE};

/* What is looked at in extended numbers. */
struct deep_wide_look {
    struct deep_wide q;
    mask_t inside, nearer; /* |w| < r, and sup(w) < sup(z) */
};

static inline struct deep_wide_look deep_wide_look_at(const struct deep_lanes *lanes, int v,
                                                      mask_t *odd) {
    const int first = v * VEC_LANES;
    const double *place_of[VEC_LANES];
    vec_t low[4], high[4]; /* x, y, e, S; y, e, S and its exponent */
    for (int i = 0; i < VEC_LANES; i++) {
        const struct plait_deep_orbit *orbit = lanes->orbit[first + i];
        /* Read for all lanes, used for tiny ones: the others may be after the last place. */
        const ptrdiff_t m =
            lanes->tiny[v] >> i & 1 ? lanes->at.place[first + i] - orbit->places : 0;
        place_of[i] = (const double *)(const void *)&orbit->extended[m];
    }
    deep_vec_columns(place_of, 0, low);
    deep_vec_columns(place_of, 1, high);
    const struct deep_wide big = {low[0], low[1], deep_ivec_bits(low[2])};
    const struct deep_wide_real s = {low[3], deep_ivec_bits(high[3])};
    const struct deep_wide z = {vec_load(lanes->zx + first), vec_load(lanes->zy + first),
                                ivec_load(lanes->ze + first)};
    const struct deep_wide w = deep_wide_add(big, z, odd), t = deep_wide_add(big, w, odd);
    return (struct deep_wide_look){
        .q = deep_wide_mul(t, z, odd),
        .inside = deep_wide_sum_is_negative(vec_fma(t.x, z.x, vec_mul(t.y, z.y)),
                                            ivec_add(t.e, z.e), s, odd),
        .nearer = deep_wide_less(deep_wide_sup(w), deep_wide_sup(z)),
    };
}

/* The longest valid skip, or single step, of each lane. Returns one for all lanes where they are at
 * the same place and do not part, and else sets node_of and returns NULL. */
static const struct plait_deep_extended_node *
deep_find_wide_skips(const struct deep_lanes *lanes, int v, unsigned which,
                     struct deep_wide_real sup, const struct plait_deep_extended_node **node_of) {
    const int first = v * VEC_LANES, k = first + __builtin_ctz(which);
    const ivec_t at = ivec_load(lanes->at.address + first);
    if ((which & ~mask_lanes(deep_ivec_equal(at, ivec_set1(lanes->at.address[k])))) == 0) {
        const struct plait_deep_orbit *orbit = lanes->orbit[k];
        const struct plait_deep_extended_node *nodes = orbit->extended_nodes;
        const struct plait_deep_extended_node *node = &deep_single_step;
        unsigned valid = which;
        for (uint32_t j = orbit->nodes[lanes->at.place[k] - orbit->places]; j != PLAIT_DEEP_NONE;
             j = nodes[j].longer) {
            const struct deep_wide_real radius = {vec_set1(nodes[j].radius.v),
                                                  ivec_set1((uint64_t)nodes[j].radius.e)};
            valid = which & mask_lanes(deep_wide_less(sup, radius));
            if (valid != which)
                break;
            node = &nodes[j];
        }
        if (valid == which || valid == 0)
            return node;
    }
    double sup_v[VEC_LANES];
    uint64_t sup_e[VEC_LANES];
    vec_store(sup_v, sup.v);
    ivec_store(sup_e, sup.e);
    for (int i = 0; i < VEC_LANES; i++) {
        const struct plait_deep_orbit *orbit = lanes->orbit[first + i];
        const struct plait_deep_extended_node *node = NULL;
        if (which >> i & 1)
            node = deep_longest_skip(orbit, (uint32_t)(lanes->at.place[first + i] - orbit->places),
                                     (struct plait_deep_real){sup_v[i], (int64_t)sup_e[i]});
        node_of[i] = node ? node : &deep_single_step;
    }
    return NULL;
}

/* Each of the lanes makes its longest valid skip, or a single step, from its q. Returns those that
 * must make it in plain C. */
static unsigned deep_move_wide_lanes(struct deep_lanes *lanes, int v, unsigned which,
                                     struct deep_wide q) {
    const int first = v * VEC_LANES;
    const struct plait_deep_extended_node *node_of[VEC_LANES];
    const struct plait_deep_extended_node *common =
        deep_find_wide_skips(lanes, v, which, deep_wide_sup(q), node_of);
    uint64_t lengths[VEC_LANES];
    const double *columns_of[VEC_LANES];
    vec_t low[4], high[4]; /* A and the x of B; y and the exponent of B */
    for (int i = 0; i < VEC_LANES; i++) {
        const struct plait_deep_extended_node *node = common ? common : node_of[i];
        lengths[i] = node->length;
        columns_of[i] = &node->a.x;
    }
    deep_vec_columns(columns_of, 0, low);
    deep_vec_columns(columns_of, 4, high);
    const struct deep_wide a = {low[0], low[1], deep_ivec_bits(low[2])};
    const struct deep_wide b = {low[3], high[0], deep_ivec_bits(high[1])};
    const struct deep_wide c = {vec_load(lanes->wide_cx + first), vec_load(lanes->wide_cy + first),
                                ivec_load(lanes->wide_ce + first)};
    mask_t odd = mask_of(0);
    const struct deep_wide next =
        deep_wide_add(deep_wide_mul(a, q, &odd), deep_wide_mul(b, c, &odd), &odd);
    const unsigned alone = which & mask_lanes(odd);
    const mask_t moved = mask_of(which & ~alone);
    const mask_t tiny = deep_ivec_less(next.e, ivec_set1((uint64_t)-256));
    const vec_t scale = vec_select(tiny, vec_set1(1), deep_vec_power(next.e));
    const ivec_t length = deep_ivec_select(moved, ivec_load(lengths), ivec_set1(0));
    uint64_t *n = lanes->n + first, *at = lanes->at.address + first;
    double *zx = lanes->zx + first, *zy = lanes->zy + first;
    vec_store(zx, vec_select(moved, vec_mul(next.x, scale), vec_load(zx)));
    vec_store(zy, vec_select(moved, vec_mul(next.y, scale), vec_load(zy)));
    ivec_store(lanes->ze + first, deep_ivec_select(moved, next.e, ivec_load(lanes->ze + first)));
    ivec_store(n, ivec_add(ivec_load(n), length));
    ivec_store(at, deep_ivec_places(ivec_load(at), length));
    lanes->tiny[v] = (lanes->tiny[v] & ~mask_lanes(moved)) | mask_lanes(mask_and(moved, tiny));
    for (int i = 0; i < VEC_LANES; i++)
        if ((which & ~alone) >> i & 1) {
            DEEP_TALLY(skips, lengths[i] > 1);
            DEEP_TALLY(skipped, lengths[i] > 1 ? lengths[i] : 0);
            DEEP_TALLY(extended_singles, lengths[i] == 1);
        }
    return alone;
}

/* A lane alone does what is due, and perhaps more. */
static void deep_settle_extended_lane(struct deep_lanes *lanes, int k, const struct deep_tile *work,
                                      enum deep_goal goal) {
    struct deep_pixel *pixel = &lanes->pixel[k];
    deep_get_pixel(lanes, k, pixel);
    const bool plain = deep_iterate_extended(pixel, !deep_has_lane(lanes->tiny, k), goal);
    if (pixel->done) {
        const struct deep_end end = deep_end_of(pixel, plain);
        deep_write_lane(lanes, k, work, &end);
    } else {
        deep_put_pixel(lanes, k, pixel, plain);
    }
}

/* Does what is due for all lanes of vector v at once. Returns the lanes that are due, if they are
 * few, and else the lanes that may be due next. */
static unsigned deep_settle_many_wide(struct deep_lanes *lanes, int v,
                                      const struct deep_tile *work) {
    const int first = v * VEC_LANES;
    const vec_t least = vec_set1(0x1p-256);
    mask_t odd = mask_of(0);
    vec_t column[4];
    deep_vec_columns(lanes->at.columns + first, 0, column);
    const struct deep_look look =
        deep_look_at(vec_load(lanes->zx + first), vec_load(lanes->zy + first), column);
    const unsigned awake = lanes->awake[v], tiny = lanes->tiny[v];
    const unsigned full =
        awake & deep_ivec_reached(ivec_load(lanes->n + first), (uint64_t)work->job->maxit);
    const unsigned ends = mask_lanes(vec_equal(column[3], vec_set1((double)INFINITY)));

    /* With z in doubles; a single step to a z that is too small for that is made alone. */
    unsigned going = awake & ~full & ~tiny & mask_lanes(vec_less(look.square, vec_set1(0)));
    const unsigned rebases = going & (mask_lanes(vec_less(look.w_sup, look.z_sup)) | ends);
    unsigned moves = going & ~rebases & mask_lanes(vec_less(look.q_sup, column[3]));
    const vec_t next_x = vec_add(look.qx, vec_load(lanes->cx + first));
    const vec_t next_y = vec_add(look.qy, vec_load(lanes->cy + first));
    unsigned alone =
        (rebases & mask_lanes(vec_less(look.w_sup, least))) |
        (going & ~rebases & ~moves & mask_lanes(vec_less(deep_vec_sup(next_x, next_y), least)));
    struct deep_wide q = deep_wide_normal(look.qx, look.qy, ivec_set1(0), &odd);
    odd = mask_and(odd, mask_of(moves));

    /* And where it is too small. */
    if (tiny) {
        mask_t tiny_odd = mask_of(0);
        const struct deep_wide_look wide = deep_wide_look_at(lanes, v, &tiny_odd);
        const unsigned inside = tiny & ~full & mask_lanes(wide.inside);
        const unsigned tiny_moves = inside & ~ends & ~mask_lanes(wide.nearer);
        q = deep_wide_select(mask_of(tiny), wide.q, q);
        odd = mask_or(odd, mask_and(tiny_odd, mask_of(tiny)));
        const ivec_t zero = ivec_set1((uint64_t)PLAIT_DEEP_ZERO);
        alone |=
            tiny & (~tiny_moves |
                    mask_lanes(mask_and(deep_ivec_equal(ivec_load(lanes->ze + first), zero),
                                        deep_ivec_equal(ivec_load(lanes->wide_ce + first), zero))));
        going |= inside;
        moves |= tiny_moves;
    }
    const unsigned done = awake & ~going, due = rebases | moves | alone | done;
    DEEP_TALLY(settles, 1);
    DEEP_TALLY(settled, __builtin_popcount(due));
    if (__builtin_popcount(due) < DEEP_MANY_WIDE)
        return due;
    alone |= mask_lanes(odd);
    if (rebases & ~alone)
        deep_rebase_lanes(lanes, v, work->job, rebases & ~alone, &look);
    if (moves & ~alone)
        alone |= deep_move_wide_lanes(lanes, v, moves & ~alone, q);
    for (unsigned rest = done & ~alone; rest != 0; rest &= rest - 1)
        deep_finish_lane(lanes, first + __builtin_ctz(rest), work,
                         ~full >> __builtin_ctz(rest) & 1);
    for (unsigned rest = alone; rest != 0; rest &= rest - 1)
        deep_settle_extended_lane(lanes, first + __builtin_ctz(rest), work, DEEP_ONCE);
    return lanes->awake[v];
}
