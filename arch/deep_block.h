/* SPDX-License-Identifier: MIT
 * The block of deep_vectors.h: single steps of all lanes, without a branch. */

enum { DEEP_STEPS = 8 };

_Static_assert(DEEP_STEPS <= PLAIT_DEEP_SPARE_PLACES + 1, "blocks read places that are there");
_Static_assert(sizeof(struct plait_deep_place) == 32, "deep_ivec_places");

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
        live[v] = mask_of(lanes->awake[v] & ~lanes->tiny[v]);
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
