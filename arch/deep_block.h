/* SPDX-License-Identifier: MIT
 * Deep pixels in vectors while z is plain. Most steps are single ones: a block makes some of them
 * for all lanes without a branch. A lane that is due for anything else, an escape, a rebase, a skip
 * or the end of the orbit, rests until the block is over. Then its vector is settled: rebases and
 * skips are made for all lanes that are due for them at once, and a lane whose pixel is done gets
 * the next one, until no lane is due. What is done in a lane does not depend on the others.
 *
 * A lane that has come to maxit or beyond in a block is done, whatever it has met there. Behind the
 * last place of an orbit there is space for a block: its lanes are due there, and rest.
 *
 * In an extended view skips, and steps from and to a z that is too small for doubles, are made in
 * plain C, a lane alone, until it has made a single step again.
 *
 * Over vec_<isa>.h and ivec_<isa>.h and the words that a path defines: deep_vec_columns,
 * deep_vec_sup, deep_vec_fms, deep_mask_less, deep_mask_not_less, deep_ivec_count,
 * deep_ivec_select, deep_ivec_equal, deep_ivec_places, deep_ivec_reached, and DEEP_VECS, the
 * vectors that are interleaved to hide latencies. */

#ifndef DEEP_MANY
#define DEEP_MANY 3
#endif
enum { DEEP_STEPS = 8, DEEP_LANES = DEEP_VECS * VEC_LANES };

_Static_assert(DEEP_STEPS <= PLAIT_DEEP_SPARE_PLACES + 1, "blocks read places that are there");
_Static_assert(sizeof(struct plait_deep_place) == 32, "deep_ivec_places");

/* Pixels side by side. */
struct deep_lanes {
    double zx[DEEP_LANES], zy[DEEP_LANES], cx[DEEP_LANES], cy[DEEP_LANES];
    uint64_t n[DEEP_LANES]; /* steps that were made */
    union {                 /* the place on the orbit */
        const struct plait_deep_place *place[DEEP_LANES];
        const double *columns[DEEP_LANES];
        uint64_t address[DEEP_LANES];
    } at;
    const struct plait_deep_orbit *orbit[DEEP_LANES];
    /* As in struct deep_pixel; NaN where no plain z is kept. */
    double kept_x[DEEP_LANES], kept_y[DEEP_LANES], rebases[DEEP_LANES], kept_at[DEEP_LANES];
    unsigned awake[DEEP_VECS];           /* lanes that have a pixel */
    size_t index[DEEP_LANES];            /* of it in the tile */
    struct deep_pixel pixel[DEEP_LANES]; /* extended views: what is not above */
};

/* What they are made of. */
struct deep_tile {
    const struct plait_deep_job *job;
    const struct plait_escape_tile *tile;
    const struct plait_escape_results *to;
    size_t next, pixels; /* the next pixel, and how many there are */
};

/* Where a step begins. */
struct deep_look {
    vec_t wx, wy, qx, qy;
    vec_t square; /* |w|^2 - r^2 */
    vec_t w_sup, z_sup, q_sup;
};

static inline struct deep_look deep_look_at(vec_t zx, vec_t zy, const vec_t column[4]) {
    struct deep_look look;
    look.wx = vec_add(column[0], zx);
    look.wy = vec_add(column[1], zy);
    const vec_t tx = vec_add(column[0], look.wx), ty = vec_add(column[1], look.wy);
    look.square = vec_fma(tx, zx, vec_fma(ty, zy, column[2]));
    look.qx = deep_vec_fms(tx, zx, vec_mul(ty, zy));
    look.qy = vec_fma(tx, zy, vec_mul(ty, zx));
    look.w_sup = deep_vec_sup(look.wx, look.wy);
    look.z_sup = deep_vec_sup(zx, zy);
    look.q_sup = deep_vec_sup(look.qx, look.qy);
    return look;
}

/* The block: each lane makes single steps while nothing else is due. Sets due[v] to the lanes of
 * vector v that are due, or may be. */
