/* SPDX-License-Identifier: MIT
 * The AVX2 path of the darts. */
#include "ivec_avx2.h"

/* (v >> 5 + (v >> 59)) ^ v, the first half of RXS-M-XS */
static inline ivec_t darts_vec_random_xorshift(ivec_t v) {
    const __m256i counts = _mm256_add_epi64(_mm256_srli_epi64(v, 59), _mm256_set1_epi64x(5));
    return _mm256_xor_si256(_mm256_srlv_epi64(v, counts), v);
}
/* (v >> 43) ^ v, the last part of RXS-M-XS */
static inline ivec_t darts_vec_xorshift43(ivec_t v) {
    return _mm256_xor_si256(_mm256_srli_epi64(v, 43), v);
}
/* The XSH-RR outputs of the states a in the even lanes of 32 bits, of b in the odd ones. */
static inline ivec_t darts_vec_xsh_rr(ivec_t a, ivec_t b) {
    const __m256i a_word = _mm256_srli_epi64(_mm256_xor_si256(_mm256_srli_epi64(a, 18), a), 27);
    const __m256i b_word = _mm256_slli_epi64(_mm256_xor_si256(_mm256_srli_epi64(b, 18), b), 5);
    const __m256i word = _mm256_blend_epi32(a_word, b_word, 0xAA);
    const __m256i counts =
        _mm256_blend_epi32(_mm256_srli_epi64(a, 59), _mm256_srli_epi32(b, 27), 0xAA);
    /* A shift by 32 gives 0, as the empty rotation wants. */
    const __m256i back = _mm256_sub_epi32(_mm256_set1_epi32(32), counts);
    return _mm256_or_si256(_mm256_srlv_epi32(word, counts), _mm256_sllv_epi32(word, back));
}
/* Per lane of 32 bits: the upper half of x below, the upper half of y above. */
static inline ivec_t darts_vec_upper_halves(ivec_t x, ivec_t y) {
    return _mm256_blend_epi16(_mm256_srli_epi32(x, 16), y, 0xAA);
}
/* Per lane of 32 bits: the sum of the squares of its halves, signed; at most 2^31. */
static inline ivec_t darts_vec_sum_of_squares(ivec_t v) {
    return _mm256_madd_epi16(v, v);
}

/* Counts lanes of 32 bits below `near`, and keeps how little beyond it the others are. */
struct darts_tally {
    uint64_t below;
    ivec_t beyond; /* sum - near modulo 2^32: lanes below are far away */
};
static inline struct darts_tally darts_tally_none(void) {
    return (struct darts_tally){0, _mm256_set1_epi32(-1)};
}
static inline void darts_tally_sums(struct darts_tally *tally, const ivec_t *sums, int vecs,
                                    uint32_t near) {
    for (int v = 0; v < vecs; v++) {
        /* |sum - near| < 2^31: the sign says which is larger, though sums reach 2^31 */
        const __m256i beyond = _mm256_sub_epi32(sums[v], _mm256_set1_epi32((int)near));
        tally->below +=
            (unsigned)__builtin_popcount((unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(beyond)));
        tally->beyond = _mm256_min_epu32(tally->beyond, beyond);
    }
}
/* Whether a sum since the last call was in [near, far). */
static inline bool darts_tally_take_doubt(struct darts_tally *tally, uint32_t near, uint32_t far) {
    const __m256i clipped =
        _mm256_min_epu32(tally->beyond, _mm256_set1_epi32((int)(far - near) - 1));
    const __m256i doubtful = _mm256_cmpeq_epi32(tally->beyond, clipped);
    tally->beyond = _mm256_set1_epi32(-1);
    return !_mm256_testz_si256(doubtful, doubtful);
}
static inline uint64_t darts_tally_below(const struct darts_tally *tally) {
    return tally->below;
}
/* Bit k: lane k of 32 bits is in [near, far). */
static inline unsigned darts_vec_doubtful_lanes(ivec_t sums, uint32_t near, uint32_t far) {
    const __m256i beyond = _mm256_sub_epi32(sums, _mm256_set1_epi32((int)near));
    const __m256i clipped = _mm256_min_epu32(beyond, _mm256_set1_epi32((int)(far - near) - 1));
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(beyond, clipped)));
}

/* A 64-bit multiplication is made of six operations. */
enum { GROUP_VECS = 4, STRIDES_ALWAYS = 1 };
#define DARTS_HITS plait_darts_hits_avx2
#include "../darts_body.h"
