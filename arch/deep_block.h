/* SPDX-License-Identifier: MIT
 * Deep pixels of plain views in vectors. Most steps are single ones: a block makes some of them for
 * all lanes without a branch. A lane that is due for anything else, an escape, a rebase, a skip or
 * the end of the orbit, rests until the block is over, and then continues alone (deep_body.h) until
 * it has made a single step again. What is done in a lane does not depend on the others.
 *
 * Over vec_<isa>.h and the words that a path defines: deep_vec_columns, deep_vec_sup,
 * deep_vec_negative, and DEEP_VECS, the vectors that are interleaved to hide latencies. */

enum { DEEP_STEPS = 8, DEEP_LANES = DEEP_VECS * VEC_LANES };

/* Pixels side by side. */
struct deep_lanes {
    double zx[DEEP_LANES], zy[DEEP_LANES], cx[DEEP_LANES], cy[DEEP_LANES];
    double made[DEEP_LANES];                       /* steps of the last block */
    const struct plait_deep_place *at[DEEP_LANES]; /* where the lane is on its orbit */
    bool rests[DEEP_LANES];                        /* has no block to make */
    size_t place[DEEP_LANES];                      /* of its pixel in the tile */
    struct deep_pixel pixel[DEEP_LANES];
};

/* The block: each lane makes single steps while nothing else is due. */
static void deep_make_block(struct deep_lanes *lanes) {
    const vec_t zero = vec_set1(0), one = vec_set1(1);
    vec_t zx[DEEP_VECS], zy[DEEP_VECS], made[DEEP_VECS];
    mask_t live[DEEP_VECS];
    for (int v = 0; v < DEEP_VECS; v++) {
        unsigned awake = 0;
        for (int k = 0; k < VEC_LANES; k++)
            awake |= (unsigned)!lanes->rests[v * VEC_LANES + k] << k;
        live[v] = mask_of(awake);
        zx[v] = vec_load(lanes->zx + v * VEC_LANES);
        zy[v] = vec_load(lanes->zy + v * VEC_LANES);
        made[v] = zero;
    }
    for (int s = 0; s < DEEP_STEPS; s++)
        for (int v = 0; v < DEEP_VECS; v++) {
            vec_t column[4]; /* Z, S and the radius */
            deep_vec_columns(lanes->at + v * VEC_LANES, s, column);
            const vec_t wx = vec_add(column[0], zx[v]), wy = vec_add(column[1], zy[v]);
            const vec_t tx = vec_add(column[0], wx), ty = vec_add(column[1], wy);
            const vec_t look = vec_fma(tx, zx[v], vec_fma(ty, zy[v], column[2]));
            const vec_t qx = vec_fma(tx, zx[v], deep_vec_negative(vec_mul(ty, zy[v])));
            const vec_t qy = vec_fma(tx, zy[v], vec_mul(ty, zx[v]));
            const mask_t due = mask_or(vec_less(deep_vec_sup(wx, wy), deep_vec_sup(zx[v], zy[v])),
                                       vec_less(deep_vec_sup(qx, qy), column[3]));
            live[v] = mask_and(live[v], mask_except(vec_less(look, zero), due));
            zx[v] = vec_select(live[v], vec_add(qx, vec_load(lanes->cx + v * VEC_LANES)), zx[v]);
            zy[v] = vec_select(live[v], vec_add(qy, vec_load(lanes->cy + v * VEC_LANES)), zy[v]);
            made[v] = vec_select(live[v], vec_add(made[v], one), made[v]);
        }
    for (int v = 0; v < DEEP_VECS; v++) {
        vec_store(lanes->zx + v * VEC_LANES, zx[v]);
        vec_store(lanes->zy + v * VEC_LANES, zy[v]);
        vec_store(lanes->made + v * VEC_LANES, made[v]);
    }
}

/* Gives a lane the next pixel of the tile, or none. */
static void deep_refill(struct deep_lanes *lanes, int k, const struct plait_deep_job *job,
                        const struct plait_escape_tile *tile, size_t *next) {
    const size_t pixels = (size_t)tile->rows * tile->cols;
    lanes->place[k] = *next < pixels ? *next : SIZE_MAX;
    if (*next < pixels) {
        lanes->pixel[k] = deep_begin_pixel(job, tile->row + (uint32_t)(*next / tile->cols),
                                           tile->col + (uint32_t)(*next % tile->cols));
        ++*next;
    }
}

/* Before a block: a lane with a pixel continues alone until it can take part, or gets another one.
 */
static void deep_prepare(struct deep_lanes *lanes, int k, const struct plait_deep_job *job,
                         const struct plait_escape_tile *tile, size_t *next,
                         const struct plait_escape_results *to) {
    struct deep_pixel *pixel = &lanes->pixel[k];
    lanes->at[k] = job->first.places; /* of a lane that rests: read, never used */
    lanes->rests[k] = true;
    for (;;) {
        if (lanes->place[k] == SIZE_MAX)
            return;
        if (!pixel->done && pixel->m + DEEP_STEPS <= pixel->orbit->steps &&
            pixel->n + DEEP_STEPS <= (uint32_t)job->maxit)
            break;
        if (!pixel->done)
            deep_iterate_plain(pixel, true);
        if (pixel->done) {
            deep_write(pixel, true, to,
                       lanes->place[k] / tile->cols * to->stride + lanes->place[k] % tile->cols);
            deep_refill(lanes, k, job, tile, next);
        }
    }
    lanes->zx[k] = pixel->z.x;
    lanes->zy[k] = pixel->z.y;
    lanes->cx[k] = pixel->plain_c.x;
    lanes->cy[k] = pixel->plain_c.y;
    lanes->at[k] = pixel->orbit->places + pixel->m;
    lanes->rests[k] = false;
}

static void deep_tile_in_vectors(const struct plait_deep_job *job,
                                 const struct plait_escape_tile *tile,
                                 const struct plait_escape_results *to) {
    struct deep_lanes lanes = {0};
    size_t next = 0;
    for (int k = 0; k < DEEP_LANES; k++)
        deep_refill(&lanes, k, job, tile, &next);
    for (;;) {
        int busy = 0;
        for (int k = 0; k < DEEP_LANES; k++) {
            deep_prepare(&lanes, k, job, tile, &next, to);
            busy += !lanes.rests[k];
        }
        if (busy == 0)
            return;
        deep_make_block(&lanes);
        for (int k = 0; k < DEEP_LANES; k++) {
            struct deep_pixel *pixel = &lanes.pixel[k];
            if (lanes.rests[k])
                continue;
            pixel->z = (struct plait_deep_plain){lanes.zx[k], lanes.zy[k]};
            pixel->n += (uint32_t)lanes.made[k];
            pixel->m += (uint32_t)lanes.made[k];
            if (lanes.made[k] < DEEP_STEPS)
                deep_iterate_plain(pixel, true);
        }
    }
}