static inline void deep_make_block(struct deep_lanes *lanes, uint64_t maxit, const bool extended,
                                   unsigned due[DEEP_VECS]) {
    const vec_t zero = vec_set1(0), least = vec_set1(0x1p-256);
    vec_t zx[DEEP_VECS], zy[DEEP_VECS];
    ivec_t made[DEEP_VECS];
    mask_t live[DEEP_VECS];
    for (int v = 0; v < DEEP_VECS; v++) {
        live[v] = mask_of(lanes->awake[v]);
        zx[v] = vec_load(lanes->zx + v * VEC_LANES);
        zy[v] = vec_load(lanes->zy + v * VEC_LANES);
        made[v] = ivec_set1(0);
    }
    for (int s = 0; s < DEEP_STEPS; s++)
        for (int v = 0; v < DEEP_VECS; v++) {
            vec_t column[4]; /* Z, S and the radius */
            deep_vec_columns(lanes->at.columns + v * VEC_LANES, 4 * s, column);
            const struct deep_look look = deep_look_at(zx[v], zy[v], column);
            live[v] = deep_mask_less(live[v], look.square, zero);
            live[v] = deep_mask_not_less(live[v], look.w_sup, look.z_sup);
            live[v] = deep_mask_not_less(live[v], look.q_sup, column[3]);
            const vec_t next_x = vec_add(look.qx, vec_load(lanes->cx + v * VEC_LANES));
            const vec_t next_y = vec_add(look.qy, vec_load(lanes->cy + v * VEC_LANES));
            if (extended)
                live[v] = deep_mask_not_less(live[v], deep_vec_sup(next_x, next_y), least);
            zx[v] = vec_select(live[v], next_x, zx[v]);
            zy[v] = vec_select(live[v], next_y, zy[v]);
            made[v] = deep_ivec_count(live[v], made[v]);
            DEEP_TALLY(slots, VEC_LANES);
            DEEP_TALLY(singles, __builtin_popcount(mask_lanes(live[v])));
            DEEP_TALLY(rests, VEC_LANES - __builtin_popcount(mask_lanes(live[v])));
        }
    for (int v = 0; v < DEEP_VECS; v++) {
        uint64_t *n = lanes->n + v * VEC_LANES, *at = lanes->at.address + v * VEC_LANES;
        const ivec_t sum = ivec_add(ivec_load(n), made[v]);
        vec_store(lanes->zx + v * VEC_LANES, zx[v]);
        vec_store(lanes->zy + v * VEC_LANES, zy[v]);
        ivec_store(n, sum);
        ivec_store(at, deep_ivec_places(ivec_load(at), made[v]));
        due[v] = lanes->awake[v] & ~(mask_lanes(live[v]) & ~deep_ivec_reached(sum, maxit));
    }
}

/* Puts the z of a pixel, and where it is, into its lane, or gets them from there. */
static void deep_put_pixel(struct deep_lanes *lanes, int k, const struct deep_pixel *pixel) {
    lanes->zx[k] = pixel->z.x;
    lanes->zy[k] = pixel->z.y;
    lanes->n[k] = pixel->n;
    lanes->at.place[k] = pixel->orbit->places + pixel->m;
    lanes->orbit[k] = pixel->orbit;
    lanes->kept_x[k] = pixel->kept_plain ? pixel->kept.x : (double)NAN;
    lanes->kept_y[k] = pixel->kept_plain ? pixel->kept.y : (double)NAN;
    lanes->rebases[k] = (double)pixel->rebases;
    lanes->kept_at[k] = (double)pixel->kept_at;
}

static void deep_get_pixel(const struct deep_lanes *lanes, int k, struct deep_pixel *pixel) {
    pixel->z = (struct plait_deep_plain){lanes->zx[k], lanes->zy[k]};
    pixel->n = (uint32_t)lanes->n[k];
    pixel->m = (uint32_t)(lanes->at.place[k] - lanes->orbit[k]->places);
    pixel->orbit = lanes->orbit[k];
    pixel->kept_plain = lanes->kept_x[k] == lanes->kept_x[k];
    pixel->kept = (struct plait_deep_plain){lanes->kept_x[k], lanes->kept_y[k]};
    pixel->rebases = (uint64_t)lanes->rebases[k];
    pixel->kept_at = (uint64_t)lanes->kept_at[k];
}

