/* SPDX-License-Identifier: MIT
 * The NEON path of the darts. */
#include "ivec_neon.h"

/* (v >> 5 + (v >> 59)) ^ v, the first half of RXS-M-XS */
static inline ivec_t darts_vec_random_xorshift(ivec_t v) {
    const int64x2_t counts = vreinterpretq_s64_u64(vshrq_n_u64(v, 59));
    /* Shifts to the right are shifts to the left by a negative count. */
    return veorq_u64(vshlq_u64(v, vsubq_s64(vdupq_n_s64(-5), counts)), v);
}
/* (v >> 43) ^ v, the last part of RXS-M-XS */
static inline ivec_t darts_vec_xorshift43(ivec_t v) {
    return veorq_u64(vshrq_n_u64(v, 43), v);
}
/* The even lanes of 32 bits of a and b by turns: a0, b0, a2, b2; then the odd ones. */
static inline uint32x4_t darts_vec_even(ivec_t a, ivec_t b) {
    return vtrn1q_u32(vreinterpretq_u32_u64(a), vreinterpretq_u32_u64(b));
}
static inline uint32x4_t darts_vec_odd(ivec_t a, ivec_t b) {
    return vtrn2q_u32(vreinterpretq_u32_u64(a), vreinterpretq_u32_u64(b));
}
/* The XSH-RR outputs of the states a in the even lanes of 32 bits, of b in the odd ones. */
static inline ivec_t darts_vec_xsh_rr(ivec_t a, ivec_t b) {
    const ivec_t a_word = vshrq_n_u64(veorq_u64(vshrq_n_u64(a, 18), a), 27);
    const ivec_t b_word = vshrq_n_u64(veorq_u64(vshrq_n_u64(b, 18), b), 27);
    const uint32x4_t word = darts_vec_even(a_word, b_word);
    const int32x4_t right = vnegq_s32(vreinterpretq_s32_u32(vshrq_n_u32(darts_vec_odd(a, b), 27)));
    const int32x4_t left = vaddq_s32(right, vdupq_n_s32(32)); /* 32 gives 0, as it should */
    return vreinterpretq_u64_u32(vorrq_u32(vshlq_u32(word, right), vshlq_u32(word, left)));
}
/* Per lane of 32 bits: the upper half of x below, the upper half of y above. */
static inline ivec_t darts_vec_upper_halves(ivec_t x, ivec_t y) {
    return vreinterpretq_u64_u16(vtrn2q_u16(vreinterpretq_u16_u64(x), vreinterpretq_u16_u64(y)));
}
/* Per lane of 32 bits: the sum of the squares of its halves, signed; at most 2^31. */
static inline ivec_t darts_vec_sum_of_squares(ivec_t v) {
    const int16x8_t halves = vreinterpretq_s16_u64(v);
    const int32x4_t low = vmull_s16(vget_low_s16(halves), vget_low_s16(halves));
    const int32x4_t high = vmull_high_s16(halves, halves);
    return vreinterpretq_u64_s32(vpaddq_s32(low, high));
}

/* Counts lanes of 32 bits below `near`, up to 2^32 - 1 sums, and keeps how little beyond it the
 * others are. */
struct darts_tally {
    uint32x4_t below;
    uint32x4_t beyond; /* sum - near modulo 2^32: lanes below are far away */
};
static inline struct darts_tally darts_tally_none(void) {
    return (struct darts_tally){vdupq_n_u32(0), vdupq_n_u32(UINT32_MAX)};
}
static inline void darts_tally_sums(struct darts_tally *tally, const ivec_t *sums, int vecs,
                                    uint32_t near) {
    const uint32x4_t bound = vdupq_n_u32(near);
    for (int v = 0; v < vecs; v++) {
        const uint32x4_t lanes = vreinterpretq_u32_u64(sums[v]);
        /* A true lane is all ones: minus one. */
        tally->below = vsubq_u32(tally->below, vcltq_u32(lanes, bound));
        tally->beyond = vminq_u32(tally->beyond, vsubq_u32(lanes, bound));
    }
}
/* Whether a sum since the last call was in [near, far). */
static inline bool darts_tally_take_doubt(struct darts_tally *tally, uint32_t near, uint32_t far) {
    const bool doubt = vminvq_u32(tally->beyond) < far - near;
    tally->beyond = vdupq_n_u32(UINT32_MAX);
    return doubt;
}
static inline uint64_t darts_tally_below(const struct darts_tally *tally) {
    return vaddlvq_u32(tally->below);
}
/* Bit k: lane k of 32 bits is in [near, far). */
static inline unsigned darts_vec_doubtful_lanes(ivec_t sums, uint32_t near, uint32_t far) {
    const uint32x4_t bit = {1, 2, 4, 8};
    const uint32x4_t beyond = vsubq_u32(vreinterpretq_u32_u64(sums), vdupq_n_u32(near));
    return vaddvq_u32(vandq_u32(vcltq_u32(beyond, vdupq_n_u32(far - near)), bit));
}

/* A 64-bit multiplication is made of five operations. */
enum { GROUP_VECS = 4, STRIDES_ALWAYS = 1 };
#define DARTS_HITS plait_darts_hits_neon
#include "../darts_body.h"
