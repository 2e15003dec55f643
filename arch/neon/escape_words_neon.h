/* SPDX-License-Identifier: MIT
 * The words of NEON that only the escape kernel and that of distances need (../escape_body.h). */
#ifndef PLAIT_ARCH_ESCAPE_WORDS_NEON_H
#define PLAIT_ARCH_ESCAPE_WORDS_NEON_H

#include "vec_neon.h"

/* The lanes, small whole numbers, as integers. */
static inline void escape_vec_store_counts(int32_t *p, vec_t v) {
    vst1_s32(p, vmovn_s64(vcvtq_s64_f64(v)));
}
/* v + 1 in the true lanes */
static inline vec_t escape_vec_count(vec_t v, mask_t m) {
    const uint64x2_t one = vreinterpretq_u64_f64(vdupq_n_f64(1.0));
    return vaddq_f64(v, vreinterpretq_f64_u64(vandq_u64(m, one)));
}
/* Writes the named lanes one after the other; what follows them, up to VEC_LANES, becomes junk. */
static inline void escape_vec_pack(double *p, vec_t v, unsigned lanes) {
    vst1q_f64(p, lanes & 1 ? v : vdupq_laneq_f64(v, 1));
}
/* v with its named lanes replaced by p[0], p[1], ...; reads VEC_LANES doubles. */
static inline vec_t escape_vec_unpack(vec_t v, unsigned lanes, const double *p) {
    const float64x2_t first = vsetq_lane_f64(p[0], v, 0);
    return lanes == 3   ? vld1q_f64(p)
           : lanes == 1 ? first
           : lanes == 2 ? vsetq_lane_f64(p[0], v, 1)
                        : v;
}

/* The e with v = 2^e f, sqrt(1/2) <= f < sqrt(2), for positive normal v; the f go to *fraction. */
static inline vec_t escape_vec_exponent(vec_t v, vec_t *fraction) {
    const uint64x2_t root_half = vdupq_n_u64(UINT64_C(0x3fe6a09e667f3bcd));
    const uint64x2_t one = vdupq_n_u64(UINT64_C(1023) << 52);
    const uint64x2_t bits = vreinterpretq_u64_f64(v);
    const uint64x2_t biased = vshrq_n_u64(vaddq_u64(vsubq_u64(bits, root_half), one), 52);
    const uint64x2_t shifted = vorrq_u64(biased, vdupq_n_u64(UINT64_C(0x4330000000000000)));
    *fraction = vreinterpretq_f64_u64(vaddq_u64(vsubq_u64(bits, vshlq_n_u64(biased, 52)), one));
    return vsubq_f64(vreinterpretq_f64_u64(shifted), vdupq_n_f64(0x1p+52 + 1023));
}

#endif