static void deep_write_at(const struct deep_tile *work, const struct deep_end *end, size_t index) {
    const uint32_t cols = work->tile->cols;
    deep_write(work->job, end, work->to, index / cols * work->to->stride + index % cols);
}

/* Extended views: a lane makes steps alone. Returns whether its pixel is done, and written. */
static bool deep_go_alone(struct deep_lanes *lanes, int k, const struct deep_tile *work,
                          bool plain) {
    struct deep_pixel *pixel = &lanes->pixel[k];
    plain = deep_iterate_extended(pixel, plain, true);
    if (!pixel->done) {
        deep_put_pixel(lanes, k, pixel);
        return false;
    }
    const struct deep_end end = deep_end_of(pixel, plain);
    deep_write_at(work, &end, lanes->index[k]);
    return true;
}

/* Gives a lane the next pixel of the tile, or puts it to sleep where there is none. */
static void deep_refill(struct deep_lanes *lanes, int k, struct deep_tile *work) {
    const struct plait_escape_tile *tile = work->tile;
    const unsigned bit = 1U << k % VEC_LANES;
    lanes->awake[k / VEC_LANES] |= bit;
    while (work->next < work->pixels) {
        lanes->index[k] = work->next++;
        const struct deep_pixel pixel =
            deep_begin_pixel(work->job, tile->row + (uint32_t)(lanes->index[k] / tile->cols),
                             tile->col + (uint32_t)(lanes->index[k] % tile->cols));
        lanes->cx[k] = pixel.plain_c.x;
        lanes->cy[k] = pixel.plain_c.y;
        deep_put_pixel(lanes, k, &pixel);
        if (!work->job->extended)
            return;
        lanes->pixel[k] = pixel;
        if (!deep_go_alone(lanes, k, work, pixel.extended_z.e >= -256))
            return;
    }
    lanes->awake[k / VEC_LANES] &= ~bit;
    lanes->at.place[k] = work->job->first.places; /* read, never used */
}

/* Rebases the lanes of vector v to w. */
static void deep_rebase_lanes(struct deep_lanes *lanes, int v, const struct plait_deep_job *job,
                              unsigned which, const struct deep_look *look) {
    const int first = v * VEC_LANES;
    const mask_t mask = mask_of(which);
    const ivec_t start = ivec_set1((uint64_t)(uintptr_t)job->critical.places);
    uint64_t *at = lanes->at.address + first;
    vec_store(lanes->zx + first, vec_select(mask, look->wx, vec_load(lanes->zx + first)));
    vec_store(lanes->zy + first, vec_select(mask, look->wy, vec_load(lanes->zy + first)));
    ivec_store(at, deep_ivec_select(mask, start, ivec_load(at)));
    for (unsigned rest = job->julia ? which : 0; rest != 0; rest &= rest - 1)
        lanes->orbit[first + __builtin_ctz(rest)] = &job->critical;
    DEEP_TALLY(rebases, __builtin_popcount(which));
    if (!job->shortcuts)
        return;
    const vec_t kept_x = vec_load(lanes->kept_x + first), kept_y = vec_load(lanes->kept_y + first);
    const vec_t kept_at = vec_load(lanes->kept_at + first);
    const vec_t rebases = vec_load(lanes->rebases + first);
    const vec_t more = vec_select(mask, vec_add(rebases, vec_set1(1)), rebases);
    const mask_t repeats = mask_and(vec_equal(kept_x, look->wx), vec_equal(kept_y, look->wy));
    const mask_t keep = mask_and(mask, vec_equal(more, kept_at));
    vec_store(lanes->rebases + first, more);
    vec_store(lanes->kept_x + first, vec_select(keep, look->wx, kept_x));
    vec_store(lanes->kept_y + first, vec_select(keep, look->wy, kept_y));
    vec_store(lanes->kept_at + first, vec_select(keep, vec_add(kept_at, kept_at), kept_at));
    for (unsigned rest = which & mask_lanes(repeats); rest != 0; rest &= rest - 1)
        lanes->n[first + __builtin_ctz(rest)] = (uint64_t)job->maxit;
}

