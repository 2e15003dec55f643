/* SPDX-License-Identifier: MIT
 * The loop of the escape counts, written once for all instruction sets. An including file
 *     #include "vec_<isa>.h"
 *     #define ESCAPE_TILE plait_escape_tile_<isa>
 *     #include "../escape_body.h"
 * brings the vocabulary (vec_t, VEC_LANES, vec_set1, vec_load, vec_store, vec_add, vec_mul,
 * vec_fma, vec_less -> mask_t, mask_any, vec_select) and gets the function ESCAPE_TILE. */

/* Counts of one vector of pixels, as doubles: exact, since a count fits 31 bits. */
static inline vec_t escape_counts(const struct plait_escape_job *job, vec_t px, vec_t py) {
    const vec_t limit = vec_set1(job->bailout_squared);
    const vec_t one = vec_set1(1.0), zero = vec_set1(0.0);
    const vec_t cr = job->julia ? vec_set1(job->cre) : px;
    const vec_t ci = job->julia ? vec_set1(job->cim) : py;
    vec_t x = job->julia ? px : zero;
    vec_t y = job->julia ? py : zero;
    vec_t count = zero;
    mask_t inside = vec_less(zero, one);

    for (int32_t step = 0; step < job->maxit; step++) {
        /* A lane that left stays out: some escaped orbits come back (see blind_min_cr). */
        inside = mask_and(inside, vec_less(vec_fma(x, x, vec_mul(y, y)), limit));
        if (!mask_any(inside))
            break;
        count = vec_select(inside, vec_add(count, one), count);
        const vec_t next_x = vec_fma(x, x, vec_fnma(y, y, cr));
        y = vec_fma(vec_add(x, x), y, ci);
        x = next_x;
    }
    return count;
}

void ESCAPE_TILE(const struct plait_escape_job *job, const struct plait_escape_tile *tile,
                 int32_t *counts, size_t stride) {
    for (uint32_t i = 0; i < tile->rows; i++) {
        const double y = fma(job->half_height - (double)(tile->row + i), job->dy, job->cy);
        for (uint32_t j = 0; j < tile->cols; j += VEC_LANES) {
            double x[VEC_LANES], count[VEC_LANES];
            for (uint32_t k = 0; k < VEC_LANES; k++)
                x[k] = fma((double)(tile->col + j + k) - job->half_width, job->dx, job->cx);
            vec_store(count, escape_counts(job, vec_load(x), vec_set1(y)));
            /* Lanes past the end of the row are computed, never stored. */
            for (uint32_t k = 0; k < VEC_LANES && j + k < tile->cols; k++)
                counts[i * stride + j + k] = (int32_t)count[k];
        }
    }
}
