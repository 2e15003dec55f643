/* SPDX-License-Identifier: MIT
 * The NEON path of the deep counts. */
#include "../deep.h"
#include "ivec_neon.h"
#include "vec_neon.h"

/* The four doubles at at[lane] + from, by columns. */
static inline void deep_vec_columns(const double *const *at, int from, vec_t column[4]) {
    const vec_t a = vec_load(at[0] + from), b = vec_load(at[1] + from);
    const vec_t c = vec_load(at[0] + from + 2), d = vec_load(at[1] + from + 2);
    column[0] = vtrn1q_f64(a, b);
    column[1] = vtrn2q_f64(a, b);
    column[2] = vtrn1q_f64(c, d);
    column[3] = vtrn2q_f64(c, d);
}
/* a * b - c, rounded once. */
static inline vec_t deep_vec_fms(vec_t a, vec_t b, vec_t c) {
    return vfmaq_f64(vnegq_f64(c), a, b);
}
/* The larger of |x| and |y|. */
static inline vec_t deep_vec_sup(vec_t x, vec_t y) {
    return vmaxq_f64(vabsq_f64(x), vabsq_f64(y));
}
/* m, and a < b or not a < b, which NaN is not. */
static inline mask_t deep_mask_less(mask_t m, vec_t a, vec_t b) {
    return vandq_u64(m, vcltq_f64(a, b));
}
static inline mask_t deep_mask_not_less(mask_t m, vec_t a, vec_t b) {
    return vbicq_u64(m, vcltq_f64(a, b));
}
/* One more where m is true. */
static inline ivec_t deep_ivec_count(mask_t m, ivec_t count) {
    return vsubq_u64(count, m);
}
/* Addresses that number of places further. */
static inline ivec_t deep_ivec_places(ivec_t address, ivec_t places) {
    return vaddq_u64(address, vshlq_n_u64(places, 5));
}
static inline ivec_t deep_ivec_select(mask_t m, ivec_t yes, ivec_t no) {
    return vbslq_u64(m, yes, no);
}
static inline mask_t deep_ivec_equal(ivec_t a, ivec_t b) {
    return vceqq_u64(a, b);
}
/* With signs. */
static inline mask_t deep_ivec_less(ivec_t a, ivec_t b) {
    return vcltq_s64(vreinterpretq_s64_u64(a), vreinterpretq_s64_u64(b));
}
static inline ivec_t deep_ivec_sub(ivec_t a, ivec_t b) {
    return vsubq_u64(a, b);
}
static inline ivec_t deep_ivec_bits(vec_t v) {
    return vreinterpretq_u64_f64(v);
}
/* floor(log2 v) of normal numbers v > 0. */
static inline ivec_t deep_ivec_exponent(vec_t v) {
    return vsubq_u64(vshrq_n_u64(deep_ivec_bits(v), 52), ivec_set1(1023));
}
/* 2^e, e -1022 .. 1023. */
static inline vec_t deep_vec_power(ivec_t e) {
    return vreinterpretq_f64_u64(vshlq_n_u64(vaddq_u64(e, ivec_set1(1023)), 52));
}
/* The lanes where n >= least; both are positive. */
static inline unsigned deep_ivec_reached(ivec_t n, uint64_t least) {
    return mask_lanes(vcgeq_u64(n, ivec_set1(least)));
}

enum { DEEP_VECTORS = 3 };
#define DEEP_VECS DEEP_VECTORS
#define DEEP_TILE plait_deep_tile_neon
#include "../deep_body.h"