/* The longest valid skip from a place of a plain view, at which there is one. */
static inline const struct plait_deep_plain_node *
deep_longest_plain_skip(const struct plait_deep_orbit *orbit, const struct plait_deep_place *place,
                        double sup) {
    const struct plait_deep_plain_node *nodes = orbit->plain_nodes;
    const struct plait_deep_plain_node *node = &nodes[orbit->nodes[place - orbit->places]];
    for (uint32_t k = node->longer; k != PLAIT_DEEP_NONE && sup < nodes[k].radius;
         k = nodes[k].longer)
        node = &nodes[k];
    return node;
}

/* Lanes that are at the same place, as they often are where there is little but skips: the node
 * that is the longest for all of them, or NULL where they part. */
static inline const struct plait_deep_plain_node *
deep_common_skip(const struct deep_lanes *lanes, int v, unsigned which, vec_t q_sup) {
    const int first = v * VEC_LANES, k = first + __builtin_ctz(which);
    const ivec_t at = ivec_load(lanes->at.address + first);
    if (which & ~deep_ivec_equal(at, ivec_set1(lanes->at.address[k])))
        return NULL;
    const struct plait_deep_orbit *orbit = lanes->orbit[k];
    const struct plait_deep_plain_node *nodes = orbit->plain_nodes;
    const struct plait_deep_plain_node *node =
        &nodes[orbit->nodes[lanes->at.place[k] - orbit->places]];
    for (uint32_t j = node->longer; j != PLAIT_DEEP_NONE; j = nodes[j].longer) {
        const unsigned valid = which & mask_lanes(vec_less(q_sup, vec_set1(nodes[j].radius)));
        if (valid != which)
            return valid == 0 ? node : NULL;
        node = &nodes[j];
    }
    return node;
}

/* Plain views: each of the lanes makes its longest valid skip. */
static void deep_skip_lanes(struct deep_lanes *lanes, int v, unsigned which,
                            const struct deep_look *look) {
    const int first = v * VEC_LANES;
    const mask_t mask = mask_of(which);
    vec_t column[4]; /* A and B */
    const struct plait_deep_plain_node *common = deep_common_skip(lanes, v, which, look->q_sup);
    if (common) {
        uint64_t *n = lanes->n + first, *at = lanes->at.address + first;
        const ivec_t length = deep_ivec_select(mask, ivec_set1(common->length), ivec_set1(0));
        ivec_store(n, ivec_add(ivec_load(n), length));
        ivec_store(at, deep_ivec_places(ivec_load(at), length));
        column[0] = vec_set1(common->a.x);
        column[1] = vec_set1(common->a.y);
        column[2] = vec_set1(common->b.x);
        column[3] = vec_set1(common->b.y);
        DEEP_TALLY(skips, __builtin_popcount(which));
        DEEP_TALLY(skipped, (uint64_t)__builtin_popcount(which) * common->length);
    } else {
        const double *node_of[VEC_LANES];
        double sup[VEC_LANES];
        vec_store(sup, look->q_sup);
        for (int i = 0; i < VEC_LANES; i++)
            node_of[i] = lanes->at.columns[first + i]; /* read, never used */
        for (unsigned rest = which; rest != 0; rest &= rest - 1) {
            const int i = __builtin_ctz(rest), k = first + i;
            const struct plait_deep_plain_node *node =
                deep_longest_plain_skip(lanes->orbit[k], lanes->at.place[k], sup[i]);
            node_of[i] = &node->a.x;
            lanes->n[k] += node->length;
            lanes->at.place[k] += node->length;
            DEEP_TALLY(skips, 1);
            DEEP_TALLY(skipped, node->length);
        }
        deep_vec_columns(node_of, 0, column);
    }
    const vec_t zx = vec_load(lanes->zx + first), zy = vec_load(lanes->zy + first);
    const vec_t cx = vec_load(lanes->cx + first), cy = vec_load(lanes->cy + first);
    const vec_t ax = deep_vec_fms(column[0], look->qx, vec_mul(column[1], look->qy));
    const vec_t ay = vec_fma(column[0], look->qy, vec_mul(column[1], look->qx));
    const vec_t bx = deep_vec_fms(column[2], cx, vec_mul(column[3], cy));
    const vec_t by = vec_fma(column[2], cy, vec_mul(column[3], cx));
    vec_store(lanes->zx + first, vec_select(mask, vec_add(ax, bx), zx));
    vec_store(lanes->zy + first, vec_select(mask, vec_add(ay, by), zy));
}

