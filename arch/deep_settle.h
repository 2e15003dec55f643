/* SPDX-License-Identifier: MIT
 * What is due for lanes of plain views: for all of a vector at once, or for one alone. */

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
    if (which & ~mask_lanes(deep_ivec_equal(at, ivec_set1(lanes->at.address[k]))))
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

/* Plain views: a lane alone does what is due, until nothing is. */
static void deep_settle_plain_lane(struct deep_lanes *lanes, int k, const struct deep_tile *work) {
    const struct plait_deep_job *job = work->job;
    const uint64_t maxit = (uint64_t)job->maxit;
    for (;;) {
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
            return;
        }
        if (!rebase)
            return;
        struct deep_pixel pixel = {.job = job};
        deep_get_pixel(lanes, k, &pixel);
        deep_rebase_plain(&pixel, w);
        deep_put_pixel(lanes, k, &pixel, true);
    }
}

/* Plain views: does what is due for all lanes of vector v at once. Returns the lanes that are due,
 * if they are few, and else the lanes that may be due next. */
static inline unsigned deep_settle_many(struct deep_lanes *lanes, int v,
                                        const struct deep_tile *work) {
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