/* Writes what has come of the pixel of a lane, and gives it the next. */
static void deep_finish_lane(struct deep_lanes *lanes, int k, struct deep_tile *work,
                             bool escaped) {
    const struct deep_end end = {
        .place = lanes->at.place[k],
        .z = {lanes->zx[k], lanes->zy[k]},
        .c = {lanes->cx[k], lanes->cy[k]},
        .n = (uint32_t)lanes->n[k],
        .escaped = escaped,
    };
    deep_write_at(work, &end, lanes->index[k]);
    deep_refill(lanes, k, work);
}

/* Plain views: a lane alone does what is due, until nothing is. */
static void deep_settle_plain_lane(struct deep_lanes *lanes, int k, struct deep_tile *work) {
    const struct plait_deep_job *job = work->job;
    const uint64_t maxit = (uint64_t)job->maxit;
    while (lanes->awake[k / VEC_LANES] >> k % VEC_LANES & 1) {
        const struct plait_deep_plain c = {lanes->cx[k], lanes->cy[k]};
        const struct plait_deep_orbit *orbit = lanes->orbit[k];
        const struct plait_deep_place *place = lanes->at.place[k];
        struct plait_deep_plain z = {lanes->zx[k], lanes->zy[k]}, w;
        uint64_t n = lanes->n[k];
        bool inside, rebase = false;
        for (;;) {
            w = plait_plain_add((struct plait_deep_plain){place->x, place->y}, z);
            const struct plait_deep_plain t = {place->x + w.x, place->y + w.y};
            inside = n < maxit && fma(t.x, z.x, fma(t.y, z.y, place->s)) < 0;
            rebase = plait_plain_sup(w) < plait_plain_sup(z) || place->radius == (double)INFINITY;
            if (!inside || rebase)
                break;
            const struct plait_deep_plain q = plait_plain_mul(t, z);
            const double sup = plait_plain_sup(q);
            if (!(sup < place->radius))
                break;
            const struct plait_deep_plain_node *node = deep_longest_plain_skip(orbit, place, sup);
            z = plait_plain_add(plait_plain_mul(node->a, q), plait_plain_mul(node->b, c));
            n += node->length;
            place += node->length;
            DEEP_TALLY(skips, 1);
            DEEP_TALLY(skipped, node->length);
        }
        lanes->zx[k] = z.x;
        lanes->zy[k] = z.y;
        lanes->n[k] = n;
        lanes->at.place[k] = place;
        if (!inside) {
            deep_finish_lane(lanes, k, work, n < maxit);
        } else if (rebase) {
            struct deep_pixel pixel = {.job = job};
            deep_get_pixel(lanes, k, &pixel);
            deep_rebase_plain(&pixel, w);
            if (pixel.done)
                pixel.n = (uint32_t)maxit;
            deep_put_pixel(lanes, k, &pixel);
        } else {
            return;
        }
    }
}

/* The same in an extended view, where most of it is not in doubles. */
static void deep_settle_extended_lane(struct deep_lanes *lanes, int k, struct deep_tile *work) {
    deep_get_pixel(lanes, k, &lanes->pixel[k]);
    if (deep_go_alone(lanes, k, work, true))
        deep_refill(lanes, k, work);
}

/* Plain views: does what is due for all lanes of vector v at once. Returns the lanes that are due,
 * if they are few, and else the lanes that may be due next. */
static inline unsigned deep_settle_many(struct deep_lanes *lanes, int v, struct deep_tile *work) {
    const int first = v * VEC_LANES;
    vec_t column[4];
    deep_vec_columns(lanes->at.columns + first, 0, column);
    const struct deep_look look =
        deep_look_at(vec_load(lanes->zx + first), vec_load(lanes->zy + first), column);
    const unsigned awake = lanes->awake[v];
    const unsigned full =
        awake & deep_ivec_reached(ivec_load(lanes->n + first), (uint64_t)work->job->maxit);
    const unsigned going = awake & ~full & mask_lanes(vec_less(look.square, vec_set1(0)));
    const unsigned rebases = going & (mask_lanes(vec_less(look.w_sup, look.z_sup)) |
                                      mask_lanes(vec_equal(column[3], vec_set1((double)INFINITY))));
    const unsigned skips = going & ~rebases & mask_lanes(vec_less(look.q_sup, column[3]));
    const unsigned done = awake & ~going, due = rebases | skips | done;
    DEEP_TALLY(settles, 1);
    DEEP_TALLY(settled, __builtin_popcount(due));
    if (__builtin_popcount(due) < DEEP_MANY)
        return due;
    if (rebases)
        deep_rebase_lanes(lanes, v, work->job, rebases, &look);
    if (skips)
        deep_skip_lanes(lanes, v, skips, &look);
    for (unsigned rest = done; rest != 0; rest &= rest - 1)
        deep_finish_lane(lanes, first + __builtin_ctz(rest), work,
                         ~full >> __builtin_ctz(rest) & 1);
    return lanes->awake[v];
}

/* Does what is due, until nothing is: for many lanes of a vector at once, vectors in turns, for few
 * one by one. Returns how many lanes have a pixel. */
static inline int deep_settle(struct deep_lanes *lanes, struct deep_tile *work,
                              unsigned due[DEEP_VECS], const bool extended) {
    int awake = 0;
    for (bool many = !extended; many;) {
        many = false;
        for (int v = 0; v < DEEP_VECS; v++)
            if (__builtin_popcount(due[v]) >= DEEP_MANY) {
                due[v] = deep_settle_many(lanes, v, work);
                many |= __builtin_popcount(due[v]) >= DEEP_MANY;
            }
    }
    for (int v = 0; v < DEEP_VECS; v++) {
        for (unsigned rest = due[v]; rest != 0; rest &= rest - 1)
            if (extended)
                deep_settle_extended_lane(lanes, v * VEC_LANES + __builtin_ctz(rest), work);
            else
                deep_settle_plain_lane(lanes, v * VEC_LANES + __builtin_ctz(rest), work);
        awake += __builtin_popcount(lanes->awake[v]);
    }
    return awake;
}

static inline void deep_iterate_lanes(struct deep_lanes *lanes, struct deep_tile *work,
                                      const bool extended) {
    unsigned due[DEEP_VECS];
    for (int v = 0; v < DEEP_VECS; v++)
        due[v] = lanes->awake[v];
    while (deep_settle(lanes, work, due, extended) > 0)
        deep_make_block(lanes, (uint64_t)work->job->maxit, extended, due);
}

static void deep_iterate_tile(const struct plait_deep_job *job,
                              const struct plait_escape_tile *tile,
                              const struct plait_escape_results *to) {
    struct deep_lanes lanes = {0};
    struct deep_tile work = {job, tile, to, 0, (size_t)tile->rows * tile->cols};
    for (int k = 0; k < DEEP_LANES; k++)
        deep_refill(&lanes, k, &work);
    if (job->extended)
        deep_iterate_lanes(&lanes, &work, true);
    else
        deep_iterate_lanes(&lanes, &work, false);
}
